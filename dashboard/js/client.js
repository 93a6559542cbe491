// The node's HTTP side, as this page uses it.
import { authorization } from './key.js';

/** Without the browser's own logins: the key is sent by this page, and a refusal must not open a dialog. */
const ask = (path, { headers, ...options } = {}) =>
  fetch(path, { credentials: 'omit', headers: { ...headers, ...authorization() }, ...options });

async function answerOf(response) {
  const body = await response.json().catch(() => ({ error: `the node answered ${response.status}` }));
  if (response.ok) return body;
  const error = new Error(body.error ?? `the node answered ${response.status}`);
  error.status = response.status;
  error.code = body.code;
  error.field = body.field;
  throw error;
}

/** A view, now or after the command `at`; undefined where there is none of that name. */
export async function view(path, { at, minSeq, ...query } = {}) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, at, minSeq })) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const asked = params.size === 0 ? path : `${path}?${params}`;
  try {
    return await answerOf(await ask(asked, { headers: { accept: 'application/json' } }));
  } catch (error) {
    if (error.status === 404) return undefined;
    throw error;
  }
}

async function post(path, body) {
  return answerOf(await ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }));
}

/** `crypto.randomUUID` is there on secure origins only. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `ui-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

const DOUBLE_CLICK_MS = 1_000;

/** Commands without an answer, by what they ask: a second press means the same one, and so it does after an answer was lost. */
const unanswered = new Map();

/** Sends a command and resolves with its result, which is durable by then. */
export function submit(type, data) {
  const asked = JSON.stringify([type, data]);
  const sent = unanswered.get(asked) ?? { commandId: newId(), answer: undefined };
  unanswered.set(asked, sent);
  sent.answer ??= post('/v1/commands', { commandId: sent.commandId, type, data }).then(
    (result) => {
      // The second half of a double click comes after the answer.
      setTimeout(() => unanswered.delete(asked), DOUBLE_CLICK_MS);
      return result;
    },
    (error) => {
      sent.answer = undefined;
      // With a code it was refused before it became a command; without one nobody knows, and the id is kept.
      if (error.code !== undefined) unanswered.delete(asked);
      throw error;
    },
  );
  return sent.answer;
}

/** What the command would do, without doing it. */
export const preview = (type, data) => post('/v1/preview', { type, data });

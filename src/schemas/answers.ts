import { type HttpErrorCode, httpErrors } from '../contract/httpErrors';
import { described, type JsonSchema, list, record, ref } from './schema';

/** What paths of the HTTP side are made of. */
export const json = (schema: JsonSchema): JsonSchema => ({ 'application/json': { schema } });
export const answer = (description: string, schema: JsonSchema): JsonSchema => ({ description, content: json(schema) });

const text: JsonSchema = { type: 'string' };

/** The body of every error. */
export const httpError = record({
  error: described(text, 'A sentence for people; its wording may change.'),
  code: { type: 'string', enum: Object.keys(httpErrors), description: 'Why, for programs. Codes are never renamed.' },
  'field?': { type: 'string', description: 'The parameter that was not understood.' },
  'leader?': { type: 'string', description: 'Where commands are taken, as far as this node has heard.' },
  'seq?': ref('Seq'),
  'time?': ref('Time'),
});
export const error = ref('HttpError');

/** An error answer that has one of these codes. */
export const refused = (...codes: readonly HttpErrorCode[]) =>
  answer(codes.map((code) => `${code}: ${httpErrors[code].meaning}.`).join(' '), error);
export const notReady = refused('NOT_READY', 'VIEWS_BEHIND');
export const badQuestion = refused('INVALID_PARAMETER');

/** What anything under /v1 can be refused with before it is looked at. */
export const guarded: JsonSchema = {
  401: refused('KEY_REQUIRED', 'KEY_UNKNOWN', 'KEY_EXPIRED', 'KEY_REVOKED'),
  403: refused('SCOPE_MISSING', 'NOT_LOCAL'),
  429: refused('RATE_LIMITED'),
};

export const inQuery = (name: string, description: string, schema: JsonSchema, required = false): JsonSchema => ({
  ...{ name, in: 'query', description, schema },
  ...(required ? { required } : {}),
});

export const inPath = (name: string, description: string, schema: JsonSchema): JsonSchema => ({
  ...{ name, in: 'path', required: true, description, schema },
});

export const limit = (what: string) => inQuery('limit', what, { type: 'integer', minimum: 1, maximum: 1000, default: 100 });
export const at = inQuery('at', 'As it stood after this command, or after the last one up to this time: ms since the epoch, or ISO 8601.', {
  oneOf: [ref('Seq'), { type: 'string' }],
});
export const minSeq = inQuery('minSeq', 'Not before this command is in; waits up to a second.', ref('Seq'));

const asOfSeq = { seq: described(ref('Seq'), 'As of this command.'), time: ref('Time') };

export const rows = (row: JsonSchema, more: { readonly [name: string]: JsonSchema } = {}): JsonSchema =>
  record({ ...asOfSeq, ...more, rows: list(row) });
export const row = (of: JsonSchema): JsonSchema => record({ ...asOfSeq, row: of });

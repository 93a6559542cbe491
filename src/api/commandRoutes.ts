import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Result } from '../contract/results';
import type { History } from '../history';
import { sayHistoryError } from './viewRoutes';

/** What became of one message (see serve/commands.ts). */
export type Answered =
  | { readonly kind: 'RESULT'; readonly result: Result }
  | { readonly kind: 'MALFORMED'; readonly reason: string }
  | { readonly kind: 'BUSY' }
  | { readonly kind: 'NOT_LEADING'; readonly reason: string; readonly leader?: string | undefined };

export type TakeCommand = (json: unknown) => Promise<Answered>;

const MOST_COMMANDS = 1_000;
const OK = 200;
const BAD_REQUEST = 400;
const FORBIDDEN = 403;
const TOO_MANY = 429;
const UNAVAILABLE = 503;

/** An answer that is no result, as `{ error }` with the status that says it. */
function sayRefusal(answered: Exclude<Answered, { kind: 'RESULT' }>): { readonly status: number; readonly body: object } {
  switch (answered.kind) {
    case 'MALFORMED':
      return { status: BAD_REQUEST, body: { error: answered.reason } };
    case 'BUSY':
      return { status: TOO_MANY, body: { error: 'too much waits for the journal; send it again later' } };
    case 'NOT_LEADING':
      return { status: UNAVAILABLE, body: { error: answered.reason, leader: answered.leader } };
  }
}

async function one(take: TakeCommand, json: unknown, reply: FastifyReply) {
  const answered = await take(json);
  if (answered.kind === 'RESULT') return reply.code(OK).send(answered.result);
  const { status, body } = sayRefusal(answered);
  return reply.code(status).send(body);
}

/** Not atomic: each command by itself, in order; what is no command has `{ error }` in its place. */
async function many(take: TakeCommand, commands: readonly unknown[], reply: FastifyReply) {
  if (commands.length === 0 || commands.length > MOST_COMMANDS) {
    return reply.code(BAD_REQUEST).send({ error: `an array of 1 to ${MOST_COMMANDS} commands, not ${commands.length}` });
  }
  const answers = await Promise.all(commands.map(take));
  return reply.code(OK).send(answers.map((answered) => (answered.kind === 'RESULT' ? answered.result : sayRefusal(answered).body)));
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/**
 * Who may send commands is not asked, so they are taken from this machine alone: on the loopback, and under one of its own
 * names, since a page of another site can make a browser ask under a name of its own that leads here.
 */
function isFromHere({ socket, headers: { host = '' } }: FastifyRequest): boolean {
  const { localAddress = '' } = socket;
  return /^(127\.|::1$|::ffff:127\.)/.test(localAddress) && LOOPBACK.test(host);
}

/** `POST /v1/commands`: one command or an array, answered once durable. `POST /v1/preview`: what one would do. */
export function commandRoutes(take: TakeCommand, history: () => History | undefined): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.post('/v1/commands', async (request, reply) => {
      if (!isFromHere(request)) return reply.code(FORBIDDEN).send({ error: 'commands are taken over HTTP on the loopback alone' });
      const { body } = request;
      return Array.isArray(body) ? many(take, body, reply) : one(take, body, reply);
    });
    app.post('/v1/preview', async ({ body }, reply) => {
      const past = history();
      if (past === undefined) return reply.code(UNAVAILABLE).send({ error: 'the node is not ready' });
      const command = typeof body === 'object' && body !== null && !Array.isArray(body) ? { commandId: 'preview', ...body } : body;
      return past.preview(command).catch((error: Error) => sayHistoryError(error, reply));
    });
  };
}

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { HttpErrorCode } from '../contract/httpErrors';
import type { Result } from '../contract/results';
import { type Access, type AccessRefusal, type Caller, isTradersOwn, sayAccessRefusal, scopeNeeded } from './access';
import { type ErrorDetails, errorBody, sayError } from './errors';

/** What became of one message (see serve/commands.ts). */
export type Answered =
  | { readonly kind: 'RESULT'; readonly result: Result }
  | { readonly kind: 'MALFORMED'; readonly reason: string }
  | { readonly kind: 'BUSY' }
  | { readonly kind: 'NOT_LEADING'; readonly reason: string; readonly leader?: string | undefined };

/** Takes one message of somebody who may send it. */
export type TakeCommand = (json: unknown, actor: string) => Promise<Answered>;

/** What became of a question what a command would do. */
export type Previewed =
  | { readonly kind: 'PREVIEW'; readonly preview: { readonly eventCount: number } }
  | Exclude<Answered, { kind: 'RESULT' }>;

export type PreviewCommand = (json: unknown) => Promise<Previewed>;

const MOST_COMMANDS = 1_000;
const OK = 200;

/** Why there is no result, as the error that says it. */
function errorOf(answered: Exclude<Answered, { kind: 'RESULT' }>): [HttpErrorCode, string, ErrorDetails?] {
  switch (answered.kind) {
    case 'MALFORMED':
      return ['MALFORMED_COMMAND', answered.reason];
    case 'BUSY':
      return ['BUSY', 'too much waits for the journal; send it again later'];
    case 'NOT_LEADING':
      return ['NOT_LEADING', answered.reason, { leader: answered.leader }];
  }
}

/** Undefined when the caller may send that. */
function refusedTo(caller: Caller, json: unknown, access: Access): AccessRefusal | undefined {
  const needed = scopeNeeded(json);
  return needed === undefined ? undefined : access.may(caller, needed);
}

/** What a key may send, or any trader might when it may read everything, it may ask about; a tick shows what becomes of everybody. */
function refusedToAsk(caller: Caller, json: unknown, access: Access): AccessRefusal | undefined {
  const refused = refusedTo(caller, json, access);
  return refused !== undefined && isTradersOwn(json) && access.may(caller, 'read') === undefined ? undefined : refused;
}

/** `POST /v1/commands`: one command or an array, answered once durable. `POST /v1/preview`: what one would do. */
export function commandRoutes(take: TakeCommand, preview: PreviewCommand, access: Access): (app: FastifyInstance) => Promise<void> {
  const one = async (json: unknown, caller: Caller, reply: FastifyReply) => {
    const refused = refusedTo(caller, json, access);
    if (refused !== undefined) return sayAccessRefusal(refused, reply);
    const answered = await take(json, caller.actor);
    if (answered.kind === 'RESULT') return reply.code(OK).send(answered.result);
    return sayError(reply, ...errorOf(answered));
  };

  const inPlace = async (json: unknown, caller: Caller): Promise<object> => {
    const refused = refusedTo(caller, json, access);
    if (refused !== undefined) return errorBody(refused.code, refused.error);
    const answered = await take(json, caller.actor);
    return answered.kind === 'RESULT' ? answered.result : errorBody(...errorOf(answered));
  };

  /** Not atomic: each command by itself, in order; what is no command, or not the caller's to send, has an error in its place. */
  const many = async (commands: readonly unknown[], caller: Caller, reply: FastifyReply) => {
    if (commands.length === 0 || commands.length > MOST_COMMANDS) {
      return sayError(reply, 'INVALID_BODY', `an array of 1 to ${MOST_COMMANDS} commands, not ${commands.length}`);
    }
    const over = access.limit(caller, commands.length - 1);
    if (over !== undefined) return sayAccessRefusal(over, reply);
    return reply.code(OK).send(await Promise.all(commands.map((json) => inPlace(json, caller))));
  };

  return async (app) => {
    app.post('/v1/commands', async (request, reply) => {
      const { body } = request;
      const caller = access.callerOf(request);
      return Array.isArray(body) ? many(body, caller, reply) : one(body, caller, reply);
    });
    app.post('/v1/preview', async (request, reply) => {
      const { body } = request;
      const caller = access.callerOf(request);
      const refused = refusedToAsk(caller, body, access);
      if (refused !== undefined) return sayAccessRefusal(refused, reply);
      const answered = await preview(body);
      if (answered.kind === 'PREVIEW') {
        access.owe(caller, Math.max(0, answered.preview.eventCount - 1));
        return reply.send(answered.preview);
      }
      return sayError(reply, ...errorOf(answered));
    });
  };
}

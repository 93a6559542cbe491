import type { FastifyReply } from 'fastify';
import { type HttpErrorCode, httpErrors } from '../contract/httpErrors';
import type { UnknownQuestion } from '../views';

/** What a body says beside its sentence and code. */
export interface ErrorDetails {
  /** The parameter that was not understood. */
  readonly field?: string | undefined;
  readonly seq?: number | undefined;
  readonly time?: number | undefined;
  /** Where commands are taken. */
  readonly leader?: string | undefined;
}

const TOO_MANY = 429;
const UNAVAILABLE = 503;
const worthAnotherTry: readonly number[] = [TOO_MANY, UNAVAILABLE];

/** The body of every error. */
export const errorBody = (code: HttpErrorCode, error: string, details: ErrorDetails = {}): object => ({ error, code, ...details });

/** Answers with an error, and when to ask again where that may help. */
export function sayError(reply: FastifyReply, code: HttpErrorCode, error: string, details?: ErrorDetails): FastifyReply {
  const { status } = httpErrors[code];
  if (worthAnotherTry.includes(status) && !reply.hasHeader('retry-after')) reply.header('retry-after', '1');
  return reply.code(status).send(errorBody(code, error, details));
}

/** Answers that a parameter of the question is not understood. */
export const sayUnknownQuestion = (reply: FastifyReply, { message, field }: UnknownQuestion): FastifyReply =>
  sayError(reply, 'INVALID_PARAMETER', message, { field });

/** Views with a single row, by what their row is. */
const rowOf: { readonly [view: string]: string } = { accounts: 'account', book: 'instrument', commands: 'command' };

/** Answers that nothing of that name is there. */
export function sayNotFound(reply: FastifyReply, view: string, name: string, asOf: Pick<ErrorDetails, 'seq' | 'time'>): FastifyReply {
  return sayError(reply, 'NOT_FOUND', `there is no ${rowOf[view] ?? view} ${name}`, asOf);
}

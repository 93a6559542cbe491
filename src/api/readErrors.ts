import type { FastifyReply } from 'fastify';
import type { HttpErrorCode } from '../contract/httpErrors';
import { HistoryError } from '../history';
import { UnknownQuestion, ViewsBehind } from '../views';
import { sayError, sayUnknownQuestion } from './errors';

/** The node has no views yet: it leads nothing. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
  constructor() {
    super('the node is not ready');
  }
}

/** By the name of the error of the journal's thread; what is not said here may be asked again later. */
const codes: { readonly [name: string]: HttpErrorCode } = { BeyondJournal: 'BEYOND_JOURNAL' };

/** Says with the fitting code why a question has no answer. Throws what is none of the reader's business. */
export function sayReadError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof UnknownQuestion) return sayUnknownQuestion(reply, error);
  if (error instanceof ViewsBehind) return sayError(reply, 'VIEWS_BEHIND', error.message, { seq: error.seq });
  if (error instanceof NotReady) return sayError(reply, 'NOT_READY', error.message);
  if (error instanceof HistoryError) return sayError(reply, codes[error.name] ?? 'NOT_READY', error.message);
  throw error;
}

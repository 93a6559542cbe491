import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpErrorCode } from '../contract/httpErrors';
import { type AsOf, type EventsQuestion, type History, HistoryError, type ViewAnswer, type ViewQuestion } from '../history';
import { UnknownQuestion } from '../views';
import { sayError, sayNotFound, sayUnknownQuestion } from './errors';

const MOST_ROWS = 1_000;

type Query = { readonly [name: string]: string | undefined };

/** A whole number of the query, or undefined. */
function whole(query: Query, name: string, most: number): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= most))
    throw new UnknownQuestion(name, `must be a whole number of at most ${most}, not ${JSON.stringify(text.slice(0, 40))}`);
  return value;
}

function asOf(query: Query): AsOf {
  return { at: whole(query, 'at', Number.MAX_SAFE_INTEGER), minSeq: whole(query, 'minSeq', Number.MAX_SAFE_INTEGER) };
}

/** By the name of the error; what is not said here may be asked again later. */
const codes: { readonly [name: string]: HttpErrorCode } = { BeyondJournal: 'BEYOND_JOURNAL', NotThatFar: 'VIEWS_BEHIND' };

/** Says with the fitting code why the thread of the views had no answer. */
export function sayHistoryError(error: Error, reply: FastifyReply) {
  if (!(error instanceof HistoryError)) throw error;
  return sayError(reply, codes[error.name] ?? 'NOT_READY', error.message);
}

const CURSOR = /^([1-9]\d{0,15})-(\d{1,9})$/;
const EVENTS_TAKE: readonly string[] = ['fromSeq', 'seq', 'limit', 'cursor', 'minSeq'];
const DEFAULT_EVENTS = 100;

/** `fromSeq` alone, or one command's `seq`; `cursor` goes on from a page before. */
function eventsQuestion(query: Query): EventsQuestion {
  for (const name of Object.keys(query))
    if (!EVENTS_TAKE.includes(name)) throw new UnknownQuestion(name, `there is no such parameter; known are ${EVENTS_TAKE.join(', ')}`);
  if (query.fromSeq !== undefined && query.seq !== undefined) throw new UnknownQuestion('seq', 'not together with fromSeq');
  const limit = whole(query, 'limit', MOST_ROWS) ?? DEFAULT_EVENTS;
  if (limit === 0) throw new UnknownQuestion('limit', 'must be at least 1');
  const toSeq = whole(query, 'seq', Number.MAX_SAFE_INTEGER);
  if (query.cursor === undefined) {
    const fromSeq = Math.max(1, toSeq ?? whole(query, 'fromSeq', Number.MAX_SAFE_INTEGER) ?? 1);
    return { fromSeq, fromIndex: 0, toSeq, limit };
  }
  const [, seq, index] = CURSOR.exec(query.cursor) ?? [];
  if (seq === undefined) throw new UnknownQuestion('cursor', 'not one that a page gave');
  return { fromSeq: Number(seq), fromIndex: Number(index), toSeq, limit };
}

interface View {
  readonly path: string;
  readonly view: ViewQuestion['view'];
  /** Parameters of the query that it takes beside `at` and `minSeq`. */
  readonly takes?: readonly ('accountId' | 'instrument' | 'limit')[];
  /** Those without which it has no answer. */
  readonly needs?: readonly ('accountId' | 'instrument')[];
}

const VIEWS: readonly View[] = [
  { path: '/v1/positions', view: 'positions', takes: ['accountId', 'instrument', 'limit'] },
  { path: '/v1/accounts/:accountId', view: 'account' },
  { path: '/v1/orders', view: 'orders', takes: ['accountId', 'instrument'], needs: ['accountId'] },
  { path: '/v1/instruments', view: 'instruments' },
  { path: '/v1/book/:instrument', view: 'book' },
  { path: '/v1/insurance', view: 'insurance' },
];

function questionOf({ view, takes = [], needs = [] }: View, { query, params }: FastifyRequest): ViewQuestion {
  const asked = query as Query;
  const known: readonly string[] = [...takes, 'at', 'minSeq'];
  for (const name of Object.keys(asked))
    if (!known.includes(name)) throw new UnknownQuestion(name, `there is no such parameter; known are ${known.join(', ')}`);
  for (const name of needs) if (asked[name] === undefined) throw new UnknownQuestion(name, 'missing');
  const { accountId = asked.accountId, instrument = asked.instrument } = params as Query;
  return { view, accountId, instrument, limit: whole(asked, 'limit', MOST_ROWS) };
}

function send({ seq, time, rows, total, row }: ViewAnswer, { view, accountId, instrument }: ViewQuestion, reply: FastifyReply) {
  if (rows !== undefined) return reply.send({ seq, time, ...(total === undefined ? {} : { total }), rows });
  if (row === null) return sayNotFound(reply, view, accountId ?? instrument ?? '', { seq, time });
  return reply.send({ seq, time, row });
}

/**
 * The views, now or as they stood (`?at=SEQ`), not before a command that the asker knows of (`?minSeq=SEQ`). Each answer says
 * its `seq` and `time`; lists have `rows`, single things a `row`.
 */
export function viewRoutes(history: () => History | undefined): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.setErrorHandler(async (error, _, reply) => {
      if (error instanceof UnknownQuestion) return sayUnknownQuestion(reply, error);
      throw error;
    });
    const ask = async <T>(reply: FastifyReply, question: (past: History) => Promise<T>, answer: (value: T) => unknown) => {
      const past = history();
      if (past === undefined) return sayError(reply, 'NOT_READY', 'the node is not ready');
      try {
        return answer(await question(past));
      } catch (error) {
        return sayHistoryError(error as Error, reply);
      }
    };
    for (const view of VIEWS) {
      app.get(view.path, async (request, reply) => {
        const question = questionOf(view, request);
        const when = asOf(request.query as Query);
        return ask(
          reply,
          (past) => past.view(question, when),
          (found) => send(found, question, reply),
        );
      });
    }
    app.get('/v1/events', async ({ query }, reply) => {
      const question = eventsQuestion(query as Query);
      const minSeq = whole(query as Query, 'minSeq', Number.MAX_SAFE_INTEGER);
      return ask(
        reply,
        (past) => past.events(question, { minSeq }),
        (page) => reply.send(page),
      );
    });
    app.get('/v1/blocks/:isolationId', async ({ params, query }, reply) => {
      const { isolationId = '' } = params as Query;
      const when = asOf(query as Query);
      return ask(
        reply,
        (past) => past.life(isolationId, when),
        (life) => (life === undefined ? sayNotFound(reply, 'block', isolationId) : reply.send(life)),
      );
    });
  };
}

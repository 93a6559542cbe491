import type { FastifyInstance } from 'fastify';
import { type EventsQuestion, type History, type Moment, parseMoment } from '../history';
import { UnknownQuestion, type Views } from '../views';
import { sayNotFound } from './errors';
import { NotReady, sayReadError } from './readErrors';

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

function momentOf({ at: text }: Query): Moment | undefined {
  if (text === undefined) return undefined;
  const moment = parseMoment(text);
  if (moment === undefined) throw new UnknownQuestion('at', 'neither a seq nor a time');
  return moment;
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

/** What the journal itself is asked for: its events in order, and the life of a block, now or as far as it had come (`?at=SEQ`, `?at=TIME`). */
export function journalRoutes(views: () => Views | undefined, past: () => History | undefined): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.setErrorHandler(async (error, _, reply) => sayReadError(error, reply));
    /** The history, and the last command that it is to be asked about. */
    const upToNow = async (query: Query) => {
      const [current, history] = [views(), past()];
      if (current === undefined || history === undefined) throw new NotReady();
      const minSeq = whole(query, 'minSeq', Number.MAX_SAFE_INTEGER);
      const { seq, time } = await current.read('insurance', { minSeq });
      return { history, seq, time };
    };
    app.get('/v1/events', async ({ query }) => {
      const question = eventsQuestion(query as Query);
      const { history, seq, time } = await upToNow(query as Query);
      return { seq, time, ...(await history.events(question, seq)) };
    });
    app.get('/v1/blocks/:isolationId', async ({ params, query }, reply) => {
      const { isolationId = '' } = params as Query;
      const moment = momentOf(query as Query);
      const { history, seq } = await upToNow(query as Query);
      const at = moment === undefined ? seq : (await history.commandAt(moment)).seq;
      return (await history.life(isolationId, at)) ?? sayNotFound(reply, 'block', isolationId);
    });
  };
}

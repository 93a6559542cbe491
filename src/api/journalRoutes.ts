import type { FastifyInstance } from 'fastify';
import type { EventsQuestion, History, Moment } from '../history';
import { UnknownQuestion, type Views } from '../views';
import { sayNotFound } from './errors';
import { type Given, readParameters } from './parameters';
import { NotReady, sayReadError } from './readErrors';

const CURSOR = /^([1-9]\d{0,15})-(\d{1,9})$/;
const OF_EVENTS = { fromSeq: 'seq?', seq: 'seq?', limit: 'rows?', cursor: 'cursor?', minSeq: 'seq?' } as const;
const OF_BLOCK = { isolationId: 'name', at: 'moment?', minSeq: 'seq?' } as const;
const DEFAULT_EVENTS = 100;

interface EventsAsked {
  readonly fromSeq?: number;
  readonly seq?: number;
  readonly limit?: number;
  readonly cursor?: string;
  readonly minSeq?: number;
}

interface BlockAsked {
  readonly isolationId: string;
  readonly at?: Moment;
  readonly minSeq?: number;
}

/** `fromSeq` alone, or one command's `seq`; `cursor` goes on from a page before. */
function eventsQuestion({ fromSeq, seq: toSeq, limit = DEFAULT_EVENTS, cursor }: EventsAsked): EventsQuestion {
  if (fromSeq !== undefined && toSeq !== undefined) throw new UnknownQuestion('seq', 'not together with fromSeq');
  if (cursor === undefined) return { fromSeq: Math.max(1, toSeq ?? fromSeq ?? 1), fromIndex: 0, toSeq, limit };
  const [, seq, index] = CURSOR.exec(cursor) ?? [];
  if (seq === undefined) throw new UnknownQuestion('cursor', 'not one that a page gave');
  return { fromSeq: Number(seq), fromIndex: Number(index), toSeq, limit };
}

/** What the journal itself is asked for: its events in order, and the life of a block, now or as far as it had come (`?at=SEQ`, `?at=TIME`). */
export function journalRoutes(views: () => Views | undefined, past: () => History | undefined): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.setErrorHandler(async (error, _, reply) => sayReadError(error, reply));
    /** The history, and the last command that it is to be asked about. */
    const upToNow = async (minSeq: number | undefined) => {
      const [current, history] = [views(), past()];
      if (current === undefined || history === undefined) throw new NotReady();
      return { history, ...(await current.now(minSeq)) };
    };
    app.get('/v1/events', async ({ query }) => {
      const asked: EventsAsked = readParameters(OF_EVENTS, query as Given);
      const question = eventsQuestion(asked);
      const { history, seq, time } = await upToNow(asked.minSeq);
      return { seq, time, ...(await history.events(question, seq)) };
    });
    app.get('/v1/blocks/:isolationId', async ({ params, query }, reply) => {
      const given = { ...(query as Given), ...(params as Given) };
      const { isolationId, at: moment, minSeq } = readParameters(OF_BLOCK, given) as unknown as BlockAsked;
      const { history, ...now } = await upToNow(minSeq);
      const { seq, time } = moment === undefined ? now : await history.commandAt(moment);
      return (await history.life(isolationId, seq)) ?? sayNotFound(reply, 'block', isolationId, { seq, time });
    });
  };
}

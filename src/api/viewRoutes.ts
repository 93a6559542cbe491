import type { FastifyInstance, FastifyReply } from 'fastify';
import {
  candleIntervals,
  happenedViews,
  positionOrders,
  type ViewName,
  type ViewQuery,
  type ViewText,
  viewNames,
  viewParameters,
} from '../contract/views';
import { type History, type Moment, parseMoment } from '../history';
import { UnknownQuestion, type Views } from '../views';
import { sayNotFound } from './errors';
import { NotReady, sayReadError } from './readErrors';

const NAME = /^[A-Za-z0-9._~-]{1,64}$/;
const COUNT = /^[0-9]{1,15}$/;
const CURSOR = /^[0-9]{1,16}(-[0-9]{1,16})?$/;

interface Kind {
  /** What it must be, after "must be". */
  readonly form: string;
  readonly read: (text: string) => string | number | Moment | undefined;
}

const oneOf = (words: readonly string[]): Kind => ({
  form: words.length === 1 ? (words[0] as string) : `one of ${words.join(', ')}`,
  read: (text) => words.find((word) => word === text),
});

/** Kinds of parameters: what each must look like, and what it is then. */
const kinds: { readonly [kind: string]: Kind } = {
  name: { form: 'a name of at most 64 letters, digits and . _ ~ -', read: (text) => (NAME.test(text) ? text : undefined) },
  count: { form: 'a whole number', read: (text) => (COUNT.test(text) ? Number(text) : undefined) },
  moment: { form: 'a seq, ms since the epoch, or a time such as 2025-10-10T21:15', read: parseMoment },
  cursor: { form: 'the `next` of a page', read: (text) => (CURSOR.test(text) ? text : undefined) },
  candleInterval: oneOf(Object.keys(candleIntervals)),
  positionOrder: oneOf(positionOrders),
};

const ofAllViews = { limit: 'count?', cursor: 'cursor?', minSeq: 'count?', at: 'moment?' } as const;

/** Parameters as the router gives them. */
type Given = { readonly [field: string]: unknown };

/** A question, perhaps about what was. */
type Asked = Omit<ViewQuery, 'at'> & { readonly at?: Moment };

/** Reads the parameters of a view from a URL. Throws UnknownQuestion for what it does not take, or not so. */
function queryOf(view: ViewName, given: Given): Asked {
  const known: { readonly [field: string]: string } = { ...viewParameters[view], ...ofAllViews };
  const query: { [field: string]: string | number | Moment } = {};
  for (const [field, text] of Object.entries(given)) {
    const kind = known[field];
    if (kind === undefined) throw new UnknownQuestion(field, `there is no such parameter; known are ${Object.keys(known).join(', ')}`);
    const { form, read } = kinds[kind.replace('?', '')] as Kind;
    if (typeof text !== 'string') throw new UnknownQuestion(field, 'given twice');
    const value = read(text);
    if (value === undefined) throw new UnknownQuestion(field, `must be ${form}, not ${JSON.stringify(text.slice(0, 40))}`);
    query[field] = value;
  }
  for (const [field, kind] of Object.entries(known)) {
    if (!kind.endsWith('?') && query[field] === undefined) throw new UnknownQuestion(field, 'missing');
  }
  return query as Asked;
}

/** Paths that name one row, with the parameter that does. */
const named: { readonly [N in ViewName]?: string } = { accounts: 'accountId', book: 'instrument', commands: 'commandId' };
/** The view of a single row. */
const SINGLE: ViewName = 'insurance';

type Past = Pick<History, 'view' | 'commandAt'>;

/** Rows now, or as they stood. */
async function answered(views: Views, past: Past | undefined, view: ViewName, { at: moment, ...query }: Asked): Promise<ViewText> {
  if (moment === undefined) return views.read(view, query);
  if (past === undefined) throw new NotReady();
  // The journal says when the command was, or that it is not that long.
  const { seq, time } = await past.commandAt(moment);
  const minSeq = Math.max(query.minSeq ?? 0, seq);
  // Rows of what happened are where they are kept.
  if ((happenedViews as readonly ViewName[]).includes(view))
    return { ...(await views.read(view, { ...query, at: seq, minSeq })), seq, time };
  if (minSeq > seq) await views.read(SINGLE, { minSeq });
  return past.view(view, query, seq);
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** A page as the JSON text that it is, but for its frame, since it was read. */
function sendPage(reply: FastifyReply, { seq, time, rows, next, total }: ViewText): FastifyReply {
  const more = `${next === undefined ? '' : `,"next":${JSON.stringify(next)}`}${total === undefined ? '' : `,"total":${total}`}`;
  return reply.type(JSON_TYPE).send(`{"seq":${seq},"time":${time},"rows":${rows}${more}}`);
}

/** The only row of a page. */
function sendRow(reply: FastifyReply, { seq, time, rows }: ViewText): FastifyReply {
  return reply.type(JSON_TYPE).send(`{"seq":${seq},"time":${time},"row":${rows.slice(1, -1)}}`);
}

/**
 * The views (contract.md, "Views"), now or as they stood (`?at=SEQ`, `?at=TIME`): every answer carries its `seq` and `time`; 503 says that
 * `minSeq` has not come yet.
 */
export function viewRoutes(views: () => Views | undefined, past: () => Past | undefined): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.setErrorHandler(async (error, _, reply) => sayReadError(error, reply));
    const answer = async (view: ViewName, given: Given) => {
      const current = views();
      if (current === undefined) throw new NotReady();
      return answered(current, past(), view, queryOf(view, given));
    };
    for (const view of viewNames) {
      const field = named[view];
      if (view === SINGLE) {
        app.get(`/v1/${view}`, async ({ query }, reply) => sendRow(reply, await answer(view, query as Given)));
        continue;
      }
      if (field === undefined || !isNeeded(view, field))
        app.get(`/v1/${view}`, async ({ query }, reply) => sendPage(reply, await answer(view, query as Given)));
      if (field === undefined) continue;
      app.get(`/v1/${view}/:${field}`, async ({ query, params }, reply) => {
        const asked = { ...(query as Given), ...(params as Given) };
        const found = await answer(view, asked);
        const { seq, time, count } = found;
        return count === 0 ? sayNotFound(reply, view, String(asked[field]), { seq, time }) : sendRow(reply, found);
      });
    }
    app.get('/v1/time', async () => {
      const { seq, time } = await answer(SINGLE, {});
      return { seq, time };
    });
  };
}

function isNeeded(view: ViewName, field: string): boolean {
  return (viewParameters[view] as { readonly [name: string]: string })[field]?.endsWith('?') === false;
}

import type { FastifyInstance, FastifyReply } from 'fastify';
import { happenedViews, type ViewName, type ViewQuery, type ViewText, viewNames, viewParameters } from '../contract/views';
import type { History, Moment } from '../history';
import type { Views } from '../views';
import { sayNotFound } from './errors';
import { type Given, readParameters } from './parameters';
import { NotReady, sayReadError } from './readErrors';

const ofAllViews = { limit: 'rows?', cursor: 'cursor?', minSeq: 'seq?', at: 'moment?' } as const;

/** A question, perhaps about what was. */
type Asked = Omit<ViewQuery, 'at'> & { readonly at?: Moment };

const questionOf = (view: ViewName, given: Given): Asked => readParameters({ ...viewParameters[view], ...ofAllViews }, given);

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
  if (minSeq > seq) await views.now(minSeq);
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
      return answered(current, past(), view, questionOf(view, given));
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
      const current = views();
      if (current === undefined) throw new NotReady();
      return current.now();
    });
  };
}

function isNeeded(view: ViewName, field: string): boolean {
  return (viewParameters[view] as { readonly [name: string]: string })[field]?.endsWith('?') === false;
}

import type { FastifyInstance } from 'fastify';
import { candleIntervals, type ViewName, type ViewQuery, viewParameters } from '../contract/views';
import type { History } from '../history';
import { UnknownQuestion, type Views, ViewsBehind } from '../views';
import { sayError, sayNotFound, sayUnknownQuestion } from './errors';
import { sayHistoryError } from './viewRoutes';

const NAME = /^[A-Za-z0-9._~-]{1,64}$/;
const COUNT = /^[0-9]{1,15}$/;
const CURSOR = /^[0-9]{1,16}(-[0-9]{1,16})?$/;

class NotReady extends Error {
  constructor() {
    super('the node is not ready');
  }
}

/** Kinds of parameters: what each must look like, and what it is then. */
const kinds: { readonly [kind: string]: (text: string) => string | number | undefined } = {
  name: (text) => (NAME.test(text) ? text : undefined),
  count: (text) => (COUNT.test(text) ? Number(text) : undefined),
  cursor: (text) => (CURSOR.test(text) ? text : undefined),
  candleInterval: (text) => (text in candleIntervals ? text : undefined),
};

const paging = { limit: 'count?', cursor: 'cursor?', minSeq: 'count?' } as const;

/** Parameters as the router gives them. */
type Given = { readonly [field: string]: unknown };

/** Reads the parameters of a view from a URL. Throws UnknownQuestion for what it does not take, or not so. */
export function queryOf(view: ViewName, given: Given): ViewQuery {
  const known: { readonly [field: string]: string } = { ...viewParameters[view], ...paging };
  const query: { [field: string]: string | number } = {};
  for (const [field, text] of Object.entries(given)) {
    const kind = known[field];
    if (kind === undefined) throw new UnknownQuestion(field, `there is no such parameter; known are ${Object.keys(known).join(', ')}`);
    const value = typeof text === 'string' ? kinds[kind.replace('?', '')]?.(text) : undefined;
    if (value === undefined) throw new UnknownQuestion(field, 'not of its form, or given twice');
    query[field] = value;
  }
  for (const [field, kind] of Object.entries(known)) {
    if (!kind.endsWith('?') && query[field] === undefined) throw new UnknownQuestion(field, 'missing');
  }
  return query as ViewQuery;
}

/** Paths that name one row, with the parameter that does. */
const singular: { readonly [N in ViewName]?: string } = { accounts: 'accountId', book: 'instrument', commands: 'commandId' };

/** Views that the projections answer; the others are in viewRoutes.ts, which can answer all of theirs for the past as well. */
const projected: readonly ViewName[] = ['trades', 'liquidations', 'fills', 'candles', 'funding', 'ledger', 'commands', 'marks'];

/** The journal's thread tells when a command was, and whether it has been at all. */
type Past = Pick<History, 'view'>;

/** The GET routes of the projections (contract.md, "Views"): every answer carries `seq`; 503 says that `minSeq` has not come yet. */
export function projectionRoutes(
  views: () => Views | undefined,
  past: () => Past | undefined,
  names = projected,
): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.setErrorHandler(async (error, _, reply) => {
      if (error instanceof UnknownQuestion) return sayUnknownQuestion(reply, error);
      if (error instanceof ViewsBehind) return sayError(reply, 'VIEWS_BEHIND', error.message, { seq: error.seq });
      if (error instanceof NotReady) return sayError(reply, 'NOT_READY', error.message);
      return sayHistoryError(error as Error, reply);
    });
    const read = async (view: ViewName, given: Given) => {
      const current = views();
      if (current === undefined) throw new NotReady();
      const query = queryOf(view, given);
      return query.at === undefined ? current.read(view, query) : readAt(current, view, query, query.at);
    };
    const readAt = async (current: Views, view: ViewName, query: ViewQuery, at: number) => {
      const history = past();
      if (history === undefined) throw new NotReady();
      // Whichever view is asked for: the answer says when the command was, or that the journal is not that long.
      const { seq, time } = await history.view({ view: 'insurance' }, { at });
      return { ...(await current.read(view, { ...query, minSeq: Math.max(query.minSeq ?? 0, at) })), seq, time };
    };
    for (const view of names) {
      const field = singular[view];
      if (field === undefined || !isNeeded(view, field)) {
        app.get(`/v1/${view}`, async (request) => read(view, request.query as Given));
      }
      if (field === undefined) continue;
      app.get(`/v1/${view}/:${field}`, async (request, reply) => {
        const asked = { ...(request.query as Given), ...(request.params as Given) };
        const { seq, time, rows } = await read(view, asked);
        if (rows[0] === undefined) return sayNotFound(reply, view, String(asked[field]), { seq, time });
        return { seq, time, row: rows[0] };
      });
    }
    app.get('/v1/time', async () => {
      const { seq, time } = await read('marks', { limit: '1' });
      return { seq, time };
    });
  };
}

function isNeeded(view: ViewName, field: string): boolean {
  return (viewParameters[view] as { readonly [name: string]: string })[field]?.endsWith('?') === false;
}

import {
  type CandleInterval,
  type CommandView,
  MOST_ROWS,
  type PositionView,
  type ViewAnswer,
  type ViewName,
  type ViewQuery,
  type ViewRows,
  type ViewText,
} from '../../contract/views';
import { type AccountFigures, accountFigures } from '../accounts/figures';
import { eventList, type HappenedView, type Place } from '../happened';
import { distanceOf, type FoldedAccount, type FoldedPosition, foldedPositionAt, type MarkedPosition } from '../positions';
import { growingCandle } from './candlesAt';
import type { ReadModel } from './readModel';

const DEFAULT_LIMIT = 100;
/** Accounts that one page looks through for rows: a page may be short, and `next` still says where to go on. */
const ACCOUNTS_A_PAGE = 5_000;
/** Positions that are put in order for one page. */
const MOST_ORDERED = 10_000;

/** A question that no view can answer as it was asked. */
export class UnknownQuestion extends Error {
  override readonly name = 'UnknownQuestion';
  constructor(
    readonly field: string,
    reason: string,
  ) {
    super(`${field}: ${reason}`);
  }

  /** The same error when it came as data from another thread. */
  static of(field: string, message: string): UnknownQuestion {
    return new UnknownQuestion(field, message.slice(field.length + 2));
  }
}

interface Page<T = unknown> {
  readonly rows: readonly T[];
  readonly next?: string;
  readonly total?: number;
}

type Reader = (model: ReadModel, query: ViewQuery, limit: number) => Page;

function needed(query: ViewQuery, field: 'accountId' | 'instrument' | 'commandId' | 'interval'): string {
  const value = query[field];
  if (value === undefined) throw new UnknownQuestion(field, 'missing');
  return value;
}

/** Numbers of a cursor `a-b…`, which only `next` makes. */
function placesOf(cursor: string | undefined, count: number): number[] | undefined {
  if (cursor === undefined) return undefined;
  const places = cursor.split('-').map(Number);
  if (places.length !== count || !places.every(Number.isSafeInteger)) throw new UnknownQuestion('cursor', 'not one that a page gave');
  return places;
}

/** Open positions of one account, or of all. */
function* openPositions(model: ReadModel, { accountId, instrument }: ViewQuery): Generator<[FoldedAccount, FoldedPosition]> {
  const account = accountId === undefined ? undefined : model.findAccount(accountId);
  const accounts = accountId === undefined ? model.accounts : account === undefined ? [] : [account];
  for (const owner of accounts) {
    for (const position of owner.open()) {
      if (instrument === undefined || position.instrument.terms.instrument === instrument) yield [owner, position];
    }
  }
}

/** Those nearest to their liquidation price: where all prices move with each mark, nothing but looking at all of them finds them. */
function nearestPositions(model: ReadModel, query: ViewQuery, limit: number): Page {
  if (query.cursor !== undefined) throw new UnknownQuestion('cursor', 'not together with order, which has one page');
  const open: { readonly position: FoldedPosition; readonly figures: AccountFigures; readonly distance: number }[] = [];
  let [known, figures]: [FoldedAccount?, AccountFigures?] = [];
  for (const [account, position] of openPositions(model, query)) {
    if (open.length === MOST_ORDERED)
      throw new UnknownQuestion('order', `more than ${MOST_ORDERED} positions are open; name an account or an instrument, or leave it out`);
    if (known !== account || figures === undefined) [known, figures] = [account, accountFigures(account)];
    open.push({ position, figures, distance: distanceOf(position, figures) });
  }
  open.sort((a, b) => (a.distance === b.distance ? 0 : a.distance - b.distance));
  return { rows: open.slice(0, limit).map(({ position, figures }) => model.positionView(position, figures)), total: open.length };
}

function positionsOf(model: ReadModel, account: FoldedAccount, instrument: string | undefined): PositionView[] {
  const open = [...account.open()].filter((position) => instrument === undefined || position.instrument.terms.instrument === instrument);
  if (open.length === 0) return [];
  const figures = accountFigures(account);
  return open.map((position) => model.positionView(position, figures));
}

/** Rows of accounts in order of opening; a page ends with an account whole. */
function byAccount<T>(model: ReadModel, query: ViewQuery, limit: number, rowsOf: (account: FoldedAccount) => readonly T[]): Page<T> {
  if (query.accountId !== undefined) {
    const account = model.findAccount(query.accountId);
    return { rows: account === undefined ? [] : rowsOf(account) };
  }
  const [start = 0] = placesOf(query.cursor, 1) ?? [];
  const { accounts } = model;
  const rows: T[] = [];
  const end = Math.min(accounts.length, start + ACCOUNTS_A_PAGE);
  let number = start;
  for (; number < end && rows.length < limit; number++) rows.push(...rowsOf(accounts[number] as FoldedAccount));
  return number < accounts.length ? { rows, next: String(number) } : { rows };
}

function orders(model: ReadModel, query: ViewQuery, limit: number): Page {
  const [after = 0] = placesOf(query.cursor, 1) ?? [];
  const { instrument } = query;
  const rows: unknown[] = [];
  let last = after;
  for (const order of model.ordersOf(needed(query, 'accountId'))) {
    if (order.id <= after || (instrument !== undefined && order.instrument !== instrument)) continue;
    if (rows.length === limit) return { rows, next: String(last) };
    rows.push(model.orderView(order));
    last = order.id;
  }
  return { rows };
}

/** Rows of one instrument, or of all in the order of listing. */
function byInstrument<T>(model: ReadModel, { instrument }: ViewQuery, rowOf: (instrument: string) => T): Page<T> {
  if (instrument !== undefined) return { rows: model.instruments.has(instrument) ? [rowOf(instrument)] : [] };
  return { rows: [...model.instruments.names()].map(rowOf) };
}

/** The rows that follow on a page, and where the next one goes on. */
function pageOf(found: readonly { readonly at: number; readonly n: number; readonly row: unknown }[], limit: number): Page {
  const rows = found.slice(0, limit).map(({ row }) => row);
  const last = found[limit - 1];
  return found.length > limit && last !== undefined ? { rows, next: `${last.at}-${last.n}` } : { rows };
}

/** Behind all rows of a command. */
const after = (seq: number): Place => ({ at: seq + 1, n: 0 });

/** Where a page begins: what its cursor says, and not behind the command as of which it is. */
function beforeOf({ cursor, at }: ViewQuery): Place | undefined {
  const places = placesOf(cursor, 2);
  const given: Place | undefined = places === undefined ? undefined : { at: places[0] as number, n: places[1] as number };
  return at !== undefined && (given === undefined || given.at > at) ? after(at) : given;
}

/** A list that ends sooner than it once did can't say what stood then. */
function requireWhole(model: ReadModel, view: HappenedView, list: string, { at }: ViewQuery, isLastPage: boolean): void {
  if (at !== undefined && isLastPage && model.happenedStore?.isCut(view, list))
    throw new UnknownQuestion('at', 'goes further back than this node keeps rows; they are in its journal');
}

function newest(model: ReadModel, view: HappenedView, list: string, query: ViewQuery, limit: number): Page {
  const found = model.happenedStore?.newest(view, list, beforeOf(query), limit + 1) ?? [];
  requireWhole(model, view, list, query, found.length <= limit);
  return pageOf(found, limit);
}

function candles(model: ReadModel, query: ViewQuery, limit: number): Page {
  const [instrument, interval] = [needed(query, 'instrument'), needed(query, 'interval') as CandleInterval];
  const list = `${instrument}/${interval}`;
  const { at, ...inPresent } = query;
  const store = model.happenedStore;
  if (at === undefined || store === undefined) return newest(model, 'candles', list, query, limit);
  const growing = growingCandle(store, instrument, interval, after(at));
  for (const [view, name] of [
    ['trades', instrument],
    ['candles', list],
    ['candles', `${instrument}/1m`],
  ] as const)
    requireWhole(model, view, name, query, true);
  if (growing === undefined) return { rows: [] };
  const { openTime } = growing;
  const given = beforeOf(inPresent);
  const isFirstPage = given === undefined || given.at > openTime;
  const before = isFirstPage ? { at: openTime, n: 0 } : given;
  const whole = store.newest('candles', list, before, limit + 1);
  return pageOf(isFirstPage ? [{ at: openTime, n: 0, row: growing }, ...whole] : whole, limit);
}

/** What became of a command, unless it came later. */
function command(model: ReadModel, query: ViewQuery, limit: number): Page {
  const commandId = needed(query, 'commandId');
  const { at, ...inPresent } = query;
  const page = newest(model, 'commands', commandId, inPresent, limit);
  const [row] = page.rows as readonly CommandView[];
  requireWhole(model, 'commands', commandId, query, row === undefined);
  return at === undefined || row === undefined || row.seq <= at ? page : { rows: [] };
}

const readers: { readonly [N in ViewName]: Reader } = {
  positions: (model, query, limit) =>
    query.order === undefined
      ? byAccount(model, query, limit, (account) => positionsOf(model, account, query.instrument))
      : nearestPositions(model, query, limit),
  accounts: (model, query, limit) => byAccount(model, query, limit, (account) => [model.accountView(account)]),
  orders,
  instruments: (model, query) => byInstrument(model, query, (instrument) => model.instrumentView(instrument)),
  marks: (model, query) => byInstrument(model, query, (instrument) => model.markView(instrument)),
  book: (model, query) => {
    needed(query, 'instrument');
    return byInstrument(model, query, (instrument) => model.book(instrument, query.depth));
  },
  insurance: (model) => ({ rows: [model.insurance()] }),
  trades: (model, query, limit) => newest(model, 'trades', needed(query, 'instrument'), query, limit),
  fills: (model, query, limit) => newest(model, 'fills', needed(query, 'accountId'), query, limit),
  candles,
  funding: (model, query, limit) => newest(model, 'funding', eventList(query), query, limit),
  liquidations: (model, query, limit) => newest(model, 'liquidations', eventList(query), query, limit),
  ledger: (model, query, limit) => newest(model, 'ledger', needed(query, 'accountId'), query, limit),
  commands: command,
};

/**
 * Reads a view as it stands after the model's last record; with `at`, which the model must have reached, rows of what happened
 * as they stood then, while `seq` and `time` stay the model's. Throws UnknownQuestion for parameters that it cannot answer. */
export function readView<N extends ViewName>(model: ReadModel, name: N, query: ViewQuery): ViewAnswer<N> {
  const { limit = DEFAULT_LIMIT } = query;
  if (!(limit >= 1 && limit <= MOST_ROWS)) throw new UnknownQuestion('limit', 'not from 1 to 1,000');
  const page = readers[name](model, query, limit) as Page<ViewRows[N]>;
  return { seq: model.seq, time: model.time, ...page };
}

/** The same, written out. */
export function readViewText(model: ReadModel, name: ViewName, query: ViewQuery): ViewText {
  const { rows, ...about } = readView(model, name, query);
  return { ...about, count: rows.length, rows: JSON.stringify(rows) };
}

/** An account's rows at the marks of the moment, as `positionAt` makes them (journal.md §4.3), written out. */
export function readMarked(model: ReadModel, accountId: string): ViewText {
  const account = model.findAccount(accountId);
  const rows = account === undefined ? [] : markedRows(account);
  return { seq: model.seq, time: model.time, count: rows.length, rows: JSON.stringify(rows) };
}

function markedRows(account: FoldedAccount): MarkedPosition[] {
  const figures = accountFigures(account);
  return Array.from(account.open(), (position) => foldedPositionAt(position, figures));
}

import type { OrderView, PositionView } from '../contract/views';
import type { Bulkhead } from '../library/bulkhead';

/** A view: which, and of whom. */
export interface ViewQuestion {
  readonly view: 'positions' | 'account' | 'orders' | 'book' | 'instruments' | 'insurance';
  readonly accountId?: string | undefined;
  readonly instrument?: string | undefined;
  /** Rows at most: of positions those nearest to their liquidation price. */
  readonly limit?: number | undefined;
}

/** `rows` of lists, else `row`, null when there is none. `seq` and `time` say as of when. */
export interface ViewAnswer {
  readonly seq: number;
  readonly time: number;
  readonly rows?: readonly unknown[] | undefined;
  /** How many rows there are, where `rows` are not all. */
  readonly total?: number | undefined;
  readonly row?: unknown;
}

type Shown = Pick<ViewAnswer, 'rows' | 'total' | 'row'>;

const DEFAULT_LIMIT = 100;

const nearness = ({ distanceToLiquidation }: PositionView) =>
  distanceToLiquidation === null ? Number.MAX_VALUE : Number(distanceToLiquidation);

function positions(views: Bulkhead, { accountId, instrument, limit = DEFAULT_LIMIT }: ViewQuestion): Shown {
  const all = views.positions(accountId).filter((position) => instrument === undefined || position.instrument === instrument);
  // A double is enough to put rows in order; equal distances stay as they came.
  const rows = all.sort((a, b) => nearness(a) - nearness(b)).slice(0, limit);
  return { rows, total: all.length };
}

function orders(views: Bulkhead, { accountId = '', instrument }: ViewQuestion): readonly OrderView[] {
  const open = views.account(accountId)?.openOrders ?? [];
  return open.filter((order) => instrument === undefined || order.instrument === instrument);
}

function shown(views: Bulkhead, question: ViewQuestion): Shown {
  const { view, accountId = '', instrument = '' } = question;
  switch (view) {
    case 'positions':
      return positions(views, question);
    case 'orders':
      return { rows: orders(views, question) };
    case 'instruments':
      return { rows: views.market().instruments };
    case 'account':
      return { row: views.account(accountId) };
    case 'book':
      return { row: views.book(instrument) };
    case 'insurance':
      return { row: views.insurance() };
  }
}

export function answerOf(views: Bulkhead, question: ViewQuestion): ViewAnswer {
  return { ...views.now(), ...shown(views, question) };
}

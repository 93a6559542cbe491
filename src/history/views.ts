import type { OrderView, PositionView } from '../contract/views';
import type { Bulkhead } from '../library/bulkhead';

/** A view as it stood: which, and of whom. */
export interface ViewQuestion {
  readonly view: 'positions' | 'account' | 'orders' | 'book' | 'instruments' | 'insurance';
  readonly accountId?: string | undefined;
  readonly instrument?: string | undefined;
  /** Rows at most, those nearest to their liquidation price. Only of positions. */
  readonly limit?: number | undefined;
}

/** `rows` of lists, else `row`, null when there is none. */
export interface ViewAnswer {
  readonly seq: number;
  readonly time: number;
  readonly rows?: readonly unknown[];
  readonly row?: unknown;
}

const nearness = ({ distanceToLiquidation }: PositionView) =>
  distanceToLiquidation === null ? Number.POSITIVE_INFINITY : Number(distanceToLiquidation);

function positions(views: Bulkhead, { accountId, instrument, limit }: ViewQuestion): readonly PositionView[] {
  const all = views.positions(accountId).filter((position) => instrument === undefined || position.instrument === instrument);
  if (limit === undefined || all.length <= limit) return all;
  return all.sort((a, b) => nearness(a) - nearness(b)).slice(0, limit);
}

function orders(views: Bulkhead, { accountId, instrument }: ViewQuestion): readonly OrderView[] {
  const open = accountId === undefined ? [] : (views.account(accountId)?.openOrders ?? []);
  return open.filter((order) => instrument === undefined || order.instrument === instrument);
}

function answerOf(views: Bulkhead, question: ViewQuestion): { readonly rows: readonly unknown[] } | { readonly row: unknown } {
  const { view, accountId = '', instrument = '' } = question;
  switch (view) {
    case 'positions':
      return { rows: positions(views, question) };
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

export function viewAt(views: Bulkhead, question: ViewQuestion): ViewAnswer {
  return { ...views.now(), ...answerOf(views, question) };
}

import { type Decimal, maxOf, minOf, ONE, type Ratio, ratio, timesCeil, ZERO } from './decimal';
import type { Spec } from './instrument';

export type Side = 'BUY' | 'SELL';

/** What the order margin needs to know of an open order (rules.md §2, "Order margin"). */
export interface MarginedOrder {
  readonly side: Side;
  readonly price: Decimal;
  readonly open: Decimal;
  /** Order of time priority among orders at one price. */
  readonly priority: number;
  readonly reduceOnly: boolean;
  readonly marginPrice: Decimal;
  readonly marginRate: Ratio;
  /** What it reserved when all its open lots were last asked for. */
  whole?: { readonly lots: Decimal; readonly price: Decimal; readonly rate: Ratio; readonly margin: Decimal };
}

/**
 * What each opening lot reserves, as a ratio of its value: 1 ÷ leverage + feeReserveRate,
 * in a block the taker fee rate as well (rules.md §2.1). A cross order’s taker fee is
 * asked for at admission beside its order margin (rules.md §7).
 */
export function orderMarginRate(spec: Spec, leverage: Decimal, isolated: boolean): Ratio {
  const fees = isolated ? spec.takerFeeRate.plus(spec.feeReserveRate) : spec.feeReserveRate;
  return ratio(ONE.plus(leverage.times(fees)), leverage);
}

/** The limit; for a SELL never less than the mark at acceptance (rules.md §2.1). */
export function orderMarginPrice(side: Side, limit: Decimal, mark: Decimal): Decimal {
  return side === 'SELL' ? maxOf(limit, mark) : limit;
}

/** Margin of so many lots of one order, up. */
export function marginOfLots(order: MarginedOrder, lots: Decimal): Decimal {
  return timesCeil(order.marginPrice.times(lots), order.marginRate);
}

/** Margin of all its open lots; worked out again when they, their price or rate have changed. */
function marginOfAll(order: MarginedOrder): Decimal {
  const { open: lots, marginPrice: price, marginRate: rate, whole } = order;
  if (whole?.lots === lots && whole.price === price && whole.rate === rate) return whole.margin;
  const margin = marginOfLots(order, lots);
  order.whole = { lots, price, rate, margin };
  return margin;
}

function bestFirst(a: MarginedOrder, b: MarginedOrder): number {
  const byPrice = a.side === 'BUY' ? b.price.comparedTo(a.price) : a.price.comparedTo(b.price);
  return byPrice !== 0 ? byPrice : a.priority - b.priority;
}

function reduces(side: Side, quantity: Decimal): boolean {
  return side === 'BUY' ? quantity.lessThan(0) : quantity.greaterThan(0);
}

/** Lots of each order on one side that the position lets go free: reduce-only orders use the freedom up first. */
export function freeLots<O extends MarginedOrder>(orders: readonly O[], side: Side, quantity: Decimal): Map<O, Decimal> {
  const free = new Map<O, Decimal>();
  let freedom = reduces(side, quantity) ? quantity.abs() : ZERO;
  const ofSide = orders.filter((order) => order.side === side).sort(bestFirst);
  for (const order of [...ofSide.filter((o) => o.reduceOnly), ...ofSide.filter((o) => !o.reduceOnly)]) {
    const lots = minOf(freedom, order.open);
    free.set(order, lots);
    freedom = freedom.minus(lots);
  }
  return free;
}

function needOfSide(orders: readonly MarginedOrder[], side: Side, quantity: Decimal): Decimal {
  let need = ZERO;
  if (!reduces(side, quantity)) {
    for (const order of orders) if (order.side === side && !order.reduceOnly) need = need.plus(marginOfAll(order));
    return need;
  }
  for (const [order, free] of freeLots(orders, side, quantity)) {
    if (!order.reduceOnly) need = need.plus(free.isZero() ? marginOfAll(order) : marginOfLots(order, order.open.minus(free)));
  }
  return need;
}

/** max(buys, sells) beside a position of this signed quantity. */
export function orderMarginNeed(orders: readonly MarginedOrder[], quantity: Decimal): Decimal {
  return maxOf(needOfSide(orders, 'BUY', quantity), needOfSide(orders, 'SELL', quantity));
}

/** The margin that a fill of an order's lots takes along: its free lots fill first and carry none. */
export function marginOfFill<O extends MarginedOrder>(orders: readonly O[], order: O, lots: Decimal, quantity: Decimal): Decimal {
  if (order.reduceOnly) return ZERO;
  const free = freeLots(orders, order.side, quantity).get(order) ?? ZERO;
  const paid = order.open.minus(free);
  const filled = maxOf(ZERO, lots.minus(free));
  return marginOfLots(order, paid).minus(marginOfLots(order, paid.minus(filled)));
}

/** Lots of an order that open: all but its free ones. */
export function openingLots<O extends MarginedOrder>(orders: readonly O[], order: O, quantity: Decimal): Decimal {
  if (order.reduceOnly) return ZERO;
  return order.open.minus(freeLots(orders, order.side, quantity).get(order) ?? ZERO);
}

/** Whether all lots of an order are free: such a newcomer moves nothing, what it displaces is covered (rules.md §2). */
export function isFree<O extends MarginedOrder>(orders: readonly O[], order: O, quantity: Decimal): boolean {
  return openingLots(orders, order, quantity).isZero();
}

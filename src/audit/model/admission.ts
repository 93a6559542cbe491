import { type Decimal, maxOf, minOf, type Ratio, ZERO } from './decimal';
import type { Instrument } from './instrument';
import { orderMarginRate } from './orderMargin';
import { markOf } from './positions';
import type { Holder, ModelState, Order } from './state';
import { tierOf } from './tiers';

type Entering = Pick<Order, 'id' | 'side' | 'open'>;

/** The rate that is fixed for an order's lots when it is accepted (rules.md §2, “Order margin”). */
export function admissionRate(state: ModelState, holder: Holder, instrument: Instrument, order: Entering): Ratio {
  const { maxLeverage } = tierOf(instrument.spec.tiers, exposure(state, holder, instrument, order));
  const set = holder.block?.leverage ?? state.account(holder.accountId as string).leverage.get(instrument.name);
  return orderMarginRate(instrument.spec, set === undefined ? maxLeverage : minOf(set, maxLeverage), holder.block !== null);
}

/** Notional at mark that the position would reach if all orders of that side filled, this one included (rules.md §3). */
function exposure(state: ModelState, holder: Holder, instrument: Instrument, order: Entering): Decimal {
  const { quantity } = state.position(holder, instrument.name);
  let total = order.open.plus(order.side === 'BUY' ? quantity : quantity.negated());
  for (const other of state.ordersOf(holder, instrument.name)) {
    if (other.side === order.side && !other.reduceOnly && other.id !== order.id) total = total.plus(other.open);
  }
  return maxOf(ZERO, total).times(markOf(instrument));
}

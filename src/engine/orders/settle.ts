import { abs, min, sign, sub } from '../../num/int';
import { settleNegativeUsd } from '../accounts/balances';
import { available } from '../accounts/figures';
import { surplus } from '../isolated/figures';
import { currentNeed, newestOpeningOrder } from '../margin/orderMargin';
import type { Recorder } from '../recorder';
import { ordersOfSide } from '../state/links';
import { NO_ORDER, type OrderRow } from '../state/orders';
import type { PositionRow, SideRow } from '../state/positions';
import { cancelOrder, cancelTriggersOf, closeIfIdle } from './cancel';

/**
 * What follows every change of a position, before the next fill (rules.md §2, During
 * matching; §9 reduceOnly; §2.7): reduce-only orders are cut, order margin is made to
 * fit, and a block whose position came to zero lets go of its cash.
 */
export function settlePosition(rec: Recorder, position: PositionRow): void {
  const { positions } = rec.state;
  cutReduceOnly(rec, position);
  if (positions.isIsolated(position)) {
    const isClosed = positions.quantity(position) === 0;
    if (isClosed) cancelTriggersOf(rec, position, 'POSITION_CLOSED');
    settleOrderMargin(rec, position);
    if (isClosed) returnCash(rec, position);
  } else {
    settleNegativeUsd(rec, positions.account(position));
    cancelWhileUncovered(rec, position);
  }
}

function cutReduceOnly(rec: Recorder, position: PositionRow): void {
  const { positions } = rec.state;
  cutSide(rec, position, positions.side(position, 1));
  cutSide(rec, position, positions.side(position, -1));
}

function cutSide(rec: Recorder, position: PositionRow, side: SideRow): void {
  const { state } = rec;
  if (state.positions.reduceOnlyOrders(side) === 0) return;
  for (const order of ordersOfSide(state, side)) if (state.orders.isReduceOnly(order)) cutToPosition(rec, order, position);
}

function cutToPosition(rec: Recorder, order: OrderRow, position: PositionRow): void {
  const { state } = rec;
  const { orders } = state;
  const quantity = state.positions.quantity(position);
  if (sign(quantity) * orders.direction(order) >= 0) {
    cancelOrder(rec, order, 'REDUCE_ONLY');
    return;
  }
  const remaining = orders.remaining(order);
  const lots = Number(min(abs(quantity), remaining));
  if (lots === remaining) return;
  rec.emit({
    type: 'OrderReduced',
    time: rec.time,
    orderId: orders.id(order),
    accountId: state.ownerId(position),
    instrument: state.instrumentOf(position).name,
    quantity: lots,
  });
}

/**
 * Brings what a block has reserved to what its open orders need: an excess goes home,
 * a rise without a new opening order is paid by what the block could pay out, and then
 * the newest opening orders go (rules.md §2, Order margin).
 */
export function settleOrderMargin(rec: Recorder, block: PositionRow): void {
  const { state } = rec;
  const { positions } = state;
  const difference = sub(currentNeed(state, block), positions.orderMargin(block));
  if (difference === 0) return;
  const about = {
    time: rec.time,
    accountId: state.ownerId(block),
    instrument: state.instrumentOf(block).name,
    isolationId: positions.isolationId(block),
  };
  if (difference < 0) {
    rec.emit({ type: 'OrderMarginReleased', ...about, amount: sub(0, difference) });
    return;
  }
  const payable = min(difference, surplus(state, block));
  if (payable > 0) rec.emit({ type: 'OrderMarginCovered', ...about, amount: payable });
  while (positions.orderMargin(block) < currentNeed(state, block)) {
    const newest = newestOpeningOrder(state, block);
    if (newest === NO_ORDER) throw new Error('invariant: order margin is needed but no order opens');
    cancelOrder(rec, newest, 'INSUFFICIENT_AVAILABLE_MARGIN');
  }
}

function returnCash(rec: Recorder, block: PositionRow): void {
  const { state } = rec;
  const { positions } = state;
  const cash = positions.cash(block);
  if (!positions.hasOrders(block)) {
    closeIfIdle(rec, block);
  } else if (cash !== 0) {
    rec.emit({
      type: 'IsolatedCashReturned',
      time: rec.time,
      isolationId: positions.isolationId(block),
      accountId: state.ownerId(block),
      instrument: state.instrumentOf(block).name,
      amount: cash,
    });
  }
}

/** Cross: the newest opening orders of the instrument go while available < 0 (rules.md §2). */
function cancelWhileUncovered(rec: Recorder, position: PositionRow): void {
  const { state } = rec;
  const { positions } = state;
  if (!positions.hasOrders(position)) return;
  while (available(state, positions.account(position)) < 0) {
    const newest = newestOpeningOrder(state, position);
    if (newest === NO_ORDER) return;
    cancelOrder(rec, newest, 'INSUFFICIENT_AVAILABLE_MARGIN');
  }
}

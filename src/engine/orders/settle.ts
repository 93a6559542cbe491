import { abs, min, sign, sub } from '../../num/int';
import { settleNegativeUsd } from '../accounts/balances';
import { available } from '../accounts/figures';
import { surplus } from '../isolated/figures';
import { currentNeed, newestOpeningOrder } from '../margin/orderMargin';
import type { Recorder } from '../recorder';
import { ordersOfSide } from '../state/links';
import type { Order, OrderSide, Position } from '../state/model';
import { cancelOrder, cancelTriggersOf, closeIfIdle } from './cancel';

/**
 * What follows every change of a position, before the next fill (rules.md §2, During
 * matching; §9 reduceOnly; §2.7): reduce-only orders are cut, order margin is made to
 * fit, and a block whose position came to zero lets go of its cash.
 */
export function settlePosition(rec: Recorder, position: Position): void {
  cutReduceOnly(rec, position);
  if (position.isolated) {
    if (position.quantity === 0) cancelTriggersOf(rec, position, 'POSITION_CLOSED');
    settleOrderMargin(rec, position);
    if (position.quantity === 0) returnCash(rec, position);
  } else {
    settleNegativeUsd(rec, position.account);
    cancelWhileUncovered(rec, position);
  }
}

function cutReduceOnly(rec: Recorder, position: Position): void {
  cutSide(rec, position, position.buys);
  cutSide(rec, position, position.sells);
}

function cutSide(rec: Recorder, position: Position, side: OrderSide): void {
  if (side.reduceOnlyOrders === 0) return;
  for (const order of ordersOfSide(side)) if (order.terms.reduceOnly) cutToPosition(rec, order, position);
}

function cutToPosition(rec: Recorder, order: Order, position: Position): void {
  if (sign(position.quantity) * order.direction >= 0) {
    cancelOrder(rec, order, 'REDUCE_ONLY');
    return;
  }
  const lots = Number(min(abs(position.quantity), order.remaining));
  if (lots === order.remaining) return;
  rec.emit({
    type: 'OrderReduced',
    time: rec.time,
    orderId: order.id,
    accountId: order.account.id,
    instrument: order.instrument.name,
    quantity: lots,
  });
}

/**
 * Brings what a block has reserved to what its open orders need: an excess goes home,
 * a rise without a new opening order is paid by what the block could pay out, and then
 * the newest opening orders go (rules.md §2, Order margin).
 */
export function settleOrderMargin(rec: Recorder, block: Position): void {
  const need = currentNeed(block);
  const difference = sub(need, block.orderMargin);
  if (difference === 0) return;
  const about = { time: rec.time, accountId: block.account.id, instrument: block.instrument.name, isolationId: block.isolationId };
  if (difference < 0) {
    rec.emit({ type: 'OrderMarginReleased', ...about, amount: sub(0, difference) });
    return;
  }
  const payable = min(difference, surplus(block));
  if (payable > 0) rec.emit({ type: 'OrderMarginCovered', ...about, amount: payable });
  while (block.orderMargin < currentNeed(block)) {
    const newest = newestOpeningOrder(block);
    if (newest === undefined) throw new Error('invariant: order margin is needed but no order opens');
    cancelOrder(rec, newest, 'INSUFFICIENT_AVAILABLE_MARGIN');
  }
}

function returnCash(rec: Recorder, block: Position): void {
  if (!block.hasOrders) {
    closeIfIdle(rec, block);
  } else if (block.cash !== 0) {
    rec.emit({
      type: 'IsolatedCashReturned',
      time: rec.time,
      isolationId: block.isolationId,
      accountId: block.account.id,
      instrument: block.instrument.name,
      amount: block.cash,
    });
  }
}

/** Cross: the newest opening orders of the instrument go while available < 0 (rules.md §2). */
function cancelWhileUncovered(rec: Recorder, position: Position): void {
  if (!position.hasOrders) return;
  while (available(position.account) < 0) {
    const newest = newestOpeningOrder(position);
    if (newest === undefined) return;
    cancelOrder(rec, newest, 'INSUFFICIENT_AVAILABLE_MARGIN');
  }
}

import { type Int, max, sub } from '../../num/int';
import { orderNeed } from '../margin/orderMargin';
import type { Recorder } from '../recorder';
import type { Order, Position } from '../state/model';

/** What frees up in a block's order margin when an order ends. */
function freedBy(order: Order): Int {
  const { position } = order;
  if (position === undefined || !position.isolated) return 0;
  return max(0, sub(position.orderMargin, orderNeed(position, undefined, order).need));
}

/** Ends a live order; what it alone had reserved goes home with it (rules.md §1, Order margin). */
export function cancelOrder(rec: Recorder, order: Order, reason: string): void {
  rec.emit({
    type: 'OrderCanceled',
    time: rec.time,
    orderId: order.id,
    accountId: order.account.id,
    instrument: order.instrument.name,
    isolationId: order.position?.isolationId ?? order.trigger?.isolationId ?? 0,
    quantity: order.remaining,
    reason,
    returned: freedBy(order),
  });
}

/** A block without position and without book orders ends: its triggers die, its cash goes home (rules.md §2.7). */
export function closeIfIdle(rec: Recorder, position: Position): void {
  if (!position.isolated || position.holding.block !== position) return;
  if (position.quantity !== 0 || position.hasOrders) return;
  cancelTriggersOf(rec, position, 'BLOCK_CLOSED');
  rec.emit({
    type: 'IsolatedBlockClosed',
    time: rec.time,
    isolationId: position.isolationId,
    accountId: position.account.id,
    instrument: position.instrument.name,
    returned: position.cash,
  });
}

/** Cancels the untriggered orders that belong to a block (rules.md §9, Triggers). */
export function cancelTriggersOf(rec: Recorder, block: Position, reason: string): void {
  for (const order of ordersOf(block.account.firstOrder)) {
    if (order.trigger?.isolationId === block.isolationId) cancelOrder(rec, order, reason);
  }
}

/** The live orders of an account from one on, in order of placement, as they stand now. */
export function ordersOf(first: Order | undefined): Order[] {
  const orders: Order[] = [];
  for (let order = first; order !== undefined; order = order.nextOfAccount) orders.push(order);
  return orders;
}

import { type Int, max, sub } from '../../num/int';
import { orderNeed } from '../margin/orderMargin';
import type { Recorder } from '../recorder';
import { ordersOfAccount } from '../state/links';
import type { OrderRow } from '../state/orders';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';

/** What frees up in a block's order margin when an order ends. */
function freedBy(state: State, order: OrderRow): Int {
  const { orders, positions } = state;
  const position = orders.position(order);
  if (!positions.isIsolated(position)) return 0;
  return max(0, sub(positions.orderMargin(position), orderNeed(state, position, undefined, order).need));
}

/** The block that an order stands in, or belongs to while it waits; 0 for none. */
export function isolationIdOf({ orders, positions }: State, order: OrderRow): number {
  const position = orders.position(order);
  return position !== NO_POSITION ? positions.isolationId(position) : (orders.trigger(order)?.isolationId ?? 0);
}

/** Ends a live order; what it alone had reserved goes home with it (rules.md §1, Order margin). */
export function cancelOrder(rec: Recorder, order: OrderRow, reason: string): void {
  const { state } = rec;
  const { orders } = state;
  rec.emit({
    type: 'OrderCanceled',
    time: rec.time,
    orderId: orders.id(order),
    accountId: state.accounts.id(state.accountOfOrder(order)),
    instrument: state.instrumentOfOrder(order).name,
    isolationId: isolationIdOf(state, order),
    quantity: orders.remaining(order),
    reason,
    returned: freedBy(state, order),
  });
}

/** A block without position and without book orders ends: its triggers die, its cash goes home (rules.md §2.7). */
export function closeIfIdle(rec: Recorder, position: PositionRow): void {
  const { state } = rec;
  const { positions } = state;
  if (!positions.isIsolated(position) || !positions.isOpen(position)) return;
  if (positions.quantity(position) !== 0 || positions.hasOrders(position)) return;
  cancelTriggersOf(rec, position, 'BLOCK_CLOSED');
  rec.emit({
    type: 'IsolatedBlockClosed',
    time: rec.time,
    isolationId: positions.isolationId(position),
    accountId: state.ownerId(position),
    instrument: state.instrumentOf(position).name,
    returned: positions.cash(position),
  });
}

/** Cancels the untriggered orders that belong to a block (rules.md §9, Triggers). */
export function cancelTriggersOf(rec: Recorder, block: PositionRow, reason: string): void {
  const { state } = rec;
  const { orders, positions } = state;
  if (!orders.anyTriggers) return;
  const isolationId = positions.isolationId(block);
  for (const order of ordersOfAccount(state, positions.account(block))) {
    if (orders.trigger(order)?.isolationId === isolationId) cancelOrder(rec, order, reason);
  }
}

import { accountFigures } from './accountFigures';
import { blockNeed, coverable } from './blockFigures';
import type { EventContext } from './context';
import { show } from './decimal';
import { openingLots } from './orderMargin';
import type { Order } from './state';

/**
 * An order that goes because its margin can no longer be met: only where a block can't
 * cover its need or a cross account's available is negative, and the newest opening
 * order first (rules.md §2, “Order margin”).
 */
export function requireUncovered(event: EventContext, order: Order): void {
  if (event.textOrNull('reason') !== 'INSUFFICIENT_AVAILABLE_MARGIN') return;
  const { state } = event;
  const { block, accountId } = order;
  const missing =
    block === null
      ? accountFigures(state, accountId).available.negated()
      : blockNeed(state, block).minus(state.heldOrderMargin(block)).minus(coverable(state, block));
  event.require(missing.greaterThan(0), 'reason', 'a need that is not covered', show(missing.negated()), 'rules.md §2 Order margin');
  const newest = newestOpening(event, order);
  event.require(newest === order, 'orderId', newest?.id ?? 'no opening order', order.id, 'rules.md §2 the newest opening orders');
}

function newestOpening(event: EventContext, order: Order): Order | null {
  const holder = { accountId: order.accountId, block: order.block };
  const orders = event.state.ordersOf(holder, order.instrument);
  const { quantity } = event.state.position(holder, order.instrument);
  const opening = orders.filter((other) => openingLots(orders, other, quantity).greaterThan(0));
  return opening.reduce<Order | null>((newest, other) => (newest === null || other.priority > newest.priority ? other : newest), null);
}

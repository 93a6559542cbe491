import type { CommandData } from '../../contract/commands';
import { openAccount } from '../accounts/balances';
import type { Recorder } from '../recorder';
import { Refusal } from '../refusal';
import type { Account, Order } from '../state/model';
import { cancelOrder, closeIfIdle, ordersOf } from './cancel';
import { findOrder } from './find';
import type { OrderOutcome } from './place';

/** Cancels one order; what only it kept alive ends with it (rules.md §2.7). */
export function cancelAndSettle(rec: Recorder, order: Order, reason: string): void {
  const { position } = order;
  cancelOrder(rec, order, reason);
  if (position !== undefined) closeIfIdle(rec, position);
}

/** CancelOrder; it works while halted too (rules.md §9). */
export function cancelOne(rec: Recorder, data: CommandData<'CancelOrder'>): OrderOutcome | Refusal {
  const order = findOrder(rec.state, data.accountId, data.orderId, data.clientOrderId);
  if (order instanceof Refusal) return order;
  const outcome = { orderId: order.id, isolationId: order.position?.isolationId ?? order.trigger?.isolationId ?? 0 };
  cancelAndSettle(rec, order, 'CANCELED_BY_USER');
  return outcome;
}

/** CancelAllOrders: always accepted, in order of placement (rules.md §9). */
export function cancelAll(rec: Recorder, data: CommandData<'CancelAllOrders'>): void {
  const account = rec.state.findAccount(data.accountId);
  if (account === undefined) return;
  cancelWhere(rec, account, 'CANCELED_BY_USER', (order) => {
    if (data.instrument !== undefined && order.instrument.name !== data.instrument) return false;
    if (data.kind !== undefined && (data.kind === 'TRIGGER') !== (order.trigger !== undefined)) return false;
    return data.marginMode === undefined || data.marginMode === marginModeOf(order);
  });
}

function marginModeOf(order: Order): 'CROSS' | 'ISOLATED' {
  if (order.trigger !== undefined) return order.trigger.marginMode;
  return order.position?.isolated === true ? 'ISOLATED' : 'CROSS';
}

/** Cancels live orders of an account by placement; one that an earlier cancel ended is left alone. */
export function cancelWhere(rec: Recorder, account: Account, reason: string, matches: (order: Order) => boolean): void {
  for (const order of ordersOf(account.firstOrder)) {
    if (rec.state.orders.get(order.id) === order && matches(order)) cancelAndSettle(rec, order, reason);
  }
}

/** CancelAllAfter: a dead man's switch on the engine's clock; 0 clears it (rules.md §9). */
export function setCancelAllAfter(rec: Recorder, data: CommandData<'CancelAllAfter'>): void {
  const account = openAccount(rec, data.accountId);
  const deadline = data.timeoutMs === 0 ? undefined : rec.time + data.timeoutMs;
  rec.emit({ type: 'CancelAllAfterSet', time: rec.time, accountId: account.id, deadline });
}

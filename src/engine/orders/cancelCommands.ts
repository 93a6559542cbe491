import type { CommandData } from '../../contract/commands';
import { openAccount } from '../accounts/balances';
import type { Recorder } from '../recorder';
import { Refusal } from '../refusal';
import { type AccountRow, NO_ACCOUNT } from '../state/accounts';
import { ordersOfAccount } from '../state/links';
import type { MarginMode } from '../state/model';
import type { OrderRow } from '../state/orders';
import { NO_POSITION } from '../state/positions';
import type { State } from '../state/state';
import { cancelOrder, closeIfIdle, isolationIdOf } from './cancel';
import { findOrder } from './find';
import type { OrderOutcome } from './place';

/** Cancels one order; what only it kept alive ends with it (rules.md §2.7). */
export function cancelAndSettle(rec: Recorder, order: OrderRow, reason: string): void {
  const position = rec.state.orders.position(order);
  cancelOrder(rec, order, reason);
  if (position !== NO_POSITION) closeIfIdle(rec, position);
}

/** CancelOrder; it works while halted too (rules.md §9). */
export function cancelOne(rec: Recorder, data: CommandData<'CancelOrder'>): OrderOutcome | Refusal {
  const order = findOrder(rec.state, data.accountId, data.orderId, data.clientOrderId);
  if (order instanceof Refusal) return order;
  const outcome = { orderId: rec.state.orders.id(order), isolationId: isolationIdOf(rec.state, order) };
  cancelAndSettle(rec, order, 'CANCELED_BY_USER');
  return outcome;
}

/** CancelAllOrders: always accepted, in order of placement (rules.md §9). */
export function cancelAll(rec: Recorder, data: CommandData<'CancelAllOrders'>): void {
  const { state } = rec;
  const account = state.accounts.find(data.accountId);
  if (account === NO_ACCOUNT) return;
  cancelWhere(rec, account, 'CANCELED_BY_USER', (order) => {
    if (data.instrument !== undefined && state.instrumentOfOrder(order).name !== data.instrument) return false;
    if (data.kind !== undefined && (data.kind === 'TRIGGER') !== (state.orders.trigger(order) !== undefined)) return false;
    return data.marginMode === undefined || data.marginMode === marginModeOf(state, order);
  });
}

/** The mode of the position that an order stands in, or is meant for while it waits. */
export function marginModeOf({ orders, positions }: State, order: OrderRow): MarginMode {
  const trigger = orders.trigger(order);
  if (trigger !== undefined) return trigger.marginMode;
  return positions.isIsolated(orders.position(order)) ? 'ISOLATED' : 'CROSS';
}

/** Cancels live orders of an account by placement; one that an earlier cancel ended is left alone. */
export function cancelWhere(rec: Recorder, account: AccountRow, reason: string, matches: (order: OrderRow) => boolean): void {
  for (const order of ordersOfAccount(rec.state, account)) {
    if (rec.state.orders.isLive(order) && matches(order)) cancelAndSettle(rec, order, reason);
  }
}

/** CancelAllAfter: a dead man's switch on the engine's clock; 0 clears it (rules.md §9). */
export function setCancelAllAfter(rec: Recorder, data: CommandData<'CancelAllAfter'>): void {
  openAccount(rec, data.accountId);
  const deadline = data.timeoutMs === 0 ? undefined : rec.time + data.timeoutMs;
  rec.emit({ type: 'CancelAllAfterSet', time: rec.time, accountId: data.accountId, deadline });
}

import { parseOrderId } from '../../contract/ids';
import { type Refusal, refuse } from '../refusal';
import { NO_ORDER, type OrderRow } from '../state/orders';
import type { State } from '../state/state';

/** The live order that a command names by one of its ids. */
export function findOrder(
  state: State,
  accountId: string,
  orderId: string | undefined,
  clientOrderId: string | undefined,
): OrderRow | Refusal {
  const account = state.accounts.find(accountId);
  const order =
    orderId !== undefined ? state.orders.find(parseOrderId(orderId)) : state.accounts.orderOfClient(account, clientOrderId as string);
  if (order !== NO_ORDER && state.accountOfOrder(order) === account) return order;
  const named = orderId !== undefined ? `orderId ${orderId}` : `clientOrderId ${clientOrderId}`;
  return refuse('ORDER_NOT_FOUND', `${named} is no live order of ${accountId}`);
}

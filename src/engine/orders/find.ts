import { parseOrderId } from '../../contract/ids';
import { type Refusal, refuse } from '../refusal';
import type { Order } from '../state/model';
import type { State } from '../state/state';

/** The live order that a command names by one of its ids. */
export function findOrder(
  state: State,
  accountId: string,
  orderId: string | undefined,
  clientOrderId: string | undefined,
): Order | Refusal {
  const order =
    orderId !== undefined
      ? state.orders.get(parseOrderId(orderId))
      : state.findAccount(accountId)?.clientOrders?.get(clientOrderId as string);
  if (order !== undefined && order.account.id === accountId) return order;
  const named = orderId !== undefined ? `orderId ${orderId}` : `clientOrderId ${clientOrderId}`;
  return refuse('ORDER_NOT_FOUND', `${named} is no live order of ${accountId}`);
}

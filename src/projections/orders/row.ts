import { formatPrice, formatQuantity, type Grid } from '../../contract/grid';
import { formatIsolationId, formatOrderId } from '../../contract/ids';
import type { OrderView } from '../../contract/views';
import type { FoldedOpenOrder } from './order';

/** A live order as contract.md's views show it. */
export function orderRow(order: FoldedOpenOrder, grid: Grid): OrderView {
  const { trigger, isolationId } = order;
  return {
    orderId: formatOrderId(order.id),
    accountId: order.accountId,
    instrument: order.instrument,
    side: order.side,
    type: order.orderType as OrderView['type'],
    price: order.price === 0 ? undefined : formatPrice(grid, order.price),
    quantity: formatQuantity(grid, order.remaining + order.filled),
    filledQuantity: formatQuantity(grid, order.filled),
    remainingQuantity: formatQuantity(grid, order.remaining),
    triggerPrice: trigger === undefined ? undefined : formatPrice(grid, trigger.price),
    triggerBy: trigger?.by as OrderView['triggerBy'],
    timeInForce: order.timeInForce as OrderView['timeInForce'],
    postOnly: order.postOnly,
    reduceOnly: order.reduceOnly,
    selfTradePrevention: order.selfTradePrevention as OrderView['selfTradePrevention'],
    marginMode: trigger?.marginMode ?? (isolationId === 0 ? 'CROSS' : 'ISOLATED'),
    isolationId: isolationId === 0 ? undefined : formatIsolationId(isolationId),
    clientOrderId: order.clientOrderId,
    status: trigger === undefined ? 'OPEN' : 'UNTRIGGERED',
    createdAt: order.createdAt,
  };
}

import type * as E from '../../contract/generated/events';
import { timesCeil } from '../../num/fraction';
import { abs, add, type Int, max, min, sign, sub } from '../../num/int';
import { notionalAt } from './figures';
import { FoldedOrder, type FoldedPosition } from './model';

/** What the open orders of one side need: free lots first, best price first, the others at their price and rate (rules.md §2). */
function needOfSide(position: FoldedPosition, direction: 1 | -1): Int {
  const orders = position.side(direction);
  let free: Int = sign(position.quantity) * direction < 0 ? abs(position.quantity) : 0;
  for (const order of orders) if (order.reduceOnly) free = sub(free, order.remaining);
  free = max(0, free);
  let need: Int = 0;
  for (const order of orders) {
    if (order.reduceOnly) continue;
    const taken = min(free, order.remaining);
    free = sub(free, taken);
    const opening = sub(order.remaining, taken);
    if (opening !== 0) need = add(need, timesCeil(notionalAt(position.instrument.terms, opening, order.marginPrice), order.marginRate));
  }
  return need;
}

/** The order margin of a position: both sides cannot end up open at once. */
export function orderNeed(position: FoldedPosition): Int {
  if (position.buys.length === 0 && position.sells.length === 0) return 0;
  return max(needOfSide(position, 1), needOfSide(position, -1));
}

/** The open book orders by id. Orders that wait for a trigger reserve nothing and are not in it. */
export class OrderFold {
  private readonly orders = new Map<number, FoldedOrder>();

  /** Takes in an order that stands at its place of its position's side already. */
  restored(order: FoldedOrder): void {
    this.orders.set(order.id, order);
  }

  accepted(event: E.OrderAccepted, position: FoldedPosition): void {
    const { orderId, side, reduceOnly, price, quantity, marginPrice, marginRate } = event;
    this.enter(new FoldedOrder(orderId, position, side === 'BUY' ? 1 : -1, reduceOnly, price, quantity, marginPrice, marginRate));
  }

  /** The position whose orders changed, or undefined for an order that is not in the book. */
  canceled(orderId: number): FoldedPosition | undefined {
    const order = this.orders.get(orderId);
    if (order !== undefined) this.leave(order);
    return order?.position;
  }

  filled(orderId: number, lots: number): void {
    const order = this.orders.get(orderId);
    if (order === undefined) return;
    order.filled += lots;
    order.remaining -= lots;
    if (order.remaining === 0) this.leave(order);
  }

  reduced(orderId: number, remaining: number): FoldedPosition | undefined {
    const order = this.orders.get(orderId);
    if (order !== undefined) order.remaining = remaining;
    return order?.position;
  }

  amended(event: E.OrderAmended): FoldedPosition | undefined {
    const order = this.orders.get(event.orderId);
    if (order === undefined) return undefined;
    const remaining = event.quantity - order.filled;
    if (event.keepsPriority) {
      order.remaining = remaining;
    } else {
      this.leave(order);
      const { price, marginPrice, marginRate } = event;
      this.enter(Object.assign(order, { price, remaining, marginPrice, marginRate }));
    }
    return order.position;
  }

  private enter(order: FoldedOrder): void {
    const side = order.position.ownSide(order.direction);
    let slot = side.length;
    while (slot > 0 && ((side[slot - 1] as FoldedOrder).price - order.price) * order.direction < 0) slot -= 1;
    if (slot === side.length) side.push(order);
    else side.splice(slot, 0, order);
    this.orders.set(order.id, order);
  }

  private leave(order: FoldedOrder): void {
    const side = order.position.ownSide(order.direction);
    if (side[side.length - 1] === order) side.pop();
    else side.splice(side.indexOf(order), 1);
    this.orders.delete(order.id);
  }
}

import { add, type Int, sub } from '../../num/int';
import type { Direction, Order, OrderSide, Position } from '../state/model';
import type { UndoLog } from '../state/undo';
import { notionalAt } from './margin';

export function sideOf(position: Position, direction: Direction): OrderSide {
  return direction > 0 ? position.buys : position.sells;
}

/** Whether an order rests on that side of the position. */
export function isOn(position: Position, direction: Direction, order: Order): boolean {
  return order.level !== undefined && order.position === position && order.direction === direction;
}

/** Lots of a side's reduce-only orders. */
export function reduceOnlyLots(side: OrderSide, except?: Order): Int {
  let lots: Int = 0;
  for (let order = side.first; order !== undefined; order = order.nextOfSide) {
    if (order.terms.reduceOnly && order !== except) lots = add(lots, order.remaining);
  }
  return lots;
}

/** Adds to its side what a book order comes to as it now stands; to be taken off again before any of that changes. */
export function countIn(order: Order, undo: UndoLog): void {
  const side = sideOf(order.position as Position, order.direction);
  undo.save(side);
  side.value = add(side.value, notionalAt(order.instrument.spec, order.remaining, order.price));
  if (order.terms.reduceOnly) {
    side.reduceOnlyOrders += 1;
  } else {
    side.lots = add(side.lots, order.remaining);
    side.margin = add(side.margin, order.margin);
  }
}

export function countOut(order: Order, undo: UndoLog): void {
  const side = sideOf(order.position as Position, order.direction);
  undo.save(side);
  side.value = sub(side.value, notionalAt(order.instrument.spec, order.remaining, order.price));
  if (order.terms.reduceOnly) {
    side.reduceOnlyOrders -= 1;
  } else {
    side.lots = sub(side.lots, order.remaining);
    side.margin = sub(side.margin, order.margin);
  }
}

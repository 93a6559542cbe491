import { add, type Int, sub } from '../../num/int';
import { sideOfOrder } from '../state/links';
import type { Direction } from '../state/model';
import { NO_ORDER, type OrderRow } from '../state/orders';
import type { PositionRow, SideRow } from '../state/positions';
import type { State } from '../state/state';
import { notionalAt } from './margin';

/** Whether an order rests on that side of the position. */
export function isOn({ orders }: State, position: PositionRow, direction: Direction, order: OrderRow): boolean {
  return orders.isInBook(order) && orders.position(order) === position && orders.direction(order) === direction;
}

/** Lots of a side's reduce-only orders. */
export function reduceOnlyLots({ orders, positions }: State, side: SideRow, except: OrderRow = NO_ORDER): Int {
  let lots: Int = 0;
  for (let order = positions.firstOrder(side); order !== NO_ORDER; order = orders.nextOfSide(order)) {
    if (order !== except && orders.isReduceOnly(order)) lots = add(lots, orders.remaining(order));
  }
  return lots;
}

/** Remaining × price of an order, micro-units. */
function valueOfOrder(state: State, order: OrderRow): Int {
  const { orders } = state;
  return notionalAt(state.instrumentOfOrder(order).spec, orders.remaining(order), orders.price(order));
}

/** Adds to its side what a book order comes to as it now stands; to be taken off again before any of that changes. */
export function countIn(state: State, order: OrderRow): void {
  const { orders, positions } = state;
  const side = sideOfOrder(state, order);
  positions.save(orders.position(order));
  positions.addSideValue(side, valueOfOrder(state, order));
  if (orders.isReduceOnly(order)) {
    positions.addReduceOnlyOrders(side, 1);
  } else {
    positions.addSideLots(side, orders.remaining(order));
    positions.addSideMargin(side, orders.margin(order));
  }
}

export function countOut(state: State, order: OrderRow): void {
  const { orders, positions } = state;
  const side = sideOfOrder(state, order);
  positions.save(orders.position(order));
  positions.addSideValue(side, sub(0, valueOfOrder(state, order)));
  if (orders.isReduceOnly(order)) {
    positions.addReduceOnlyOrders(side, -1);
  } else {
    positions.addSideLots(side, -orders.remaining(order));
    positions.addSideMargin(side, sub(0, orders.margin(order)));
  }
}

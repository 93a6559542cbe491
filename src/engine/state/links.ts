import type { AccountRow } from './accounts';
import type { Instrument } from './model';
import { NO_ORDER, type OrderRow } from './orders';
import { NO_POSITION, type PositionRow, type SideRow } from './positions';
import type { State } from './state';

/** Appends a live order to its account's list, which is in order of placement. */
export function linkToAccount({ accounts, orders }: State, account: AccountRow, order: OrderRow): void {
  const last = accounts.lastOrder(account);
  accounts.save(account);
  orders.setPreviousOfAccount(order, last);
  orders.setNextOfAccount(order, NO_ORDER);
  if (last !== NO_ORDER) {
    orders.save(last);
    orders.setNextOfAccount(last, order);
  } else {
    accounts.setFirstOrder(account, order);
  }
  accounts.setLastOrder(account, order);
}

export function unlinkFromAccount({ accounts, orders }: State, account: AccountRow, order: OrderRow): void {
  const previous = orders.previousOfAccount(order);
  const next = orders.nextOfAccount(order);
  accounts.save(account);
  orders.save(order);
  if (previous !== NO_ORDER) {
    orders.save(previous);
    orders.setNextOfAccount(previous, next);
  } else {
    accounts.setFirstOrder(account, next);
  }
  if (next !== NO_ORDER) {
    orders.save(next);
    orders.setPreviousOfAccount(next, previous);
  } else {
    accounts.setLastOrder(account, previous);
  }
}

/** Puts a cross position among its account's, which are in the order of their instruments' listing. */
export function linkCross({ accounts, positions }: State, account: AccountRow, cross: PositionRow): void {
  const instrument = positions.instrument(cross);
  let previous: PositionRow = NO_POSITION;
  let next = accounts.firstPosition(account);
  while (next !== NO_POSITION && positions.instrument(next) < instrument) {
    previous = next;
    next = positions.nextOfAccount(next);
  }
  positions.setNextOfAccount(cross, next);
  if (previous !== NO_POSITION) {
    positions.save(previous);
    positions.setNextOfAccount(previous, cross);
  } else {
    accounts.save(account);
    accounts.setFirstPosition(account, cross);
  }
}

/** Appends a position that left zero to the instrument's list, which is in that order. */
export function linkOpen({ positions, undo }: State, instrument: Instrument, position: PositionRow): void {
  undo.save(instrument);
  const last = instrument.lastOpen;
  positions.setPreviousOpen(position, last);
  positions.setNextOpen(position, NO_POSITION);
  if (last !== NO_POSITION) {
    positions.save(last);
    positions.setNextOpen(last, position);
  } else {
    instrument.firstOpen = position;
  }
  instrument.lastOpen = position;
}

export function unlinkOpen({ positions, undo }: State, instrument: Instrument, position: PositionRow): void {
  undo.save(instrument);
  const previous = positions.previousOpen(position);
  const next = positions.nextOpen(position);
  if (previous !== NO_POSITION) {
    positions.save(previous);
    positions.setNextOpen(previous, next);
  } else {
    instrument.firstOpen = next;
  }
  if (next !== NO_POSITION) {
    positions.save(next);
    positions.setPreviousOpen(next, previous);
  } else {
    instrument.lastOpen = previous;
  }
  positions.setPreviousOpen(position, NO_POSITION);
  positions.setNextOpen(position, NO_POSITION);
}

/** The side of its position that a book order stands on. */
export function sideOfOrder({ orders, positions }: State, order: OrderRow): SideRow {
  return positions.side(orders.position(order), orders.direction(order));
}

/** Puts a book order where it belongs on its side of the position: best price first, then by acceptance. */
export function linkToSide(state: State, order: OrderRow): void {
  const { orders, positions } = state;
  const side = sideOfOrder(state, order);
  const direction = orders.direction(order);
  const price = orders.price(order);
  let previous = positions.lastOrder(side);
  while (previous !== NO_ORDER && (orders.price(previous) - price) * direction < 0) previous = orders.previousOfSide(previous);
  const next = previous === NO_ORDER ? positions.firstOrder(side) : orders.nextOfSide(previous);
  positions.save(orders.position(order));
  orders.save(order);
  orders.setPreviousOfSide(order, previous);
  orders.setNextOfSide(order, next);
  if (previous !== NO_ORDER) {
    orders.save(previous);
    orders.setNextOfSide(previous, order);
  } else {
    positions.setFirstOrder(side, order);
  }
  if (next !== NO_ORDER) {
    orders.save(next);
    orders.setPreviousOfSide(next, order);
  } else {
    positions.setLastOrder(side, order);
  }
}

export function unlinkFromSide(state: State, order: OrderRow): void {
  const { orders, positions } = state;
  const side = sideOfOrder(state, order);
  const previous = orders.previousOfSide(order);
  const next = orders.nextOfSide(order);
  positions.save(orders.position(order));
  if (previous !== NO_ORDER) {
    orders.save(previous);
    orders.setNextOfSide(previous, next);
  } else {
    positions.setFirstOrder(side, next);
  }
  if (next !== NO_ORDER) {
    orders.save(next);
    orders.setPreviousOfSide(next, previous);
  } else {
    positions.setLastOrder(side, previous);
  }
}

/** The book orders of a side as they stand now, best price first. */
export function ordersOfSide({ orders, positions }: State, side: SideRow): OrderRow[] {
  const found: OrderRow[] = [];
  for (let order = positions.firstOrder(side); order !== NO_ORDER; order = orders.nextOfSide(order)) found.push(order);
  return found;
}

/** The live orders of an account, in order of placement, as they stand now. */
export function ordersOfAccount({ accounts, orders }: State, account: AccountRow): OrderRow[] {
  const found: OrderRow[] = [];
  for (let order = accounts.firstOrder(account); order !== NO_ORDER; order = orders.nextOfAccount(order)) found.push(order);
  return found;
}

/** By the (seq, index) at which the position last left zero. */
export function compareOpenings({ positions }: State, a: PositionRow, b: PositionRow): number {
  return positions.openedSeq(a) - positions.openedSeq(b) || positions.openedIndex(a) - positions.openedIndex(b);
}

/** Whether an order entered its book after another. */
export function isAcceptedAfter({ orders }: State, order: OrderRow, other: OrderRow): boolean {
  const difference = orders.acceptedSeq(order) - orders.acceptedSeq(other);
  return difference > 0 || (difference === 0 && orders.acceptedIndex(order) > orders.acceptedIndex(other));
}

import type { Account, Instrument, Order, OrderSide, Position } from './model';
import type { UndoLog } from './undo';

/** Appends a live order to its account's list, which is in order of placement. */
export function linkToAccount(account: Account, order: Order, undo: UndoLog): void {
  undo.save(account);
  order.previousOfAccount = account.lastOrder;
  order.nextOfAccount = undefined;
  if (account.lastOrder !== undefined) {
    undo.save(account.lastOrder);
    account.lastOrder.nextOfAccount = order;
  } else {
    account.firstOrder = order;
  }
  account.lastOrder = order;
}

export function unlinkFromAccount(account: Account, order: Order, undo: UndoLog): void {
  undo.save(account);
  undo.save(order);
  const { previousOfAccount: previous, nextOfAccount: next } = order;
  if (previous !== undefined) {
    undo.save(previous);
    previous.nextOfAccount = next;
  } else {
    account.firstOrder = next;
  }
  if (next !== undefined) {
    undo.save(next);
    next.previousOfAccount = previous;
  } else {
    account.lastOrder = previous;
  }
  order.previousOfAccount = undefined;
  order.nextOfAccount = undefined;
}

/** Appends a position that left zero to the instrument's list, which is in that order. */
export function linkOpen(instrument: Instrument, position: Position, undo: UndoLog): void {
  undo.save(instrument);
  position.previousOpen = instrument.lastOpen;
  position.nextOpen = undefined;
  if (instrument.lastOpen !== undefined) {
    undo.save(instrument.lastOpen);
    instrument.lastOpen.nextOpen = position;
  } else {
    instrument.firstOpen = position;
  }
  instrument.lastOpen = position;
}

export function unlinkOpen(instrument: Instrument, position: Position, undo: UndoLog): void {
  undo.save(instrument);
  const { previousOpen: previous, nextOpen: next } = position;
  if (previous !== undefined) {
    undo.save(previous);
    previous.nextOpen = next;
  } else {
    instrument.firstOpen = next;
  }
  if (next !== undefined) {
    undo.save(next);
    next.previousOpen = previous;
  } else {
    instrument.lastOpen = previous;
  }
  position.previousOpen = undefined;
  position.nextOpen = undefined;
}

/** Puts a book order where it belongs on its side of the position: best price first, then by acceptance. */
export function linkToSide(side: OrderSide, order: Order, undo: UndoLog): void {
  let previous = side.last;
  while (previous !== undefined && (previous.price - order.price) * order.direction < 0) previous = previous.previousOfSide;
  const next = previous === undefined ? side.first : previous.nextOfSide;
  undo.save(side);
  undo.save(order);
  order.previousOfSide = previous;
  order.nextOfSide = next;
  if (previous !== undefined) {
    undo.save(previous);
    previous.nextOfSide = order;
  } else {
    side.first = order;
  }
  if (next !== undefined) {
    undo.save(next);
    next.previousOfSide = order;
  } else {
    side.last = order;
  }
}

export function unlinkFromSide(side: OrderSide, order: Order, undo: UndoLog): void {
  undo.save(side);
  undo.save(order);
  const { previousOfSide: previous, nextOfSide: next } = order;
  if (previous !== undefined) {
    undo.save(previous);
    previous.nextOfSide = next;
  } else {
    side.first = next;
  }
  if (next !== undefined) {
    undo.save(next);
    next.previousOfSide = previous;
  } else {
    side.last = previous;
  }
  order.previousOfSide = undefined;
  order.nextOfSide = undefined;
}

/** The book orders of a side as they stand now, best price first. */
export function ordersOfSide(side: OrderSide): Order[] {
  const orders: Order[] = [];
  for (let order = side.first; order !== undefined; order = order.nextOfSide) orders.push(order);
  return orders;
}

/** By the (seq, index) at which the position last left zero. */
export function byOpening(a: Position, b: Position): number {
  return a.openedSeq - b.openedSeq || a.openedIndex - b.openedIndex;
}

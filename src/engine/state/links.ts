import type { Account, Instrument, Order, Position } from './model';
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

/** Puts a book order where it belongs in its side of the position: best price first, then by acceptance. */
export function insertByPrice(orders: Order[], order: Order, undo: UndoLog): void {
  let slot = orders.length;
  while (slot > 0 && ((orders[slot - 1] as Order).price - order.price) * order.direction < 0) slot -= 1;
  if (slot === orders.length) orders.push(order);
  else orders.splice(slot, 0, order);
  if (undo.isArmed) undoInsert(orders, order, undo);
}

// The ways back stand apart, so that no closure is made where nothing is tentative.
function undoInsert(orders: Order[], order: Order, undo: UndoLog): void {
  undo.onRollback(() => orders.splice(orders.indexOf(order), 1));
}

export function removeFrom(orders: Order[], order: Order, undo: UndoLog): void {
  const slot = orders.indexOf(order);
  if (slot === orders.length - 1) orders.pop();
  else orders.splice(slot, 1);
  if (undo.isArmed) undoRemove(orders, slot, order, undo);
}

function undoRemove(orders: Order[], slot: number, order: Order, undo: UndoLog): void {
  undo.onRollback(() => orders.splice(slot, 0, order));
}

/** By the (seq, index) at which the position last left zero. */
export function byOpening(a: Position, b: Position): number {
  return a.openedSeq - b.openedSeq || a.openedIndex - b.openedIndex;
}

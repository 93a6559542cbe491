import type * as Events from '../../contract/generated/events';
import { ZERO_FRACTION } from '../../num/fraction';
import { add, sub } from '../../num/int';
import { marginOfLots } from '../margin/orderMargin';
import { countIn, countOut, sideOf } from '../margin/orderSide';
import { linkToAccount, linkToSide, unlinkFromAccount, unlinkFromSide } from '../state/links';
import type { Account, Direction, Holding, Order, OrderTerms, Position, TriggerTerms } from '../state/model';
import type { State } from '../state/state';
import { orderTerms } from '../state/terms';
import { ensureCross } from './positions';

function directionOf(side: 'BUY' | 'SELL'): Direction {
  return side === 'BUY' ? 1 : -1;
}

function termsOf(event: Events.OrderAccepted | Events.TriggerOrderAccepted): OrderTerms {
  const { orderType, timeInForce, postOnly, reduceOnly, selfTradePrevention } = event;
  return orderTerms(
    orderType,
    timeInForce as OrderTerms['timeInForce'],
    postOnly,
    reduceOnly,
    selfTradePrevention as OrderTerms['selfTradePrevention'],
  );
}

/** Makes a live order known: by id, by clientOrderId, in its account's order of placement. */
function register(state: State, holding: Holding, order: Order): void {
  order.placedAt = state.clock;
  enroll(state, holding, order);
}

/** The same for an order read from a snapshot, which has its moment already. */
export function enroll(state: State, holding: Holding, order: Order): void {
  const { account } = holding;
  const { clientOrderId } = order;
  state.undo.save(holding);
  holding.openOrders += 1;
  state.undo.save(holding.instrument);
  holding.instrument.orderCount += 1;
  linkToAccount(account, order, state.undo);
  state.orders.set(order.id, order);
  if (clientOrderId !== undefined) {
    account.clientOrders ??= new Map();
    account.clientOrders.set(clientOrderId, order);
  }
  if (state.undo.isArmed) undoEnroll(state, account, order);
}

// The ways back stand apart, so that no closure is made where nothing is tentative.
function undoEnroll(state: State, account: Account, order: Order): void {
  const { clientOrderId } = order;
  state.undo.onRollback(() => {
    state.orders.delete(order.id);
    if (clientOrderId !== undefined) account.clientOrders?.delete(clientOrderId);
  });
}

function unregister(state: State, order: Order): void {
  const { holding } = order;
  const { clientOrderId } = order;
  state.undo.save(holding);
  holding.openOrders -= 1;
  state.undo.save(holding.instrument);
  holding.instrument.orderCount -= 1;
  unlinkFromAccount(holding.account, order, state.undo);
  state.orders.delete(order.id);
  state.endedOrders.end(order);
  if (clientOrderId !== undefined) holding.account.clientOrders?.delete(clientOrderId);
  if (state.undo.isArmed) undoUnregister(state, order);
}

function undoUnregister(state: State, order: Order): void {
  const { clientOrderId } = order;
  state.undo.onRollback(() => {
    state.endedOrders.revive();
    state.orders.set(order.id, order);
    if (clientOrderId !== undefined) order.holding.account.clientOrders?.set(clientOrderId, order);
  });
}

function targetPosition(state: State, holding: Holding, isolationId: number): Position {
  return isolationId !== 0 ? state.block(isolationId) : ensureCross(state, holding);
}

/** Puts an order into the book and among its position's orders, behind all others of its price. */
function enterBook(state: State, order: Order): void {
  order.acceptedSeq = state.seq;
  order.acceptedIndex = state.eventIndex;
  linkToSide(sideOf(order.position as Position, order.direction), order, state.undo);
  countIn(order, state.undo);
  order.instrument.book.add(order, state.undo);
}

function leaveBook(state: State, order: Order): void {
  countOut(order, state.undo);
  takeOut(state, order);
}

function takeOut(state: State, order: Order): void {
  unlinkFromSide(sideOf(order.position as Position, order.direction), order, state.undo);
  order.instrument.book.remove(order, state.undo);
}

/** Lowers what an order has open, where it stands; at zero it ends. */
export function reduceOrder(state: State, order: Order, lots: number): void {
  countOut(order, state.undo);
  order.instrument.book.reduce(order, lots, state.undo);
  if (order.remaining === 0) {
    takeOut(state, order);
    unregister(state, order);
    return;
  }
  refreshOrderMargin(order);
  countIn(order, state.undo);
}

/** Ends a live order: out of the book or of the triggers, and forgotten. */
export function endOrder(state: State, order: Order): void {
  if (order.level !== undefined) leaveBook(state, order);
  else if (order.trigger !== undefined) order.instrument.triggers.remove(order, state.undo);
  unregister(state, order);
}

/** What all remaining lots of an order would reserve; kept on the order. */
export function refreshOrderMargin(order: Order): void {
  order.margin = order.terms.reduceOnly ? 0 : marginOfLots(order.instrument.spec, order.remaining, order.marginPrice, order.marginRate);
}

/** Main → margin (or back, when negative). */
export function reserve(state: State, block: Position, amount: Events.OrderAmended['reserved']): void {
  if (amount === 0) return;
  state.touchBlock(block);
  block.orderMargin = add(block.orderMargin, amount);
  state.creditMain(block.account, block.currency, sub(0, amount));
}

export function orderAccepted(state: State, event: Events.OrderAccepted): void {
  const holding = state.holding(state.account(event.accountId), state.instrument(event.instrument));
  const known = state.orders.get(event.orderId);
  const order =
    known ?? state.newOrder(event.orderId, holding, directionOf(event.side), termsOf(event), event.clientOrderId, event.marginRate);
  if (known === undefined) register(state, holding, order);
  else state.undo.save(order);
  order.position = targetPosition(state, holding, event.isolationId);
  order.price = event.price;
  order.remaining = event.quantity;
  order.marginPrice = event.marginPrice;
  order.marginRate = event.marginRate;
  refreshOrderMargin(order);
  enterBook(state, order);
  if (event.isolationId === 0) return;
  reserve(state, order.position, event.reserved);
  if (event.contributed !== 0) {
    state.touchBlock(order.position);
    order.position.cash = add(order.position.cash, event.contributed);
    state.creditMain(holding.account, order.position.currency, sub(0, event.contributed));
  }
}

export function triggerOrderAccepted(state: State, event: Events.TriggerOrderAccepted): void {
  const holding = state.holding(state.account(event.accountId), state.instrument(event.instrument));
  const order = state.newOrder(event.orderId, holding, directionOf(event.side), termsOf(event), event.clientOrderId, ZERO_FRACTION);
  order.price = event.price ?? 0;
  order.remaining = event.quantity;
  order.trigger = {
    triggerPrice: event.triggerPrice,
    triggerBy: event.triggerBy as TriggerTerms['triggerBy'],
    marginMode: event.marginMode,
    isolationId: event.isolationId,
    leverage: event.leverage,
    isolatedMargin: event.isolatedMargin,
    marginCurrency: event.marginCurrency,
  };
  register(state, holding, order);
  holding.instrument.triggers.add(order, state.undo);
}

/** The order leaves the triggers; it stays live until the event that follows. */
export function orderTriggered(state: State, event: Events.OrderTriggered): void {
  const order = state.order(event.orderId);
  state.undo.save(order);
  order.instrument.triggers.remove(order, state.undo);
  order.trigger = undefined;
}

export function orderCanceled(state: State, event: Events.OrderCanceled): void {
  const order = state.order(event.orderId);
  endOrder(state, order);
  if (event.isolationId !== 0 && event.returned !== 0) reserve(state, state.block(event.isolationId), sub(0, event.returned));
  touchEnded(state, order);
}

/** A cross account's available funds changed with its order margin; nothing that liquidation looks at did. */
function touchEnded(state: State, order: Order): void {
  if (order.position === undefined) return;
  state.undo.save(order.position);
  order.position.updatedSeq = state.seq;
}

export function orderReduced(state: State, event: Events.OrderReduced): void {
  const order = state.order(event.orderId);
  reduceOrder(state, order, order.remaining - event.quantity);
}

export function orderAmended(state: State, event: Events.OrderAmended): void {
  const order = state.order(event.orderId);
  const remaining = event.quantity - order.filled;
  if (event.keepsPriority) {
    reduceOrder(state, order, order.remaining - remaining);
  } else {
    leaveBook(state, order);
    order.price = event.price;
    order.remaining = remaining;
    order.marginPrice = event.marginPrice;
    order.marginRate = event.marginRate;
    refreshOrderMargin(order);
    enterBook(state, order);
  }
  if (event.isolationId !== 0) reserve(state, state.block(event.isolationId), event.reserved);
}

export function triggerOrderAmended(state: State, event: Events.TriggerOrderAmended): void {
  const order = state.order(event.orderId);
  state.undo.save(order);
  order.price = event.price ?? 0;
  order.remaining = event.quantity;
}

export function orderMarginReleased(state: State, event: Events.OrderMarginReleased): void {
  reserve(state, state.block(event.isolationId), sub(0, event.amount));
}

export function orderMarginCovered(state: State, event: Events.OrderMarginCovered): void {
  const block = state.block(event.isolationId);
  state.touchBlock(block);
  block.cash = sub(block.cash, event.amount);
  block.orderMargin = add(block.orderMargin, event.amount);
}

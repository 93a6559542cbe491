import type * as Events from '../../contract/generated/events';
import { ZERO_FRACTION } from '../../num/fraction';
import { sub } from '../../num/int';
import { marginOfLots } from '../margin/orderMargin';
import { countIn, countOut } from '../margin/orderSide';
import { linkToAccount, linkToSide, unlinkFromAccount, unlinkFromSide } from '../state/links';
import type { Direction, OrderTerms, TriggerTerms } from '../state/model';
import { NO_ORDER, type OrderRow } from '../state/orders';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { orderTerms } from '../state/terms';

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

/** An order that is live from now on. */
function newOrder(state: State, cross: PositionRow, event: Events.OrderAccepted | Events.TriggerOrderAccepted): OrderRow {
  const { orders } = state;
  const order = orders.take(event.orderId, cross, directionOf(event.side), termsOf(event), event.clientOrderId);
  orders.setPlacedAt(order, state.clock);
  enroll(state, order);
  return order;
}

/** Makes an order known: by id, by clientOrderId, in its account's order of placement. */
export function enroll(state: State, order: OrderRow): void {
  const { accounts, orders, positions } = state;
  const cross = orders.cross(order);
  const account = positions.account(cross);
  const instrument = state.instrumentOf(cross);
  positions.save(cross);
  positions.addOpenOrders(cross, 1);
  state.undo.save(instrument);
  instrument.orderCount += 1;
  linkToAccount(state, account, order);
  orders.register(order);
  const clientOrderId = orders.clientOrderId(order);
  if (clientOrderId !== undefined) accounts.nameOrder(account, clientOrderId, order);
}

function strikeOff(state: State, order: OrderRow): void {
  const { accounts, orders, positions } = state;
  const cross = orders.cross(order);
  const account = positions.account(cross);
  const instrument = state.instrumentOf(cross);
  positions.save(cross);
  positions.addOpenOrders(cross, -1);
  state.undo.save(instrument);
  instrument.orderCount -= 1;
  unlinkFromAccount(state, account, order);
  orders.unregister(order);
  const clientOrderId = orders.clientOrderId(order);
  if (clientOrderId !== undefined) accounts.forgetOrder(account, clientOrderId);
}

/** Puts an order into the book and among its position's orders, behind all others of its price. */
function enterBook(state: State, order: OrderRow): void {
  state.orders.setAccepted(order, state.seq, state.eventIndex);
  linkToSide(state, order);
  countIn(state, order);
  state.instrumentOfOrder(order).book.add(order);
}

function leaveBook(state: State, order: OrderRow): void {
  countOut(state, order);
  takeOut(state, order);
}

function takeOut(state: State, order: OrderRow): void {
  unlinkFromSide(state, order);
  state.instrumentOfOrder(order).book.remove(order);
}

/** Lowers what an order has open, where it stands; at zero it ends. */
export function reduceOrder(state: State, order: OrderRow, lots: number): void {
  countOut(state, order);
  state.instrumentOfOrder(order).book.reduce(order, lots);
  if (state.orders.remaining(order) === 0) {
    takeOut(state, order);
    strikeOff(state, order);
    return;
  }
  refreshOrderMargin(state, order);
  countIn(state, order);
}

/** Ends a live order: out of the book or of the triggers, and forgotten. */
export function endOrder(state: State, order: OrderRow): void {
  const { orders } = state;
  if (orders.isInBook(order)) leaveBook(state, order);
  else if (orders.trigger(order) !== undefined) state.instrumentOfOrder(order).triggers.remove(order);
  strikeOff(state, order);
}

/** What all remaining lots of an order would reserve; kept on the order. */
export function refreshOrderMargin(state: State, order: OrderRow): void {
  const { orders } = state;
  if (orders.isReduceOnly(order)) return;
  const { spec } = state.instrumentOfOrder(order);
  orders.setMargin(order, marginOfLots(spec, orders.remaining(order), orders.marginPrice(order), orders.marginRate(order)));
}

/** Main → margin (or back, when negative). */
export function reserve(state: State, block: PositionRow, amount: Events.OrderAmended['reserved']): void {
  if (amount === 0) return;
  const { positions } = state;
  state.touchBlock(block);
  positions.addOrderMargin(block, amount);
  state.creditMain(positions.account(block), positions.currency(block), sub(0, amount));
}

function placeInBook(state: State, order: OrderRow, event: Events.OrderAccepted | Events.OrderAmended, lots: number): void {
  const { orders } = state;
  orders.setPrice(order, event.price);
  orders.setRemaining(order, lots);
  orders.setMarginPrice(order, event.marginPrice);
  orders.setMarginRate(order, event.marginRate);
  refreshOrderMargin(state, order);
  enterBook(state, order);
}

export function orderAccepted(state: State, event: Events.OrderAccepted): void {
  const { orders, positions } = state;
  const account = state.account(event.accountId);
  const cross = state.cross(account, state.instrument(event.instrument));
  const known = orders.find(event.orderId);
  const order = known === NO_ORDER ? newOrder(state, cross, event) : known;
  orders.save(order);
  const position = event.isolationId === 0 ? cross : state.block(event.isolationId);
  orders.setPosition(order, position);
  placeInBook(state, order, event, event.quantity);
  if (event.isolationId === 0) return;
  reserve(state, position, event.reserved);
  if (event.contributed !== 0) {
    state.touchBlock(position);
    positions.addCash(position, event.contributed);
    state.creditMain(account, positions.currency(position), sub(0, event.contributed));
  }
}

export function triggerOrderAccepted(state: State, event: Events.TriggerOrderAccepted): void {
  const { orders } = state;
  const instrument = state.instrument(event.instrument);
  const order = newOrder(state, state.cross(state.account(event.accountId), instrument), event);
  orders.setPrice(order, event.price ?? 0);
  orders.setRemaining(order, event.quantity);
  orders.setMarginRate(order, ZERO_FRACTION);
  orders.setTrigger(order, {
    triggerPrice: event.triggerPrice,
    triggerBy: event.triggerBy as TriggerTerms['triggerBy'],
    marginMode: event.marginMode,
    isolationId: event.isolationId,
    leverage: event.leverage,
    isolatedMargin: event.isolatedMargin,
    marginCurrency: event.marginCurrency,
  });
  instrument.triggers.add(order);
}

/** The order leaves the triggers; it stays live until the event that follows. */
export function orderTriggered(state: State, event: Events.OrderTriggered): void {
  const order = state.order(event.orderId);
  state.orders.save(order);
  state.instrumentOfOrder(order).triggers.remove(order);
  state.orders.clearTrigger(order);
}

export function orderCanceled(state: State, event: Events.OrderCanceled): void {
  const order = state.order(event.orderId);
  endOrder(state, order);
  if (event.isolationId !== 0 && event.returned !== 0) reserve(state, state.block(event.isolationId), sub(0, event.returned));
  touchEnded(state, order);
}

/** A cross account's available funds changed with its order margin; nothing that liquidation looks at did. */
function touchEnded({ orders, positions, seq }: State, order: OrderRow): void {
  const position = orders.position(order);
  if (position === NO_POSITION) return;
  positions.save(position);
  positions.setUpdatedSeq(position, seq);
}

export function orderReduced(state: State, event: Events.OrderReduced): void {
  const order = state.order(event.orderId);
  reduceOrder(state, order, state.orders.remaining(order) - event.quantity);
}

export function orderAmended(state: State, event: Events.OrderAmended): void {
  const { orders } = state;
  const order = state.order(event.orderId);
  const remaining = event.quantity - orders.filled(order);
  if (event.keepsPriority) {
    reduceOrder(state, order, orders.remaining(order) - remaining);
  } else {
    leaveBook(state, order);
    placeInBook(state, order, event, remaining);
  }
  if (event.isolationId !== 0) reserve(state, state.block(event.isolationId), event.reserved);
}

export function triggerOrderAmended(state: State, event: Events.TriggerOrderAmended): void {
  const order = state.order(event.orderId);
  state.orders.save(order);
  state.orders.setPrice(order, event.price ?? 0);
  state.orders.setRemaining(order, event.quantity);
}

export function orderMarginReleased(state: State, event: Events.OrderMarginReleased): void {
  reserve(state, state.block(event.isolationId), sub(0, event.amount));
}

export function orderMarginCovered(state: State, event: Events.OrderMarginCovered): void {
  const { positions } = state;
  const block = state.block(event.isolationId);
  state.touchBlock(block);
  positions.addCash(block, sub(0, event.amount));
  positions.addOrderMargin(block, event.amount);
}

import type * as Events from '../../contract/generated/events';
import { abs, add, type Int, sub } from '../../num/int';
import type { Order, Position } from '../state/model';
import type { State } from '../state/state';
import { reduceOrder } from './orders';
import { closeLotsAtValue, creditPocket, fillLots, moveLots, positionOf, realizePnl, splitValue } from './positions';

/** Lots of an order were filled; at zero it ends. */
function consume(state: State, order: Order, lots: number): void {
  reduceOrder(state, order, lots);
  order.filled += lots;
}

function payFee(state: State, position: Position, fee: Int): void {
  if (fee === 0) return;
  creditPocket(state, position, sub(0, fee));
  position.feesPaid = add(position.feesPaid, fee);
  state.creditTotal(position.currency, 'fees', fee);
}

/** The filled lots' own order margin becomes the block's cash (rules.md §2). */
function marginToCash(state: State, block: Position, amount: Int): void {
  if (amount === 0) return;
  state.touchBlock(block);
  block.orderMargin = sub(block.orderMargin, amount);
  block.cash = add(block.cash, amount);
}

export function tradeExecuted(state: State, event: Events.TradeExecuted): void {
  const { quantity, price } = event;
  const takerLots = event.takerSide === 'BUY' ? quantity : -quantity;
  const maker = state.order(event.makerOrderId);
  const makerPosition = maker.position as Position;
  consume(state, maker, quantity);
  const taker = state.orders.get(event.takerOrderId);
  const takerPosition = taker?.position ?? positionOf(state, event.takerAccountId, event.instrument, event.takerIsolationId);
  if (taker !== undefined) consume(state, taker, quantity);
  const { instrument } = maker;
  state.undo.save(instrument);
  instrument.last = price;
  state.noteTrade(instrument);

  marginToCash(state, makerPosition, event.makerMargin);
  fillLots(state, makerPosition, -takerLots, price, event.makerClosed, event.makerRealizedPnl);
  payFee(state, makerPosition, event.makerFee);
  marginToCash(state, takerPosition, event.takerMargin);
  fillLots(state, takerPosition, takerLots, price, event.takerClosed, event.takerRealizedPnl);
  payFee(state, takerPosition, event.takerFee);
}

export function liquidationFeesCharged(state: State, event: Events.LiquidationFeesCharged): void {
  const position = positionOf(state, event.accountId, event.instrument, event.isolationId);
  state.touchPosition(position);
  payFee(state, position, event.takerFee);
  creditPocket(state, position, sub(0, event.liquidationFee));
  position.feesPaid = add(position.feesPaid, event.liquidationFee);
  state.creditMain(state.fund, position.currency, event.liquidationFee);
}

/** The fund's inventory is its cross position; what it nets closes, the rest opens at the same value. */
export function positionTakenOver(state: State, event: Events.PositionTakenOver): void {
  const position = positionOf(state, event.accountId, event.instrument, event.isolationId);
  const inventory = positionOf(state, undefined, event.instrument, 0);
  const lots = event.quantity;
  closeLotsAtValue(state, position, sub(0, lots), event.value, event.realizedPnl);
  const { closedValue, openedValue } = splitValue(event.value, abs(lots), event.fundClosed);
  moveLots(state, inventory, lots, event.fundClosed, closedValue, event.fundRealizedPnl, openedValue);
  realizePnl(state, inventory, event.fundRealizedPnl);
}

export function positionDeleveraged(state: State, event: Events.PositionDeleveraged): void {
  const position = positionOf(state, event.accountId, event.instrument, event.isolationId);
  const counterparty = positionOf(state, event.counterpartyAccountId, event.instrument, event.counterpartyIsolationId);
  closeLotsAtValue(state, position, sub(0, event.quantity), event.value, event.realizedPnl);
  closeLotsAtValue(state, counterparty, event.quantity, event.value, event.counterpartyRealizedPnl);
}

import type * as Events from '../../contract/generated/events';
import { abs, type Int, sub } from '../../num/int';
import { NO_ORDER, type OrderRow } from '../state/orders';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { reduceOrder } from './orders';
import { closeLotsAtValue, creditPocket, fillLots, moveLots, positionOf, realizePnl, splitValue } from './positions';

/** Lots of an order were filled; at zero it ends. */
function consume(state: State, order: OrderRow, lots: number): void {
  const { orders } = state;
  reduceOrder(state, order, lots);
  orders.setFilled(order, orders.filled(order) + lots);
}

function payFee(state: State, position: PositionRow, fee: Int): void {
  if (fee === 0) return;
  creditPocket(state, position, sub(0, fee));
  state.positions.addFeesPaid(position, fee);
  state.creditTotal(state.positions.currency(position), 'fees', fee);
}

/** The filled lots' own order margin becomes the block's cash (rules.md §2). */
function marginToCash(state: State, block: PositionRow, amount: Int): void {
  if (amount === 0) return;
  state.touchBlock(block);
  state.positions.addOrderMargin(block, sub(0, amount));
  state.positions.addCash(block, amount);
}

export function tradeExecuted(state: State, event: Events.TradeExecuted): void {
  const { orders } = state;
  const { quantity, price } = event;
  const takerLots = event.takerSide === 'BUY' ? quantity : -quantity;
  const maker = state.order(event.makerOrderId);
  const makerPosition = orders.position(maker);
  consume(state, maker, quantity);
  const taker = orders.find(event.takerOrderId);
  const takerPosition =
    taker === NO_ORDER ? positionOf(state, event.takerAccountId, event.instrument, event.takerIsolationId) : orders.position(taker);
  if (taker !== NO_ORDER) consume(state, taker, quantity);
  const instrument = state.instrumentOf(makerPosition);
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
  const { accounts, positions } = state;
  const position = positionOf(state, event.accountId, event.instrument, event.isolationId);
  state.touchPosition(position);
  payFee(state, position, event.takerFee);
  creditPocket(state, position, sub(0, event.liquidationFee));
  positions.addFeesPaid(position, event.liquidationFee);
  state.creditMain(accounts.fund, positions.currency(position), event.liquidationFee);
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

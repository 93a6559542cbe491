import { type Fraction, timesCeil } from '../../num/fraction';
import { abs, add, type Int, max, min, mulDivFloor, negate, sign, sub } from '../../num/int';
import { crossRisk } from '../accounts/figures';
import { costOfClosed, notionalAt, valuation, valueAt } from '../margin/margin';
import { marginOfLots } from '../margin/orderMargin';
import { reduceOnlyLots } from '../margin/orderSide';
import type { Direction } from '../state/model';
import type { OrderRow } from '../state/orders';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';

/** What a fill does to one side of it. */
export interface SideFill {
  /** Lots of it that close; the others open. */
  readonly closed: number;
  readonly realizedPnl: Int;
  /** Charged; negative is a rebate. */
  readonly fee: Int;
  /** The filled lots' own order margin, which becomes cash of the block. */
  readonly margin: Int;
}

/** Why a fill must not happen (rules.md §§2.4, 2.5), with the numbers that decided. */
export interface FillObstacle {
  readonly reason: 'BANKRUPTCY_PRICE' | 'WOULD_LIQUIDATE_IMMEDIATELY';
  /** Equity and MM after the fill; for BANKRUPTCY_PRICE what would remain, and 0. */
  readonly equity: Int;
  readonly maintenanceMargin: Int;
}

function closedLots(quantity: Int, direction: Direction, lots: number): number {
  if (sign(quantity) * direction >= 0) return 0;
  return Number(min(abs(quantity), lots));
}

/**
 * What remains after lots close at a price, fees aside. Of a block, at that price, above
 * its bankruptcy price (rules.md §2.4). Of a cross account, at mark: a close that leaves
 * less than nothing would have to be paid by the insurance fund (rules.md §11.8).
 */
function remainsAfter(state: State, position: PositionRow, closed: number, price: number): Int {
  const { positions } = state;
  const { spec, mark } = state.instrumentOf(position);
  const quantity = positions.quantity(position);
  if (positions.isIsolated(position)) {
    return add(positions.cash(position), sub(valueAt(spec, quantity, price), positions.entryCost(position)));
  }
  const { balance, unrealizedPnl } = crossRisk(state, positions.account(position));
  const lots = quantity > 0 ? closed : -closed;
  return add(add(balance, unrealizedPnl), sub(valueAt(spec, lots, price), valueAt(spec, lots, mark as Int)));
}

/** The fee of a fill; on what it closes it is capped at what remains (rules.md §§2.4, 11.8). */
function feeOf(state: State, position: PositionRow, lots: number, closed: number, price: number, rate: Fraction): Int {
  const { positions } = state;
  const { spec } = state.instrumentOf(position);
  const fee = timesCeil(notionalAt(spec, lots, price), rate);
  if (closed === 0 || fee <= 0) return fee;
  const closing = closed === lots ? fee : timesCeil(notionalAt(spec, closed, price), rate);
  const remains = max(0, remainsAfter(state, position, closed, price));
  const cap = positions.isIsolated(position) ? mulDivFloor(remains, closed, abs(positions.quantity(position))) : remains;
  if (closing <= cap) return fee;
  return closed === lots ? cap : add(cap, timesCeil(notionalAt(spec, lots - closed, price), rate));
}

/** Order margin that the filled lots had reserved: free lots go first (rules.md §2, Order margin). */
function ownMargin(state: State, position: PositionRow, order: OrderRow, lots: number): Int {
  const { orders, positions } = state;
  if (!positions.isIsolated(position) || !orders.isInBook(order) || orders.isReduceOnly(order)) return 0;
  const quantity = positions.quantity(position);
  const direction = orders.direction(order);
  let free: Int = 0;
  if (sign(quantity) * direction < 0) {
    free = abs(quantity);
    const side = positions.side(position, direction);
    if (positions.reduceOnlyOrders(side) > 0) free = sub(free, reduceOnlyLots(state, side));
    free = max(0, free);
  }
  const { spec } = state.instrumentOf(position);
  const remaining = orders.remaining(order);
  const reservedBefore = max(0, sub(remaining, free));
  const reservedAfter = min(reservedBefore, remaining - lots);
  const [marginPrice, marginRate] = [orders.marginPrice(order), orders.marginRate(order)];
  const before = marginOfLots(spec, reservedBefore, marginPrice, marginRate);
  return sub(before, marginOfLots(spec, reservedAfter, marginPrice, marginRate));
}

/** Works out a fill of `lots` at `price` for the position behind an order, without moving anything. */
export function planFill(
  state: State,
  position: PositionRow,
  order: OrderRow,
  lots: number,
  price: number,
  feeRate: Fraction | undefined,
): SideFill {
  const { orders, positions } = state;
  const quantity = positions.quantity(position);
  const closed = closedLots(quantity, orders.direction(order), lots);
  let realizedPnl: Int = 0;
  if (closed > 0) {
    const value = valueAt(state.instrumentOf(position).spec, quantity > 0 ? closed : -closed, price);
    realizedPnl = sub(value, costOfClosed(quantity, positions.entryCost(position), closed));
  }
  const fee = feeRate === undefined ? 0 : feeOf(state, position, lots, closed, price, feeRate);
  return { closed, realizedPnl, fee, margin: ownMargin(state, position, order, lots) };
}

/**
 * A maker's rebate comes out of what the taker pays for the same fill: where that is capped
 * (rules.md §2.4), so is the rebate, or two accounts could drain `fees` by closing at a
 * bankruptcy price (rules.md §9).
 */
export function rebatedFrom(maker: SideFill, takerFee: Int): SideFill {
  const most = negate(max(0, takerFee));
  return maker.fee >= most ? maker : { ...maker, fee: most };
}

/** What stands in the way of a planned fill, if anything. */
export function obstacleTo(
  state: State,
  position: PositionRow,
  direction: Direction,
  fill: SideFill,
  lots: number,
  price: number,
): FillObstacle | undefined {
  if (fill.closed > 0 && (state.positions.isIsolated(position) || isWorseThanMark(state, position, direction, price))) {
    const equity = remainsAfter(state, position, fill.closed, price);
    if (equity < 0) return { reason: 'BANKRUPTCY_PRICE', equity, maintenanceMargin: 0 };
  }
  if (fill.closed === lots) return undefined;
  const { equity, maintenanceMargin } = afterFill(state, position, direction, fill, lots, price);
  return equity < maintenanceMargin ? { reason: 'WOULD_LIQUIDATE_IMMEDIATELY', equity, maintenanceMargin } : undefined;
}

function isWorseThanMark(state: State, position: PositionRow, direction: Direction, price: number): boolean {
  const mark = state.instrumentOf(position).mark as Int;
  return direction > 0 ? price > mark : price < mark;
}

/** Equity and MM at mark after a fill that increases the position (rules.md §2.5). */
function afterFill(
  state: State,
  position: PositionRow,
  direction: Direction,
  fill: SideFill,
  lots: number,
  price: number,
): { readonly equity: Int; readonly maintenanceMargin: Int } {
  const { positions } = state;
  const { spec, mark } = state.instrumentOf(position);
  const quantity = add(positions.quantity(position), direction * lots);
  const left = fill.closed > 0 ? 0 : positions.entryCost(position);
  const entryCost = add(left, valueAt(spec, direction * (lots - fill.closed), price));
  const gained = sub(fill.realizedPnl, fill.fee);
  if (positions.isIsolated(position)) {
    const cash = add(add(positions.cash(position), fill.margin), gained);
    return valuation(spec, quantity, entryCost, cash, mark as Int);
  }
  return crossRisk(state, positions.account(position), { position, quantity, entryCost, balanceChange: gained });
}

import { type Fraction, timesCeil } from '../../num/fraction';
import { abs, add, type Int, max, min, mulDivFloor, negate, sign, sub } from '../../num/int';
import { crossRisk } from '../accounts/figures';
import { costOfClosed, notionalAt, valuation, valueAt } from '../margin/margin';
import { marginOfLots } from '../margin/orderMargin';
import { reduceOnlyLots, sideOf } from '../margin/orderSide';
import type { Direction, Order, Position } from '../state/model';

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

function closedLots(position: Position, direction: Direction, lots: number): number {
  if (sign(position.quantity) * direction >= 0) return 0;
  return Number(min(abs(position.quantity), lots));
}

/**
 * What remains after lots close at a price, fees aside. Of a block, at that price, above
 * its bankruptcy price (rules.md §2.4). Of a cross account, at mark: a close that leaves
 * less than nothing would have to be paid by the insurance fund (rules.md §11.8).
 */
function remainsAfter(position: Position, closed: number, price: number): Int {
  const { spec, mark } = position.holding.instrument;
  if (position.isolated) return add(position.cash, sub(valueAt(spec, position.quantity, price), position.entryCost));
  const { balance, unrealizedPnl } = crossRisk(position.account);
  const lots = position.quantity > 0 ? closed : -closed;
  return add(add(balance, unrealizedPnl), sub(valueAt(spec, lots, price), valueAt(spec, lots, mark as Int)));
}

/** The fee of a fill; on what it closes it is capped at what remains (rules.md §§2.4, 11.8). */
function feeOf(position: Position, lots: number, closed: number, price: number, rate: Fraction): Int {
  const { spec } = position.holding.instrument;
  const fee = timesCeil(notionalAt(spec, lots, price), rate);
  if (closed === 0 || fee <= 0) return fee;
  const closing = closed === lots ? fee : timesCeil(notionalAt(spec, closed, price), rate);
  const remains = max(0, remainsAfter(position, closed, price));
  const cap = position.isolated ? mulDivFloor(remains, closed, abs(position.quantity)) : remains;
  if (closing <= cap) return fee;
  return closed === lots ? cap : add(cap, timesCeil(notionalAt(spec, lots - closed, price), rate));
}

/** Order margin that the filled lots had reserved: free lots go first (rules.md §2, Order margin). */
function ownMargin(position: Position, order: Order, lots: number): Int {
  if (!position.isolated || order.level === undefined || order.terms.reduceOnly) return 0;
  let free: Int = 0;
  if (sign(position.quantity) * order.direction < 0) {
    free = abs(position.quantity);
    const side = sideOf(position, order.direction);
    if (side.reduceOnlyOrders > 0) free = sub(free, reduceOnlyLots(side));
    free = max(0, free);
  }
  const { spec } = order.instrument;
  const reservedBefore = max(0, sub(order.remaining, free));
  const reservedAfter = min(reservedBefore, order.remaining - lots);
  const before = marginOfLots(spec, reservedBefore, order.marginPrice, order.marginRate);
  return sub(before, marginOfLots(spec, reservedAfter, order.marginPrice, order.marginRate));
}

/** Works out a fill of `lots` at `price` for the position behind an order, without moving anything. */
export function planFill(position: Position, order: Order, lots: number, price: number, feeRate: Fraction | undefined): SideFill {
  const { spec } = position.holding.instrument;
  const closed = closedLots(position, order.direction, lots);
  let realizedPnl: Int = 0;
  if (closed > 0) {
    const value = valueAt(spec, position.quantity > 0 ? closed : -closed, price);
    realizedPnl = sub(value, costOfClosed(position.quantity, position.entryCost, closed));
  }
  const fee = feeRate === undefined ? 0 : feeOf(position, lots, closed, price, feeRate);
  return { closed, realizedPnl, fee, margin: ownMargin(position, order, lots) };
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
export function obstacleTo(position: Position, order: Order, fill: SideFill, lots: number, price: number): FillObstacle | undefined {
  if (fill.closed > 0 && (position.isolated || isWorseThanMark(order, price))) {
    const equity = remainsAfter(position, fill.closed, price);
    if (equity < 0) return { reason: 'BANKRUPTCY_PRICE', equity, maintenanceMargin: 0 };
  }
  if (fill.closed === lots) return undefined;
  const { equity, maintenanceMargin } = afterFill(position, order.direction, fill, lots, price);
  return equity < maintenanceMargin ? { reason: 'WOULD_LIQUIDATE_IMMEDIATELY', equity, maintenanceMargin } : undefined;
}

function isWorseThanMark(order: Order, price: number): boolean {
  const mark = order.instrument.mark as Int;
  return order.direction > 0 ? price > mark : price < mark;
}

/** Equity and MM at mark after a fill that increases the position (rules.md §2.5). */
function afterFill(
  position: Position,
  direction: Direction,
  fill: SideFill,
  lots: number,
  price: number,
): { readonly equity: Int; readonly maintenanceMargin: Int } {
  const { instrument } = position.holding;
  const { spec } = instrument;
  const quantity = add(position.quantity, direction * lots);
  const left = fill.closed > 0 ? 0 : position.entryCost;
  const entryCost = add(left, valueAt(spec, direction * (lots - fill.closed), price));
  const gained = sub(fill.realizedPnl, fill.fee);
  if (position.isolated) {
    const cash = add(add(position.cash, fill.margin), gained);
    return valuation(spec, quantity, entryCost, cash, instrument.mark as Int);
  }
  return crossRisk(position.account, { position, quantity, entryCost, balanceChange: gained });
}

import { Decimal, minOf, moneyFloor, shownPrice, ZERO } from './decimal';
import type { Instrument, Spec } from './instrument';
import { initialMargin, maintenanceMargin, triggerNotional } from './tiers';

/** Signed quantity and signed exact entry cost: positive for longs (rules.md §5). */
export interface Position {
  quantity: Decimal;
  cost: Decimal;
  /** Number of the event with which it last left zero. */
  leftZero?: number;
  /** What a deleveraging queue last found of it (deleveragingQueue.ts). */
  estimate?: object;
}

export interface FillOutcome {
  readonly closed: Decimal;
  readonly opened: Decimal;
  readonly realizedPnl: Decimal;
}

export function emptyPosition(): Position {
  return { quantity: ZERO, cost: ZERO };
}

/**
 * Adds a signed quantity at the value of its lots. A close removes
 * ⌊|cost| × closed ÷ quantity⌋ micro-units of cost, sign kept; what exceeds the
 * position opens the rest in the other direction (rules.md §5).
 */
export function fillPosition(position: Position, quantity: Decimal, worthOf: (lots: Decimal) => Decimal): FillOutcome {
  const lots = quantity.abs();
  const opposite = !position.quantity.isZero() && position.quantity.isNegative() !== quantity.isNegative();
  const closed = opposite ? minOf(position.quantity.abs(), lots) : ZERO;
  const opened = lots.minus(closed);
  let realizedPnl = ZERO;
  if (closed.greaterThan(0)) {
    const long = position.quantity.greaterThan(0);
    const held = position.quantity.abs();
    const removed = closed.equals(held) ? position.cost.abs() : moneyFloor(position.cost.abs().times(closed).dividedBy(held));
    const gain = worthOf(closed).minus(removed);
    realizedPnl = long ? gain : gain.negated();
    position.cost = position.cost.minus(long ? removed : removed.negated());
    position.quantity = position.quantity.plus(long ? closed.negated() : closed);
  }
  if (opened.greaterThan(0)) {
    const signed = quantity.isNegative() ? opened.negated() : opened;
    const value = worthOf(opened);
    position.quantity = position.quantity.plus(signed);
    position.cost = position.cost.plus(quantity.isNegative() ? value.negated() : value);
  }
  return { closed, opened, realizedPnl };
}

export function markOf(instrument: Instrument): Decimal {
  return instrument.mark ?? ZERO;
}

export function notionalAt(position: Position, price: Decimal): Decimal {
  return position.quantity.abs().times(price);
}

export function unrealizedAt(position: Position, price: Decimal): Decimal {
  return position.quantity.times(price).minus(position.cost);
}

export interface RiskFigures {
  readonly notional: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly feeReserve: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
}

/** What the mark makes of a position (rules.md §3). */
export function riskFigures(position: Position, instrument: Instrument, leverage: Decimal | null): RiskFigures {
  return riskFiguresAt(position, instrument.spec, markOf(instrument), leverage);
}

export function riskFiguresAt(position: Position, spec: Spec, price: Decimal, leverage: Decimal | null): RiskFigures {
  const notional = notionalAt(position, price);
  return {
    notional,
    unrealizedPnl: unrealizedAt(position, price),
    feeReserve: ceilReserve(notional, spec),
    initialMargin: initialMargin(spec.tiers, notional, leverage),
    maintenanceMargin: maintenanceMargin(spec.tiers, notional),
  };
}

function ceilReserve(notional: Decimal, spec: Spec): Decimal {
  return notional.times(spec.feeReserveRate).toDecimalPlaces(6, Decimal.ROUND_CEIL);
}

/**
 * Where equity = MM, this mark alone moving. `others` is what the equity holds besides
 * this position: the cash of a block; of a cross account its cash and the other
 * positions' equity less their MM (rules.md §3, §6).
 */
export function liquidationPrice(position: Position, spec: Spec, others: Decimal): Decimal | null {
  if (position.quantity.isZero()) return null;
  const long = position.quantity.greaterThan(0);
  const notional = triggerNotional(spec.tiers, others.minus(position.cost), long, spec.feeReserveRate);
  if (notional === null) return null;
  const price = shownPrice(notional.dividedBy(position.quantity.abs()), long);
  return price.greaterThan(0) ? price : null;
}

/** |quantity| × the price at which cash + unrealised PnL = 0. */
export function bankruptcyValue(position: Position, cash: Decimal): Decimal {
  const value = position.cost.minus(cash);
  return position.quantity.isNegative() ? value.negated() : value;
}

export function bankruptcyPrice(position: Position, cash: Decimal): Decimal | null {
  if (position.quantity.isZero()) return null;
  const long = position.quantity.greaterThan(0);
  const price = shownPrice(bankruptcyValue(position, cash).dividedBy(position.quantity.abs()), long);
  return price.greaterThan(0) ? price : null;
}

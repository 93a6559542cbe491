import { compareFractions, type Fraction, timesCeil } from '../../num/fraction';
import { abs, add, divCeil, type Int, mul, mulDivCeil, mulDivFloor, sub } from '../../num/int';
import type { InstrumentSpec, Tier } from '../instruments/spec';

/** |quantity| × price in micro-units, exactly (rules.md §1, Grids). */
export function notionalAt(spec: InstrumentSpec, quantity: Int, price: Int): Int {
  return mul(mul(abs(quantity), price), spec.unitValue);
}

/** quantity × price with the sign of the quantity. */
export function valueAt(spec: InstrumentSpec, quantity: Int, price: Int): Int {
  return mul(mul(quantity, price), spec.unitValue);
}

/** The tier a notional falls in; a floor belongs to its own tier (rules.md §3). */
export function tierOf(spec: InstrumentSpec, notional: Int): Tier {
  const { tiers } = spec;
  let slot = tiers.length - 1;
  while (slot > 0 && notional < (tiers[slot] as Tier).floor) slot -= 1;
  return tiers[slot] as Tier;
}

/** MM = ⌈notional × rate − deduction⌉ (rules.md §3). */
export function maintenanceMargin(spec: InstrumentSpec, notional: Int): Int {
  const tier = tierOf(spec, notional);
  return divCeil(sub(mul(notional, tier.rateTop), tier.deductionTop), tier.bottom);
}

/** The lesser of a leverage setting (none: no cap of its own) and what the tier of the notional allows. */
export function effectiveLeverage(spec: InstrumentSpec, notional: Int, leverage: Fraction | undefined): Fraction {
  const { maxLeverage } = tierOf(spec, notional);
  return leverage === undefined || compareFractions(leverage, maxLeverage) > 0 ? maxLeverage : leverage;
}

/** IM = ⌈notional ÷ min(leverage, maxLeverage of its tier)⌉ (rules.md §3). */
export function initialMargin(spec: InstrumentSpec, notional: Int, leverage: Fraction | undefined): Int {
  const effective = effectiveLeverage(spec, notional, leverage);
  return mulDivCeil(notional, effective.d, effective.n);
}

/** Fee reserve = ⌈notional × feeReserveRate⌉ (rules.md §3). */
export function feeReserve(spec: InstrumentSpec, notional: Int): Int {
  return spec.feeReserve.n === 0 ? 0 : timesCeil(notional, spec.feeReserve);
}

/** A position's figures at one price; `balance` is the cash that stands behind it. */
export interface Valuation {
  readonly notional: Int;
  readonly unrealizedPnl: Int;
  /** balance + unrealised PnL − fee reserve */
  readonly equity: Int;
  readonly maintenanceMargin: Int;
}

/** Values lots with their signed entry cost at a price (rules.md §§1, 3). */
export function valuation(spec: InstrumentSpec, quantity: Int, entryCost: Int, balance: Int, price: Int): Valuation {
  const notional = notionalAt(spec, quantity, price);
  const unrealizedPnl = sub(quantity < 0 ? sub(0, notional) : notional, entryCost);
  const equity = sub(add(balance, unrealizedPnl), feeReserve(spec, notional));
  return { notional, unrealizedPnl, equity, maintenanceMargin: maintenanceMargin(spec, notional) };
}

/** Signed cost that leaves with `closed` of |quantity| lots: ⌊|cost| × closed ÷ quantity⌋, sign kept (rules.md §5). */
export function costOfClosed(quantity: Int, entryCost: Int, closed: Int): Int {
  const lots = abs(quantity);
  if (lots === closed) return entryCost;
  const removed = mulDivFloor(abs(entryCost), closed, lots);
  return entryCost < 0 ? sub(0, removed) : removed;
}

import { SHOWN_PLACES } from '../../num/decimal';
import { type Fraction, fraction, scaledCeil, scaledFloor } from '../../num/fraction';
import { abs, add, compare, type Int, mul, pow10, sub } from '../../num/int';
import type { InstrumentSpec, Tier } from '../instruments/spec';

/**
 * The price, in price units, at which equity = MM with the fee reserve at that price
 * (rules.md §3): for each tier the linear equation
 *   buffer + q·k·P = feeReserve·|q|·k·P + rate·|q|·k·P − deduction
 * is solved, and the solution whose notional lies in the tier is the one, since both
 * sides are continuous in P. `buffer` is balance − signed entry cost.
 * Undefined when the price is ≤ 0 or there is no position.
 */
export function triggerPrice(spec: InstrumentSpec, quantity: Int, entryCost: Int, balance: Int): Fraction | undefined {
  if (quantity === 0) return undefined;
  const buffer = sub(balance, entryCost);
  const lotsValue = mul(abs(quantity), spec.unitValue);
  for (let slot = 0; slot < spec.tiers.length; slot++) {
    const price = solveTier(spec, spec.tiers[slot] as Tier, quantity > 0, buffer, lotsValue);
    if (price === undefined) continue;
    const next = spec.tiers[slot + 1];
    if (next === undefined || compare(mul(price.n, lotsValue), mul(next.floor, price.d)) <= 0) {
      return price.n > 0 ? price : undefined;
    }
  }
  return undefined;
}

/** Solves one tier: P = (∓(buffer + deduction)) ÷ (|q|·k·(1 ∓ (rate + feeReserve))) for longs and shorts. */
function solveTier(spec: InstrumentSpec, tier: Tier, long: boolean, buffer: Int, lotsValue: Int): Fraction | undefined {
  // Everything is brought over the common denominator bottom × feeReserve.d.
  const reserve = spec.feeReserve;
  const scale = mul(tier.bottom, reserve.d);
  const relief = mul(tier.deductionTop, reserve.d);
  const rates = add(mul(tier.rateTop, reserve.d), mul(reserve.n, tier.bottom));
  const numerator = add(mul(buffer, scale), relief);
  const slope = long ? sub(scale, rates) : add(scale, rates);
  const bottom = mul(lotsValue, slope);
  if (compare(bottom, 0) <= 0) return undefined;
  return fraction(long ? sub(0, numerator) : numerator, bottom);
}

/** A price in price units as an integer at 10⁻⁸ of the quote, rounded up for longs and down for shorts (rules.md §1). */
export function shownPrice(spec: InstrumentSpec, price: Fraction, long: boolean): Int {
  const exact: Fraction = { n: mul(price.n, spec.priceUnit), d: mul(price.d, pow10(spec.pricePlaces)) };
  return long ? scaledCeil(exact, SHOWN_PLACES) : scaledFloor(exact, SHOWN_PLACES);
}

/** The liquidation price as it is shown, or undefined when there is none. */
export function shownLiquidationPrice(spec: InstrumentSpec, quantity: Int, entryCost: Int, balance: Int): Int | undefined {
  const price = triggerPrice(spec, quantity, entryCost, balance);
  return price === undefined ? undefined : shownPrice(spec, price, quantity > 0);
}

/**
 * |quantity| × bankruptcy price in micro-units, an exact integer: where balance +
 * unrealised PnL = 0 (rules.md §3). It can be ≤ 0 for a long.
 */
export function bankruptcyValue(quantity: Int, entryCost: Int, balance: Int): Int {
  return quantity > 0 ? sub(entryCost, balance) : add(sub(0, entryCost), balance);
}

/** The bankruptcy price in price units. */
export function bankruptcyPrice(spec: InstrumentSpec, quantity: Int, entryCost: Int, balance: Int): Fraction | undefined {
  if (quantity === 0) return undefined;
  const price = fraction(bankruptcyValue(quantity, entryCost, balance), mul(abs(quantity), spec.unitValue));
  return price.n > 0 ? price : undefined;
}

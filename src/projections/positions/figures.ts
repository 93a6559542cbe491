import { SHOWN_PLACES } from '../../num/decimal';
import { compareFractions, type Fraction, scaledCeil, scaledFloor, timesCeil } from '../../num/fraction';
import { abs, add, compare, divCeil, type Int, mul, mulDivCeil, pow10, sub } from '../../num/int';
import type { Terms, Tier } from './terms';

/** The formulae of rules.md §3, a second time: a projection knows nothing of the engine, and tests hold them against it. */

export function notionalAt({ unitValue }: Terms, quantity: Int, price: Int): Int {
  return mul(mul(abs(quantity), price), unitValue);
}

function tierOf({ tiers }: Terms, notional: Int): Tier {
  let slot = tiers.length - 1;
  while (slot > 0 && compare(notional, (tiers[slot] as Tier).floor) < 0) slot -= 1;
  return tiers[slot] as Tier;
}

/** ⌈notional × rate − deduction⌉ */
export function maintenanceMargin(terms: Terms, notional: Int): Int {
  const { rate, deduction } = tierOf(terms, notional);
  return divCeil(sub(mul(mul(notional, rate.n), deduction.d), mul(deduction.n, rate.d)), mul(rate.d, deduction.d));
}

/** The lesser of a setting (none: no cap of its own) and what the tier of the notional allows. */
export function effectiveLeverage(terms: Terms, notional: Int, setting: Fraction | undefined): Fraction {
  const { maxLeverage } = tierOf(terms, notional);
  return setting === undefined || compareFractions(setting, maxLeverage) > 0 ? maxLeverage : setting;
}

export function initialMargin(terms: Terms, notional: Int, setting: Fraction | undefined): Int {
  const { n, d } = effectiveLeverage(terms, notional, setting);
  return mulDivCeil(notional, d, n);
}

export function feeReserve({ feeReserve: rate }: Terms, notional: Int): Int {
  return timesCeil(notional, rate);
}

/** A price in price units at 10⁻⁸ of the quote, rounded up for longs and down for shorts. */
function shown({ grid }: Terms, price: Fraction, isLong: boolean): Int {
  const exact: Fraction = { n: mul(price.n, grid.tickFactor), d: mul(price.d, pow10(grid.tickPlaces)) };
  return isLong ? scaledCeil(exact, SHOWN_PLACES) : scaledFloor(exact, SHOWN_PLACES);
}

/** Where equity = MM, at 10⁻⁸; `behind` is what stands behind the lots beside their own PnL. Undefined: at no price. */
export function liquidationPrice(terms: Terms, quantity: Int, entryCost: Int, behind: Int): Int | undefined {
  if (quantity === 0) return undefined;
  const isLong = quantity > 0;
  const lotsValue = mul(abs(quantity), terms.unitValue);
  for (let slot = 0; slot < terms.tiers.length; slot++) {
    const price = solveTier(terms, terms.tiers[slot] as Tier, isLong, sub(behind, entryCost), lotsValue);
    if (price === undefined) continue;
    const next = terms.tiers[slot + 1];
    const isInTier = next === undefined || compare(mul(price.n, lotsValue), mul(next.floor, price.d)) <= 0;
    if (isInTier) return price.n > 0 ? shown(terms, price, isLong) : undefined;
  }
  return undefined;
}

/** P = ∓(buffer + deduction) ÷ (|q|·k·(1 ∓ (rate + feeReserve))) for longs and shorts. */
function solveTier({ feeReserve: reserve }: Terms, tier: Tier, isLong: boolean, buffer: Int, lotsValue: Int): Fraction | undefined {
  const { rate, deduction } = tier;
  const scale = mul(mul(rate.d, deduction.d), reserve.d);
  const relief = mul(mul(deduction.n, rate.d), reserve.d);
  const rates = mul(deduction.d, add(mul(rate.n, reserve.d), mul(reserve.n, rate.d)));
  const numerator = add(mul(buffer, scale), relief);
  const bottom = mul(lotsValue, isLong ? sub(scale, rates) : add(scale, rates));
  // Not in lowest terms: it is only compared and rounded.
  return bottom <= 0 ? undefined : { n: isLong ? sub(0, numerator) : numerator, d: bottom };
}

/** Where balance + unrealised PnL = 0, at 10⁻⁸. */
export function bankruptcyPrice(terms: Terms, quantity: Int, entryCost: Int, balance: Int): Int | undefined {
  if (quantity === 0) return undefined;
  const isLong = quantity > 0;
  const value = isLong ? sub(entryCost, balance) : add(sub(0, entryCost), balance);
  return value <= 0 ? undefined : shown(terms, { n: value, d: mul(abs(quantity), terms.unitValue) }, isLong);
}

import { Decimal as BaseDecimal } from 'decimal.js';

/**
 * The arithmetic of the independent model: decimal.js alone, wide enough that every
 * product of the rules is exact and every quotient is exact when it ends within the
 * places to which it is rounded afterwards.
 */
export const Decimal = BaseDecimal.clone({ precision: 60, toExpNeg: -60, toExpPos: 60, rounding: BaseDecimal.ROUND_HALF_UP });
export type Decimal = BaseDecimal;

export const ZERO = new Decimal(0);
export const ONE = new Decimal(1);

const MONEY_PLACES = 6;
const SHOWN_PLACES = 8;

export function decimal(text: string | number): Decimal {
  return new Decimal(text);
}

/** A ratio kept as numerator and denominator, so that 1 ÷ 3 is never cut before it is rounded. */
export interface Ratio {
  readonly n: Decimal;
  readonly d: Decimal;
}

export function ratio(n: Decimal, d: Decimal = ONE): Ratio {
  return { n, d };
}

export function sameRatio(a: Ratio, b: Ratio): boolean {
  return a.n.times(b.d).equals(b.n.times(a.d));
}

/** Up to the next micro-unit (charges, margins). */
export function moneyCeil(amount: Decimal): Decimal {
  return amount.toDecimalPlaces(MONEY_PLACES, Decimal.ROUND_CEIL);
}

/** Down to the last micro-unit (receipts, rebates). */
export function moneyFloor(amount: Decimal): Decimal {
  return amount.toDecimalPlaces(MONEY_PLACES, Decimal.ROUND_FLOOR);
}

/** ⌈amount × ratio⌉ in micro-units. */
export function timesCeil(amount: Decimal, by: Ratio): Decimal {
  return moneyCeil(amount.times(by.n).dividedBy(by.d));
}

/** ⌊amount × ratio⌋ in micro-units. */
export function timesFloor(amount: Decimal, by: Ratio): Decimal {
  return moneyFloor(amount.times(by.n).dividedBy(by.d));
}

/** A shown price: 8 places, up for longs and down for shorts (rules.md §1). */
export function shownPrice(price: Decimal, long: boolean): Decimal {
  return price.toDecimalPlaces(SHOWN_PLACES, long ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR);
}

export function shownAverage(price: Decimal): Decimal {
  return price.toDecimalPlaces(SHOWN_PLACES, Decimal.ROUND_HALF_UP);
}

export function minOf(a: Decimal, b: Decimal): Decimal {
  return a.lessThan(b) ? a : b;
}

export function maxOf(a: Decimal, b: Decimal): Decimal {
  return a.greaterThan(b) ? a : b;
}

export function clamp(value: Decimal, bound: Decimal): Decimal {
  return maxOf(bound.negated(), minOf(bound, value));
}

/** The multiple of `step` at or below (above) the value. */
export function roundDownTo(value: Decimal, step: Decimal): Decimal {
  return value.dividedBy(step).floor().times(step);
}

export function roundUpTo(value: Decimal, step: Decimal): Decimal {
  return value.dividedBy(step).ceil().times(step);
}

/** A decimal without exponent, as the contract writes it. */
export function show(value: Decimal | null): string {
  return value === null ? 'null' : value.isZero() ? '0' : value.toFixed();
}

import { add, compare, divCeil, divFloor, type Int, mul, mulDivCeil, mulDivFloor, pow10 } from './int';

/** An exact ratio n ÷ d with d > 0; rates, reciprocals of leverage and their sums. */
export interface Fraction {
  readonly n: Int;
  readonly d: Int;
}

export const ZERO_FRACTION: Fraction = { n: 0, d: 1 };

function gcdWide(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function gcd(a: number, b: number): number {
  let x = Math.abs(a);
  let y = b;
  while (y !== 0) {
    const rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

/** The fraction in lowest terms with a positive denominator. */
export function fraction(n: Int, d: Int): Fraction {
  if (compare(d, 0) === 0) throw new RangeError('invariant: fraction with denominator 0');
  if (typeof n === 'number' && typeof d === 'number') {
    const divisor = d < 0 ? -gcd(n, -d) : gcd(n, d);
    return { n: n / divisor + 0, d: d / divisor };
  }
  let [top, bottom] = [BigInt(n), BigInt(d)];
  if (bottom < 0n) [top, bottom] = [-top, -bottom];
  const divisor = gcdWide(top, bottom);
  return { n: add(0, top / divisor), d: add(0, bottom / divisor) };
}

export function addFractions(a: Fraction, b: Fraction): Fraction {
  return fraction(add(mul(a.n, b.d), mul(b.n, a.d)), mul(a.d, b.d));
}

export function reciprocal(a: Fraction): Fraction {
  return fraction(a.d, a.n);
}

/** −1, 0 or 1 by cross-multiplication: no rounding. */
export function compareFractions(a: Fraction, b: Fraction): number {
  return compare(mul(a.n, b.d), mul(b.n, a.d));
}

/** ⌈amount × fraction⌉ */
export function timesCeil(amount: Int, f: Fraction): Int {
  return mulDivCeil(amount, f.n, f.d);
}

/** ⌊amount × fraction⌋ */
export function timesFloor(amount: Int, f: Fraction): Int {
  return mulDivFloor(amount, f.n, f.d);
}

/** A fraction scaled to 10^−places, rounded down or up. */
export function scaledFloor(f: Fraction, places: number): Int {
  return divFloor(mul(f.n, pow10(places)), f.d);
}

export function scaledCeil(f: Fraction, places: number): Int {
  return divCeil(mul(f.n, pow10(places)), f.d);
}

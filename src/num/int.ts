/**
 * Exact integers: a `number` while it is a safe integer, a `bigint` beyond.
 * Every function returns the canonical form, so equal values compare equal with
 * `===` and the fast path never allocates. Rounding is always in the name.
 */
export type Int = number | bigint;

const MAX = Number.MAX_SAFE_INTEGER;

/** The canonical form of a bigint: a number when it is safe. */
export function canonical(value: bigint): Int {
  return value <= MAX && value >= -MAX ? Number(value) : value;
}

export function isSafe(value: Int): value is number {
  return typeof value === 'number';
}

export function add(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (sum <= MAX && sum >= -MAX) return sum;
  }
  return canonical(BigInt(a) + BigInt(b));
}

export function sub(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (difference <= MAX && difference >= -MAX) return difference;
  }
  return canonical(BigInt(a) - BigInt(b));
}

export function mul(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // Adding 0 turns -0, which would not be canonical, into 0.
    if (product <= MAX && product >= -MAX) return product + 0;
  }
  return canonical(BigInt(a) * BigInt(b));
}

export function negate(a: Int): Int {
  return typeof a === 'number' ? 0 - a : canonical(-a);
}

export function abs(a: Int): Int {
  return a < 0 ? negate(a) : a;
}

export function min(a: Int, b: Int): Int {
  return a < b ? a : b;
}

export function max(a: Int, b: Int): Int {
  return a > b ? a : b;
}

/** −1, 0 or 1. */
export function sign(a: Int): number {
  return a > 0 ? 1 : a < 0 ? -1 : 0;
}

/** −1, 0 or 1, for sorting. */
export function compare(a: Int, b: Int): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function floorDivWide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** ⌊a ÷ b⌋ for b > 0. */
export function divFloor(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    let quotient = Math.floor(a / b);
    // The double quotient can round up to the next integer; the remainder tells.
    if (quotient * b > a) quotient -= 1;
    return quotient + 0;
  }
  return canonical(floorDivWide(BigInt(a), BigInt(b)));
}

/** ⌈a ÷ b⌉ for b > 0. */
export function divCeil(a: Int, b: Int): Int {
  return negate(divFloor(negate(a), b));
}

/** a ÷ b rounded half up (toward +∞) for b > 0. */
export function divHalfUp(a: Int, b: Int): Int {
  return divFloor(add(mul(a, 2), b), mul(b, 2));
}

/** ⌊a × b ÷ c⌋ for c > 0, exact whatever the size of the product. */
export function mulDivFloor(a: Int, b: Int, c: Int): Int {
  return divFloor(mul(a, b), c);
}

/** ⌈a × b ÷ c⌉ for c > 0, exact whatever the size of the product. */
export function mulDivCeil(a: Int, b: Int, c: Int): Int {
  return divCeil(mul(a, b), c);
}

/** 10 to the power of a small non-negative integer, exactly. */
export function pow10(exponent: number): Int {
  return exponent <= 15 ? 10 ** exponent : canonical(10n ** BigInt(exponent));
}

/** Throws when a broken invariant made an integer too large for a place that only holds safe ones. */
export function safe(value: Int, what: string): number {
  if (typeof value === 'number') return value;
  throw new RangeError(`invariant: ${what} is past 2^53: ${value}`);
}

import { type Fraction, fraction } from './fraction';
import { canonical, type Int, pow10 } from './int';

/** Digits after the point of one micro-unit, the smallest unit of money. */
export const MONEY_PLACES = 6;
/** Digits after the point of shown prices and averages. */
export const SHOWN_PLACES = 8;

/**
 * A decimal string of the contract's form `-?(0|[1-9]\d{0,18})(\.\d{1,18})?` as an
 * integer at 10^−places, or undefined when it has more digits than `places`
 * (excess precision is refused, never rounded). The form itself is checked by the decoder.
 */
export function parseScaled(text: string, places: number): Int | undefined {
  const length = text.length;
  let value = 0;
  let digitsAfterPoint = -1;
  let index = text.charCodeAt(0) === 45 ? 1 : 0;
  const negative = index === 1;
  // Trailing zeros after the point carry no precision.
  let end = length;
  const point = text.indexOf('.');
  if (point >= 0) {
    while (text.charCodeAt(end - 1) === 48) end -= 1;
    if (end - 1 === point) end = point;
  }
  if (end - index > 15) return parseScaledWide(text, places);
  for (; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      digitsAfterPoint = 0;
    } else {
      value = value * 10 + (code - 48);
      if (digitsAfterPoint >= 0) digitsAfterPoint += 1;
    }
  }
  const missing = places - Math.max(0, digitsAfterPoint);
  if (missing < 0) return undefined;
  if (missing > 15) return parseScaledWide(text, places);
  const scaled = value * 10 ** missing;
  if (scaled > Number.MAX_SAFE_INTEGER) return parseScaledWide(text, places);
  return negative ? 0 - scaled : scaled;
}

function parseScaledWide(text: string, places: number): Int | undefined {
  const f = parseFraction(text);
  const scale = pow10(places);
  const product = BigInt(f.n) * BigInt(scale);
  return product % BigInt(f.d) === 0n ? canonical(product / BigInt(f.d)) : undefined;
}

/** Digits, with or without a sign, as an integer. */
function wholeOf(digits: string): Int {
  return digits.length <= 15 ? Number(digits) + 0 : canonical(BigInt(digits));
}

/** A decimal string as an exact fraction in lowest terms. */
export function parseFraction(text: string): Fraction {
  const point = text.indexOf('.');
  if (point < 0) return fraction(wholeOf(text), 1);
  const places = text.length - point - 1;
  return fraction(wholeOf(text.slice(0, point) + text.slice(point + 1)), pow10(places));
}

/** An integer at 10^−places as a decimal string without exponent, trailing zeros or −0. */
export function formatScaled(value: Int, places: number): string {
  const negative = value < 0;
  const digits = String(negative ? -value : value).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  let end = digits.length;
  while (end > whole.length && digits.charCodeAt(end - 1) === 48) end -= 1;
  const text = end > whole.length ? `${whole}.${digits.slice(whole.length, end)}` : whole;
  return negative && text !== '0' ? `-${text}` : text;
}

/** Number of digits after the point of a decimal string, trailing zeros aside. */
export function decimalPlaces(text: string): number {
  const point = text.indexOf('.');
  if (point < 0) return 0;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end -= 1;
  return Math.max(0, end - point - 1);
}

/** Money in micro-units as a decimal string. */
export function formatMoney(amount: Int): string {
  return formatScaled(amount, MONEY_PLACES);
}

/** The same decimal without needless zeros: `1.50` → `1.5`, `-0` → `0`. */
export function normalizeDecimal(text: string): string {
  if (text.indexOf('.') < 0) return text === '-0' ? '0' : text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end -= 1;
  if (text.charCodeAt(end - 1) === 46) end -= 1;
  const trimmed = end === text.length ? text : text.slice(0, end);
  return trimmed === '-0' ? '0' : trimmed;
}

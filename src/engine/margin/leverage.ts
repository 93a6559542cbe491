import { parseFraction } from '../../num/decimal';
import type { Fraction } from '../../num/fraction';

/** More texts than traders use; whoever sends others makes room by emptying it. */
const MOST = 4096;
const parsed = new Map<string, Fraction>();

/** The fraction of a leverage text. The same few come again and again, and reducing one takes BigInt divisions. */
export function parseLeverage(text: string): Fraction {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const leverage = parseFraction(text);
  if (parsed.size >= MOST) parsed.clear();
  parsed.set(text, leverage);
  return leverage;
}

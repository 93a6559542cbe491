import { addFractions, type Fraction, reciprocal } from '../../num/fraction';
import type { InstrumentSpec } from '../instruments/spec';

interface Rates {
  readonly isolated: Fraction;
  readonly cross: Fraction;
}

/** Sums of fractions are dear, and the same few leverages come again and again. */
const cache = new WeakMap<InstrumentSpec, Map<string, Rates>>();
/** More leverages than traders use; whoever sends others makes room by emptying it. */
const MOST = 4096;

let lastSpec: InstrumentSpec | undefined;
let lastLeverage: Fraction | undefined;
let lastRates: Rates | undefined;

function ratesAt(spec: InstrumentSpec, leverage: Fraction): Rates {
  if (lastRates !== undefined && spec === lastSpec && leverage.n === lastLeverage?.n && leverage.d === lastLeverage.d) return lastRates;
  lastRates = ratesFromCache(spec, leverage);
  lastSpec = spec;
  lastLeverage = leverage;
  return lastRates;
}

function ratesFromCache(spec: InstrumentSpec, leverage: Fraction): Rates {
  const known = cache.get(spec) ?? new Map<string, Rates>();
  cache.set(spec, known);
  const key = `${leverage.n}/${leverage.d}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const cross = addFractions(reciprocal(leverage), spec.feeReserve);
  const rates = { cross, isolated: addFractions(cross, spec.takerFee) };
  if (known.size >= MOST) known.clear();
  known.set(key, rates);
  return rates;
}

/**
 * What each opening lot of an order reserves, as a fraction of its value: a block
 * 1 ÷ leverage + taker fee + feeReserveRate (rules.md §2.1); a cross position without
 * the taker fee, which is asked for at admission and not reserved (rules.md §7).
 */
export function openingRate(spec: InstrumentSpec, isIsolated: boolean, leverage: Fraction): Fraction {
  const rates = ratesAt(spec, leverage);
  return isIsolated ? rates.isolated : rates.cross;
}

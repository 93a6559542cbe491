import { addFractions, type Fraction, reciprocal, ZERO_FRACTION } from '../../num/fraction';
import type { InstrumentSpec } from '../instruments/spec';
import type { Position } from '../state/model';

interface Rates {
  readonly isolated: Fraction;
  readonly cross: Fraction;
}

/** Sums of fractions are dear, and a tier or a block asks with the same leverage object again and again. */
const cache = new WeakMap<InstrumentSpec, WeakMap<Fraction, Rates>>();

let lastSpec: InstrumentSpec | undefined;
let lastLeverage: Fraction | undefined;
let lastRates: Rates = { isolated: ZERO_FRACTION, cross: ZERO_FRACTION };

function ratesAt(spec: InstrumentSpec, leverage: Fraction): Rates {
  if (spec === lastSpec && leverage === lastLeverage) return lastRates;
  lastRates = ratesFromCache(spec, leverage);
  lastSpec = spec;
  lastLeverage = leverage;
  return lastRates;
}

function ratesFromCache(spec: InstrumentSpec, leverage: Fraction): Rates {
  let known = cache.get(spec);
  if (known === undefined) {
    known = new WeakMap();
    cache.set(spec, known);
  }
  const found = known.get(leverage);
  if (found !== undefined) return found;
  const cross = addFractions(reciprocal(leverage), spec.feeReserve);
  const rates = { cross, isolated: addFractions(cross, spec.takerFee) };
  known.set(leverage, rates);
  return rates;
}

/**
 * What each opening lot of an order reserves, as a fraction of its value: a block
 * 1 ÷ leverage + taker fee + feeReserveRate (rules.md §2.1); a cross position without
 * the taker fee, which is asked for at admission and not reserved (rules.md §7).
 */
export function openingRate(position: Position, leverage: Fraction): Fraction {
  const rates = ratesAt(position.instrument.spec, leverage);
  return position.isolated ? rates.isolated : rates.cross;
}

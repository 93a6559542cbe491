import { compareFractions, type Fraction, fraction } from '../../num/fraction';
import { canonical, divHalfUp, type Int, mul, pow10, sub } from '../../num/int';
import type { InstrumentSpec } from '../instruments/spec';
import type { PremiumSamples } from '../state/model';

/** Samples and their sum are kept at 10⁻³⁶, half up; the mean is read at 10⁻²⁴, which forgets that rounding. */
const SAMPLE_PLACES = 36;
const MEAN_PLACES = 24;
const RATE_PLACES = 8;
const DAMPENER = fraction(5, 10_000);

/** (mark − index) ÷ index at 10⁻³⁶ (rules.md §8). */
export function premiumSample(mark: Int, index: Int): Int {
  return divHalfUp(mul(sub(mark, index), pow10(SAMPLE_PLACES)), index);
}

function clamp(value: Fraction, limit: Fraction): Fraction {
  if (compareFractions(value, limit) > 0) return limit;
  const lowest: Fraction = { n: sub(0, limit.n), d: limit.d };
  return compareFractions(value, lowest) < 0 ? lowest : value;
}

/** A rate clamped to ±fundingRateCap (rules.md §8). */
export function clampRate(spec: InstrumentSpec, rate: Fraction): Fraction {
  return spec.fundingRateCap === undefined ? rate : clamp(rate, spec.fundingRateCap);
}

/**
 * mean + clamp(interestRate − mean, ±0.0005), clamped to the cap, cut to 8 places
 * toward zero (rules.md §8); as an integer at 10⁻⁸. Undefined without a sample.
 */
export function rateFromPremium(spec: InstrumentSpec, samples: PremiumSamples): Int | undefined {
  if (samples.count === 0) return undefined;
  const shrink = pow10(SAMPLE_PLACES - MEAN_PLACES);
  const mean = fraction(divHalfUp(samples.sum, mul(shrink, samples.count)), pow10(MEAN_PLACES));
  const gap = fraction(sub(mul(spec.interestRate.n, mean.d), mul(mean.n, spec.interestRate.d)), mul(spec.interestRate.d, mean.d));
  const damped = clamp(gap, DAMPENER);
  const rate = clampRate(spec, fraction(sum(mean, damped), mul(mean.d, damped.d)));
  return cutTowardZero(rate);
}

function sum(a: Fraction, b: Fraction): Int {
  return canonical(BigInt(a.n) * BigInt(b.d) + BigInt(b.n) * BigInt(a.d));
}

/** BigInt division truncates, which is toward zero. */
function cutTowardZero(rate: Fraction): Int {
  return canonical((BigInt(rate.n) * BigInt(pow10(RATE_PLACES))) / BigInt(rate.d));
}

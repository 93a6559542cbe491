import { type Decimal, decimal, maxOf, minOf, moneyCeil, type Ratio, ratio, ZERO } from './decimal';

/** One margin tier with the deduction that makes the maintenance amount continuous (rules.md §3). */
export interface Tier {
  readonly floor: Decimal;
  readonly maxLeverage: Decimal;
  readonly rate: Decimal;
  readonly deduction: Decimal;
}

export function parseTiers(rows: readonly { floor: string; maxLeverage: string; maintenanceRate: string }[]): Tier[] {
  const tiers: Tier[] = [];
  for (const row of rows) {
    const [floor, rate] = [decimal(row.floor), decimal(row.maintenanceRate)];
    const below = tiers[tiers.length - 1];
    const deduction = below === undefined ? ZERO : below.deduction.plus(floor.times(rate.minus(below.rate)));
    tiers.push({ floor, maxLeverage: decimal(row.maxLeverage), rate, deduction });
  }
  return tiers;
}

export function tierOf(tiers: readonly Tier[], notional: Decimal): Tier {
  let found = tiers[0];
  for (const tier of tiers) if (tier.floor.lessThanOrEqualTo(notional)) found = tier;
  if (found === undefined) throw new Error('the model needs at least one tier');
  return found;
}

/** The fewest lots whose notional at a mark reaches the floor of each tier but the first. */
export function lotsOfFloors(tiers: readonly Tier[], mark: Decimal, lotSize: Decimal): Decimal[] {
  return tiers.filter(({ floor }) => !floor.isZero()).map(({ floor }) => floor.dividedBy(mark.times(lotSize)).ceil());
}

/** MM = notional × rate − deduction, up (rules.md §3). */
export function maintenanceMargin(tiers: readonly Tier[], notional: Decimal): Decimal {
  const tier = tierOf(tiers, notional);
  return moneyCeil(notional.times(tier.rate).minus(tier.deduction));
}

/** IM = notional ÷ min(leverage, the tier's maximum), up; without a leverage of its own the tier's maximum. */
export function initialMargin(tiers: readonly Tier[], notional: Decimal, leverage: Decimal | null): Decimal {
  const { maxLeverage } = tierOf(tiers, notional);
  return moneyCeil(notional.dividedBy(leverage === null ? maxLeverage : minOf(leverage, maxLeverage)));
}

/**
 * The notional at which `base + direction × notional − reserveRate × notional` equals
 * the maintenance amount, solved within the tier where it lies; null when there is none.
 */
export function triggerNotional(tiers: readonly Tier[], base: Decimal, long: boolean, reserveRate: Decimal): Decimal | null {
  const exact = triggerRatio(tiers, base, long, reserveRate);
  return exact === null ? null : exact.n.dividedBy(exact.d);
}

/** The same as an exact fraction with a positive denominator. */
export function triggerRatio(tiers: readonly Tier[], base: Decimal, long: boolean, reserveRate: Decimal): Ratio | null {
  for (let n = 0; n < tiers.length; n++) {
    const tier = tiers[n] as Tier;
    const ceiling = tiers[n + 1]?.floor ?? null;
    // Long: base + N − N·f = N·r − d; short: base − N − N·f = N·r − d.
    const slope = tier.rate.plus(reserveRate).plus(long ? -1 : 1);
    if (slope.isZero()) continue;
    const top = base.plus(tier.deduction);
    const exact = slope.isNegative() ? ratio(top.negated(), slope.negated()) : ratio(top, slope);
    const above = exact.n.greaterThanOrEqualTo(tier.floor.times(exact.d));
    if (above && (ceiling === null || exact.n.lessThan(ceiling.times(exact.d)))) return exact;
  }
  return null;
}

/** The steepest rate of the table. */
export function highestRate(tiers: readonly Tier[]): Decimal {
  return tiers.reduce((highest, { rate }) => maxOf(highest, rate), ZERO);
}

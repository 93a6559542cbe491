import { compare, divCeil, type Int, mul } from '../../num/int';
import type { InstrumentSpec } from '../instruments/spec';

/**
 * Room left after so many lots, in micro-units or a multiple of them. It is piecewise linear in the lots, but for what
 * rounding adds or takes: with k in `kinks` it may bend between k and k + 1, and each value is less than `noise` from the line.
 */
export interface Room {
  readonly after: (lots: number) => Int;
  readonly kinks: readonly number[];
  readonly noise: number;
}

/** The largest number of lots up to `most` that leaves room ≥ 0; 0 when none does. */
export function largestFitting(most: number, room: Room): number {
  if (most <= 0) return 0;
  // All of them take what rounding their parts leaves, so they stand on no line.
  if (room.after(most) >= 0) return most;
  return largestBetween(1, most - 1, room) ?? 0;
}

/** The smallest positive number of lots that leaves room ≥ 0; `most` when none does. */
export function smallestFitting(most: number, { after, kinks, noise }: Room): number {
  const mirrored = { after: (spared: number) => after(most - spared), kinks: kinks.map((kink) => most - 1 - kink), noise };
  return most - (largestBetween(0, most - 1, mirrored) ?? 0);
}

/** The largest number from `from` to `to` that leaves room ≥ 0, line by line from above. */
function largestBetween(from: number, to: number, room: Room): number | undefined {
  const inside = room.kinks.filter((kink) => kink >= from && kink < to).sort((a, b) => b - a);
  let end = to;
  for (const kink of [...inside, from - 1]) {
    if (kink >= end) continue;
    const found = largestOnLine(kink + 1, end, room);
    if (found !== undefined) return found;
    end = kink;
  }
  return undefined;
}

/**
 * On one line. A value below −2 noise tells that the line itself is below −noise there, and between two such places
 * everything is: rounding cannot lift it to 0. So the halving finds where that begins, and only what is left of it, which is
 * as far as the line takes to rise by a few units, is looked at one by one.
 */
function largestOnLine(from: number, to: number, { after, noise }: Room): number | undefined {
  const fits = (lots: number) => after(lots) >= 0;
  const isFarBelow = (lots: number) => after(lots) < -2 * noise;
  if (fits(to)) return to;
  let last = to;
  if (isFarBelow(to)) {
    if (isFarBelow(from)) return undefined;
    let below = to;
    last = from;
    while (below - last > 1) {
      const middle = last + Math.floor((below - last) / 2);
      if (isFarBelow(middle)) below = middle;
      else last = middle;
    }
  }
  const rises = isFarBelow(from);
  for (let lots = last; lots >= from; lots--) {
    if (fits(lots)) return lots;
    if (rises && isFarBelow(lots)) return undefined;
  }
  return undefined;
}

/**
 * Where maintenance margin bends as lots are taken off a position of `size` lots: between k and k + 1 the rest falls below
 * the floor of a tier.
 */
export function kinksOfReducing(spec: InstrumentSpec, size: Int, mark: Int): number[] {
  return lotsOfFloors(spec, mark).flatMap((lots) => asLots(BigInt(size) - lots));
}

/** The same where lots are added to `held` lots, which may be negative: the margin bends at each floor on both sides, and at zero. */
export function kinksOfAdding(spec: InstrumentSpec, held: Int, mark: Int): number[] {
  const lots = lotsOfFloors(spec, mark).flatMap((floor) => [floor - 1n, -floor]);
  return [0n, ...lots].flatMap((kink) => asLots(kink - BigInt(held)));
}

/** The fewest lots whose notional is in each tier but the first. */
function lotsOfFloors(spec: InstrumentSpec, mark: Int): bigint[] {
  const perLot = mul(mark, spec.unitValue);
  return spec.tiers.flatMap(({ floor }) => (compare(floor, 0) > 0 ? [BigInt(divCeil(floor, perLot))] : []));
}

/** What is past 2⁵³ is no number of lots that anybody searches. */
function asLots(kink: bigint): number[] {
  const lots = Number(kink);
  return Number.isSafeInteger(lots) ? [lots] : [];
}

import { type Decimal, decimal, ZERO } from './decimal';

/**
 * What is left after so many lots. It is a broken line: straight but between k and k + 1 for each k in `bends`, and
 * rounding moves each of its points by less than `blur`.
 */
export interface Surplus {
  readonly after: (lots: Decimal) => Decimal;
  readonly bends: readonly Decimal[];
  readonly blur: Decimal;
}

const ONE = decimal('1');

/** The most lots in 0…limit with a surplus ≥ 0; 0 when none have. */
export function mostLots(limit: Decimal, surplus: Surplus): Decimal {
  if (limit.lessThanOrEqualTo(0)) return ZERO;
  if (surplus.after(limit).greaterThanOrEqualTo(0)) return limit;
  return highest(ONE, limit.minus(1), surplus) ?? ZERO;
}

/** The fewest lots in 1…limit with a surplus ≥ 0; all of them when none do. */
export function fewestLots(limit: Decimal, { after, bends, blur }: Surplus): Decimal {
  const kept: Surplus = { after: (lots) => after(limit.minus(lots)), bends: bends.map((bend) => limit.minus(1).minus(bend)), blur };
  return limit.minus(highest(ZERO, limit.minus(1), kept) ?? ZERO);
}

/** The highest number of lots with a surplus ≥ 0, stretch by stretch from above. */
function highest(from: Decimal, to: Decimal, surplus: Surplus): Decimal | undefined {
  const starts = [
    from,
    ...surplus.bends.map((bend) => bend.plus(1)).filter((start) => start.greaterThan(from) && start.lessThanOrEqualTo(to)),
  ];
  starts.sort((a, b) => b.comparedTo(a));
  let end = to;
  for (const start of starts) {
    if (start.greaterThan(end)) continue;
    const found = highestOnStretch(start, end, surplus);
    if (found !== undefined) return found;
    end = start.minus(1);
  }
  return undefined;
}

/** Where both ends of a straight stretch are out of reach of the blur, all between them is. What is within reach is tried one by one. */
function highestOnStretch(from: Decimal, to: Decimal, { after, blur }: Surplus): Decimal | undefined {
  const reach = blur.times(-2);
  const isOut = (lots: Decimal) => after(lots).lessThan(reach);
  let first = to;
  if (isOut(to)) {
    if (isOut(from)) return undefined;
    let out = to;
    first = from;
    while (out.minus(first).greaterThan(1)) {
      const middle = first.plus(out).dividedBy(2).floor();
      if (isOut(middle)) out = middle;
      else first = middle;
    }
  }
  const climbs = isOut(from);
  for (let lots = first; lots.greaterThanOrEqualTo(from); lots = lots.minus(1)) {
    if (after(lots).greaterThanOrEqualTo(0)) return lots;
    if (climbs && isOut(lots)) return undefined;
  }
  return undefined;
}

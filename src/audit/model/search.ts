import { type Decimal, ZERO } from './decimal';

/**
 * The most lots in 0…limit with `surplus ≥ 0`. The surplus is concave in the lots: each
 * moves equity by the same amount, and MM, with rates that rise from tier to tier, is
 * convex. So what holds is one stretch, whose upper end is found by halving.
 */
export function mostLots(limit: Decimal, surplus: (lots: Decimal) => Decimal): Decimal {
  const holds = (lots: Decimal) => surplus(lots).greaterThanOrEqualTo(0);
  if (holds(limit)) return limit;
  let low = holds(ZERO) ? ZERO : peak(limit, surplus);
  if (!holds(low)) return ZERO;
  let high = limit;
  while (high.minus(low).greaterThan(1)) {
    const middle = low.plus(high).dividedBy(2).floor();
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The fewest lots in 1…limit with `surplus ≥ 0`; all of them when none do. */
export function fewestLots(limit: Decimal, surplus: (lots: Decimal) => Decimal): Decimal {
  const holds = (lots: Decimal) => surplus(lots).greaterThanOrEqualTo(0);
  let high = holds(limit) ? limit : peak(limit, surplus);
  if (!holds(high)) return limit;
  let low = ZERO;
  while (high.minus(low).greaterThan(1)) {
    const middle = low.plus(high).dividedBy(2).floor();
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Where a concave surplus is greatest: the slope changes sign once. */
function peak(limit: Decimal, surplus: (lots: Decimal) => Decimal): Decimal {
  let [low, high] = [ZERO, limit];
  while (high.greaterThan(low)) {
    const middle = low.plus(high).dividedBy(2).floor();
    if (surplus(middle.plus(1)).greaterThan(surplus(middle))) low = middle.plus(1);
    else high = middle;
  }
  return low;
}

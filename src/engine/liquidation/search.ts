import type { Int } from '../../num/int';

/** Room left after `lots`; concave in lots, since maintenance margin is convex (rules.md §3). */
export type Room = (lots: number) => Int;

/** The largest number of lots up to `most` that leaves room ≥ 0; 0 when none does. */
export function largestFitting(most: number, room: Room): number {
  if (most <= 0 || room(most) >= 0) return Math.max(0, most);
  let fits = 0;
  if (room(0) < 0) {
    fits = peak(0, most, room);
    if (room(fits) < 0) return 0;
  }
  let fails = most;
  while (fails - fits > 1) {
    const middle = fits + Math.floor((fails - fits) / 2);
    if (room(middle) >= 0) fits = middle;
    else fails = middle;
  }
  return fits;
}

/** The smallest positive number of lots that leaves room ≥ 0; `most` when none does. */
export function smallestFitting(most: number, room: Room): number {
  let fits = most;
  if (room(most) < 0) {
    fits = peak(1, most, room);
    if (room(fits) < 0) return most;
  }
  let fails = 0;
  while (fits - fails > 1) {
    const middle = fails + Math.floor((fits - fails) / 2);
    if (room(middle) >= 0) fits = middle;
    else fails = middle;
  }
  return fits;
}

/** Where a concave function of whole lots is largest. */
function peak(from: number, to: number, room: Room): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (room(middle) < room(middle + 1)) low = middle + 1;
    else high = middle;
  }
  return low;
}

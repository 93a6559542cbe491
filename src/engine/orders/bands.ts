import type { Fraction } from '../../num/fraction';
import { add, compare, divCeil, divFloor, type Int, max, mul, sub } from '../../num/int';
import type { InstrumentSpec } from '../instruments/spec';
import type { Direction } from '../state/model';

function above(mark: Int, part: Fraction): Fraction {
  return { n: mul(mark, add(part.d, part.n)), d: part.d };
}

function below(mark: Int, part: Fraction): Fraction {
  return { n: mul(mark, sub(part.d, part.n)), d: part.d };
}

/** The edge an aggressive order may reach, rounded inward to a tick, never below one tick (rules.md §9, Bands). */
export function aggressiveEdge(spec: InstrumentSpec, mark: Int, direction: Direction): Int {
  const { tick } = spec;
  const edge = direction > 0 ? above(mark, spec.aggressive) : below(mark, spec.aggressive);
  const steps = mul(edge.d, tick);
  const ticks = direction > 0 ? divFloor(edge.n, steps) : divCeil(edge.n, steps);
  return mul(max(1, ticks), tick);
}

/**
 * Whether a price is within its bands, inclusive: BUY in [mark (1 − passive),
 * mark (1 + aggressive)], SELL mirrored; an edge below one tick counts as one tick.
 */
export function isWithinBands(spec: InstrumentSpec, mark: Int, direction: Direction, price: Int): boolean {
  const lowest = below(mark, direction > 0 ? spec.passive : spec.aggressive);
  const highest = above(mark, direction > 0 ? spec.aggressive : spec.passive);
  const underHighest = compare(mul(price, highest.d), highest.n) <= 0 || compare(price, spec.tick) === 0;
  const overLowest = compare(mul(price, lowest.d), lowest.n) >= 0;
  return underHighest && overLowest;
}

/** The present edges as tick prices, for the sentence of a refusal. */
export function bandEdges(spec: InstrumentSpec, mark: Int, direction: Direction): { lowest: Int; highest: Int } {
  const { tick } = spec;
  const low = below(mark, direction > 0 ? spec.passive : spec.aggressive);
  const high = above(mark, direction > 0 ? spec.aggressive : spec.passive);
  return {
    lowest: mul(max(1, divCeil(low.n, mul(low.d, tick))), tick),
    highest: mul(max(1, divFloor(high.n, mul(high.d, tick))), tick),
  };
}

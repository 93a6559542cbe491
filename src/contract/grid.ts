import { decimalPlaces, formatScaled, parseScaled } from '../num/decimal';
import { type Int, mul, pow10 } from '../num/int';

/** What one price unit and one lot of an instrument are worth (rules.md §1, "Grids"): factor × 10^−places. */
export interface Grid {
  readonly markTickSize: string;
  readonly lotSize: string;
  readonly tickFactor: Int;
  readonly tickPlaces: number;
  readonly lotFactor: Int;
  readonly lotPlaces: number;
}

function scaled(text: string, places: number): Int {
  const factor = parseScaled(text, places);
  if (factor === undefined) throw new RangeError(`invariant: ${text} has more than ${places} places`);
  return factor;
}

export function makeGrid(spec: { readonly markTickSize: string; readonly lotSize: string }): Grid {
  const { markTickSize, lotSize } = spec;
  const tickPlaces = decimalPlaces(markTickSize);
  const lotPlaces = decimalPlaces(lotSize);
  return {
    markTickSize,
    lotSize,
    tickFactor: scaled(markTickSize, tickPlaces),
    tickPlaces,
    lotFactor: scaled(lotSize, lotPlaces),
    lotPlaces,
  };
}

const unitOf = (places: number): string => (places === 0 ? '1' : `0.${'1'.padStart(places, '0')}`);

/** A grid on which every price and quantity of both is a whole number of units: those of their last decimal places. */
export function commonGrid(one: Grid, other: Grid): Grid {
  return makeGrid({
    markTickSize: unitOf(Math.max(one.tickPlaces, other.tickPlaces)),
    lotSize: unitOf(Math.max(one.lotPlaces, other.lotPlaces)),
  });
}

/** A price of one grid in units of a `commonGrid` of it. */
export function commonPrice(units: Int, from: Grid, to: Grid): Int {
  return mul(mul(units, from.tickFactor), pow10(to.tickPlaces - from.tickPlaces));
}

/** Lots of one grid in units of a `commonGrid` of it. */
export function commonQuantity(lots: Int, from: Grid, to: Grid): Int {
  return mul(mul(lots, from.lotFactor), pow10(to.lotPlaces - from.lotPlaces));
}

/** A price in units of markTickSize as a decimal string. */
export function formatPrice(grid: Grid, units: Int): string {
  return formatScaled(mul(units, grid.tickFactor), grid.tickPlaces);
}

/** A signed number of lots as a decimal string. */
export function formatQuantity(grid: Grid, lots: Int): string {
  return formatScaled(mul(lots, grid.lotFactor), grid.lotPlaces);
}

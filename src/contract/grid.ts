import { decimalPlaces, formatScaled, parseScaled } from '../num/decimal';
import { type Int, mul } from '../num/int';

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

/** A price in units of markTickSize as a decimal string. */
export function formatPrice(grid: Grid, units: Int): string {
  return formatScaled(mul(units, grid.tickFactor), grid.tickPlaces);
}

/** A signed number of lots as a decimal string. */
export function formatQuantity(grid: Grid, lots: Int): string {
  return formatScaled(mul(lots, grid.lotFactor), grid.lotPlaces);
}

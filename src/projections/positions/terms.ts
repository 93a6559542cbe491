import type { ByteReader, ByteWriter } from '../../contract/bytes';
import { type Grid, makeGrid } from '../../contract/grid';
import { MONEY_PLACES, parseFraction, parseScaled } from '../../num/decimal';
import { addFractions, compareFractions, type Fraction, fraction, ZERO_FRACTION } from '../../num/fraction';
import { canonical, divHalfUp, type Int, mul, pow10, sub } from '../../num/int';
import { readFraction, readGrid, writeFraction, writeGrid } from '../saving';

/** One maintenance tier; MM = notional × rate − deduction, in micro-units (rules.md §3). */
export interface Tier {
  readonly floor: Int;
  readonly maxLeverage: Fraction;
  readonly rate: Fraction;
  readonly deduction: Fraction;
}

/** What the figures of a position need to know of its instrument. */
export interface Terms {
  readonly instrument: string;
  readonly grid: Grid;
  /** Micro-units of one price unit × one lot. */
  readonly unitValue: Int;
  readonly feeReserve: Fraction;
  readonly tiers: readonly Tier[];
  /** RemoveIsolatedMargin pays out of profit alone. */
  readonly profitOnlyRemoval: boolean;
}

interface RecordedTerms {
  readonly instrument: string;
  readonly tickSize: string;
  readonly markTickSize?: string;
  readonly lotSize: string;
  readonly feeReserveRate?: string;
  readonly marginRemoval?: string;
  readonly tiers: readonly { readonly floor: string; readonly maxLeverage: string; readonly maintenanceRate: string }[];
}

/** Each tier's deduction keeps maintenance margin continuous at its floor. */
function tiersOf(rows: RecordedTerms['tiers']): Tier[] {
  const tiers: Tier[] = [];
  let deduction = ZERO_FRACTION;
  for (const row of rows) {
    const floor = parseScaled(row.floor, MONEY_PLACES) as Int;
    const rate = parseFraction(row.maintenanceRate);
    const before = tiers.at(-1);
    if (before !== undefined && compareFractions(rate, before.rate) !== 0) {
      const rise = fraction(sub(mul(rate.n, before.rate.d), mul(before.rate.n, rate.d)), mul(rate.d, before.rate.d));
      deduction = addFractions(deduction, fraction(mul(floor, rise.n), rise.d));
    }
    tiers.push({ floor, rate, deduction, maxLeverage: parseFraction(row.maxLeverage) });
  }
  return tiers;
}

/** Reads the `spec` of an InstrumentListed or InstrumentUpdated event. */
export function termsOf(spec: unknown): Terms {
  const terms = spec as RecordedTerms;
  const grid = makeGrid({ markTickSize: terms.markTickSize ?? terms.tickSize, lotSize: terms.lotSize });
  const product = BigInt(grid.tickFactor) * BigInt(grid.lotFactor) * BigInt(pow10(MONEY_PLACES));
  return {
    instrument: terms.instrument,
    grid,
    unitValue: canonical(product / BigInt(pow10(grid.tickPlaces + grid.lotPlaces))),
    feeReserve: terms.feeReserveRate === undefined ? ZERO_FRACTION : parseFraction(terms.feeReserveRate),
    tiers: tiersOf(terms.tiers),
    profitOnlyRemoval: terms.marginRemoval === 'PROFIT_ONLY',
  };
}

export function writeTerms(writer: ByteWriter, { instrument, grid, unitValue, feeReserve, tiers, profitOnlyRemoval }: Terms): void {
  writer.text(instrument);
  writeGrid(writer, grid);
  writer.int(unitValue);
  writeFraction(writer, feeReserve);
  writer.byte(profitOnlyRemoval ? 1 : 0);
  writer.varint(tiers.length);
  for (const { floor, maxLeverage, rate, deduction } of tiers) {
    writer.int(floor);
    for (const part of [maxLeverage, rate, deduction]) writeFraction(writer, part);
  }
}

export function readTerms(reader: ByteReader): Terms {
  const instrument = reader.text();
  const grid = readGrid(reader);
  const unitValue = reader.int();
  const feeReserve = readFraction(reader);
  const profitOnlyRemoval = reader.byte() === 1;
  const tiers: Tier[] = [];
  for (let count = reader.varint(); count > 0; count--) {
    const [floor, maxLeverage, rate] = [reader.int(), readFraction(reader), readFraction(reader)];
    tiers.push({ floor, maxLeverage, rate, deduction: readFraction(reader) });
  }
  return { instrument, grid, unitValue, feeReserve, tiers, profitOnlyRemoval };
}

/** A mark in the price units of new terms, half up. */
export function regridded(mark: Int, { grid: before }: Terms, { grid: after }: Terms): Int {
  const top = mul(before.tickFactor, pow10(after.tickPlaces));
  const bottom = mul(after.tickFactor, pow10(before.tickPlaces));
  return top === bottom ? mark : divHalfUp(mul(mark, top), bottom);
}

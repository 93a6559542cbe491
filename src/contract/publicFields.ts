import { MONEY_PLACES, parseScaled, SHOWN_PLACES } from '../num/decimal';
import type { Fraction } from '../num/fraction';
import { canonical, type Int } from '../num/int';
import type { EventData } from './generated/eventJson';
import type { Grid } from './grid';
import { parseAnyOrderId, parseIsolationId } from './ids';

/** A field of public JSON that does not read as what the contract says of it. */
export class FieldFormatError extends Error {
  override readonly name = 'FieldFormatError';
  constructor(
    readonly field: string,
    expected: string,
    found: unknown,
  ) {
    super(`${field}: must be ${expected}, not ${found === undefined ? 'absent' : JSON.stringify(found)}`);
  }
}

/** An absent field does not apply, and `null` says that it applies and has no value: inside both are `undefined`. */
export function isAbsent(data: EventData, field: string): boolean {
  return data[field] === undefined || data[field] === null;
}

export function readText(data: EventData, field: string): string {
  const value = data[field];
  if (typeof value !== 'string') throw new FieldFormatError(field, 'a text', value);
  return value;
}

export function readFlag(data: EventData, field: string): boolean {
  const value = data[field];
  if (typeof value !== 'boolean') throw new FieldFormatError(field, 'true or false', value);
  return value;
}

export function readTime(data: EventData, field: string): number {
  const value = data[field];
  if (!Number.isSafeInteger(value)) throw new FieldFormatError(field, 'milliseconds since the epoch', value);
  return value as number;
}

export function readJson(data: EventData, field: string): unknown {
  const value = data[field];
  if (value === undefined) throw new FieldFormatError(field, 'a JSON value', value);
  return value;
}

function readWord<T extends string>(data: EventData, field: string, first: T, second: T): T {
  const value = data[field];
  if (value !== first && value !== second) throw new FieldFormatError(field, `${first} or ${second}`, value);
  return value as T;
}

export const readSide = (data: EventData, field: string) => readWord<'BUY' | 'SELL'>(data, field, 'BUY', 'SELL');
export const readMarginMode = (data: EventData, field: string) => readWord<'CROSS' | 'ISOLATED'>(data, field, 'CROSS', 'ISOLATED');
export const readCurrency = (data: EventData, field: string) => readWord<'USD' | 'USDC'>(data, field, 'USD', 'USDC');

/** 0 where the event names no order. */
export function readOrderId(data: EventData, field: string): number {
  if (data[field] === undefined) return 0;
  const id = parseAnyOrderId(readText(data, field));
  if (id === undefined) throw new FieldFormatError(field, 'the id of an order', data[field]);
  return id;
}

/** 0 where the event names no block. */
export function readIsolationId(data: EventData, field: string): number {
  if (data[field] === undefined) return 0;
  const id = parseIsolationId(readText(data, field));
  if (id < 0) throw new FieldFormatError(field, 'the id of a block', data[field]);
  return id;
}

const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** A decimal as an integer at 10^−places. */
function readScaled(data: EventData, field: string, places: number): Int {
  const text = data[field];
  const value = typeof text === 'string' && DECIMAL.test(text) ? parseScaled(text, places) : undefined;
  if (value === undefined) throw new FieldFormatError(field, `a decimal string of at most ${places} places`, text);
  return value;
}

export const readMoney = (data: EventData, field: string): Int => readScaled(data, field, MONEY_PLACES);
export const readPrice8 = (data: EventData, field: string): Int => readScaled(data, field, SHOWN_PLACES);

/** How many times a decimal holds `factor` × 10^−places, which it must do without a rest. */
function readMultiple(data: EventData, field: string, factor: Int, places: number, of: string): Int {
  const value = readScaled(data, field, places);
  if (factor === 1) return value;
  const units = canonical(BigInt(value) / BigInt(factor));
  if (BigInt(units) * BigInt(factor) !== BigInt(value)) throw new FieldFormatError(field, `a multiple of ${of}`, data[field]);
  return units;
}

/** A mark or index price in units of markTickSize. */
export function readMark(data: EventData, field: string, { tickFactor, tickPlaces, markTickSize }: Grid): Int {
  return readMultiple(data, field, tickFactor, tickPlaces, markTickSize);
}

function readSafe(data: EventData, field: string, units: Int): number {
  if (typeof units !== 'number') throw new FieldFormatError(field, 'less than 2^53 units', data[field]);
  return units;
}

/** An order's or a trade's price in units of markTickSize. */
export function readPrice(data: EventData, field: string, grid: Grid): number {
  return readSafe(data, field, readMark(data, field, grid));
}

export function readLots(data: EventData, field: string, { lotFactor, lotPlaces, lotSize }: Grid): number {
  return readSafe(data, field, readMultiple(data, field, lotFactor, lotPlaces, lotSize));
}

const FRACTION = /^(-?\d+)\/(-?\d+)$/;

/** An exact ratio `n/d`. */
export function readFraction(data: EventData, field: string): Fraction {
  const [, n, d] = FRACTION.exec(readText(data, field)) ?? [];
  if (n === undefined || d === undefined) throw new FieldFormatError(field, 'a ratio n/d', data[field]);
  return { n: canonical(BigInt(n)), d: canonical(BigInt(d)) };
}

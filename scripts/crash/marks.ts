import { toUnits } from '../lib/fixed';
import { field, type Row } from '../lib/io';

/**
 * The mark price by the minute. Known are: the mark's open, high, low and close of each hour, and the last price's of each quarter.
 * The last price gives the shape within the hour, scaled so that its hour's low and high fall exactly on the mark's low and high:
 * the two move together to within a few tenths of a per cent, and no minute is outside what the mark really did.
 * Within a quarter the order is open, high, low, close when it fell and open, low, high, close when it rose, in straight lines.
 */
export const priceDigits = 8;
export const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const hourMs = 60 * minuteMs;

export interface MinuteMark {
  readonly time: number;
  /** In units of 1e-8 USD. */
  readonly mark: bigint;
}

export interface FundingAt {
  readonly time: number;
  readonly rate: string;
}

const price = (row: Row, name: string) => toUnits(field(row, name), priceDigits);

/** The mark's place in its own range of the hour is the last price's place in its range. */
function scaled(last: bigint, hour: Row): bigint {
  const [lastLow, lastHigh] = [price(hour, 'last_low'), price(hour, 'last_high')];
  const [markLow, markHigh] = [price(hour, 'mark_low'), price(hour, 'mark_high')];
  return lastHigh === lastLow ? markLow : markLow + ((last - lastLow) * (markHigh - markLow)) / (lastHigh - lastLow);
}

function corners(quarter: Row): [bigint, bigint, bigint, bigint] {
  const [open, high, low, close] = [price(quarter, 'open'), price(quarter, 'high'), price(quarter, 'low'), price(quarter, 'close')];
  return close < open ? [open, high, low, close] : [open, low, high, close];
}

export function marksByMinute(hours: readonly Row[], quarters: readonly Row[], from: number, to: number): MinuteMark[] {
  const hourAt = new Map(hours.map((row) => [Number(field(row, 'open_time_ms')), row]));
  const quarterAt = new Map(quarters.map((row) => [Number(field(row, 'open_time_ms')), row]));
  const marks: MinuteMark[] = [];
  for (let time = from; time < to; time += minuteMs) {
    const hour = hourAt.get(time - (time % hourMs));
    const quarter = quarterAt.get(time - (time % quarterMs));
    if (!hour || !quarter) throw new Error(`no bar covers ${new Date(time).toISOString()}`);
    const minute = (time % quarterMs) / minuteMs;
    const points = corners(quarter);
    const leg = Math.floor(minute / 5);
    const [start, end] = [points[leg] as bigint, points[leg + 1] as bigint];
    marks.push({ time, mark: scaled(start + ((end - start) * BigInt(minute % 5)) / 5n, hour) });
  }
  return marks;
}

export function fundingBetween(hours: readonly Row[], from: number, to: number): FundingAt[] {
  return hours
    .map((row) => ({ time: Number(field(row, 'open_time_ms')), rate: field(row, 'funding_rate_at_open') }))
    .filter(({ time, rate }) => rate !== '' && time >= from && time < to);
}

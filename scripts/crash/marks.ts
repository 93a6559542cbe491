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
/** Ticks come at most this often. */
export const slotMs = 5_000;
const slotsOfMinute = [1, 2, 3, 4, 6, 12] as const;
const quarterMs = 15 * minuteMs;
const hourMs = 60 * minuteMs;

export interface MarkAt {
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

export function marksByMinute(hours: readonly Row[], quarters: readonly Row[], from: number, to: number): MarkAt[] {
  const hourAt = new Map(hours.map((row) => [Number(field(row, 'open_time_ms')), row]));
  const quarterAt = new Map(quarters.map((row) => [Number(field(row, 'open_time_ms')), row]));
  const marks: MarkAt[] = [];
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

/**
 * More ticks where the minutes are far apart, on the straight line between them, until none moves by more than `mostBps` or
 * there is one every five seconds: real marks tick each second, and a liquidation needs a tick between its trigger and its bankruptcy.
 */
export function refined(marks: readonly MarkAt[], mostBps: bigint): MarkAt[] {
  return marks.flatMap((from, at) => {
    const to = marks[at + 1];
    if (!to) return [from];
    const move = to.mark - from.mark;
    const moveBps = ((move < 0n ? -move : move) * 10_000n) / from.mark;
    const parts = slotsOfMinute.find((count) => moveBps <= mostBps * BigInt(count)) ?? minuteMs / slotMs;
    return Array.from({ length: parts }, (_, part) => ({
      time: from.time + (part * minuteMs) / parts,
      mark: from.mark + (move * BigInt(part)) / BigInt(parts),
    }));
  });
}

export function fundingBetween(hours: readonly Row[], from: number, to: number): FundingAt[] {
  return hours
    .map((row) => ({ time: Number(field(row, 'open_time_ms')), rate: field(row, 'funding_rate_at_open') }))
    .filter(({ time, rate }) => rate !== '' && time >= from && time < to);
}

import { type CandleInterval, type CandleView, candleIntervals, type TradeView } from '../../contract/views';
import { decimalPlaces, formatScaled, parseScaled } from '../../num/decimal';
import { add, compare, type Int, mul } from '../../num/int';
import type { HappenedRow, HappenedStore, Place } from '../happened';

const MINUTE: CandleInterval = '1m';
const MINUTES_A_DAY = 1_440;
const TRADES_A_PAGE = 1_000;

/** What a part of an interval came to: a shorter candle, or a trade. */
type Part = Omit<CandleView, 'instrument' | 'interval' | 'openTime'>;

function scaled(text: string, places: number): Int {
  const value = parseScaled(text, places);
  if (value === undefined) throw new Error(`invariant: ${text} has more than ${places} places`);
  return value;
}

function sum(one: string, other: string): string {
  const places = Math.max(decimalPlaces(one), decimalPlaces(other));
  return formatScaled(add(scaled(one, places), scaled(other, places)), places);
}

function isHigher(one: string, other: string): boolean {
  const places = Math.max(decimalPlaces(one), decimalPlaces(other));
  return compare(scaled(one, places), scaled(other, places)) > 0;
}

function product(price: string, quantity: string): string {
  const [pricePlaces, quantityPlaces] = [decimalPlaces(price), decimalPlaces(quantity)];
  return formatScaled(mul(scaled(price, pricePlaces), scaled(quantity, quantityPlaces)), pricePlaces + quantityPlaces);
}

function partOf({ price, quantity }: TradeView): Part {
  return { open: price, high: price, low: price, close: price, volume: quantity, turnover: product(price, quantity), trades: 1 };
}

/** One part after the other. */
function joined(one: Part, next: Part): Part {
  return {
    open: one.open,
    high: isHigher(next.high, one.high) ? next.high : one.high,
    low: isHigher(one.low, next.low) ? next.low : one.low,
    close: next.close,
    volume: sum(one.volume, next.volume),
    turnover: sum(one.turnover, next.turnover),
    trades: one.trades + next.trades,
  };
}

/** Trades of an instrument before a place and from a time on, newest first. */
function* tradesBefore(store: HappenedStore, instrument: string, end: Place, fromTime: number): Generator<TradeView> {
  for (let before: Place | undefined = end; before !== undefined; ) {
    const page: readonly HappenedRow[] = store.newest('trades', instrument, before, TRADES_A_PAGE);
    for (const { row } of page) {
      if ((row as TradeView).time < fromTime) return;
      yield row as TradeView;
    }
    before = page.length < TRADES_A_PAGE ? undefined : page.at(-1);
  }
}

/**
 * The candle that was growing at a place, as far as it had come: the minutes that were over by then and the trades of the last
 * one. What is kept of a candle is what it became. Undefined before the first trade.
 */
export function growingCandle(store: HappenedStore, instrument: string, interval: CandleInterval, end: Place): CandleView | undefined {
  const last = store.newest('trades', instrument, end, 1)[0]?.row as TradeView | undefined;
  if (last === undefined) return undefined;
  const startOf = (length: number) => last.time - (last.time % length);
  const [openTime, minute] = [startOf(candleIntervals[interval]), startOf(candleIntervals[MINUTE])];
  const minutes = store.newest('candles', `${instrument}/${MINUTE}`, { at: minute, n: 0 }, MINUTES_A_DAY);
  const parts: Part[] = [...tradesBefore(store, instrument, end, minute)].map(partOf);
  for (const { at, row } of minutes) if (at >= openTime) parts.push(row as CandleView);
  const part = parts.reverse().reduce(joined);
  return { instrument, interval, openTime, ...part };
}

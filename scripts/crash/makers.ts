import type { GeneratedCommand } from '../lib/io';
import { lotsFor, lotsText, type Market, offset, priceText } from './instruments';
import type { MarkAt } from './marks';
import type { Random } from './random';

export type Send = (type: string, time: number, data: Record<string, unknown>) => void;
export type Emit = (command: GeneratedCommand) => void;

const makersPerMarket = 3;
const calmOffsetsBps = [1, 4, 12, 30];
const deposit = '500000000';
/** How far makers look back, and the move in basis points that halves what they show. */
const memoryMs = 5 * 60_000;
const halvingMoveBps = 80n;

export const makersOf = (market: Market) => Array.from({ length: makersPerMarket }, (_, at) => `maker-${market.base}-${at + 1}`);

/** The range of the last minutes' marks in basis points: what frightens a maker. */
export function stressBps(marks: readonly MarkAt[], at: number): bigint {
  const { time, mark } = marks[at] as MarkAt;
  let [low, high] = [mark, mark];
  for (let back = at - 1; back >= 0; back -= 1) {
    const earlier = marks[back] as MarkAt;
    if (earlier.time < time - memoryMs) break;
    if (earlier.mark < low) low = earlier.mark;
    if (earlier.mark > high) high = earlier.mark;
  }
  return ((high - low) * 10_000n) / low;
}

export function fundMakers(market: Market, time: number, send: Send): void {
  for (const accountId of makersOf(market)) send('Deposit', time, { accountId, currency: 'USD', amount: deposit });
}

/**
 * All makers pull their quotes, then show new ones round the coming mark: wider and thinner the more it moved lately.
 * Their view of the mark is off by up to 3 bps, the same for all, so that they do not trade with each other.
 */
export function quote(market: Market, marks: readonly MarkAt[], at: number, random: Random, send: Send): void {
  const { time, mark } = marks[at] as MarkAt;
  const stress = stressBps(marks, at);
  const centre = mark + (mark * BigInt(random.between(-3, 3))) / 10_000n;
  const depth = (market.calmDepth * halvingMoveBps * halvingMoveBps) / ((halvingMoveBps + stress) * (halvingMoveBps + stress));
  const perQuote = depth / BigInt(makersPerMarket * calmOffsetsBps.length);
  for (const accountId of makersOf(market)) send('CancelAllOrders', time, { accountId, instrument: market.instrument });
  for (const accountId of makersOf(market)) {
    for (const calm of calmOffsetsBps) {
      const away = (BigInt(calm) * (halvingMoveBps + stress)) / halvingMoveBps;
      const quantity = lotsText(lotsFor((perQuote * BigInt(random.between(60, 140))) / 100n, mark));
      const order = { accountId, instrument: market.instrument, type: 'LIMIT', quantity };
      send('PlaceOrder', time, { ...order, side: 'BUY', price: priceText(offset(market, centre, -away)) });
      send('PlaceOrder', time, { ...order, side: 'SELL', price: priceText(offset(market, centre, away) + market.tick) });
    }
  }
}

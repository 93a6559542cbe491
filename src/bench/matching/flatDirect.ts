import { CANCEL, type Depth, LIMIT, MAX_PRICE, TapeHash, type Workload } from '../workload';
import type { Matcher } from './matcher';

const LAST = MAX_PRICE - 1;

/**
 * A ceiling for matching in JavaScript, not an engine: an array slot per tick and per order, the order's id being its
 * place; no ids to look up, no accounts, no margin, no events. One function with its arrays in its closure, because that is
 * what the compiler makes the most of.
 */
export function flatDirect(workload: Workload): Matcher {
  const { op, side: sides, tick: ticks, lots: quantities, id: ids } = workload;
  const capacity = workload.lastId + 2;
  const tickOf = new Int32Array(capacity);
  const left = new Int32Array(capacity);
  const next = new Int32Array(capacity);
  const previous = new Int32Array(capacity);
  const first = new Int32Array(MAX_PRICE);
  const last = new Int32Array(MAX_PRICE);
  const total = new Int32Array(MAX_PRICE);
  const hash = new TapeHash();
  let bestBid = 0;
  let bestAsk = LAST;

  const lowerBid = (from: number): void => {
    let tick = from;
    while (tick > 0 && first[tick] === 0) tick--;
    bestBid = tick;
  };
  const raiseAsk = (from: number): void => {
    let tick = from;
    while (tick < LAST && first[tick] === 0) tick++;
    bestAsk = tick;
  };

  const cancel = (order: number): void => {
    const tick = tickOf[order]!;
    const before = previous[order]!;
    const behind = next[order]!;
    if (before !== 0) next[before] = behind;
    else first[tick] = behind;
    if (behind !== 0) previous[behind] = before;
    else last[tick] = before;
    total[tick] = total[tick]! - left[order]!;
    left[order] = 0;
    if (first[tick] !== 0) return;
    if (tick === bestBid) lowerBid(tick);
    else if (tick === bestAsk) raiseAsk(tick);
  };

  const eat = (taker: number, tick: number, wanted: number, buys: boolean): number => {
    let rest = wanted;
    let maker = first[tick]!;
    while (maker !== 0 && rest > 0) {
      const open = left[maker]!;
      const filled = Math.min(open, rest);
      rest -= filled;
      total[tick] = total[tick]! - filled;
      left[maker] = open - filled;
      hash.trade(maker, taker, tick, filled);
      if (filled < open) break;
      maker = next[maker]!;
      if (maker !== 0) previous[maker] = 0;
    }
    first[tick] = maker;
    if (maker !== 0) return rest;
    last[tick] = 0;
    if (buys) raiseAsk(tick);
    else lowerBid(tick);
    return rest;
  };

  const enter = (order: number, side: number, tick: number, lots: number, market: boolean): void => {
    let rest = lots;
    if (side === 0) {
      const limit = market ? LAST - 1 : tick;
      while (rest > 0 && bestAsk <= limit) rest = eat(order, bestAsk, rest, true);
    } else {
      const limit = market ? 1 : tick;
      while (rest > 0 && bestBid >= limit) rest = eat(order, bestBid, rest, false);
    }
    if (rest === 0 || market) return;
    tickOf[order] = tick;
    left[order] = rest;
    const tail = last[tick]!;
    previous[order] = tail;
    next[order] = 0;
    if (tail !== 0) next[tail] = order;
    else first[tick] = order;
    last[tick] = order;
    total[tick] = total[tick]! + rest;
    if (side === 0 && tick > bestBid) bestBid = tick;
    else if (side === 1 && tick < bestAsk) bestAsk = tick;
  };

  const run = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (op[row] === CANCEL) cancel(ids[row]!);
      else enter(ids[row]!, sides[row]!, ticks[row]!, quantities[row]!, op[row] !== LIMIT);
    }
  };

  const depth = (): Depth => {
    const bids: [number, number][] = [];
    const asks: [number, number][] = [];
    for (let tick = bestBid; tick > 0; tick--) if (first[tick] !== 0) bids.push([tick, total[tick]!]);
    for (let tick = bestAsk; tick < LAST; tick++) if (first[tick] !== 0) asks.push([tick, total[tick]!]);
    return { bids, asks };
  };

  return { prepare: () => {}, run, depth, tape: () => hash.tape(), close: async () => {} };
}

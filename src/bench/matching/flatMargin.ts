import { CANCEL, type Depth, LIMIT, MAX_PRICE, TapeHash, type Workload } from '../workload';
import type { Matcher } from './matcher';

const LAST = MAX_PRICE - 1;
const CAPACITY = 1 << 18;
const EVENTS = 1 << 20;
const BASIS = 10_000;
const INITIAL = 500;
const MAINTENANCE = 250;
const TAKER_FEE = 5;
const MAKER_FEE = 2;
const ACCEPTED = 0;
const TRADE = 1;
const CANCELED = 2;
const REJECTED = 3;

/**
 * The ceiling that the engine is held against (flat-margin-bin-strmap): order ids are strings in a map; each order's initial
 * margin is checked and reserved; each fill moves both users' position, entry notional, margin, fee and liquidation price;
 * each event is 64 bytes in a ring. No commandIds, tiers, bands, limits, marks, funding, liquidation, or undo, and nothing is
 * refused in the end. One function with its arrays in its closure, because that is what the compiler makes the most of.
 */
export function flatMargin(workload: Workload): Matcher {
  const { op, side: sides, tick: ticks, lots: quantities, id: ids, user: owners, users } = workload;
  const names: string[] = [];
  for (let id = 0; id <= workload.lastId; id++) names.push(`c${id}`);
  const tickOf = new Int32Array(CAPACITY);
  const left = new Int32Array(CAPACITY);
  const next = new Int32Array(CAPACITY);
  const previous = new Int32Array(CAPACITY);
  const ownerOf = new Int32Array(CAPACITY);
  const idOf = new Int32Array(CAPACITY);
  const reserved = new Float64Array(CAPACITY);
  const slots = new Map<string, number>();
  const free = new Int32Array(CAPACITY);
  let freeCount = 0;
  for (let slot = CAPACITY - 1; slot > 0; slot--) free[freeCount++] = slot;
  const first = new Int32Array(MAX_PRICE);
  const last = new Int32Array(MAX_PRICE);
  const total = new Int32Array(MAX_PRICE);
  const balance = new Float64Array(users).fill(1e12);
  const position = new Float64Array(users);
  const entry = new Float64Array(users);
  const margin = new Float64Array(users);
  const liquidation = new Float64Array(users);
  const ring = new ArrayBuffer(EVENTS * 64);
  const words = new Int32Array(ring).fill(1);
  const doubles = new Float64Array(ring);
  const hash = new TapeHash();
  let eventCount = 0;
  let bestBid = 0;
  let bestAsk = LAST;
  let seq = 0;
  let fee = 0;

  const emit = (type: number, id: number, other: number, tick: number, lots: number, user: number, otherUser: number): void => {
    const at = (eventCount & (EVENTS - 1)) << 4;
    words[at] = type;
    words[at + 1] = seq;
    words[at + 2] = id;
    words[at + 3] = other;
    words[at + 4] = tick;
    words[at + 5] = lots;
    words[at + 6] = user;
    words[at + 7] = otherUser;
    doubles[(at >> 1) + 4] = eventCount;
    doubles[(at >> 1) + 5] = 1;
    doubles[(at >> 1) + 6] = fee;
    words[at + 14] = 0;
    words[at + 15] = 0;
    eventCount++;
  };

  const open = (user: number, direction: number, lots: number, tick: number): void => {
    const notional = tick * lots;
    const needed = Math.ceil((notional * INITIAL) / BASIS);
    balance[user] = balance[user]! - needed;
    margin[user] = margin[user]! + needed;
    entry[user] = entry[user]! + notional;
    position[user] = position[user]! + direction * lots;
  };

  const fill = (user: number, direction: number, lots: number, tick: number, feeRate: number): void => {
    fee = Math.ceil((tick * lots * feeRate) / BASIS);
    balance[user] = balance[user]! - fee;
    const held = position[user]!;
    if (held * direction >= 0) open(user, direction, lots, tick);
    else {
      const size = held < 0 ? -held : held;
      const closed = Math.min(size, lots);
      const cost = Math.floor((entry[user]! * closed) / size);
      const freed = Math.floor((margin[user]! * closed) / size);
      balance[user] = balance[user]! + freed + (direction < 0 ? tick * closed - cost : cost - tick * closed);
      entry[user] = entry[user]! - cost;
      margin[user] = margin[user]! - freed;
      position[user] = held + direction * closed;
      if (lots > closed) open(user, direction, lots - closed, tick);
    }
    const now = position[user]!;
    if (now === 0) liquidation[user] = 0;
    else if (now > 0) liquidation[user] = Math.ceil(((entry[user]! - margin[user]!) * BASIS) / (now * (BASIS - MAINTENANCE)));
    else liquidation[user] = Math.floor(((entry[user]! + margin[user]!) * BASIS) / (-now * (BASIS + MAINTENANCE)));
  };

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
  const release = (slot: number, id: number): void => {
    slots.delete(names[id]!);
    free[freeCount++] = slot;
  };

  const cancel = (id: number, user: number): void => {
    const slot = slots.get(names[id]!) ?? 0;
    fee = 0;
    if (slot === 0 || ownerOf[slot] !== user) {
      emit(REJECTED, id, 0, 0, 0, user, 0);
      return;
    }
    const tick = tickOf[slot]!;
    const before = previous[slot]!;
    const behind = next[slot]!;
    if (before !== 0) next[before] = behind;
    else first[tick] = behind;
    if (behind !== 0) previous[behind] = before;
    else last[tick] = before;
    total[tick] = total[tick]! - left[slot]!;
    if (first[tick] === 0) {
      if (tick === bestBid) lowerBid(tick);
      else if (tick === bestAsk) raiseAsk(tick);
    }
    balance[user] = balance[user]! + reserved[slot]!;
    reserved[slot] = 0;
    emit(CANCELED, id, 0, tick, left[slot]!, user, 0);
    left[slot] = 0;
    release(slot, id);
  };

  const eat = (taker: number, tick: number, wanted: number, user: number, direction: number): number => {
    let rest = wanted;
    let maker = first[tick]!;
    while (maker !== 0 && rest > 0) {
      const openLots = left[maker]!;
      const filled = Math.min(openLots, rest);
      const makerId = idOf[maker]!;
      const makerUser = ownerOf[maker]!;
      rest -= filled;
      total[tick] = total[tick]! - filled;
      hash.trade(makerId, taker, tick, filled);
      const freed = openLots === filled ? reserved[maker]! : Math.floor((reserved[maker]! * filled) / openLots);
      reserved[maker] = reserved[maker]! - freed;
      balance[makerUser] = balance[makerUser]! + freed;
      fill(makerUser, -direction, filled, tick, MAKER_FEE);
      fill(user, direction, filled, tick, TAKER_FEE);
      emit(TRADE, taker, makerId, tick, filled, user, makerUser);
      left[maker] = openLots - filled;
      if (filled < openLots) break;
      const following = next[maker]!;
      release(maker, makerId);
      maker = following;
      if (following !== 0) previous[following] = 0;
    }
    first[tick] = maker;
    if (maker !== 0) return rest;
    last[tick] = 0;
    if (direction > 0) raiseAsk(tick);
    else lowerBid(tick);
    return rest;
  };

  const take = (id: number, side: number, tick: number, lots: number, user: number, market: boolean): number => {
    let rest = lots;
    if (side === 0) {
      const limit = market ? LAST - 1 : tick;
      while (rest > 0 && bestAsk <= limit) rest = eat(id, bestAsk, rest, user, 1);
    } else {
      const limit = market ? 1 : tick;
      while (rest > 0 && bestBid >= limit) rest = eat(id, bestBid, rest, user, -1);
    }
    return rest;
  };

  const rests = (id: number, side: number, tick: number, lots: number, user: number, kept: number): void => {
    const slot = free[--freeCount]!;
    tickOf[slot] = tick;
    left[slot] = lots;
    ownerOf[slot] = user;
    idOf[slot] = id;
    reserved[slot] = kept;
    slots.set(names[id]!, slot);
    const tail = last[tick]!;
    previous[slot] = tail;
    next[slot] = 0;
    if (tail !== 0) next[tail] = slot;
    else first[tick] = slot;
    last[tick] = slot;
    total[tick] = total[tick]! + lots;
    if (side === 0 && tick > bestBid) bestBid = tick;
    else if (side === 1 && tick < bestAsk) bestAsk = tick;
  };

  const enter = (id: number, side: number, tick: number, lots: number, user: number, market: boolean): void => {
    fee = 0;
    const price = market ? (side === 0 ? bestAsk : bestBid) : tick;
    const needed = Math.ceil((price * lots * INITIAL) / BASIS);
    if (balance[user]! < needed) {
      emit(REJECTED, id, 0, tick, lots, user, 0);
      return;
    }
    balance[user] = balance[user]! - needed;
    emit(ACCEPTED, id, 0, tick, lots, user, side);
    const rest = take(id, side, tick, lots, user, market);
    const kept = rest > 0 && !market ? Math.floor((needed * rest) / lots) : 0;
    balance[user] = balance[user]! + needed - kept;
    if (rest === 0) return;
    if (market) {
      fee = 0;
      emit(CANCELED, id, 0, tick, rest, user, 0);
    } else rests(id, side, tick, rest, user, kept);
  };

  const run = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      seq = row;
      if (op[row] === CANCEL) cancel(ids[row]!, owners[row]!);
      else enter(ids[row]!, sides[row]!, ticks[row]!, quantities[row]!, owners[row]!, op[row] !== LIMIT);
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

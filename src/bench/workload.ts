/**
 * The common workload: order flow for one instrument, the same commands from the same seed on every machine. Its own
 * reference book lets cancels name orders that are alive and says which depth and which tape every engine must end with.
 */
export const LIMIT = 0;
export const CANCEL = 1;
export const MARKET = 2;
export const MAX_PRICE = 65_536;
/** The tick that the walk of the mid begins at. */
export const FIRST_MID = 32_768;

export interface WorkloadOptions {
  readonly seed?: number;
  /** Commands behind the first `depth` ones, which build the book and never cross. */
  readonly commands: number;
  readonly depth?: number;
  readonly users?: number;
}

/** `[tick, lots]`, best price first. */
export type DepthSide = readonly (readonly [number, number])[];

export interface Depth {
  readonly bids: DepthSide;
  readonly asks: DepthSide;
}

export interface Tape {
  readonly trades: number;
  /** FNV-1a over maker, taker, tick and lots of each trade. */
  readonly hash: number;
}

/** Row `i` of the columns is one command; 0 buys and 1 sells; a cancel's `id` is its target and its `user` the owner. */
export interface Workload {
  readonly length: number;
  readonly prefill: number;
  readonly users: number;
  /** Order ids run from 1 to this one, in the order of the orders. */
  readonly lastId: number;
  readonly op: Uint8Array;
  readonly side: Uint8Array;
  readonly tick: Int32Array;
  readonly lots: Int32Array;
  readonly id: Int32Array;
  readonly user: Int32Array;
  readonly expected: { readonly depth: Depth; readonly tape: Tape; readonly resting: number };
  readonly mix: { readonly limits: number; readonly cancels: number; readonly markets: number };
}

const BAND = 200;
const PERCENT_LIMIT = 55;
const PERCENT_CANCEL = 35;
const MAX_LOTS = 100;
const DRIFT_EVERY = 64;
const DRIFT_LIMIT = 4000;

/** Marsaglia's xorshift128 in 32-bit integers. */
class Random {
  private x: number;
  private y = 362_436_069;
  private z = 521_288_629;
  private w = 88_675_123;

  constructor(seed: number) {
    this.x = seed | 0 || 1;
    for (let round = 0; round < 32; round++) this.next();
  }

  private next(): number {
    const t = this.x ^ (this.x << 11);
    this.x = this.y;
    this.y = this.z;
    this.z = this.w;
    this.w = this.w ^ (this.w >>> 19) ^ (t ^ (t >>> 8));
    return this.w >>> 0;
  }

  below(bound: number): number {
    return this.next() % bound;
  }
}

export class TapeHash {
  trades = 0;
  private state = 0x811c9dc5 | 0;

  private mix(value: number): void {
    this.state = Math.imul(this.state ^ value, 0x01000193);
  }

  trade(maker: number, taker: number, tick: number, lots: number): void {
    this.trades += 1;
    this.mix(maker);
    this.mix(taker);
    this.mix(tick);
    this.mix(lots);
  }

  tape(): Tape {
    return { trades: this.trades, hash: this.state >>> 0 };
  }
}

/** What the generator believes the book to be: per tick a queue whose ended orders are skipped when they come up. */
class ReferenceBook {
  readonly tape = new TapeHash();
  readonly user: Int32Array;
  readonly side: Uint8Array;
  resting = 0;
  private readonly open: Int32Array;
  private readonly tick: Int32Array;
  private readonly queues: number[][] = new Array(MAX_PRICE);
  private readonly heads = new Int32Array(MAX_PRICE);
  private readonly liveAt = new Int32Array(MAX_PRICE);
  private readonly live: Int32Array;
  private readonly place: Int32Array;
  private bestBid = 0;
  private bestAsk = MAX_PRICE - 1;

  constructor(capacity: number) {
    this.user = new Int32Array(capacity);
    this.side = new Uint8Array(capacity);
    this.open = new Int32Array(capacity);
    this.tick = new Int32Array(capacity);
    this.live = new Int32Array(capacity);
    this.place = new Int32Array(capacity);
  }

  liveOrder(place: number): number {
    return this.live[place] as number;
  }

  private forget(order: number): void {
    const place = this.place[order] as number;
    this.resting -= 1;
    const moved = this.live[this.resting] as number;
    this.live[place] = moved;
    this.place[moved] = place;
    const tick = this.tick[order] as number;
    this.liveAt[tick] = (this.liveAt[tick] as number) - 1;
  }

  private clearIfEmpty(tick: number): void {
    if (this.liveAt[tick] !== 0) return;
    (this.queues[tick] as number[]).length = 0;
    this.heads[tick] = 0;
    while (this.bestBid > 0 && this.liveAt[this.bestBid] === 0) this.bestBid -= 1;
    while (this.bestAsk < MAX_PRICE - 1 && this.liveAt[this.bestAsk] === 0) this.bestAsk += 1;
  }

  private eat(taker: number, tick: number, lots: number): number {
    const queue = this.queues[tick] as number[];
    let left = lots;
    while (left > 0 && (this.liveAt[tick] as number) > 0) {
      const head = this.heads[tick] as number;
      const maker = queue[head] as number;
      const open = this.open[maker] as number;
      if (open === 0) {
        this.heads[tick] = head + 1;
        continue;
      }
      const filled = Math.min(open, left);
      this.open[maker] = open - filled;
      left -= filled;
      this.tape.trade(maker, taker, tick, filled);
      if (filled === open) {
        this.heads[tick] = head + 1;
        this.forget(maker);
      }
    }
    this.clearIfEmpty(tick);
    return left;
  }

  enter(order: number, side: number, tick: number, lots: number, market: boolean): void {
    let left = lots;
    while (left > 0) {
      const best = side === 0 ? this.bestAsk : this.bestBid;
      if (best <= 0 || best >= MAX_PRICE - 1) break;
      if (!market && (side === 0 ? best > tick : best < tick)) break;
      left = this.eat(order, best, left);
    }
    if (left > 0 && !market) this.rest(order, side, tick, left);
  }

  private rest(order: number, side: number, tick: number, lots: number): void {
    this.open[order] = lots;
    this.tick[order] = tick;
    this.side[order] = side;
    this.queues[tick] ??= [];
    (this.queues[tick] as number[]).push(order);
    this.liveAt[tick] = (this.liveAt[tick] as number) + 1;
    this.place[order] = this.resting;
    this.live[this.resting++] = order;
    if (side === 0) this.bestBid = Math.max(this.bestBid, tick);
    else this.bestAsk = Math.min(this.bestAsk, tick);
  }

  cancel(order: number): void {
    this.open[order] = 0;
    this.forget(order);
    this.clearIfEmpty(this.tick[order] as number);
  }

  depth(): Depth {
    const lotsAt = [new Map<number, number>(), new Map<number, number>()];
    for (let place = 0; place < this.resting; place++) {
      const order = this.liveOrder(place);
      const lots = lotsAt[this.side[order] as number] as Map<number, number>;
      const tick = this.tick[order] as number;
      lots.set(tick, (lots.get(tick) ?? 0) + (this.open[order] as number));
    }
    const [bids, asks] = lotsAt.map((lots) => [...lots].sort((a, b) => a[0] - b[0])) as [[number, number][], [number, number][]];
    return { bids: bids.reverse(), asks };
  }
}

/** Mixes limits (denser near the mid), cancels of any live order, and takers of about two makers that keep the book's depth. */
export function generate({ seed = 42, commands, depth = 10_000, users = 10_000 }: WorkloadOptions): Workload {
  const length = depth + commands;
  const random = new Random(seed);
  const book = new ReferenceBook(length + 2);
  const op = new Uint8Array(length);
  const side = new Uint8Array(length);
  const tick = new Int32Array(length);
  const lots = new Int32Array(length);
  const id = new Int32Array(length);
  const user = new Int32Array(length);
  const counts = [0, 0, 0];
  let mid = FIRST_MID;
  let lastId = 0;

  const drift = () => {
    mid = Math.min(FIRST_MID + DRIFT_LIMIT, Math.max(FIRST_MID - DRIFT_LIMIT, mid + random.below(3) - 1));
  };
  const distance = () => {
    const first = random.below(BAND >> 1);
    const second = random.below(BAND >> 1);
    return 1 + Math.min(first, second);
  };
  const name = (row: number) => {
    lastId += 1;
    id[row] = lastId;
    user[row] = random.below(users);
    book.user[lastId] = user[row] as number;
  };
  const enter = (row: number) => {
    book.enter(id[row] as number, side[row] as number, tick[row] as number, lots[row] as number, op[row] === MARKET);
  };
  const limit = (row: number) => {
    side[row] = random.below(2);
    tick[row] = mid + (side[row] === 0 ? -1 : 1) * distance();
    lots[row] = 1 + random.below(MAX_LOTS);
    name(row);
    enter(row);
  };
  const cancel = (row: number) => {
    const target = book.liveOrder(random.below(book.resting));
    op[row] = CANCEL;
    id[row] = target;
    user[row] = book.user[target] as number;
    side[row] = book.side[target] as number;
    book.cancel(target);
  };
  const take = (row: number) => {
    side[row] = random.below(2);
    let fullness = Math.floor((book.resting * 1000) / depth);
    fullness = Math.floor((fullness * fullness) / 1000);
    fullness = Math.floor((fullness * fullness) / 1000);
    lots[row] = 1 + Math.floor((random.below(4 * MAX_LOTS) * Math.min(fullness, 4000)) / 1000 / 2);
    name(row);
    op[row] = random.below(2) === 0 ? MARKET : LIMIT;
    if (op[row] === LIMIT) tick[row] = side[row] === 0 ? mid + BAND : mid - BAND;
    enter(row);
  };

  for (let row = 0; row < length; row++) {
    const prefilling = row < depth;
    if (!prefilling && row % DRIFT_EVERY === 0) drift();
    const dice = prefilling ? 0 : random.below(100);
    if (dice < PERCENT_LIMIT || book.resting === 0) limit(row);
    else if (dice < PERCENT_LIMIT + PERCENT_CANCEL) cancel(row);
    else take(row);
    if (!prefilling) counts[op[row] as number] = (counts[op[row] as number] as number) + 1;
  }

  const [limits, cancels, markets] = counts as [number, number, number];
  const expected = { depth: book.depth(), tape: book.tape.tape(), resting: book.resting };
  const mix = { limits, cancels, markets };
  return { length, prefill: depth, users, lastId, op, side, tick, lots, id, user, expected, mix };
}

export function sameDepth(a: Depth, b: Depth): boolean {
  return JSON.stringify([a.bids, a.asks]) === JSON.stringify([b.bids, b.asks]);
}

export function sameTape(a: Tape, b: Tape): boolean {
  return a.trades === b.trades && a.hash === b.hash;
}

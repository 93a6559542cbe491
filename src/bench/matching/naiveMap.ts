import { CANCEL, type Depth, LIMIT, type Tape, TapeHash, type Workload } from '../workload';
import type { Matcher } from './matcher';

interface RestingOrder {
  readonly id: number;
  readonly user: number;
  readonly side: number;
  readonly tick: number;
  left: number;
}

interface BookSide {
  readonly levels: Map<number, RestingOrder[]>;
  /** Best first. */
  readonly ticks: number[];
}

/** What a first version usually looks like: objects, a map of levels, sorted prices, arrays as queues; no margin. */
export class NaiveMap implements Matcher {
  private readonly orders = new Map<number, RestingOrder>();
  private readonly bids: BookSide = { levels: new Map(), ticks: [] };
  private readonly asks: BookSide = { levels: new Map(), ticks: [] };
  private readonly hash = new TapeHash();
  private events: object[] = [];

  constructor(private readonly workload: Workload) {}

  prepare(): void {}

  run(from: number, to: number): void {
    for (let row = from; row < to; row++) {
      this.events = [];
      if (this.workload.op[row] === CANCEL) this.cancel(this.workload.id[row] as number);
      else this.enter(row);
    }
  }

  private slot({ ticks }: BookSide, tick: number, descending: boolean): number {
    let low = 0;
    let high = ticks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = ticks[middle] as number;
      if (descending ? value > tick : value < tick) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private cancel(id: number): void {
    const order = this.orders.get(id);
    if (order === undefined) throw new Error(`order ${id} is not alive`);
    this.orders.delete(id);
    const side = order.side === 0 ? this.bids : this.asks;
    const level = side.levels.get(order.tick) as RestingOrder[];
    level.splice(level.indexOf(order), 1);
    if (level.length === 0) {
      side.levels.delete(order.tick);
      side.ticks.splice(this.slot(side, order.tick, order.side === 0), 1);
    }
    this.events.push({ type: 'canceled', id, left: order.left });
  }

  private enter(row: number): void {
    const { op, side: sides, tick: ticks, lots, id: ids, user: users } = this.workload;
    const [side, tick, id, user] = [sides[row] as number, ticks[row] as number, ids[row] as number, users[row] as number];
    const limit = op[row] === LIMIT;
    const opposite = side === 0 ? this.asks : this.bids;
    let left = lots[row] as number;
    this.events.push({ type: 'accepted', id, user, side, tick, lots: left });
    while (left > 0 && opposite.ticks.length > 0) {
      const best = opposite.ticks[0] as number;
      if (limit && (side === 0 ? best > tick : best < tick)) break;
      left = this.eat(opposite, best, id, left);
    }
    if (left > 0 && limit) this.rest({ id, user, side, tick, left });
  }

  private eat(opposite: BookSide, tick: number, taker: number, lots: number): number {
    const level = opposite.levels.get(tick) as RestingOrder[];
    let left = lots;
    while (left > 0 && level.length > 0) {
      const maker = level[0] as RestingOrder;
      const filled = Math.min(maker.left, left);
      maker.left -= filled;
      left -= filled;
      this.hash.trade(maker.id, taker, tick, filled);
      this.events.push({ type: 'trade', maker: maker.id, taker, tick, lots: filled });
      if (maker.left === 0) {
        level.shift();
        this.orders.delete(maker.id);
      }
    }
    if (level.length === 0) {
      opposite.levels.delete(tick);
      opposite.ticks.shift();
    }
    return left;
  }

  private rest(order: RestingOrder): void {
    const side = order.side === 0 ? this.bids : this.asks;
    let level = side.levels.get(order.tick);
    if (level === undefined) {
      level = [];
      side.levels.set(order.tick, level);
      side.ticks.splice(this.slot(side, order.tick, order.side === 0), 0, order.tick);
    }
    level.push(order);
    this.orders.set(order.id, order);
  }

  depth(): Depth {
    const rows = ({ ticks, levels }: BookSide) =>
      ticks.map((tick) => [tick, (levels.get(tick) as RestingOrder[]).reduce((lots, { left }) => lots + left, 0)] as const);
    return { bids: rows(this.bids), asks: rows(this.asks) };
  }

  tape(): Tape | undefined {
    return this.hash.tape();
  }

  async close(): Promise<void> {}
}

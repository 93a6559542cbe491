import { sub } from '../../num/int';
import type { Direction } from '../state/model';
import { NO_ORDER, type OrderRow, type Orders } from '../state/orders';
import type { UndoLog } from '../state/undo';
import { type LevelRow, type Levels, NO_LEVEL } from './levels';

/** One side of a book; levels sorted so that the best price is the last one. */
class Side {
  readonly levels: LevelRow[] = [];
  /** Their prices, side by side, so that a search touches no level. */
  private readonly prices: number[] = [];

  constructor(
    private readonly direction: Direction,
    private readonly rows: Levels,
    private readonly undo: UndoLog,
  ) {}

  /** NO_LEVEL when the side is empty. */
  best(): LevelRow {
    const { levels } = this;
    return levels.length === 0 ? NO_LEVEL : (levels[levels.length - 1] as LevelRow);
  }

  /** Where a price is, or would be inserted. */
  private slot(price: number): number {
    const { prices, direction } = this;
    let low = 0;
    let high = prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (((prices[middle] as number) - price) * direction < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  ensure(price: number): LevelRow {
    const slot = this.slot(price);
    if (this.prices[slot] === price) return this.levels[slot] as LevelRow;
    const level = this.rows.take(price);
    this.insert(slot, level, price);
    if (this.undo.isArmed) this.undoEnsure(price);
    return level;
  }

  drop(level: LevelRow): void {
    const price = this.rows.price(level);
    this.erase(price);
    this.rows.release(level);
    if (this.undo.isArmed) this.undoDrop(level, price);
  }

  private insert(slot: number, level: LevelRow, price: number): void {
    if (slot === this.levels.length) {
      this.levels.push(level);
      this.prices.push(price);
    } else {
      this.levels.splice(slot, 0, level);
      this.prices.splice(slot, 0, price);
    }
  }

  private erase(price: number): void {
    const slot = this.slot(price);
    if (slot === this.levels.length - 1) {
      this.levels.pop();
      this.prices.pop();
    } else {
      this.levels.splice(slot, 1);
      this.prices.splice(slot, 1);
    }
  }

  // The ways back stand apart, so that no closure is made where nothing is tentative.
  private undoEnsure(price: number): void {
    this.undo.onRollback(() => this.erase(price));
  }

  private undoDrop(level: LevelRow, price: number): void {
    this.undo.onRollback(() => this.insert(this.slot(price), level, price));
  }
}

/** Price-time priority book of one instrument; prices in price units, sizes in lots. */
export class Book {
  readonly bids: Side;
  readonly asks: Side;

  constructor(
    private readonly orders: Orders,
    private readonly levels: Levels,
    undo: UndoLog,
  ) {
    this.bids = new Side(1, levels, undo);
    this.asks = new Side(-1, levels, undo);
  }

  side(direction: Direction): Side {
    return direction > 0 ? this.bids : this.asks;
  }

  /** Adds an order behind all others of its price. */
  add(order: OrderRow): void {
    const { orders, levels } = this;
    const level = this.side(orders.direction(order)).ensure(orders.price(order));
    levels.save(level);
    orders.save(order);
    const last = levels.last(level);
    orders.setLevel(order, level);
    orders.setNext(order, NO_ORDER);
    orders.setPrevious(order, last);
    if (last !== NO_ORDER) {
      orders.save(last);
      orders.setNext(last, order);
    } else {
      levels.setFirst(level, order);
    }
    levels.setLast(level, order);
    levels.addTotal(level, orders.remaining(order));
  }

  /** Takes an order out, with whatever it still has open. */
  remove(order: OrderRow): void {
    const { orders, levels } = this;
    const level = orders.level(order);
    const previous = orders.previous(order);
    const next = orders.next(order);
    levels.save(level);
    orders.save(order);
    if (previous !== NO_ORDER) {
      orders.save(previous);
      orders.setNext(previous, next);
    } else {
      levels.setFirst(level, next);
    }
    if (next !== NO_ORDER) {
      orders.save(next);
      orders.setPrevious(next, previous);
    } else {
      levels.setLast(level, previous);
    }
    levels.addTotal(level, sub(0, orders.remaining(order)));
    orders.setLevel(order, NO_LEVEL);
    if (levels.first(level) === NO_ORDER) this.side(orders.direction(order)).drop(level);
  }

  /** Lowers what an order has open without touching its place. */
  reduce(order: OrderRow, lots: number): void {
    const { orders, levels } = this;
    const level = orders.level(order);
    levels.save(level);
    orders.save(order);
    levels.addTotal(level, -lots);
    orders.setRemaining(order, orders.remaining(order) - lots);
  }
}

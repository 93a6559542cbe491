import { add, type Int, sub } from '../../num/int';
import type { Direction, Order } from '../state/model';
import type { UndoLog } from '../state/undo';

/** One price of one side: its orders first in, first out. */
export class Level {
  first: Order | undefined = undefined;
  last: Order | undefined = undefined;
  /** Lots of all its orders. */
  total: Int = 0;
  savedIn = 0;

  constructor(readonly price: number) {}

  mutableFields(): object {
    return { first: this.first, last: this.last, total: this.total, savedIn: this.savedIn };
  }
}

/** One side of a book; levels sorted so that the best price is the last one. */
class Side {
  readonly levels: Level[] = [];
  /** Their prices, side by side, so that a search touches no level. */
  private readonly prices: number[] = [];

  constructor(private readonly direction: Direction) {}

  best(): Level | undefined {
    return this.levels[this.levels.length - 1];
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

  find(price: number): Level | undefined {
    const level = this.levels[this.slot(price)];
    return level?.price === price ? level : undefined;
  }

  ensure(price: number, undo: UndoLog): Level {
    const slot = this.slot(price);
    const existing = this.levels[slot];
    if (existing?.price === price) return existing;
    const level = new Level(price);
    this.insert(slot, level);
    if (undo.isArmed) this.undoEnsure(price, undo);
    return level;
  }

  drop(level: Level, undo: UndoLog): void {
    this.erase(level.price);
    if (undo.isArmed) this.undoDrop(level, undo);
  }

  private insert(slot: number, level: Level): void {
    if (slot === this.levels.length) {
      this.levels.push(level);
      this.prices.push(level.price);
    } else {
      this.levels.splice(slot, 0, level);
      this.prices.splice(slot, 0, level.price);
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
  private undoEnsure(price: number, undo: UndoLog): void {
    undo.onRollback(() => this.erase(price));
  }

  private undoDrop(level: Level, undo: UndoLog): void {
    undo.onRollback(() => this.insert(this.slot(level.price), level));
  }
}

/** Price-time priority book of one instrument; prices in price units, sizes in lots. */
export class Book {
  readonly bids = new Side(1);
  readonly asks = new Side(-1);

  side(direction: Direction): Side {
    return direction > 0 ? this.bids : this.asks;
  }

  /** Adds an order behind all others of its price. */
  add(order: Order, undo: UndoLog): void {
    const level = this.side(order.direction).ensure(order.price, undo);
    undo.save(level);
    undo.save(order);
    order.level = level;
    order.next = undefined;
    order.previous = level.last;
    if (level.last !== undefined) {
      undo.save(level.last);
      level.last.next = order;
    } else {
      level.first = order;
    }
    level.last = order;
    level.total = add(level.total, order.remaining);
  }

  /** Takes an order out, with whatever it still has open. */
  remove(order: Order, undo: UndoLog): void {
    const level = order.level as Level;
    undo.save(level);
    undo.save(order);
    const { previous, next } = order;
    if (previous !== undefined) {
      undo.save(previous);
      previous.next = next;
    } else {
      level.first = next;
    }
    if (next !== undefined) {
      undo.save(next);
      next.previous = previous;
    } else {
      level.last = previous;
    }
    level.total = sub(level.total, order.remaining);
    order.level = undefined;
    order.previous = undefined;
    order.next = undefined;
    if (level.first === undefined) this.side(order.direction).drop(level, undo);
  }

  /** Lowers what an order has open without touching its place. */
  reduce(order: Order, lots: number, undo: UndoLog): void {
    const level = order.level as Level;
    undo.save(level);
    undo.save(order);
    level.total = sub(level.total, lots);
    order.remaining -= lots;
  }
}

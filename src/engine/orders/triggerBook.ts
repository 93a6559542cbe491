import type { Int } from '../../num/int';
import type { Order, TriggerTerms } from '../state/model';
import type { UndoLog } from '../state/undo';

export type TriggerSource = TriggerTerms['triggerBy'];

const SOURCES: readonly TriggerSource[] = ['MARK', 'INDEX', 'LAST'];

/** Whether the order fires when the price rises to its trigger, or when it falls to it (rules.md §9). */
export function firesOnRise(order: Order): boolean {
  const stop = order.terms.orderType === 'STOP_LOSS' || order.terms.orderType === 'STOP_LIMIT';
  return stop === order.direction > 0;
}

/** Untriggered orders of one source and direction, the next to fire last. */
class TriggerQueue {
  readonly orders: Order[] = [];

  constructor(private readonly rising: boolean) {}

  private ahead(a: Order, b: Order): boolean {
    const difference = (a.trigger as TriggerTerms).triggerPrice - (b.trigger as TriggerTerms).triggerPrice;
    if (difference !== 0) return this.rising ? difference < 0 : difference > 0;
    return a.id < b.id;
  }

  /** Number of orders that fire later than this one. */
  private slot(order: Order): number {
    let low = 0;
    let high = this.orders.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ahead(order, this.orders[middle] as Order)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(order: Order, undo: UndoLog): void {
    const slot = this.slot(order);
    this.orders.splice(slot, 0, order);
    if (undo.isArmed) undo.onRollback(() => this.orders.splice(slot, 1));
  }

  remove(order: Order, undo: UndoLog): void {
    const slot = this.orders.indexOf(order);
    this.orders.splice(slot, 1);
    if (undo.isArmed) undo.onRollback(() => this.orders.splice(slot, 0, order));
  }

  collectReached(price: Int, into: Order[]): void {
    for (let slot = this.orders.length - 1; slot >= 0; slot--) {
      const order = this.orders[slot] as Order;
      const { triggerPrice } = order.trigger as TriggerTerms;
      if (this.rising ? triggerPrice > price : triggerPrice < price) return;
      into.push(order);
    }
  }
}

/** All untriggered orders of one instrument. */
export class TriggerBook {
  private readonly rising = SOURCES.map(() => new TriggerQueue(true));
  private readonly falling = SOURCES.map(() => new TriggerQueue(false));
  private count = 0;
  savedIn = 0;

  mutableFields(): object {
    return { count: this.count, savedIn: this.savedIn };
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  private queue(order: Order): TriggerQueue {
    const source = SOURCES.indexOf((order.trigger as TriggerTerms).triggerBy);
    return (firesOnRise(order) ? this.rising : this.falling)[source] as TriggerQueue;
  }

  add(order: Order, undo: UndoLog): void {
    undo.save(this);
    this.count += 1;
    this.queue(order).add(order, undo);
  }

  remove(order: Order, undo: UndoLog): void {
    undo.save(this);
    this.count -= 1;
    this.queue(order).remove(order, undo);
  }

  /** Orders of a source whose condition holds at a price, in order of placement. */
  reached(source: TriggerSource, price: Int): Order[] {
    const slot = SOURCES.indexOf(source);
    const found: Order[] = [];
    (this.rising[slot] as TriggerQueue).collectReached(price, found);
    (this.falling[slot] as TriggerQueue).collectReached(price, found);
    return found.length > 1 ? found.sort((a, b) => a.id - b.id) : found;
  }
}

import type { Int } from '../../num/int';
import type { TriggerTerms } from '../state/model';
import type { OrderRow, Orders } from '../state/orders';
import type { UndoLog } from '../state/undo';

export type TriggerSource = TriggerTerms['triggerBy'];

const SOURCES: readonly TriggerSource[] = ['MARK', 'INDEX', 'LAST'];

/** Whether the order fires when the price rises to its trigger, or when it falls to it (rules.md §9). */
export function firesOnRise(orders: Orders, order: OrderRow): boolean {
  const { orderType } = orders.terms(order);
  const stop = orderType === 'STOP_LOSS' || orderType === 'STOP_LIMIT';
  return stop === orders.direction(order) > 0;
}

/** Untriggered orders of one source and direction, the next to fire last. */
class TriggerQueue {
  private readonly waiting: OrderRow[] = [];

  constructor(
    private readonly rising: boolean,
    private readonly orders: Orders,
    private readonly undo: UndoLog,
  ) {}

  private ahead(a: OrderRow, b: OrderRow): boolean {
    const difference = this.triggerPrice(a) - this.triggerPrice(b);
    if (difference !== 0) return this.rising ? difference < 0 : difference > 0;
    return this.orders.id(a) < this.orders.id(b);
  }

  private triggerPrice(order: OrderRow): number {
    return (this.orders.trigger(order) as TriggerTerms).triggerPrice;
  }

  /** Number of orders that fire later than this one. */
  private slot(order: OrderRow): number {
    let low = 0;
    let high = this.waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ahead(order, this.waiting[middle] as OrderRow)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(order: OrderRow): void {
    this.waiting.splice(this.slot(order), 0, order);
    if (this.undo.isArmed) this.undo.onRollback(() => this.waiting.splice(this.waiting.indexOf(order), 1));
  }

  remove(order: OrderRow): void {
    const slot = this.waiting.indexOf(order);
    this.waiting.splice(slot, 1);
    if (this.undo.isArmed) this.undo.onRollback(() => this.waiting.splice(slot, 0, order));
  }

  collectReached(price: Int, into: OrderRow[]): void {
    for (let slot = this.waiting.length - 1; slot >= 0; slot--) {
      const order = this.waiting[slot] as OrderRow;
      const triggerPrice = this.triggerPrice(order);
      if (this.rising ? triggerPrice > price : triggerPrice < price) return;
      into.push(order);
    }
  }
}

/** All untriggered orders of one instrument. */
export class TriggerBook {
  private readonly rising: readonly TriggerQueue[];
  private readonly falling: readonly TriggerQueue[];
  private count = 0;
  savedIn = 0;

  constructor(
    private readonly orders: Orders,
    private readonly undo: UndoLog,
  ) {
    this.rising = SOURCES.map(() => new TriggerQueue(true, orders, undo));
    this.falling = SOURCES.map(() => new TriggerQueue(false, orders, undo));
  }

  mutableFields(): object {
    return { count: this.count, savedIn: this.savedIn };
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  private queue(order: OrderRow): TriggerQueue {
    const source = SOURCES.indexOf((this.orders.trigger(order) as TriggerTerms).triggerBy);
    return (firesOnRise(this.orders, order) ? this.rising : this.falling)[source] as TriggerQueue;
  }

  add(order: OrderRow): void {
    this.undo.save(this);
    this.count += 1;
    this.queue(order).add(order);
  }

  remove(order: OrderRow): void {
    this.undo.save(this);
    this.count -= 1;
    this.queue(order).remove(order);
  }

  /** Orders of a source whose condition holds at a price, in order of placement. */
  reached(source: TriggerSource, price: Int): OrderRow[] {
    const slot = SOURCES.indexOf(source);
    const found: OrderRow[] = [];
    (this.rising[slot] as TriggerQueue).collectReached(price, found);
    (this.falling[slot] as TriggerQueue).collectReached(price, found);
    return found.length > 1 ? found.sort((a, b) => this.orders.id(a) - this.orders.id(b)) : found;
  }
}

import type { ByteReader, ByteWriter } from '../../contract/bytes';
import type * as E from '../../contract/generated/events';
import { expectFold, writeFold } from '../saving';
import { FoldedOpenOrder, readOrder, writeOrder } from './order';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const ORDERS_FOLD = 'orders-1';

/** The live orders of an account, in order of placement. */
interface OwnOrders {
  first: FoldedOpenOrder | undefined;
  last: FoldedOpenOrder | undefined;
}

/** Hears how many lots come to a price of a book (negative: leave it). */
export type LevelListener = (instrument: string, side: 'BUY' | 'SELL', price: number, lots: number) => void;

/** Folds events into the live orders, in order of placement: an order's id is the seq of the command that placed it. */
export class OpenOrdersFold {
  private readonly orders = new Map<number, FoldedOpenOrder>();
  private readonly byAccount = new Map<string, OwnOrders>();
  /** The orders that changed or ended since it was last emptied, with repetitions. */
  readonly touched: FoldedOpenOrder[] = [];

  constructor(private readonly level: LevelListener) {}

  /** Writes all that it knows between two records, and must take none before the end. A piece of it may end at each `yield`. */
  *save(writer: ByteWriter): Generator<void> {
    writeFold(writer, ORDERS_FOLD);
    writer.varint(this.orders.size);
    for (const order of this.orders.values()) {
      writeOrder(writer, order);
      yield;
    }
  }

  /** Goes on from what another has saved; the listener hears of every order that is in its book. */
  load(reader: ByteReader): void {
    expectFold(reader, ORDERS_FOLD);
    for (let left = reader.varint(); left > 0; left--) {
      const order = readOrder(reader);
      this.register(order);
      if (order.isInBook) this.level(order.instrument, order.side, order.price, order.remaining);
    }
  }

  get(id: number): FoldedOpenOrder | undefined {
    return this.orders.get(id);
  }

  all(): Iterable<FoldedOpenOrder> {
    return this.orders.values();
  }

  *ofAccount(accountId: string): Generator<FoldedOpenOrder> {
    for (let order = this.byAccount.get(accountId)?.first; order !== undefined; order = order.after) yield order;
  }

  apply(event: E.DomainEvent): void {
    switch (event.type) {
      case 'OrderAccepted':
        this.accepted(event);
        break;
      case 'TriggerOrderAccepted': {
        const { triggerPrice: price, triggerBy: by, marginMode, isolationId } = event;
        this.register(new FoldedOpenOrder(event, { price, by, marginMode, isolationId }));
        break;
      }
      case 'OrderTriggered':
        this.touch(this.known(event.orderId)).trigger = undefined;
        break;
      case 'OrderCanceled':
        this.end(this.known(event.orderId));
        break;
      case 'OrderReduced':
        this.shrink(this.known(event.orderId), event.quantity);
        break;
      case 'OrderAmended':
        this.amended(event);
        break;
      case 'TriggerOrderAmended':
        Object.assign(this.touch(this.known(event.orderId)), { price: event.price ?? 0, remaining: event.quantity });
        break;
      case 'TradeExecuted':
        this.filled(event.makerOrderId, event.quantity);
        this.filled(event.takerOrderId, event.quantity);
        break;
      default:
    }
  }

  private known(id: number): FoldedOpenOrder {
    const order = this.orders.get(id);
    if (order === undefined) throw new Error(`invariant: order ${id} is not open`);
    return order;
  }

  private touch(order: FoldedOpenOrder): FoldedOpenOrder {
    this.touched.push(order);
    return order;
  }

  private accepted(event: E.OrderAccepted): void {
    const { orderId, price, quantity, isolationId } = event;
    const waited = this.orders.get(orderId);
    const order = waited ?? new FoldedOpenOrder(event, undefined);
    if (waited === undefined) this.register(order);
    else Object.assign(waited, { price, remaining: quantity, isolationId });
    order.isInBook = true;
    this.touch(order);
    this.level(order.instrument, order.side, price, quantity);
  }

  private amended({ orderId, quantity, price, keepsPriority }: E.OrderAmended): void {
    const order = this.known(orderId);
    const remaining = quantity - order.filled;
    if (keepsPriority) {
      this.shrink(order, remaining);
      return;
    }
    this.level(order.instrument, order.side, order.price, -order.remaining);
    Object.assign(order, { price, remaining });
    this.level(order.instrument, order.side, price, remaining);
    this.touch(order);
  }

  /** Liquidations and the fund's work-off have no order in the book. */
  private filled(id: number, lots: number): void {
    const order = this.orders.get(id);
    if (order === undefined) return;
    order.filled += lots;
    this.shrink(order, order.remaining - lots);
  }

  private shrink(order: FoldedOpenOrder, remaining: number): void {
    this.level(order.instrument, order.side, order.price, remaining - order.remaining);
    order.remaining = remaining;
    this.touch(order);
    if (remaining === 0) this.forget(order);
  }

  private end(order: FoldedOpenOrder): void {
    // What triggered and was refused its place never was in the book.
    if (order.isInBook) this.level(order.instrument, order.side, order.price, -order.remaining);
    this.touch(order);
    this.forget(order);
  }

  private register(order: FoldedOpenOrder): void {
    this.orders.set(order.id, order);
    const own = this.byAccount.get(order.accountId);
    if (own === undefined) this.byAccount.set(order.accountId, { first: order, last: order });
    else if (own.last === undefined) own.first = own.last = order;
    else this.append(own, order, own.last);
    this.touch(order);
  }

  private append(own: OwnOrders, order: FoldedOpenOrder, last: FoldedOpenOrder): void {
    order.before = last;
    last.after = order;
    own.last = order;
  }

  private forget(order: FoldedOpenOrder): void {
    this.orders.delete(order.id);
    const own = this.byAccount.get(order.accountId) as OwnOrders;
    const { before, after } = order;
    if (before === undefined) own.first = after;
    else before.after = after;
    if (after === undefined) own.last = before;
    else after.before = before;
  }
}

import type * as E from '../../contract/generated/events';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const ORDERS_FOLD = 'orders-1';

/** What waits of an order until its trigger's condition holds. */
export interface FoldedTrigger {
  readonly price: number;
  readonly by: string;
  readonly marginMode: 'CROSS' | 'ISOLATED';
  readonly isolationId: number;
}

/** A live order; price in price units (0: none), sizes in lots. */
export interface FoldedOpenOrder {
  readonly id: number;
  readonly accountId: string;
  readonly instrument: string;
  readonly side: 'BUY' | 'SELL';
  readonly orderType: string;
  readonly timeInForce: string;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly selfTradePrevention: string;
  readonly clientOrderId: string | undefined;
  readonly createdAt: number;
  price: number;
  remaining: number;
  filled: number;
  isolationId: number;
  isInBook: boolean;
  /** Undefined once its condition held, and for orders without one. */
  trigger: FoldedTrigger | undefined;
}

/** Hears how many lots come to a price of a book (negative: leave it). */
export type LevelListener = (instrument: string, side: 'BUY' | 'SELL', price: number, lots: number) => void;

type Accepted = E.OrderAccepted | E.TriggerOrderAccepted;

function orderOf(event: Accepted): FoldedOpenOrder {
  const { accountId, instrument, side, orderType, timeInForce, postOnly, reduceOnly, selfTradePrevention, clientOrderId } = event;
  const terms = { orderType, timeInForce, postOnly, reduceOnly, selfTradePrevention, clientOrderId };
  const at = { id: event.orderId, accountId, instrument, side, createdAt: event.time };
  const { price = 0, quantity: remaining, isolationId } = event;
  return { ...at, ...terms, price, remaining, filled: 0, isolationId, isInBook: false, trigger: undefined };
}

/** Folds events into the live orders, in order of placement: an order's id is the seq of the command that placed it. */
export class OpenOrdersFold {
  private readonly orders = new Map<number, FoldedOpenOrder>();
  private readonly byAccount = new Map<string, Map<number, FoldedOpenOrder>>();
  /** Ids of the orders that changed or ended since it was last emptied. */
  readonly touched = new Set<number>();

  constructor(private readonly level: LevelListener) {}

  get(id: number): FoldedOpenOrder | undefined {
    return this.orders.get(id);
  }

  all(): Iterable<FoldedOpenOrder> {
    return this.orders.values();
  }

  ofAccount(accountId: string): Iterable<FoldedOpenOrder> {
    return this.byAccount.get(accountId)?.values() ?? [];
  }

  apply(event: E.DomainEvent): void {
    switch (event.type) {
      case 'OrderAccepted':
        this.accepted(event);
        break;
      case 'TriggerOrderAccepted': {
        const { triggerPrice: price, triggerBy: by, marginMode, isolationId } = event;
        this.register({ ...orderOf(event), trigger: { price, by, marginMode, isolationId } });
        break;
      }
      case 'OrderTriggered':
        this.known(event.orderId).trigger = undefined;
        this.touched.add(event.orderId);
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
        Object.assign(this.known(event.orderId), { price: event.price ?? 0, remaining: event.quantity });
        this.touched.add(event.orderId);
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

  private accepted(event: E.OrderAccepted): void {
    const { orderId, price, quantity, isolationId } = event;
    const waited = this.orders.get(orderId);
    const order = waited ?? orderOf(event);
    if (waited === undefined) this.register(order);
    else Object.assign(waited, { price, remaining: quantity, isolationId });
    order.isInBook = true;
    this.touched.add(orderId);
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
    this.touched.add(orderId);
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
    this.touched.add(order.id);
    if (remaining === 0) this.forget(order);
  }

  private end(order: FoldedOpenOrder): void {
    // What triggered and was refused its place never was in the book.
    if (order.isInBook) this.level(order.instrument, order.side, order.price, -order.remaining);
    this.touched.add(order.id);
    this.forget(order);
  }

  private register(order: FoldedOpenOrder): void {
    this.orders.set(order.id, order);
    let own = this.byAccount.get(order.accountId);
    if (own === undefined) {
      own = new Map();
      this.byAccount.set(order.accountId, own);
    }
    own.set(order.id, order);
    this.touched.add(order.id);
  }

  private forget(order: FoldedOpenOrder): void {
    this.orders.delete(order.id);
    const own = this.byAccount.get(order.accountId);
    own?.delete(order.id);
    if (own?.size === 0) this.byAccount.delete(order.accountId);
  }
}

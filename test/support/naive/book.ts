/**
 * The obviously right order book: one array of orders that is sorted anew for every
 * incoming order, plain loops, no index (rules.md §9). It knows no money and no positions.
 */
export type Side = 'BUY' | 'SELL';
export type Prevention = 'CANCEL_MAKER' | 'CANCEL_TAKER' | 'CANCEL_BOTH';

export interface NaiveOrder {
  readonly id: string;
  readonly account: string;
  readonly side: Side;
  readonly price: number;
  readonly open: number;
  readonly filled: number;
  /** Place in time; greater is later. */
  readonly arrival: number;
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK';
  readonly postOnly: boolean;
  readonly prevention: Prevention;
}

export interface NaiveTrade {
  readonly price: number;
  readonly quantity: number;
  readonly maker: string;
  readonly taker: string;
}

export interface Answer {
  /** Undefined: accepted. */
  readonly code?: string;
  readonly trades: readonly NaiveTrade[];
}

const ACCEPTED: Answer = { trades: [] };

export class NaiveBook {
  private orders: NaiveOrder[] = [];
  private arrivals = 0;

  place(order: Omit<NaiveOrder, 'arrival' | 'filled'>): Answer {
    return this.enter({ ...order, filled: 0, arrival: 0 });
  }

  cancel(account: string, id: string): Answer {
    if (this.find(account, id) === undefined) return { code: 'ORDER_NOT_FOUND', trades: [] };
    this.orders = this.orders.filter((order) => order.id !== id);
    return ACCEPTED;
  }

  amend(account: string, id: string, price: number | undefined, total: number | undefined): Answer {
    const old = this.find(account, id);
    if (old === undefined) return { code: 'ORDER_NOT_FOUND', trades: [] };
    const open = (total ?? old.open + old.filled) - old.filled;
    if (open <= 0) return this.cancel(account, id);
    const amended = { ...old, open, price: price ?? old.price };
    if (amended.price === old.price && open <= old.open) {
      this.orders = this.orders.map((order) => (order.id === id ? amended : order));
      return ACCEPTED;
    }
    const before = this.orders;
    this.orders = before.filter((order) => order.id !== id);
    const answer = this.enter(amended);
    if (answer.code !== undefined) this.orders = before;
    return answer;
  }

  /** Total per price, best first, as [price, quantity]. */
  depth(side: Side): [number, number][] {
    const prices = [...new Set(this.orders.filter((order) => order.side === side).map(({ price }) => price))];
    prices.sort((a, b) => (side === 'BUY' ? b - a : a - b));
    return prices.map((price) => [price, this.totalAt(side, price)]);
  }

  ids(): string[] {
    return this.orders.map(({ id }) => id);
  }

  private totalAt(side: Side, price: number): number {
    return this.orders.filter((order) => order.side === side && order.price === price).reduce((sum, { open }) => sum + open, 0);
  }

  private find(account: string, id: string): NaiveOrder | undefined {
    return this.orders.find((order) => order.id === id && order.account === account);
  }

  /** The opposite orders that a price reaches, in the order in which they are met. */
  private reachedBy({ side, price }: NaiveOrder): NaiveOrder[] {
    const opposite = this.orders.filter((order) => order.side !== side && (side === 'BUY' ? order.price <= price : order.price >= price));
    return opposite.sort((a, b) => (side === 'BUY' ? a.price - b.price : b.price - a.price) || a.arrival - b.arrival);
  }

  /** All or nothing: what is refused leaves the book as it was. */
  private enter(taker: NaiveOrder): Answer {
    const reached = this.reachedBy(taker);
    if (taker.postOnly && reached.length > 0) return { code: 'POST_ONLY_WOULD_TAKE', trades: [] };
    const { trades, left, gone, stopped } = meet(taker, reached);
    if (stopped && trades.length === 0 && taker.prevention === 'CANCEL_TAKER') return { code: 'SELF_TRADE_PREVENTED', trades: [] };
    if (taker.timeInForce === 'FOK' && left > 0) return { code: 'FILL_OR_KILL_UNFILLED', trades: [] };
    for (const id of gone) this.orders = this.orders.filter((order) => order.id !== id);
    for (const trade of trades) this.fill(trade);
    if (left > 0 && !stopped && taker.timeInForce === 'GTC') this.rest(taker, left);
    return { trades };
  }

  private rest(taker: NaiveOrder, left: number): void {
    this.arrivals += 1;
    this.orders = [...this.orders, { ...taker, open: left, filled: taker.filled + taker.open - left, arrival: this.arrivals }];
  }

  private fill({ maker, quantity }: NaiveTrade): void {
    this.orders = this.orders
      .map((order) => (order.id === maker ? { ...order, open: order.open - quantity, filled: order.filled + quantity } : order))
      .filter((order) => order.open > 0);
  }
}

interface Meeting {
  readonly trades: NaiveTrade[];
  readonly left: number;
  /** Makers cancelled by self-trade prevention. */
  readonly gone: string[];
  /** The taker ended at an own order. */
  readonly stopped: boolean;
}

function meet(taker: NaiveOrder, reached: readonly NaiveOrder[]): Meeting {
  const trades: NaiveTrade[] = [];
  const gone: string[] = [];
  let left = taker.open;
  for (const maker of reached) {
    if (left === 0) break;
    if (maker.account === taker.account) {
      if (taker.prevention !== 'CANCEL_TAKER') gone.push(maker.id);
      if (taker.prevention !== 'CANCEL_MAKER') return { trades, left, gone, stopped: true };
      continue;
    }
    const quantity = Math.min(left, maker.open);
    trades.push({ price: maker.price, quantity, maker: maker.id, taker: taker.id });
    left -= quantity;
  }
  return { trades, left, gone, stopped: false };
}

/**
 * A plain price-time book: what `bulkhead run` will hold after the commands written so far.
 * The converter asks it whether an order still rests before it writes a cancel or an amend for it.
 * Two sorted lists are enough: the capture never has more than a few hundred orders on a side.
 */
export type Direction = 'bid' | 'ask';

export interface MirrorOrder {
  readonly id: string;
  readonly direction: Direction;
  /** Cents. */
  price: number;
  /** Lots still open. */
  open: number;
  /** Lots filled so far. */
  filled: number;
}

export class MirrorBook {
  private readonly live = new Map<string, MirrorOrder>();
  private readonly sides: Record<Direction, MirrorOrder[]> = { bid: [], ask: [] };
  trades = 0;
  tradedLots = 0;
  lastPrice: number | undefined;

  get(id: string): MirrorOrder | undefined {
    return this.live.get(id);
  }

  resting(direction: Direction): readonly MirrorOrder[] {
    return this.sides[direction];
  }

  crosses(direction: Direction, price: number): boolean {
    const best = this.sides[direction === 'bid' ? 'ask' : 'bid'][0];
    return best !== undefined && (direction === 'bid' ? best.price <= price : best.price >= price);
  }

  place(id: string, direction: Direction, price: number, lots: number): void {
    this.enter({ id, direction, price, open: lots, filled: 0 });
  }

  cancel(order: MirrorOrder): void {
    this.live.delete(order.id);
    const side = this.sides[order.direction];
    side.splice(side.indexOf(order), 1);
  }

  /** A pure decrease: the order keeps its place. */
  decrease(order: MirrorOrder, open: number): void {
    order.open = open;
  }

  /** A new price is a new entry behind the others, taking what it crosses. */
  reprice(order: MirrorOrder, price: number, open: number): void {
    this.cancel(order);
    order.price = price;
    order.open = open;
    this.enter(order);
  }

  private enter(order: MirrorOrder): void {
    const opposite = this.sides[order.direction === 'bid' ? 'ask' : 'bid'];
    while (order.open > 0 && this.crosses(order.direction, order.price)) this.fill(order, opposite[0] as MirrorOrder);
    if (order.open === 0) return;
    this.live.set(order.id, order);
    const side = this.sides[order.direction];
    const better = (other: MirrorOrder) => (order.direction === 'bid' ? other.price >= order.price : other.price <= order.price);
    const behind = side.findIndex((other) => !better(other));
    side.splice(behind === -1 ? side.length : behind, 0, order);
  }

  private fill(taker: MirrorOrder, maker: MirrorOrder): void {
    const lots = Math.min(taker.open, maker.open);
    for (const order of [taker, maker]) {
      order.open -= lots;
      order.filled += lots;
    }
    this.trades += 1;
    this.tradedLots += lots;
    this.lastPrice = maker.price;
    if (maker.open === 0) this.cancel(maker);
  }
}

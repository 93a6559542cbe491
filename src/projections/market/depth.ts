import { formatPrice, formatQuantity, type Grid } from '../../contract/grid';
import type { BookLevel, BookView } from '../../contract/views';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const DEPTH_FOLD = 'depth-1';

type Side = 'BUY' | 'SELL';

interface Level {
  readonly price: number;
  lots: number;
}

/** Levels of one side, sorted so that the best price is the last one. */
class DepthSide {
  readonly levels: Level[] = [];

  constructor(private readonly direction: 1 | -1) {}

  change(price: number, lots: number): void {
    const { levels } = this;
    const slot = this.slot(price);
    const level = levels[slot];
    if (level?.price !== price) {
      if (slot === levels.length) levels.push({ price, lots });
      else levels.splice(slot, 0, { price, lots });
      return;
    }
    level.lots += lots;
    if (level.lots === 0) levels.splice(slot, 1);
  }

  lotsAt(price: number): number {
    const level = this.levels[this.slot(price)];
    return level?.price === price ? level.lots : 0;
  }

  best(count: number, grid: Grid): BookLevel[] {
    const best = this.levels.slice(-Math.max(1, count)).reverse();
    return best.map(({ price, lots }): BookLevel => [formatPrice(grid, price), formatQuantity(grid, lots)]);
  }

  private slot(price: number): number {
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (((this.levels[middle] as Level).price - price) * this.direction < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Lots that stand at a price now; 0: none. */
export interface TouchedLevel {
  readonly instrument: string;
  readonly side: Side;
  readonly price: number;
  readonly lots: number;
}

interface Book {
  readonly instrument: string;
  readonly BUY: DepthSide;
  readonly SELL: DepthSide;
}

/** Lots by price of every book, from what the live orders bring and take. */
export class DepthFold {
  private readonly books = new Map<string, Book>();
  private readonly touchedBooks: Book[] = [];
  private readonly touchedSides: Side[] = [];
  private readonly touchedPrices: number[] = [];

  change(instrument: string, side: Side, price: number, lots: number): void {
    if (lots === 0) return;
    let book = this.books.get(instrument);
    if (book === undefined) {
      book = { instrument, BUY: new DepthSide(1), SELL: new DepthSide(-1) };
      this.books.set(instrument, book);
    }
    book[side].change(price, lots);
    this.touchedBooks.push(book);
    this.touchedSides.push(side);
    this.touchedPrices.push(price);
  }

  /** Lots now at each level that changed since `forgetTouched`, each once, by `instrument/side/price`. */
  touched(): Map<string, TouchedLevel> {
    const levels = new Map<string, TouchedLevel>();
    for (const [place, book] of this.touchedBooks.entries()) {
      const [side, price] = [this.touchedSides[place] as Side, this.touchedPrices[place] as number];
      levels.set(`${book.instrument}/${side}/${price}`, { instrument: book.instrument, side, price, lots: book[side].lotsAt(price) });
    }
    return levels;
  }

  forgetTouched(): void {
    this.touchedBooks.length = 0;
    this.touchedSides.length = 0;
    this.touchedPrices.length = 0;
  }

  levelRow({ instrument, side, price, lots }: TouchedLevel, grid: Grid): object {
    return { instrument, side, price: formatPrice(grid, price), quantity: formatQuantity(grid, lots) };
  }

  /** Every level of a book, by the key under which it is touched. */
  *levels(instrument: string): Generator<[string, TouchedLevel]> {
    const book = this.books.get(instrument);
    if (book === undefined) return;
    for (const side of ['BUY', 'SELL'] as const)
      for (const { price, lots } of book[side].levels) yield [`${instrument}/${side}/${price}`, { instrument, side, price, lots }];
  }

  /** The best levels of each side; all of them without `depth`. */
  view(instrument: string, grid: Grid, depth = Number.MAX_SAFE_INTEGER): BookView {
    const book = this.books.get(instrument);
    return { bids: book?.BUY.best(depth, grid) ?? [], asks: book?.SELL.best(depth, grid) ?? [] };
  }
}

import type { Block } from './state';

interface Entry {
  readonly block: Block;
  readonly long: boolean;
  /** The price itself for a long, its negative for a short: the higher, the sooner the mark comes there. */
  readonly price: number;
  /** Tells entries at one price apart. */
  readonly number: number;
}

/**
 * The blocks of an instrument in the order in which a mark that falls (longs) or rises (shorts) comes within reach of them, so
 * that a mark asks about those alone. Blocks that changed are put in their place anew when the next mark asks.
 */
export class BlockReach {
  private readonly longs: Entry[] = [];
  private readonly shorts: Entry[] = [];
  private readonly entries = new Map<Block, Entry>();
  private readonly changed = new Set<Block>();
  private made = 0;

  /** `safePrice`: a long is certainly safe above it, a short below it. */
  constructor(private readonly safePrice: (block: Block) => number) {}

  /** Its position or cash has changed, or it is new, or gone. */
  forget(block: Block): void {
    this.changed.add(block);
  }

  /** Blocks that are not certainly safe at a mark. */
  within(mark: number): readonly Block[] {
    this.refresh();
    return [...reached(this.longs, mark), ...reached(this.shorts, -mark)];
  }

  private refresh(): void {
    for (const block of this.changed) {
      const known = this.entries.get(block);
      if (known !== undefined) this.sideOf(known).splice(placeOf(this.sideOf(known), known), 1);
      this.entries.delete(block);
      if (!block.position.quantity.isZero()) this.enter(block);
    }
    this.changed.clear();
  }

  private enter(block: Block): void {
    const long = !block.position.quantity.isNegative();
    const price = this.safePrice(block) * (long ? 1 : -1);
    this.made += 1;
    const entry: Entry = { block, long, price, number: this.made };
    const side = this.sideOf(entry);
    side.splice(placeOf(side, entry), 0, entry);
    this.entries.set(block, entry);
  }

  private sideOf({ long }: Entry): Entry[] {
    return long ? this.longs : this.shorts;
  }
}

/** Where an entry is, or would be, in the order of prices. */
function placeOf(side: readonly Entry[], { price, number }: Pick<Entry, 'price' | 'number'>): number {
  let [low, high] = [0, side.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = side[middle] as Entry;
    if (other.price < price || (other.price === price && other.number < number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function reached(side: readonly Entry[], mark: number): Block[] {
  return side.slice(placeOf(side, { price: mark, number: 0 })).map(({ block }) => block);
}

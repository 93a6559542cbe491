import type { Depth, Tape, Workload } from '../workload';
import { CANCEL, LIMIT } from '../workload';
import type { Matcher } from './matcher';

const PEER = 'nodejs-order-book';

/** The part of the library that the workload needs. */
interface PeerBook {
  limit(order: { side: string; id: string; size: number; price: number }): { err: unknown };
  market(order: { side: string; size: number }): { err: unknown };
  cancel(id: string): unknown;
  depth(): [asks: [number, number][], bids: [number, number][]];
}

/** A development dependency: where only the product is installed, it is absent. */
export function peerMissing(): string | undefined {
  try {
    require.resolve(PEER);
    return undefined;
  } catch {
    return `${PEER} is not installed (npm install --no-save ${PEER}@10.1.1)`;
  }
}

/** nodejs-order-book: matching alone, with numbers for money and without accounts or margin. */
export class PeerOrderBook implements Matcher {
  private readonly book: PeerBook;
  private readonly ids: string[] = [];
  private errors = 0;

  constructor(private readonly workload: Workload) {
    const { OrderBook } = require(PEER) as { OrderBook: new (options: object) => PeerBook };
    this.book = new OrderBook({});
    for (let id = 0; id <= workload.lastId; id++) this.ids.push(`o${id}`);
  }

  prepare(): void {}

  run(from: number, to: number): void {
    const { op, side, tick, lots, id } = this.workload;
    const { book, ids } = this;
    for (let row = from; row < to; row++) {
      const name = ids[id[row] as number] as string;
      const sideName = side[row] === 0 ? 'buy' : 'sell';
      if (op[row] === LIMIT) {
        if (book.limit({ side: sideName, id: name, size: lots[row] as number, price: tick[row] as number }).err !== null) this.errors++;
      } else if (op[row] === CANCEL) {
        if (book.cancel(name) === undefined) this.errors++;
      } else if (book.market({ side: sideName, size: lots[row] as number }).err !== null) this.errors++;
    }
  }

  depth(): Depth {
    if (this.errors > 0) throw new Error(`${PEER} refused ${this.errors} rows`);
    const [asks, bids] = this.book.depth().map((rows) => rows.map(([tick, lots]) => [Number(tick), Number(lots)] as const));
    return { asks: (asks ?? []).sort((a, b) => a[0] - b[0]), bids: (bids ?? []).sort((a, b) => b[0] - a[0]) };
  }

  /** It reports the orders that were met, but not under which price each was. */
  tape(): Tape | undefined {
    return undefined;
  }

  async close(): Promise<void> {}
}

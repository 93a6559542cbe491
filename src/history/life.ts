import { type BlockLife, LifeOfBlock } from '../audit/read/blockLife';
import type { DomainEvent } from '../contract/generated/events';
import { formatPrice } from '../contract/grid';
import { parseIsolationId } from '../contract/ids';
import { PublicEvents } from '../projections/publicEvents';
import type { Past } from './past';

/** What a block lived through, as `bulkhead audit explain` has it, beside the marks that it lived through. */
export interface BlockHistory extends BlockLife {
  /** Up to where it was looked at. */
  readonly seq: number;
  /** `[seq, time, price]`, thinned where there are very many. */
  readonly marks: readonly (readonly [seq: number, time: number, price: string])[];
}

const MOST_MARKS = 4_000;
/** Of a block with very many events the newest are shown. */
const MOST_ROWS = 2_000;

class Marks {
  kept: [number, number, string][] = [];
  private every = 1;
  private ticks = 0;

  /** Each second one goes when there are too many, and from then on each second one is left out. */
  add(seq: number, time: number, price: string): void {
    this.ticks += 1;
    if (this.ticks % this.every === 0) this.kept.push([seq, time, price]);
    if (this.kept.length < MOST_MARKS) return;
    this.kept = this.kept.filter((_, place) => place % 2 === 1);
    this.every *= 2;
  }
}

/** Undefined when no block of that id was ever opened up to `seq`. */
export async function lifeOf(past: Past, shard: number, isolationId: string, seq: number): Promise<BlockHistory | undefined> {
  const id = parseIsolationId(isolationId);
  if (id < 1 || id > seq) return undefined;
  // A block carries the number of the order that opened it; a triggered order opens it later than it was placed.
  await past.at(id - 1);
  const events = new PublicEvents(shard);
  events.startFrom(past.state.grids, past.state.usdcBlocks);
  const block = new LifeOfBlock(id, past.engine, events, MOST_ROWS);
  const marks = new Marks();
  const mark = (at: number, event: DomainEvent) => {
    if (event.type !== 'MarkPriceUpdated' || event.instrument !== block.opened?.instrument) return;
    marks.add(at, event.time, formatPrice(events.grid(event.instrument), event.markPrice));
  };
  await past.walk(id, seq, {
    before: (record) => events.take(record),
    afterEach: (record, event, index) => {
      block.take(record, event, index);
      mark(record.seq, event);
    },
    goOn: () => !block.isOver,
  });
  const life = block.life();
  return life && { seq, ...life, marks: marks.kept };
}

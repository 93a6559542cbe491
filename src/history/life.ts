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

/** One block as far as it was followed. */
interface Followed {
  readonly isolationId: string;
  readonly events: PublicEvents;
  readonly block: LifeOfBlock;
  readonly marks: Marks;
}

/** The lives of blocks, one at a time: who looks at the same block again waits only for what came since. */
export class BlockLives {
  private last: Followed | undefined;
  private lastSeq = 0;

  constructor(
    private readonly past: Past,
    private readonly shard: number,
  ) {}

  /** Undefined when no block of that id was ever opened up to `seq`. */
  async upTo(isolationId: string, seq: number): Promise<BlockHistory | undefined> {
    const id = parseIsolationId(isolationId);
    if (id < 1 || id > seq) return undefined;
    const followed = this.goneOnWith(isolationId, seq) ?? (await this.begun(isolationId, id));
    const { block, marks } = followed;
    if (!block.isOver) await this.follow(followed, seq);
    const life = block.life();
    return life && { seq, ...life, marks: marks.kept };
  }

  /** What was followed last, if it is of that block and not beyond `seq`, and nobody has moved the past since, unless it is over. */
  private goneOnWith(isolationId: string, seq: number): Followed | undefined {
    const { last, past } = this;
    if (last?.isolationId !== isolationId || this.lastSeq > seq) return undefined;
    return last.block.isOver || (last.block.follows(past.engine) && past.state.seq === this.lastSeq) ? last : undefined;
  }

  private async begun(isolationId: string, id: number): Promise<Followed> {
    // A block carries the number of the order that opened it; a triggered order opens it later than it was placed.
    await this.past.at(id - 1);
    const { state, engine } = this.past;
    const events = new PublicEvents(this.shard);
    events.startFrom(state.grids, state.usdcBlocks);
    return { isolationId, events, block: new LifeOfBlock(id, engine, events, MOST_ROWS), marks: new Marks() };
  }

  private async follow(followed: Followed, seq: number): Promise<void> {
    const { past } = this;
    const { events, block, marks } = followed;
    const mark = (at: number, event: DomainEvent) => {
      if (event.type !== 'MarkPriceUpdated' || event.instrument !== block.opened?.instrument) return;
      marks.add(at, event.time, formatPrice(events.grid(event.instrument), event.markPrice));
    };
    this.last = undefined;
    await past.walk(past.state.seq + 1, seq, {
      before: (record) => events.take(record),
      afterEach: (record, event, index) => {
        block.take(record, event, index);
        mark(record.seq, event);
      },
      goOn: () => {
        block.passed();
        return !block.isOver;
      },
    });
    this.last = followed;
    this.lastSeq = past.state.seq;
  }
}

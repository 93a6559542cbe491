import type { DomainEvent } from '../contract/generated/events';
import { formatPrice } from '../contract/grid';
import { formatIsolationId, parseIsolationId } from '../contract/ids';
import type { JournalRecord } from '../contract/record';
import type { PublicEvent } from '../contract/results';
import type { IsolatedPositionView } from '../contract/views';
import type { Bulkhead } from '../library/bulkhead';
import { PublicEvents } from '../projections/publicEvents';
import type { Past } from './past';

/** A block right after a command that touched it. `position` is null once it has ended. */
export interface LifeEntry {
  readonly seq: number;
  readonly time: number;
  readonly events: readonly PublicEvent[];
  readonly position: IsolatedPositionView | null;
}

/** One block from its first order on: its events with what they left it, and the marks it lived through. */
export interface BlockLife {
  /** Up to where it was looked at. */
  readonly seq: number;
  readonly isolationId: string;
  readonly accountId: string;
  readonly instrument: string;
  readonly ended: 'CLOSED' | 'LIQUIDATED' | null;
  readonly entries: readonly LifeEntry[];
  /** `[seq, time, price]`, thinned where there are very many. */
  readonly marks: readonly (readonly [seq: number, time: number, price: string])[];
}

const MOST_MARKS = 4_000;
const MOST_ENTRIES = 2_000;

const namesOf = (event: DomainEvent): readonly unknown[] => {
  const { isolationId, makerIsolationId, takerIsolationId, counterpartyIsolationId } = event as unknown as Record<string, unknown>;
  return [isolationId, makerIsolationId, takerIsolationId, counterpartyIsolationId];
};

class Life {
  readonly entries: LifeEntry[] = [];
  marks: [number, number, string][] = [];
  ended: BlockLife['ended'] = null;
  accountId = '';
  instrument = '';
  private every = 1;
  private ticks = 0;

  constructor(
    private readonly id: number,
    private readonly events: PublicEvents,
  ) {}

  /** False once the block has ended. */
  see(record: JournalRecord, views: Bulkhead): boolean {
    this.events.take(record);
    const own = record.events.flatMap((event, place) =>
      namesOf(event).includes(this.id) ? [this.events.event(record, event, place + 1)] : [],
    );
    for (const event of record.events) this.note(record, event);
    if (own.length > 0 && this.entries.length < MOST_ENTRIES) {
      this.entries.push({ seq: record.seq, time: record.time, events: own, position: this.position(views) });
    }
    return this.ended === null;
  }

  private note({ seq }: JournalRecord, event: DomainEvent): void {
    if (event.type === 'IsolatedBlockOpened' && event.isolationId === this.id) {
      this.accountId = event.accountId;
      this.instrument = event.instrument;
    } else if (event.type === 'IsolatedBlockClosed' && event.isolationId === this.id) {
      this.ended = 'CLOSED';
    } else if (event.type === 'IsolatedBlockLiquidated' && event.isolationId === this.id) {
      this.ended = 'LIQUIDATED';
    } else if (event.type === 'MarkPriceUpdated' && event.instrument === this.instrument) {
      this.mark(seq, event.time, formatPrice(this.events.grid(event.instrument), event.markPrice));
    }
  }

  private mark(seq: number, time: number, price: string): void {
    this.ticks += 1;
    if (this.ticks % this.every === 0) this.marks.push([seq, time, price]);
    if (this.marks.length < MOST_MARKS) return;
    this.marks = this.marks.filter((_, place) => place % 2 === 1);
    this.every *= 2;
  }

  private position(views: Bulkhead): IsolatedPositionView | null {
    const position = views.position(this.accountId, this.instrument, 'ISOLATED');
    return position?.marginMode === 'ISOLATED' && position.isolationId === formatIsolationId(this.id) ? position : null;
  }
}

/** Undefined when no block of that id was ever opened up to `seq`. */
export async function lifeOf(past: Past, shard: number, isolationId: string, seq: number): Promise<BlockLife | undefined> {
  const id = parseIsolationId(isolationId);
  if (id < 1 || id > seq) return undefined;
  // A block carries the number of the order that opened it; a triggered order opens it later than it was placed.
  await past.at(id - 1);
  const events = new PublicEvents(shard);
  events.startFrom(past.state.grids, past.state.usdcBlocks);
  const life = new Life(id, events);
  await past.walk(id, seq, (record, now) => life.see(record, now));
  const { accountId, instrument, ended, entries, marks } = life;
  if (accountId === '') return undefined;
  return { seq, isolationId, accountId, instrument, ended, entries, marks };
}

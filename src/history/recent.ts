import type { DomainEvent } from '../contract/generated/events';
import type { JournalRecord } from '../contract/record';
import type { PublicEvent } from '../contract/results';
import type { State } from '../engine/state/state';
import { PublicEvents } from '../projections/publicEvents';

/** An event as a flat row: its data beside where it stands in the journal. */
export type EventRow = { readonly seq: number; readonly index: number; readonly time: number; readonly [field: string]: unknown };

const MOST_KEPT = 500;

/** The last trades of each instrument and the last liquidations, newest first. */
export class Recent {
  private readonly events: PublicEvents;
  private readonly trades = new Map<string, EventRow[]>();
  private readonly begun: EventRow[] = [];

  constructor(shard: number, state: State) {
    this.events = new PublicEvents(shard);
    this.events.startFrom(state.grids, state.usdcBlocks);
  }

  /** Every record from the state it was made with on, in order. */
  take(record: JournalRecord): void {
    this.events.take(record);
    for (let place = 0; place < record.events.length; place++) {
      const event = record.events[place] as DomainEvent;
      if (event.type === 'TradeExecuted') keep(this.tradesIn(event.instrument), this.row(record, event, place + 1));
      else if (event.type === 'LiquidationStarted') keep(this.begun, this.row(record, event, place + 1));
    }
  }

  tradesOf(instrument: string, limit: number): readonly EventRow[] {
    return newestFirst(this.trades.get(instrument) ?? [], limit);
  }

  liquidations(limit: number): readonly EventRow[] {
    return newestFirst(this.begun, limit);
  }

  private tradesIn(instrument: string): EventRow[] {
    const known = this.trades.get(instrument);
    if (known !== undefined) return known;
    const made: EventRow[] = [];
    this.trades.set(instrument, made);
    return made;
  }

  private row(record: JournalRecord, event: DomainEvent, index: number): EventRow {
    const { seq, time, data }: PublicEvent = this.events.event(record, event, index);
    const { transfers: _, ...fields } = data;
    return { ...fields, seq, index, time };
  }
}

/** Twice as many as are wanted are let in before the older half goes. */
function keep(rows: EventRow[], row: EventRow): void {
  rows.push(row);
  if (rows.length > 2 * MOST_KEPT) rows.splice(0, rows.length - MOST_KEPT);
}

function newestFirst(rows: readonly EventRow[], limit: number): readonly EventRow[] {
  return rows.slice(-Math.min(limit, MOST_KEPT)).reverse();
}

import type { JournalRecord } from '../contract/record';
import type { PublicEvent } from '../contract/results';
import { type CommandEvent, PublicEvents } from '../projections/publicEvents';
import type { Past } from './past';

/** Which events: from a place on, or those of one command. */
export interface EventsQuestion {
  /** The first command to look at; from 1. */
  readonly fromSeq: number;
  /** Of that command, the first event; index 0 is the command itself. */
  readonly fromIndex: number;
  /** Not behind this command. */
  readonly toSeq?: number | undefined;
  /** Rows at most. */
  readonly limit: number;
}

/** Events in the order of the journal. `next` is there while more of them follow: the place at which to go on. */
export interface EventsPage {
  readonly rows: readonly (CommandEvent | PublicEvent)[];
  readonly next?: string | undefined;
}

/** Events of the commands up to `last`, index 0 included; (seq, index) is dense over the pages. */
export async function eventsFrom(past: Past, shard: number, question: EventsQuestion, last: number): Promise<EventsPage> {
  const { fromSeq, fromIndex, toSeq = last, limit } = question;
  const to = Math.min(last, toSeq);
  if (fromSeq > to) return { rows: [] };
  await past.at(fromSeq - 1);
  const events = new PublicEvents(shard);
  events.startFrom(past.state.grids, past.state.usdcBlocks);
  const rows: (CommandEvent | PublicEvent)[] = [];
  let next: string | undefined;
  const goOn = (record: JournalRecord) => {
    const start = record.seq === fromSeq ? fromIndex : 0;
    const end = Math.min(record.events.length + 1, start + limit - rows.length);
    rows.push(...eventsOf(events, record, start, end));
    if (end <= record.events.length) next = `${record.seq}-${end}`;
    else if (rows.length === limit && record.seq < to) next = `${record.seq + 1}-0`;
    return rows.length < limit;
  };
  await past.walk(fromSeq, to, { goOn });
  return { rows, next };
}

function eventsOf(events: PublicEvents, record: JournalRecord, start: number, end: number): (CommandEvent | PublicEvent)[] {
  events.take(record);
  const rows: (CommandEvent | PublicEvent)[] = [];
  if (start === 0 && end > 0) rows.push(events.command(record));
  for (let index = Math.max(1, start); index < end; index++) {
    const event = record.events[index - 1];
    if (event !== undefined) rows.push(events.event(record, event, index));
  }
  return rows;
}

import { ByteReader } from '../contract/bytes';
import { decodeRecord, decodeRecordParts, type JournalRecord } from '../contract/record';
import type { State } from '../engine/state/state';
import type { JournalRecord as StoredRecord } from '../journal';
import type { RecordPart } from '../journal/eventstoredb';
import { PublicEvents } from '../projections/publicEvents';
import { type ControlRecord, decodeControl } from './control';

/** An event of the store has at most 64 KiB, and its part of the record is in it as text (journal.md §2.3). */
const LONGEST_CONTROL_PART = 24 * 1024;

/**
 * What people and the store's own projections read of a record: one event for the
 * command and one for each domain event, in decimals. It must see every record of its
 * stream in order, or begin with the state at some place.
 */
export class RecordPresenter {
  private readonly events: PublicEvents;

  constructor(shard: number) {
    this.events = new PublicEvents(shard);
  }

  startFrom(state: State): void {
    this.events.startFrom(state.grids, state.usdcBlocks);
  }

  /** Takes note of a record that is in the stream already. */
  follow({ kind, bytes }: StoredRecord): void {
    if (kind === 'command') this.events.take(decodeRecord(new ByteReader(bytes)));
  }

  parts({ kind, bytes }: StoredRecord): RecordPart[] {
    return kind === 'control' ? controlParts(bytes) : this.commandParts(bytes);
  }

  private commandParts(bytes: Uint8Array): RecordPart[] {
    const { record, ends } = decodeRecordParts(new ByteReader(bytes));
    const { events } = this;
    events.take(record);
    const metadata = aboutCommand(record);
    const { type, data } = events.command(record);
    const parts: RecordPart[] = [{ type, data, metadata, start: 0, end: ends[0] as number }];
    record.events.forEach((event, place) => {
      const shown = events.event(record, event, place + 1);
      const [start, end] = [ends[place] as number, ends[place + 1] as number];
      parts.push({ type: shown.type, data: shown.data, metadata: { ...metadata, time: event.time }, start, end });
    });
    return parts;
  }
}

/** What journal.md §2.4 and issue trackers look for; the store itself follows the two names with a dollar. */
function aboutCommand({ command, actor, source, time }: JournalRecord): object {
  const { commandId, correlationId } = command;
  const { kind, topic, partition, offset } = source;
  const kafka = kind === 'KAFKA' ? { kafka: { topic, partition, offset } } : {};
  return { commandId, $correlationId: correlationId ?? commandId, $causationId: commandId, actor, source: kind, ...kafka, time };
}

/** A long dead letter is spread over several events; only the first says what it is. */
function controlParts(bytes: Uint8Array): RecordPart[] {
  const record = decodeControl(bytes);
  const parts: RecordPart[] = [];
  for (let start = 0; start < bytes.length; start += LONGEST_CONTROL_PART) {
    const end = Math.min(bytes.length, start + LONGEST_CONTROL_PART);
    const isFirst = start === 0;
    const isAll = isFirst && end === bytes.length;
    parts.push({
      type: isFirst ? record.type : `${record.type}Continued`,
      data: isAll ? record : isFirst ? withoutValue(record) : {},
      metadata: {},
      start,
      end,
    });
  }
  return parts;
}

function withoutValue(record: ControlRecord): object {
  return record.type === 'DeadLetter' ? { ...record, value: undefined } : record;
}

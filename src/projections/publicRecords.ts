import { type CommandType, commandTypes } from '../contract/commands';
import { eventOfJson } from '../contract/generated/eventOfJson';
import type { DomainEvent } from '../contract/generated/events';
import type { Grid } from '../contract/grid';
import { parseAnyOrderId, parseIsolationId } from '../contract/ids';
import { FieldFormatError, readText, readTime } from '../contract/publicFields';
import type { RejectionCode } from '../contract/rejections';
import { SeqGap } from './gap';
import { gridOf } from './publicEvents';
import type { FoldableRecord } from './record';

/** A message of `bulkhead.events.v1`, parsed. */
export interface PublishedEvent {
  readonly type: string;
  readonly seq: number;
  readonly index: number;
  readonly time: number;
  readonly commandId: string;
  readonly data: { readonly [field: string]: unknown };
}

/**
 * Puts the public events of one shard back together into records that the folds take. A command counts once all of its
 * events are there, and an event that came already (a rewind that a consumer without read_committed sees) is passed over.
 */
export class PublicRecords {
  private readonly grids = new Map<string, Grid>();
  private command: PublishedEvent | undefined;
  private waited: PublishedEvent[] = [];
  private count = 0;
  /** seq of the last whole record. */
  seq = 0;

  /**
   * Takes the next event; gives the record that it completes, if it does. Throws SeqGap when events before it are missing
   * (a record begins at seq 1), FieldFormatError on what no node publishes.
   */
  take(event: PublishedEvent): FoldableRecord | undefined {
    const { seq, index } = event;
    if (seq <= this.seq || (this.command !== undefined && seq === this.seq + 1 && index <= this.waited.length)) return undefined;
    const next = this.command === undefined ? 0 : this.waited.length + 1;
    if (seq !== this.seq + 1 || index !== next) throw new SeqGap(seq, this.seq);
    if (index === 0) {
      this.count = countOf(event);
      this.command = event;
    } else {
      this.waited.push(event);
    }
    return this.waited.length === this.count ? this.complete(this.command as PublishedEvent) : undefined;
  }

  private complete(command: PublishedEvent): FoldableRecord {
    const events = this.waited;
    // A node writes all events of a record by the grids that stand after it.
    for (const { type, data } of events) {
      if (type === 'InstrumentListed' || type === 'InstrumentUpdated') this.grids.set(readText(data, 'instrument'), gridOf(data.spec));
    }
    const decoded = events.map(({ type, time, data }) => eventOfJson(type, time, data, (instrument) => this.grid(instrument)));
    this.command = undefined;
    this.waited = [];
    this.seq = command.seq;
    return recordOf(command, decoded);
  }

  private grid(instrument: string): Grid {
    const grid = this.grids.get(instrument);
    if (grid === undefined) throw new FieldFormatError('instrument', 'one that was listed before', instrument);
    return grid;
  }
}

function countOf({ type, data }: PublishedEvent): number {
  if (type !== 'CommandAccepted' && type !== 'CommandRejected') throw new FieldFormatError('type', 'that of a command at index 0', type);
  const { eventCount } = data;
  if (!Number.isSafeInteger(eventCount)) throw new FieldFormatError('eventCount', 'the number of events that follow', eventCount);
  return eventCount as number;
}

function recordOf({ type, seq, time, commandId, data }: PublishedEvent, events: readonly DomainEvent[]): FoldableRecord {
  const { orderId, isolationId } = data;
  const rejection = type === 'CommandRejected' ? { code: readText(data, 'code') as RejectionCode, message: readText(data, 'message') } : {};
  return {
    seq,
    time: readTime({ time }, 'time'),
    command: { commandId, type: commandTypeOf(data.command) },
    status: type === 'CommandRejected' ? 'REJECTED' : 'ACCEPTED',
    ...rejection,
    orderId: orderId === undefined ? undefined : parseAnyOrderId(readText(data, 'orderId')),
    isolationId: isolationId === undefined ? undefined : parseIsolationId(readText(data, 'isolationId')),
    events,
  };
}

function commandTypeOf(said: unknown): CommandType {
  const type = (said as { readonly type?: unknown } | undefined)?.type;
  const known = commandTypes.find((name) => name === type);
  if (known === undefined) throw new FieldFormatError('command.type', 'the name of a command', type);
  return known;
}

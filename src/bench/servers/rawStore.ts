import { binaryEvent, type EventData, EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { EventIds } from '../../journal/eventstoredb/eventIds';
import { FrameQueue } from '../../journal/eventstoredb/frames';
import { type Outgoing, takeGroup } from '../../journal/eventstoredb/grouping';
import type { PackedChain, StreamEvent } from '../../journal/eventstoredb/packing';
import { EventQueue, type RecordQueue } from '../../journal/eventstoredb/recordQueue';
import { RecordPresenter } from '../../runtime/recordPresenter';
import type { RecordTape } from './records';

const WRITER = '6f6f8a3e-7f0e-4b1c-9d58-1f1a4cf9a001';
/** As long as the journal's, and no work: what is measured is the client. */
const NO_CHAIN: PackedChain = { add: () => undefined, addFrame: () => undefined, hash: '0'.repeat(64), link: '0'.repeat(64) };

/** What one append carries, as a user of the client has it: objects that are not written down yet. */
export type Group = readonly EventData[];

function grouped(events: readonly StreamEvent[]): Group[] {
  const ids = new EventIds(WRITER);
  const queue: Outgoing[] = events.map((event) => {
    const { revision, head, last } = event.metadata;
    return { id: ids.of(revision, event.index), event, completes: last ? { revision, seq: head } : undefined };
  });
  const groups: Group[] = [];
  while (queue.length > 0) groups.push(takeGroup(queue).map(clientEvent));
  return groups;
}

function packed(queue: RecordQueue, records: RecordTape): Group[] {
  let revision = 0;
  for (const record of records) queue.add(record, revision++, record.seq);
  const events: StreamEvent[] = [];
  while (!queue.isEmpty) events.push(...queue.take().events);
  return grouped(events);
}

/** The events that the journal would append for these records, in the groups in which it would. */
export function eventGroups(before: RecordTape | undefined, records: RecordTape): Group[] {
  const presenter = new RecordPresenter(0);
  for (const record of before ?? []) presenter.follow(record);
  return packed(new EventQueue(WRITER, NO_CHAIN, (one) => presenter.parts(one)), records);
}

export function frameGroups(records: RecordTape): Group[] {
  return packed(new FrameQueue(WRITER, NO_CHAIN), records);
}

function clientEvent({ id, event: { type, isJson, data, metadataBytes } }: Outgoing) {
  const read = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8')) as never;
  const metadata: Record<string, unknown> = read(metadataBytes);
  return isJson ? jsonEvent({ id, type, data: read(data), metadata }) : binaryEvent({ id, type, data, metadata });
}

/** The client with nothing round it: groups at exact revisions, so many in flight, none looked at again. */
export class RawStore {
  private readonly client: EventStoreDBClient;
  private revision = -1;

  constructor(
    url: string,
    private readonly stream: string,
    private readonly inFlight: number,
  ) {
    this.client = EventStoreDBClient.connectionString(url);
  }

  /** Revision of the stream's last event. */
  get last(): number {
    return this.revision;
  }

  /** The first group must go in a call of its own: on a new connection the client lets the second append overtake the first. */
  async append(groups: readonly Group[]): Promise<void> {
    const pending: Promise<void>[] = [];
    for (const group of groups) {
      if (pending.length >= this.inFlight) await pending.shift();
      pending.push(this.send(group));
    }
    await Promise.all(pending);
  }

  private async send(group: Group): Promise<void> {
    const expectedRevision = this.revision < 0 ? NO_STREAM : BigInt(this.revision);
    this.revision += group.length;
    const expected = this.revision;
    const { nextExpectedRevision } = await this.client.appendToStream(this.stream, [...group], { expectedRevision });
    if (Number(nextExpectedRevision) !== expected)
      throw new Error(`the store ended an append at ${nextExpectedRevision}, not at ${expected}`);
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}

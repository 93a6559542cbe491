import { binaryEvent, EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import type { JournalRecord } from '../../journal';
import { EventIds } from '../../journal/eventstoredb/eventIds';
import { type Outgoing, takeGroup } from '../../journal/eventstoredb/grouping';
import { type HeadedRecord, type PackedChain, packEvents, packFrames, type StreamEvent } from '../../journal/eventstoredb/packing';
import { RecordPresenter } from '../../runtime/recordPresenter';

const WRITER = '6f6f8a3e-7f0e-4b1c-9d58-1f1a4cf9a001';
/** As long as the journal's, and no work: what is measured is the client. */
const NO_CHAIN: PackedChain = { add: () => undefined, hash: '0'.repeat(64), link: '0'.repeat(64) };
/** As the journal hands them to its packing. */
const FRAME_BYTES = 256 * 1024;

export type Group = readonly Outgoing[];

function headed(records: readonly JournalRecord[]): HeadedRecord[] {
  return records.map((record, revision) => ({ ...record, revision, head: record.seq }));
}

function grouped(events: readonly StreamEvent[]): Group[] {
  const ids = new EventIds(WRITER);
  const queue: Outgoing[] = events.map((event) => {
    const { revision, head, last } = event.metadata;
    return { id: ids.of(revision, event.index), event, completes: last ? { revision, seq: head } : undefined };
  });
  const groups: Group[] = [];
  while (queue.length > 0) groups.push(takeGroup(queue));
  return groups;
}

/** The events that the journal would append for these records, in the groups in which it would. */
export function eventGroups(before: readonly JournalRecord[], records: readonly JournalRecord[]): Group[] {
  const presenter = new RecordPresenter(0);
  for (const record of before) presenter.follow(record);
  return grouped(headed(records).flatMap((record) => packEvents(WRITER, record, NO_CHAIN, (one) => presenter.parts(one))));
}

export function frameGroups(records: readonly JournalRecord[]): Group[] {
  const frames: StreamEvent[] = [];
  let gathered: HeadedRecord[] = [];
  let bytes = 0;
  const close = () => {
    frames.push(...packFrames(WRITER, gathered, NO_CHAIN));
    gathered = [];
    bytes = 0;
  };
  for (const record of headed(records)) {
    gathered.push(record);
    bytes += record.bytes.length;
    if (bytes >= FRAME_BYTES) close();
  }
  close();
  return grouped(frames);
}

function clientEvent({ id, event: { type, data, metadata } }: Outgoing) {
  const about = metadata as unknown as Record<string, unknown>;
  return data instanceof Uint8Array
    ? binaryEvent({ id, type, data, metadata: about })
    : jsonEvent({ id, type, data: data as never, metadata: about });
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
    const { nextExpectedRevision } = await this.client.appendToStream(this.stream, group.map(clientEvent), { expectedRevision });
    if (Number(nextExpectedRevision) !== expected)
      throw new Error(`the store ended an append at ${nextExpectedRevision}, not at ${expected}`);
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}

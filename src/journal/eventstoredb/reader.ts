import { chainStart } from '../chain';
import { entriesOfAll, type JournalEntry, type JournalOrigin, type JournalReader, type Position, type RecordBatch } from '../port';
import { chainUpTo } from './chainSearch';
import { StreamClient } from './client';
import { endOf, placeOf, readRecords } from './streamReader';

export interface StreamReaderOptions {
  /** `esdb://host:port?tls=…` */
  readonly url: string;
  readonly stream: string;
  readonly shard: number;
  /** A read that is not answered so long has failed, ms. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** A shard's stream for those who only read it: audits, copies, and the standby. It never writes. */
export class EventStoreReader implements JournalReader {
  private constructor(
    private readonly client: StreamClient,
    readonly meta: JournalOrigin,
    private end: Position & { readonly lastRevision: number },
  ) {}

  /** Undefined when there is no such stream. Rejects when the store cannot be reached. */
  static async open({ url, stream, shard, timeoutMs = DEFAULT_TIMEOUT_MS }: StreamReaderOptions): Promise<EventStoreReader | undefined> {
    const client = new StreamClient(url, stream, timeoutMs);
    try {
      const first = await client.at(0);
      if (first === undefined) {
        await client.dispose();
        return undefined;
      }
      const reader = new EventStoreReader(client, { id: first.metadata.writer, shard }, { revision: -1, seq: 0, lastRevision: -1 });
      await reader.refresh();
      return reader;
    } catch (error) {
      await client.dispose();
      throw error;
    }
  }

  /** Looks how far the stream has come. A record is there when its last event is. */
  async refresh(): Promise<void> {
    const { revision, seq, lastRevision, unfinished } = await endOf(this.client);
    this.end = { revision, seq, lastRevision: lastRevision - unfinished.length };
  }

  get durable(): Position {
    return this.end;
  }

  async *readBatches(fromRevision = 0): AsyncGenerator<RecordBatch> {
    const { revision, lastRevision } = this.end;
    if (fromRevision > revision) return;
    const place = fromRevision === 0 ? 0 : await placeOf(this.client, lastRevision, fromRevision);
    yield* readRecords(this.client, place, fromRevision, revision);
  }

  read(fromRevision = 0): AsyncIterable<JournalEntry> {
    return entriesOfAll(this.readBatches(fromRevision));
  }

  async chainHash(seq: number): Promise<Uint8Array> {
    if (!Number.isInteger(seq) || seq < 0 || seq > this.end.seq) {
      throw new RangeError(`the chain has no hash at seq ${seq}: the stream goes up to ${this.end.seq}`);
    }
    return seq === 0 ? chainStart() : (await chainUpTo(this.client, this.end.lastRevision, seq)).hash();
  }

  close(): Promise<void> {
    return this.client.dispose();
  }
}

import type { RecordBatch } from '../port';
import { Assembler } from './assembler';
import type { PlacedEvent, StreamClient } from './client';
import type { PlacedRecord, StreamMetadata } from './packing';

const BATCH_BYTES = 1 << 20;
const LENGTH_BYTES = 4;

/** Where a stream ends: its last whole record, and what stands behind it of one that was cut off. */
export interface StreamEnd {
  /** −1: there is no event. */
  readonly lastRevision: number;
  readonly revision: number;
  readonly seq: number;
  readonly unfinished: readonly PlacedEvent[];
}

export async function endOf(client: StreamClient): Promise<StreamEnd> {
  const unfinished: PlacedEvent[] = [];
  let lastRevision = -1;
  for await (const event of client.readBack()) {
    lastRevision = Math.max(lastRevision, event.streamRevision);
    const { last, revision, head, count = 1 } = event.metadata;
    if (last) return { lastRevision, revision: revision + count - 1, seq: head, unfinished: unfinished.reverse() };
    unfinished.push(event);
  }
  return { lastRevision, revision: -1, seq: 0, unfinished: unfinished.reverse() };
}

/** The greatest stream revision up to `lastRevision` at which `isBefore` holds; −1 when it holds nowhere. It must hold up to some place and not beyond. */
async function lastWhere(client: StreamClient, lastRevision: number, isBefore: (metadata: StreamMetadata) => boolean): Promise<number> {
  let low = -1;
  let high = lastRevision;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const event = await client.at(middle);
    if (event === undefined) throw new Error(`the stream ${client.stream} has no event ${middle}`);
    if (isBefore(event.metadata)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Stream revision of the first event of the record or frame that holds the record `revision`. */
export async function placeOf(client: StreamClient, lastRevision: number, revision: number): Promise<number> {
  const place = await lastWhere(client, lastRevision, (metadata) => metadata.revision <= revision);
  const event = await client.at(place);
  return place - (event?.metadata.index ?? 0);
}

/** The first event of the record or frame that ends at `seq` or behind it. */
export async function eventAtHead(client: StreamClient, lastRevision: number, seq: number): Promise<PlacedEvent | undefined> {
  return client.at((await lastWhere(client, lastRevision, ({ head }) => head < seq)) + 1);
}

/** Gathers records for readers that cannot afford an object each; the length stands before each, as the chain hashes it. */
class BatchBuilder {
  private readonly records: PlacedRecord[] = [];
  private bytes = 0;

  add(record: PlacedRecord): void {
    this.records.push(record);
    this.bytes += record.bytes.length + LENGTH_BYTES;
  }

  get isFull(): boolean {
    return this.bytes >= BATCH_BYTES;
  }

  build(): RecordBatch | undefined {
    const [first] = this.records;
    if (first === undefined) return undefined;
    const count = this.records.length;
    const buffer = Buffer.allocUnsafe(this.bytes);
    const [starts, ends, seqs] = [new Uint32Array(count), new Uint32Array(count), new Float64Array(count)];
    let at = 0;
    this.records.forEach(({ bytes, seq }, index) => {
      buffer.writeUInt32LE(bytes.length, at);
      starts[index] = at + LENGTH_BYTES;
      buffer.set(bytes, at + LENGTH_BYTES);
      at += LENGTH_BYTES + bytes.length;
      ends[index] = at;
      seqs[index] = seq;
    });
    return { firstRevision: first.revision, count, buffer, starts, ends, seqs };
  }
}

/** Records `fromRevision` to `upToRevision` in batches, read from a stream revision at or before the first. */
export async function* readRecords(
  client: StreamClient,
  place: number,
  fromRevision: number,
  upToRevision: number,
): AsyncGenerator<RecordBatch> {
  const assembler = new Assembler();
  let builder = new BatchBuilder();
  for await (const event of client.read(place)) {
    for (const record of assembler.take(event)) {
      if (record.revision >= fromRevision && record.revision <= upToRevision) builder.add(record);
    }
    const { revision, count = 1, last } = event.metadata;
    const isEnd = last && revision + count - 1 >= upToRevision;
    if (!builder.isFull && !isEnd) continue;
    const batch = builder.build();
    if (batch !== undefined) yield batch;
    if (isEnd) return;
    builder = new BatchBuilder();
  }
  const batch = builder.build();
  if (batch !== undefined) yield batch;
}

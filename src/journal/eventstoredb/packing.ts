import type { JournalRecord } from '../port';

/** A part of a record that becomes an event of its own: what people read, and the record's own bytes from `start` to `end`. */
export interface RecordPart {
  readonly type: string;
  /** JSON-safe: a bigint in it would never be answered by the client. */
  readonly data: object;
  /** Beside what every event of the stream carries. */
  readonly metadata: object;
  readonly start: number;
  readonly end: number;
}

/** Splits a record into what people read. The parts' bytes, one after the other, are the record. */
export type Presenter = (record: JournalRecord) => readonly RecordPart[];

/** What the metadata of every event in the stream says (journal.md §2). */
export interface StreamMetadata {
  /** Who appended it (journal.md §2.1). */
  readonly writer: string;
  /** The record's place among all records; of a frame its first record's. */
  readonly revision: number;
  /** 0: a control record, or a frame, which has a `head` alone. */
  readonly seq: number;
  readonly index: number;
  /** Whether the record ends with this event. */
  readonly last: boolean;
  /** seq of the last command up to the end of this record or frame. */
  readonly head: number;
  /** The chain's hash at `head`, hex; on the first event of a record or frame. */
  readonly hash?: string;
  /** The chain's hash at the last multiple of RUN_LENGTH up to `head`, hex; on the first event of a frame. */
  readonly link?: string;
  /** Records in a frame; absent on events. */
  readonly count?: number;
  /** Canonical bytes of this part, base64; a frame has them as its data. */
  readonly raw?: string;
}

export interface StreamEvent {
  readonly type: string;
  readonly data: object | Uint8Array;
  readonly metadata: StreamMetadata;
  /** Number in the id of the event: unique within its record or frame. */
  readonly index: number;
  /** Bytes of data and metadata together. */
  readonly weight: number;
}

export interface PlacedRecord extends JournalRecord {
  readonly revision: number;
}

/** A record with what the chain says behind it. */
export interface ChainedRecord extends PlacedRecord {
  readonly head: number;
  readonly hash: string;
  readonly link: string;
}

/** A frame ends at this many bytes; a record above it is spread over several frames. */
const FRAME_BYTES = 512 * 1024;
const FRAME = 'RecordFrame';
const MAX_EVENT_BYTES = 64 * 1024;
const CONTROL_BIT = 0x8000_0000;
const LENGTH_BYTES = 4;

const weigh = (value: object): number => Buffer.byteLength(JSON.stringify(value));

/** One event for each part of a record. */
export function packEvents(writer: string, record: ChainedRecord, present: Presenter): StreamEvent[] {
  const parts = present(record);
  return parts.map(({ type, data, metadata: more, start, end }, index) => {
    const raw = Buffer.from(record.bytes.buffer, record.bytes.byteOffset + start, end - start).toString('base64');
    const { revision, seq, head, hash } = record;
    const last = index === parts.length - 1;
    const metadata = { ...more, writer, revision, seq, index, last, head, raw, ...(index === 0 ? { hash } : {}) };
    const weight = weigh(data) + weigh(metadata);
    if (weight > MAX_EVENT_BYTES) throw new RangeError(`${type} of seq ${seq} takes ${weight} bytes as an event, above ${MAX_EVENT_BYTES}`);
    return { type, data, metadata, index, weight };
  });
}

/** Whole records as binary frames, each record behind its length as in the embedded journal; a long record goes on in the next frame. */
export function packFrames(writer: string, records: readonly ChainedRecord[]): StreamEvent[] {
  const frames: StreamEvent[] = [];
  let gathered: ChainedRecord[] = [];
  let bytes = 0;
  const close = (): void => {
    if (gathered.length > 0) frames.push(frameOf(writer, gathered));
    gathered = [];
    bytes = 0;
  };
  for (const record of records) {
    const size = record.bytes.length + LENGTH_BYTES;
    if (bytes + size > FRAME_BYTES) close();
    if (size > FRAME_BYTES) {
      frames.push(...longFrames(writer, record));
      continue;
    }
    gathered.push(record);
    bytes += size;
  }
  close();
  return frames;
}

function lengthOf({ kind, bytes }: PlacedRecord): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(kind === 'control' ? bytes.length + CONTROL_BIT : bytes.length);
  return length;
}

function frameOf(writer: string, records: readonly ChainedRecord[]): StreamEvent {
  const [{ revision }] = records as readonly [ChainedRecord];
  const { head, hash, link } = records[records.length - 1] as ChainedRecord;
  const data = Buffer.concat(records.flatMap((record) => [lengthOf(record), record.bytes]));
  const metadata = { writer, revision, seq: 0, index: 0, last: true, head, hash, link, count: records.length };
  return { type: FRAME, data, metadata, index: 0, weight: data.length + weigh(metadata) };
}

function longFrames(writer: string, record: ChainedRecord): StreamEvent[] {
  const whole = Buffer.concat([lengthOf(record), record.bytes]);
  const count = Math.ceil(whole.length / FRAME_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const data = whole.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES);
    const { revision, head, hash, link } = record;
    const last = index === count - 1;
    const metadata = { writer, revision, seq: 0, index, last, head, count: 1, ...(index === 0 ? { hash, link } : {}) };
    return { type: FRAME, data, metadata, index, weight: data.length + weigh(metadata) };
  });
}

/** An event as it was read back. */
export interface ReadEvent {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: StreamMetadata;
}

export const isFrame = (event: { readonly type: string }): boolean => event.type === FRAME;

/** Bytes that an event holds of its record or records. */
export function rawOf({ type, data, metadata }: ReadEvent): Buffer {
  return isFrame({ type }) ? Buffer.from(data as Uint8Array) : Buffer.from(metadata.raw as string, 'base64');
}

/** What the first events of one record hold of it. */
export function beginningOf(events: readonly ReadEvent[]): Buffer {
  const bytes = Buffer.concat(events.map(rawOf));
  return events.some(isFrame) ? bytes.subarray(LENGTH_BYTES) : bytes;
}

/** The records of a whole frame: `bytes` are all of its parts. */
export function unpackFrame(bytes: Buffer, { revision, head, count = 1 }: StreamMetadata): PlacedRecord[] {
  const records: { kind: 'control' | 'command'; bytes: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const word = bytes.readUInt32LE(at);
    const isControl = word >= CONTROL_BIT;
    const end = at + LENGTH_BYTES + (isControl ? word - CONTROL_BIT : word);
    if (end > bytes.length) throw new Error(`a frame at revision ${revision} is cut inside a record`);
    records.push({ kind: isControl ? 'control' : 'command', bytes: bytes.subarray(at + LENGTH_BYTES, end) });
    at = end;
  }
  if (records.length !== count) throw new Error(`a frame at revision ${revision} holds ${records.length} records where it says ${count}`);
  let seq = head - records.filter(({ kind }) => kind === 'command').length;
  return records.map(({ kind, bytes: own }, index) => ({
    kind,
    bytes: own,
    revision: revision + index,
    seq: kind === 'command' ? ++seq : 0,
  }));
}

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
  readonly isJson: boolean;
  /** As it is stored. */
  readonly data: Uint8Array;
  readonly metadata: StreamMetadata;
  /** The metadata as they are stored, with what only readers in the store look for. */
  readonly metadataBytes: Uint8Array;
  /** Number in the id of the event: unique within its record or frame. */
  readonly index: number;
  /** Bytes of data and metadata together. */
  readonly weight: number;
}

/** An event with its id, ready to be sent, and sent again. */
export interface SentEvent {
  readonly id: string;
  readonly event: StreamEvent;
}

export interface PlacedRecord extends JournalRecord {
  readonly revision: number;
}

/** A record on its way; `head` is the seq of the last command up to its end. */
export interface HeadedRecord extends PlacedRecord {
  readonly head: number;
}

/** The chain as it stands behind the records that were packed: each is added in its turn. */
export interface PackedChain {
  add(record: PlacedRecord): void;
  /** All records of a frame. */
  addFrame(data: Buffer): void;
  /** Hex, at the last added command. */
  readonly hash: string;
  /** Hex, at the last multiple of RUN_LENGTH. */
  readonly link: string;
}

export const FRAME = 'RecordFrame';
const MAX_EVENT_BYTES = 64 * 1024;
/** In the length that stands before each record of a frame. */
export const CONTROL_BIT = 0x8000_0000;
export const LENGTH_BYTES = 4;

export const encoded = (value: object): Buffer => Buffer.from(JSON.stringify(value), 'utf8');

/** One event for each part of a record. */
export function packEvents(writer: string, record: HeadedRecord, chain: PackedChain, present: Presenter): StreamEvent[] {
  const parts = present(record);
  chain.add(record);
  const { hash } = chain;
  return parts.map(({ type, data, metadata: more, start, end }, index) => {
    const raw = Buffer.from(record.bytes.buffer, record.bytes.byteOffset + start, end - start).toString('base64');
    const { revision, seq, head } = record;
    const last = index === parts.length - 1;
    const metadata: StreamMetadata =
      index === 0 ? { writer, revision, seq, index, last, head, raw, hash } : { writer, revision, seq, index, last, head, raw };
    const metadataBytes = encoded(Object.assign({}, more, metadata));
    const bytes = encoded(data);
    const weight = bytes.length + metadataBytes.length;
    if (weight > MAX_EVENT_BYTES) throw new RangeError(`${type} of seq ${seq} takes ${weight} bytes as an event, above ${MAX_EVENT_BYTES}`);
    return { type, isJson: true, data: bytes, metadata, metadataBytes, index, weight };
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

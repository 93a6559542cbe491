import { gunzipSync } from 'node:zlib';

export interface FetchedMessage {
  readonly offset: number;
  /** ms since the epoch: the broker's where the topic says so, else the producer's. */
  readonly time: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: { readonly [name: string]: Buffer };
}

/** A transaction that was aborted: what its producer sent from this offset on, up to its abort marker, counts for nothing. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface FetchedMessages {
  readonly messages: readonly FetchedMessage[];
  /** Behind the last whole batch; undefined: there was none. */
  readonly next: number | undefined;
}

/** The records are in a form that is not read here: compressed by another codec than gzip, or older than Kafka 0.11. */
export class UnreadableRecords extends Error {
  override readonly name = 'UnreadableRecords';
}

const HEADER_BYTES = 61;
const LENGTH_END = 12;
const MAGIC = 2;
const CODEC_MASK = 7;
const GZIP = 1;
const LOG_APPEND_TIME = 8;
const TRANSACTIONAL = 16;
const CONTROL = 32;
const ABORT_MARKER = 0;
const NO_HEADERS: FetchedMessage['headers'] = {};

/** Reads zigzag varints and what stands behind them. */
class RecordReader {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  /** Exact up to 2⁵³: lengths, offsets and times. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  part(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    return this.bytes.subarray(start, this.at);
  }

  headers(): FetchedMessage['headers'] {
    const count = this.varint();
    if (count === 0) return NO_HEADERS;
    const headers: { [name: string]: Buffer } = {};
    for (let place = 0; place < count; place++) {
      const name = (this.part() as Buffer).toString('utf8');
      headers[name] = this.part() ?? Buffer.alloc(0);
    }
    return headers;
  }
}

interface Batch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly attributes: number;
  readonly firstTime: number;
  readonly greatestTime: number;
  readonly producerId: bigint;
  readonly count: number;
  readonly records: Buffer;
}

function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

/** The batch at a place, or undefined where only the beginning of one came: a fetch ends anywhere. */
function batchAt(bytes: Buffer, at: number): { readonly batch: Batch; readonly end: number } | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const end = at + LENGTH_END + bytes.readInt32BE(at + 8);
  if (end > bytes.length) return undefined;
  const magic = bytes.readInt8(at + 16);
  if (magic !== MAGIC) throw new UnreadableRecords(`the records have format ${magic}, and this program reads format ${MAGIC}`);
  const baseOffset = readInt64(bytes, at);
  const batch = {
    baseOffset,
    attributes: bytes.readInt16BE(at + 21),
    lastOffset: baseOffset + bytes.readInt32BE(at + 23),
    firstTime: readInt64(bytes, at + 27),
    greatestTime: readInt64(bytes, at + 35),
    producerId: bytes.readBigInt64BE(at + 43),
    count: bytes.readInt32BE(at + 57),
    records: bytes.subarray(at + HEADER_BYTES, end),
  };
  return { batch, end };
}

function plainRecords({ attributes, records }: Batch): Buffer {
  const codec = attributes & CODEC_MASK;
  if (codec === 0) return records;
  if (codec === GZIP) return gunzipSync(records);
  throw new UnreadableRecords(`the records are compressed by codec ${codec}; plain ones and gzip are read`);
}

function addMessages(batch: Batch, from: number, messages: FetchedMessage[]): void {
  const reader = new RecordReader(plainRecords(batch));
  const isAppendTime = (batch.attributes & LOG_APPEND_TIME) !== 0;
  for (let place = 0; place < batch.count; place++) {
    const length = reader.varint();
    const end = reader.at + length;
    // One byte of attributes, none of which is used.
    reader.at += 1;
    const timeDelta = reader.varint();
    const offset = batch.baseOffset + reader.varint();
    if (offset >= from) {
      const time = isAppendTime ? batch.greatestTime : batch.firstTime + timeDelta;
      messages.push({ offset, time, key: reader.part(), value: reader.part(), headers: reader.headers() });
    }
    reader.at = end;
  }
}

function isAbortMarker({ records }: Batch): boolean {
  const reader = new RecordReader(records);
  reader.varint();
  reader.at += 1;
  reader.varint();
  reader.varint();
  // Version and type, two bytes each.
  return reader.part()?.readInt16BE(2) === ABORT_MARKER;
}

/**
 * Messages from offset `from` on, as read_committed consumers see them: neither control records nor those of aborted
 * transactions. Throws UnreadableRecords.
 */
export function readBatches(bytes: Buffer, from: number, aborted: readonly AbortedTransaction[]): FetchedMessages {
  const messages: FetchedMessage[] = [];
  const waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const over = new Set<bigint>();
  let next: number | undefined;
  let at = 0;
  for (;;) {
    const found = batchAt(bytes, at);
    if (found === undefined) return { messages, next };
    const { batch } = found;
    at = found.end;
    next = batch.lastOffset + 1;
    while (waiting.length > 0 && (waiting[0] as AbortedTransaction).firstOffset <= batch.lastOffset) {
      over.add((waiting.shift() as AbortedTransaction).producerId);
    }
    if ((batch.attributes & CONTROL) !== 0) {
      if (batch.count > 0 && isAbortMarker(batch)) over.delete(batch.producerId);
    } else if ((batch.attributes & TRANSACTIONAL) === 0 || !over.has(batch.producerId)) {
      addMessages(batch, from, messages);
    }
  }
}

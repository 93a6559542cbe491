import { crc32c } from './crc32c';

/** One record: what a consumer sees as key, value and headers. */
export interface RecordParts {
  readonly key: string | Uint8Array | null;
  readonly value: string | Uint8Array | null;
  readonly headers: { readonly [name: string]: string };
}

/** Whose records they are, and where they stand among the producer's records of the partition. */
export interface BatchOrigin {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  /** ms since the epoch. */
  readonly time: number;
}

const HEADER_BYTES = 61;
const FIRST_BYTES = 64 * 1024;
/** A varint of a length takes at most so many bytes. */
const VARINT_BYTES = 5;
/** Lengths and counts round the texts of a record, its headers aside. */
const FRAME_BYTES = 64;
const MAGIC = 2;
const TRANSACTIONAL = 16;
/** The checksum covers what follows it. */
const CRC_AT = 17;
const CHECKED_FROM = 21;
/** Shorter texts are copied letter by letter: a call into the runtime costs more. */
const SHORT_TEXT = 48;

function mostBytes(part: string | Uint8Array | null): number {
  if (part === null) return VARINT_BYTES;
  return VARINT_BYTES + (typeof part === 'string' ? 3 * part.length : part.length);
}

/**
 * Records for one partition in Kafka's format 2, written as they come. The client's own encoder makes an object for each
 * record, header and length: that is most of the time of a publisher that sends several small records a command.
 */
export class RecordBatch {
  private records = 0;
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private at = HEADER_BYTES;

  get count(): number {
    return this.records;
  }

  /** Bytes of the whole batch. */
  get size(): number {
    return this.at;
  }

  /** Empties it; the memory stays. What `sealed` gave out before must not be used any more. */
  clear(): void {
    this.records = 0;
    this.at = HEADER_BYTES;
  }

  add({ key, value, headers }: RecordParts): void {
    this.ensure(FRAME_BYTES + mostBytes(key) + mostBytes(value) + mostBytesOfHeaders(headers));
    const start = this.at;
    // The record's length comes first and is known last: it gets the room of the longest, and the record moves up to it.
    this.at += VARINT_BYTES;
    this.bytes[this.at++] = 0;
    this.bytes[this.at++] = 0;
    this.putVarint(this.records);
    this.putPart(key);
    this.putPart(value);
    let count = 0;
    for (const _ in headers) count += 1;
    this.putVarint(count);
    for (const name in headers) {
      this.putText(name);
      this.putText(headers[name] as string);
    }
    this.close(start);
    this.records += 1;
  }

  private close(start: number): void {
    const body = start + VARINT_BYTES;
    const end = this.at;
    this.at = start;
    this.putVarint(end - body);
    this.bytes.copyWithin(this.at, body, end);
    this.at += end - body;
  }

  /** The batch as it is sent: valid until `clear` or `add`, and may be sealed again for another producer. */
  sealed({ producerId, producerEpoch, firstSequence, time }: BatchOrigin): Buffer {
    const { bytes, at } = this;
    bytes.writeBigInt64BE(0n, 0);
    bytes.writeInt32BE(at - 12, 8);
    bytes.writeInt32BE(0, 12);
    bytes.writeInt8(MAGIC, 16);
    bytes.writeInt16BE(TRANSACTIONAL, CHECKED_FROM);
    bytes.writeInt32BE(this.records - 1, 23);
    bytes.writeBigInt64BE(BigInt(time), 27);
    bytes.writeBigInt64BE(BigInt(time), 35);
    bytes.writeBigInt64BE(producerId, 43);
    bytes.writeInt16BE(producerEpoch, 51);
    bytes.writeInt32BE(firstSequence, 53);
    bytes.writeInt32BE(this.records, 57);
    bytes.writeUInt32BE(crc32c(bytes, CHECKED_FROM, at), CRC_AT);
    return bytes.subarray(0, at);
  }

  private ensure(more: number): void {
    const needed = this.at + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  /** Zigzag, seven bits a byte; `value` is not negative. */
  private putVarint(value: number): void {
    let rest = value * 2;
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  private putPart(part: string | Uint8Array | null): void {
    if (typeof part === 'string') {
      this.putText(part);
    } else if (part === null) {
      // −1 in zigzag.
      this.bytes[this.at++] = 1;
    } else {
      this.putVarint(part.length);
      this.bytes.set(part, this.at);
      this.at += part.length;
    }
  }

  private putText(text: string): void {
    const { length } = text;
    if (length < SHORT_TEXT && this.putAscii(text)) return;
    this.putVarint(Buffer.byteLength(text));
    this.at += this.bytes.write(text, this.at, 'utf8');
  }

  /** False, and nothing is written, when it is more than ASCII. `text` is short, so that its length takes one byte. */
  private putAscii(text: string): boolean {
    const { bytes, at } = this;
    const { length } = text;
    for (let place = 0; place < length; place++) {
      const code = text.charCodeAt(place);
      if (code >= 0x80) return false;
      bytes[at + 1 + place] = code;
    }
    bytes[at] = length * 2;
    this.at = at + 1 + length;
    return true;
  }
}

function mostBytesOfHeaders(headers: RecordParts['headers']): number {
  let most = VARINT_BYTES;
  for (const name in headers) most += 2 * VARINT_BYTES + 3 * (name.length + (headers[name] as string).length);
  return most;
}

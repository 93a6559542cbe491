import { BLOCK_HEADER_BYTES, CONTROL_BIT, RECORD_HEADER_BYTES, sealBlock } from './block';
import { crc32 } from './crc32';
import type { Position } from './port';

const FIRST_BYTES = 64 * 1024;
const CRC_STEP_BYTES = 64 * 1024;
/** What a record out of all proportion made it grow to is given back. */
const MOST_KEPT_BYTES = 128 * 1024 * 1024;

/** The block that is being filled while the one before it is written. */
export class GroupBuffer {
  count = 0;
  last: Position = { revision: -1, seq: 0 };
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private length = BLOCK_HEADER_BYTES;
  private crc = 0;
  private crcDoneTo = BLOCK_HEADER_BYTES;
  private first: Position = { revision: 0, seq: 1 };

  /** Empties the buffer; the next record comes behind `head`. */
  begin(head: Position): void {
    this.count = 0;
    this.length = BLOCK_HEADER_BYTES;
    this.crc = 0;
    this.crcDoneTo = BLOCK_HEADER_BYTES;
    this.first = { revision: head.revision + 1, seq: head.seq + 1 };
    if (this.bytes.length > MOST_KEPT_BYTES) this.bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  get bodyBytes(): number {
    return this.length - BLOCK_HEADER_BYTES;
  }

  get blockBytes(): number {
    return this.length;
  }

  add(record: Uint8Array, isControl: boolean): void {
    const start = this.length + RECORD_HEADER_BYTES;
    const end = start + record.length;
    if (end > this.bytes.length) this.grow(end);
    const { bytes } = this;
    bytes.writeUInt32LE(isControl ? record.length + CONTROL_BIT : record.length, this.length);
    bytes.set(record, start);
    this.length = end;
    this.count++;
    // The CRC follows the filling in steps, so that sealing a large group does not stall the engine.
    if (end - this.crcDoneTo >= CRC_STEP_BYTES) this.catchUpCrc();
  }

  /** Writes the header and returns the whole block. */
  seal(salt: Uint8Array): Uint8Array {
    this.catchUpCrc();
    const header = { bodyBytes: this.bodyBytes, count: this.count, firstRevision: this.first.revision, firstSeq: this.first.seq };
    sealBlock(this.bytes, salt, header, this.crc);
    return this.bytes.subarray(0, this.length);
  }

  private catchUpCrc(): void {
    this.crc = crc32(this.bytes.subarray(this.crcDoneTo, this.length), this.crc);
    this.crcDoneTo = this.length;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

import { crc32 } from './crc32';

/**
 * A block is one group write: a header of 40 bytes and the records appended while the previous group was being written.
 *
 *   0  8  the segment's salt      12  4  body bytes     20  4  zero             32  8  seq of the first command in or after it
 *   8  4  CRC-32 (see below)      16  4  records        24  8  first revision   40  …  body
 *
 * Body: per record a little-endian u32 (the length, bit 31 set for control records) and the bytes. Numbers are little-endian.
 * The CRC runs over the body, then the salt, then header bytes 12 to 39. A block without records is a mark: see SegmentWriter.
 */
export const BLOCK_HEADER_BYTES = 40;
export const RECORD_HEADER_BYTES = 4;
export const SALT_BYTES = 8;
export const CONTROL_BIT = 0x8000_0000;
const CRC_AT = 8;
const BODY_BYTES_AT = 12;
const COUNT_AT = 16;
const RESERVED_AT = 20;
const REVISION_AT = 24;
const SEQ_AT = 32;
const TWO_32 = 0x1_0000_0000;

export interface BlockHeader {
  crc: number;
  bodyBytes: number;
  count: number;
  firstRevision: number;
  firstSeq: number;
}

export function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % TWO_32, true);
  view.setUint32(at + 4, Math.floor(value / TWO_32), true);
}

export const readU64 = (view: DataView, at: number): number => view.getUint32(at, true) + view.getUint32(at + 4, true) * TWO_32;

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const blockCrc = (header: Uint8Array, salt: Uint8Array, bodyCrc: number): number =>
  crc32(header.subarray(BODY_BYTES_AT, BLOCK_HEADER_BYTES), crc32(salt, bodyCrc));

/** Fills in the header in front of a body whose CRC is known. */
export function sealBlock(block: Uint8Array, salt: Uint8Array, header: Omit<BlockHeader, 'crc'>, bodyCrc: number): void {
  const view = viewOf(block);
  block.set(salt, 0);
  view.setUint32(BODY_BYTES_AT, header.bodyBytes, true);
  view.setUint32(COUNT_AT, header.count, true);
  view.setUint32(RESERVED_AT, 0, true);
  writeU64(view, REVISION_AT, header.firstRevision);
  writeU64(view, SEQ_AT, header.firstSeq);
  view.setUint32(CRC_AT, blockCrc(block, salt, bodyCrc), true);
}

/** The header at `at`, or null when the salt is not there or the block would pass `end`, the end of its file. */
export function readBlockHeader(bytes: Uint8Array, view: DataView, at: number, salt: Uint8Array, end: number): BlockHeader | null {
  if (at + BLOCK_HEADER_BYTES > bytes.length) return null;
  for (let i = 0; i < SALT_BYTES; i++) if (bytes[at + i] !== salt[i]) return null;
  const bodyBytes = view.getUint32(at + BODY_BYTES_AT, true);
  if (at + BLOCK_HEADER_BYTES + bodyBytes > end) return null;
  return {
    crc: view.getUint32(at + CRC_AT, true),
    bodyBytes,
    count: view.getUint32(at + COUNT_AT, true),
    firstRevision: readU64(view, at + REVISION_AT),
    firstSeq: readU64(view, at + SEQ_AT),
  };
}

/** Whether the whole block at `at`, which lies in `bytes`, is as it was written. */
export function isBlockIntact(bytes: Uint8Array, at: number, salt: Uint8Array, header: BlockHeader): boolean {
  const bodyAt = at + BLOCK_HEADER_BYTES;
  return header.crc === blockCrc(bytes.subarray(at, bodyAt), salt, crc32(bytes.subarray(bodyAt, bodyAt + header.bodyBytes)));
}

import { randomBytes } from 'node:crypto';
import { readU64, SALT_BYTES, viewOf, writeU64 } from './block';
import { crc32 } from './crc32';
import { type FileSystem, writeWhole } from './fileSystem';
import { JournalDamaged, type Position } from './port';

/**
 * A segment file begins with 64 bytes, little-endian:
 *
 *   0  8  "BHSEGM01"         16 16  journal id         40  8  seq of the first command in or after it
 *   8  4  format version     32  8  first revision     48  8  salt            56  4  CRC-32 of bytes 0 to 55
 *  12  4  shard                                                               60  4  zero
 */
export const SEGMENT_HEADER_BYTES = 64;
export const FORMAT_VERSION = 1;
const MAGIC = Buffer.from('BHSEGM01', 'latin1');
const ID_AT = 16;
const ID_BYTES = 16;
const SALT_AT = 48;
const CRC_AT = 56;
const NAME = /^(\d{16})-(\d{16})\.segment$/;

export interface JournalIdentity {
  readonly id: Uint8Array;
  readonly shard: number;
}

export interface Segment {
  readonly path: string;
  readonly firstRevision: number;
  readonly firstSeq: number;
  readonly salt: Uint8Array;
}

const padded = (value: number): string => String(value).padStart(16, '0');

const segmentName = (firstRevision: number, firstSeq: number): string => `${padded(firstRevision)}-${padded(firstSeq)}.segment`;

/** Names of segment files in the order of their revisions. */
export const segmentNames = (names: readonly string[]): string[] => names.filter((name) => NAME.test(name)).sort();

/** Creates an empty segment behind `after`. Its name appears only when its header is durable, so a half-made one is never met. */
export async function createSegment(
  fileSystem: FileSystem,
  directory: string,
  journal: JournalIdentity,
  after: Position,
): Promise<Segment> {
  const segment = { firstRevision: after.revision + 1, firstSeq: after.seq + 1, salt: randomBytes(SALT_BYTES) };
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const view = viewOf(header);
  header.set(MAGIC, 0);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, journal.shard, true);
  header.set(journal.id, ID_AT);
  writeU64(view, 32, segment.firstRevision);
  writeU64(view, 40, segment.firstSeq);
  header.set(segment.salt, SALT_AT);
  view.setUint32(CRC_AT, crc32(header.subarray(0, CRC_AT)), true);
  const name = segmentName(segment.firstRevision, segment.firstSeq);
  await writeWhole(fileSystem, directory, name, [header]);
  return { path: `${directory}/${name}`, ...segment };
}

/** Reads a segment's header. `expected` is the position of the last record before it. */
export function parseSegmentHeader(path: string, header: Uint8Array, journal: JournalIdentity, expected: Position): Segment {
  const refuse = (reason: string): never => {
    throw new JournalDamaged(path, 0, expected.seq + 1, reason);
  };
  const view = viewOf(header);
  if (header.length < SEGMENT_HEADER_BYTES) refuse('the segment header is cut short');
  if (!MAGIC.equals(header.subarray(0, MAGIC.length))) refuse('this is no segment of a journal');
  if (view.getUint32(CRC_AT, true) !== crc32(header.subarray(0, CRC_AT))) refuse('the CRC of the segment header does not match');
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION) refuse(`the segment has format ${version}, and this program reads format ${FORMAT_VERSION}`);
  const sameJournal = Buffer.from(journal.id).equals(header.subarray(ID_AT, ID_AT + ID_BYTES));
  if (!sameJournal || view.getUint32(12, true) !== journal.shard) refuse('the segment belongs to another journal');
  const firstRevision = readU64(view, 32);
  const firstSeq = readU64(view, 40);
  if (!path.endsWith(segmentName(firstRevision, firstSeq))) refuse('the segment file has been renamed');
  if (firstRevision !== expected.revision + 1 || firstSeq !== expected.seq + 1) {
    refuse(`records are missing: revision ${expected.revision + 1} should follow, and the segment begins at ${firstRevision}`);
  }
  return { path, firstRevision, firstSeq, salt: Uint8Array.from(header.subarray(SALT_AT, SALT_AT + SALT_BYTES)) };
}

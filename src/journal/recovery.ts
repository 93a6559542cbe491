import { BLOCK_HEADER_BYTES, readBlockHeader, viewOf } from './block';
import { type FileSystem, type OpenFile, withFile, writeFully } from './fileSystem';
import { JournalDamaged, type Position } from './port';
import { type JournalIdentity, parseSegmentHeader, SEGMENT_HEADER_BYTES, type Segment, segmentNames } from './segment';
import { hasBlockBehind, type ScanEnd, scanSegment, WHOLE } from './segmentScan';

export interface Recovered {
  readonly segments: Segment[];
  readonly last: Position;
  /** Where a writer goes on in the last segment. */
  readonly end: ScanEnd;
  readonly tornTail: TornTail | null;
}

/**
 * Bytes behind the last whole block: of a group that was being written when the process or the machine stopped, of which
 * nobody was told that it is durable. Damage to the last block of a journal that was not closed in order looks the same.
 */
export interface TornTail {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

const EMPTY: Position = { revision: -1, seq: 0 };

async function readHeader(file: OpenFile, path: string, identity: JournalIdentity, expected: Position): Promise<Segment> {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  return parseSegmentHeader(path, header.subarray(0, await file.read(header, 0)), identity, expected);
}

async function scanToEnd(file: OpenFile, segment: Segment): Promise<ScanEnd> {
  const scan = scanSegment(file, segment, WHOLE);
  for (;;) {
    const step = await scan.next();
    if (step.done) return step.value;
  }
}

function damagedAt({ path }: Segment, { offset, last }: ScanEnd): JournalDamaged {
  return new JournalDamaged(path, offset, last.seq + 1, 'a block that was durable is not whole');
}

async function scanWhole(file: OpenFile, segment: Segment): Promise<ScanEnd> {
  const end = await scanToEnd(file, segment);
  if ((await file.size()) !== end.offset) throw damagedAt(segment, end);
  return end;
}

/** A writer may be at work: what was not whole a moment ago, and has blocks behind it now, is looked at once more. */
async function scanLast(file: OpenFile, segment: Segment): Promise<ScanEnd> {
  let end = await scanToEnd(file, segment);
  while (await hasBlockBehind(file, segment, end.offset)) {
    const again = await scanToEnd(file, segment);
    if (again.offset === end.offset) throw damagedAt(segment, end);
    end = again;
  }
  return end;
}

/** Reads every block of every segment. Throws JournalDamaged for all that is not a torn tail; changes nothing. */
export async function checkSegments(fileSystem: FileSystem, directory: string, identity: JournalIdentity): Promise<Recovered> {
  const names = segmentNames(await fileSystem.list(directory));
  if (names.length === 0) throw new JournalDamaged(directory, 0, 1, 'the journal has no segment files');
  const segments: Segment[] = [];
  let last = EMPTY;
  let end: ScanEnd = { offset: SEGMENT_HEADER_BYTES, last, lastBlockOffset: SEGMENT_HEADER_BYTES };
  let torn: TornTail | null = null;
  for (const name of names) {
    const isLast = name === names[names.length - 1];
    const path = `${directory}/${name}`;
    end = await withFile(fileSystem, path, 'read', async (file) => {
      const segment = await readHeader(file, path, identity, last);
      segments.push(segment);
      if (!isLast) return scanWhole(file, segment);
      const scanned = await scanLast(file, segment);
      torn = await tornTail(file, segment, scanned);
      return scanned;
    });
    last = end.last;
  }
  return { segments, last, end, tornTail: torn };
}

async function tornTail(file: OpenFile, segment: Segment, end: ScanEnd): Promise<TornTail | null> {
  const rest = Buffer.allocUnsafeSlow((await file.size()) - end.offset);
  await file.read(rest, 0 + end.offset);
  const mark = readBlockHeader(rest, viewOf(rest), 0, segment.salt, rest.length);
  const written = mark?.count === 0 && mark.bodyBytes === 0 ? rest.subarray(BLOCK_HEADER_BYTES) : rest;
  let bytes = written.length;
  while (bytes > 0 && written[bytes - 1] === 0) bytes--;
  return bytes === 0 ? null : { file: segment.path, offset: end.offset, bytes };
}

/**
 * Cuts the last segment behind its whole blocks, so that no byte of a torn group is ever met again, and makes the last block
 * durable: it may have been read from the page cache only, and after a failed sync the cache holds pages as clean which the disk
 * never got. Writing the same bytes again makes them dirty.
 */
export async function makeLastDurable(file: OpenFile, { end }: Recovered): Promise<void> {
  await file.truncate(end.offset);
  const block = Buffer.allocUnsafeSlow(end.offset - end.lastBlockOffset);
  await file.read(block, end.lastBlockOffset);
  await writeFully(file, block, end.lastBlockOffset);
  await file.dataSync();
}

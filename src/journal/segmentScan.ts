import { BLOCK_HEADER_BYTES, type BlockHeader, CONTROL_BIT, isBlockIntact, RECORD_HEADER_BYTES, readBlockHeader, viewOf } from './block';
import type { OpenFile } from './fileSystem';
import type { Position, RecordBatch } from './port';
import { SEGMENT_HEADER_BYTES, type Segment } from './segment';

const CHUNK_BYTES = 1024 * 1024;
/** Who follows a journal reads a group or two each time, in a segment that is reserved far beyond them. */
const FIRST_CHUNK_BYTES = 64 * 1024;
const GROWTH = 4;

/** Where a scan stopped: at the end of the whole blocks or at `upTo`. */
export interface ScanEnd {
  /** Byte behind the last whole block with records: a writer goes on here. */
  readonly offset: number;
  readonly last: Position;
  /** Offset of the last whole block with records, or `offset` when there is none. */
  readonly lastBlockOffset: number;
}

export interface ScanRange {
  readonly fromRevision: number;
  readonly upToRevision: number;
}

/** A place between two blocks, with what comes behind it. */
export interface BlockPlace {
  readonly offset: number;
  readonly revision: number;
  readonly seq: number;
}

export const WHOLE: ScanRange = { fromRevision: 0, upToRevision: Number.MAX_SAFE_INTEGER };

/** Collects the records of the blocks of one chunk into arrays. */
export class BatchBuilder {
  private starts = new Uint32Array(1024);
  private ends = new Uint32Array(1024);
  private seqs = new Float64Array(1024);
  private firstRevision = -1;
  private count = 0;

  constructor(
    private readonly buffer: Uint8Array,
    private readonly fromRevision: number,
  ) {}

  /** Adds the records of an intact block; the seq behind it, or null when its lengths do not add up. */
  addBlock(view: DataView, at: number, header: BlockHeader): number | null {
    let seq = header.firstSeq;
    let place = at + BLOCK_HEADER_BYTES;
    const end = place + header.bodyBytes;
    this.reserve(header.count);
    for (let i = 0; i < header.count; i++) {
      if (place + RECORD_HEADER_BYTES > end) return null;
      const word = view.getUint32(place, true);
      const isControl = word >= CONTROL_BIT;
      const start = place + RECORD_HEADER_BYTES;
      place = start + (isControl ? word - CONTROL_BIT : word);
      if (place > end) return null;
      if (header.firstRevision + i >= this.fromRevision) this.addRecord(header.firstRevision + i, start, place, isControl ? 0 : seq);
      if (!isControl) seq++;
    }
    return place === end ? seq : null;
  }

  private addRecord(revision: number, start: number, end: number, seq: number): void {
    if (this.count === 0) this.firstRevision = revision;
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.seqs[this.count++] = seq;
  }

  private reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.starts.length) return;
    const size = Math.max(needed, this.starts.length * 2);
    const grow = <T extends Uint32Array | Float64Array>(from: T, into: T): T => {
      into.set(from);
      return into;
    };
    this.starts = grow(this.starts, new Uint32Array(size));
    this.ends = grow(this.ends, new Uint32Array(size));
    this.seqs = grow(this.seqs, new Float64Array(size));
  }

  build(): RecordBatch | null {
    if (this.count === 0) return null;
    const { buffer, count, firstRevision } = this;
    return {
      firstRevision,
      count,
      buffer,
      starts: this.starts.subarray(0, count),
      ends: this.ends.subarray(0, count),
      seqs: this.seqs.subarray(0, count),
    };
  }
}

const SEQ_UNKNOWN = -1;

class SegmentScanner {
  offset: number;
  lastBlockOffset: number;
  private revision: number;
  private seq: number;
  private wanted = FIRST_CHUNK_BYTES;
  private atEnd = false;

  constructor(
    private readonly file: OpenFile,
    private readonly segment: Segment,
    private readonly range: ScanRange,
    private readonly size: number,
    from: BlockPlace,
  ) {
    this.offset = from.offset;
    this.lastBlockOffset = from.offset;
    this.revision = from.revision;
    this.seq = from.seq;
  }

  get isDone(): boolean {
    return this.atEnd || this.revision > this.range.upToRevision;
  }

  get last(): Position {
    return { revision: this.revision - 1, seq: this.seq - 1 };
  }

  async nextBatch(): Promise<RecordBatch | null> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(this.wanted, this.size - this.offset));
    const chunk = buffer.subarray(0, await this.file.read(buffer, this.offset));
    const isLastChunk = chunk.length < buffer.length || this.offset + chunk.length >= this.size;
    const view = viewOf(chunk);
    const batch = new BatchBuilder(chunk, this.range.fromRevision);
    const start = this.offset;
    this.wanted = Math.min(CHUNK_BYTES, this.wanted * GROWTH);
    let isChunkUsedUp = false;
    while (!this.isDone && !isChunkUsedUp) isChunkUsedUp = !this.takeBlock(chunk, view, this.offset - start, isLastChunk, batch);
    return batch.build();
  }

  /** Takes the block at `at` into the batch; false when it is not the next one, or lies only partly in this chunk. */
  private takeBlock(chunk: Uint8Array, view: DataView, at: number, isLastChunk: boolean, batch: BatchBuilder): boolean {
    if (at + BLOCK_HEADER_BYTES > chunk.length) {
      this.atEnd = isLastChunk;
      return false;
    }
    const header = readBlockHeader(chunk, view, at, this.segment.salt, at + this.size - this.offset);
    if (header === null || header.count === 0 || header.firstRevision !== this.revision) return this.end();
    const blockBytes = BLOCK_HEADER_BYTES + header.bodyBytes;
    if (at + blockBytes > chunk.length) {
      this.atEnd = isLastChunk;
      this.wanted = Math.max(this.wanted, blockBytes);
      return false;
    }
    const isBeforeRange = this.revision + header.count <= this.range.fromRevision;
    const seqBehind = isBeforeRange ? SEQ_UNKNOWN : this.checkBlock(chunk, view, at, header, batch);
    if (seqBehind === null) return this.end();
    this.seq = seqBehind;
    this.revision += header.count;
    this.lastBlockOffset = this.offset;
    this.offset += blockBytes;
    return true;
  }

  private checkBlock(chunk: Uint8Array, view: DataView, at: number, header: BlockHeader, batch: BatchBuilder): number | null {
    if (this.seq !== SEQ_UNKNOWN && header.firstSeq !== this.seq) return null;
    return isBlockIntact(chunk, at, this.segment.salt, header) ? batch.addBlock(view, at, header) : null;
  }

  private end(): false {
    this.atEnd = true;
    return false;
  }
}

export function beginningOf({ firstRevision, firstSeq }: Segment): BlockPlace {
  return { offset: SEGMENT_HEADER_BYTES, revision: firstRevision, seq: firstSeq };
}

/**
 * Yields the records of a segment within `range` and returns where its whole blocks end. Blocks before the range are passed
 * over by their headers; those in it are checked, and the scan ends at the first that is not whole or does not continue the last.
 * `from` is a place that an earlier scan of the same segment has reached, at or before the range.
 */
export async function* scanSegment(
  file: OpenFile,
  segment: Segment,
  range: ScanRange,
  from: BlockPlace = beginningOf(segment),
): AsyncGenerator<RecordBatch, ScanEnd> {
  const scanner = new SegmentScanner(file, segment, range, await file.size(), from);
  while (!scanner.isDone) {
    const batch = await scanner.nextBatch();
    if (batch) yield batch;
  }
  return { offset: scanner.offset, last: scanner.last, lastBlockOffset: scanner.lastBlockOffset };
}

/**
 * Whether a whole block begins behind `offset`. The writer starts a group only when the one before it is durable, so a whole
 * block (a mark too) proves that every byte before it was durable: what is not whole there is damage, and no torn tail.
 */
export async function hasBlockBehind(file: OpenFile, segment: Segment, offset: number): Promise<boolean> {
  const rest = Buffer.allocUnsafeSlow(Math.max(0, (await file.size()) - offset));
  const bytes = rest.subarray(0, await file.read(rest, offset));
  const view = viewOf(bytes);
  const salt = Buffer.from(segment.salt);
  for (let at = bytes.indexOf(salt, 1); at !== -1; at = bytes.indexOf(salt, at + 1)) {
    const header = readBlockHeader(bytes, view, at, segment.salt, bytes.length);
    if (header && isBlockIntact(bytes, at, segment.salt, header)) return true;
  }
  return false;
}

import { dirname, resolve } from 'node:path';
import { ChainKeeper } from './chainKeeper';
import { type FileSystem, nodeFileSystem, type OpenFile } from './fileSystem';
import { GroupedJournal } from './groupedJournal';
import { type LockDirectory, lockDirectory, type ReleaseLock } from './lock';
import { identityOf, type JournalMeta, newMeta, readMeta, writeMeta } from './meta';
import {
  DEFAULT_MAX_PENDING_BYTES,
  entriesOfAll,
  JournalDamaged,
  type JournalEntry,
  type JournalReader,
  type Position,
  type RecordBatch,
} from './port';
import { checkSegments, makeLastDurable, type Recovered, type TornTail } from './recovery';
import { createSegment, SEGMENT_HEADER_BYTES, type Segment, segmentNames } from './segment';
import { ReachedPlaces, readSegments } from './segmentReader';
import { SegmentWriter } from './segmentWriter';
import { Snapshots } from './snapshots';

export const DEFAULT_SEGMENT_BYTES = 256 * 1024 * 1024;
export const DEFAULT_EXTENT_BYTES = 1024 * 1024;

export interface FileJournalOptions {
  /** Of a new journal; an existing one must have the same. Default: 0 for a new one, whatever it is for an existing one. */
  readonly shard?: number;
  /** Bytes at which the next segment file begins. */
  readonly segmentBytes?: number;
  /** Bytes of zeros laid down at a time ahead of the writer; 0 lays none. */
  readonly extentBytes?: number;
  /** Bytes that may wait for the disk. */
  readonly maxPendingBytes?: number;
  /** For tests: a disk with faults, and the lock that goes with it. The hash chain is then computed on the caller's thread. */
  readonly fileSystem?: FileSystem;
  readonly lock?: LockDirectory;
}

const segmentsOf = (directory: string): string => `${directory}/segments`;
const snapshotsOf = (directory: string): string => `${directory}/snapshots`;

/** The journal as it was when it was opened for reading. */
export class FileJournalReader implements JournalReader {
  private readonly chain: ChainKeeper;

  /** @internal Use openFileJournalReader. */
  constructor(
    readonly meta: JournalMeta,
    private readonly fileSystem: FileSystem,
    private readonly recovered: Recovered,
  ) {
    this.chain = new ChainKeeper(fileSystem, recovered.segments, () => recovered.last, fileSystem === nodeFileSystem);
  }

  get durable(): Position {
    return this.recovered.last;
  }

  /** What follows the last whole block and is none; beside a writer, perhaps what it is writing. */
  get tornTail(): TornTail | null {
    return this.recovered.tornTail;
  }

  /** Its files in order. */
  get segments(): readonly Segment[] {
    return this.recovered.segments;
  }

  readBatches(fromRevision = 0): AsyncIterable<RecordBatch> {
    return readSegments(this.fileSystem, this.recovered.segments, fromRevision, this.durable.revision);
  }

  read(fromRevision = 0): AsyncIterable<JournalEntry> {
    return entriesOfAll(this.readBatches(fromRevision));
  }

  chainHash(seq: number): Promise<Uint8Array> {
    return this.chain.hashAt(seq);
  }

  close(): Promise<void> {
    return this.chain.close();
  }
}

/** Opens the journal in `path` for reading, beside a writer or without one: it changes nothing and takes no lock. */
export async function openFileJournalReader(path: string, fileSystem: FileSystem = nodeFileSystem): Promise<FileJournalReader> {
  const directory = resolve(path);
  const meta = await readMeta(fileSystem, directory);
  if (!meta) throw new Error(`there is no journal in ${directory}`);
  return new FileJournalReader(meta, fileSystem, await checkBesideWriter(fileSystem, directory, meta));
}

const CHECKS_BESIDE_WRITER = 3;

/** A writer at work can put two groups behind the place that is being read, which then looks damaged. Real damage stays. */
async function checkBesideWriter(fileSystem: FileSystem, directory: string, meta: JournalMeta): Promise<Recovered> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await checkSegments(fileSystem, segmentsOf(directory), identityOf(meta));
    } catch (error) {
      if (!(error instanceof JournalDamaged) || attempt === CHECKS_BESIDE_WRITER) throw error;
    }
  }
}

interface FileJournalParts {
  readonly meta: JournalMeta;
  readonly directory: string;
  readonly fileSystem: FileSystem;
  readonly writer: SegmentWriter;
  readonly recovered: Recovered;
  readonly release: ReleaseLock;
  readonly maxPendingBytes: number;
}

/** The embedded journal: segment files in `directory/segments`, written in groups, each made durable before it is acknowledged. */
export class FileJournal extends GroupedJournal {
  readonly meta: JournalMeta;
  /** What recovery cut off, to be said in the log. */
  readonly tornTail: TornTail | null;
  readonly snapshotsDirectory: string;
  private readonly chain: ChainKeeper;
  private readonly reached = new ReachedPlaces();

  /** @internal Use openFileJournal. */
  constructor(private readonly parts: FileJournalParts) {
    super(parts.writer, parts.recovered.last, parts.maxPendingBytes);
    this.meta = parts.meta;
    this.tornTail = parts.recovered.tornTail;
    this.snapshotsDirectory = snapshotsOf(parts.directory);
    this.chain = new ChainKeeper(parts.fileSystem, parts.writer.segments, () => this.durable, parts.fileSystem === nodeFileSystem);
    this.onDurable((durable) => this.chain.keepUp(durable));
  }

  readBatches(fromRevision = 0): AsyncIterable<RecordBatch> {
    return readSegments(this.parts.fileSystem, this.parts.writer.segments, fromRevision, this.durable.revision, this.reached);
  }

  chainHash(seq: number): Promise<Uint8Array> {
    return this.chain.hashAt(seq);
  }

  protected async finish(): Promise<void> {
    const { writer, release } = this.parts;
    try {
      if (!this.failure) await writer.finish();
    } finally {
      await this.chain.close();
      await writer.closeFile();
      await release();
    }
  }
}

/**
 * Opens the journal in `path` for writing, or begins one. Rejects with JournalLocked beside another writer, with
 * JournalDamaged when durable bytes are lost, and with the disk's own error when it has one.
 */
export async function openFileJournal(path: string, options: FileJournalOptions = {}): Promise<FileJournal> {
  const directory = resolve(path);
  const fileSystem = options.fileSystem ?? nodeFileSystem;
  for (const part of [directory, segmentsOf(directory), snapshotsOf(directory)]) await fileSystem.makeDirectory(part);
  const release = await (options.lock ?? lockDirectory)(directory);
  try {
    return await openLocked(directory, fileSystem, options, release);
  } catch (error) {
    await release();
    throw error;
  }
}

async function openLocked(
  directory: string,
  fileSystem: FileSystem,
  options: FileJournalOptions,
  release: ReleaseLock,
): Promise<FileJournal> {
  const meta = (await readMeta(fileSystem, directory)) ?? (await beginJournal(directory, fileSystem, options.shard ?? 0));
  if (options.shard !== undefined && options.shard !== meta.shard) {
    throw new Error(`the journal in ${directory} belongs to shard ${meta.shard}, not to shard ${options.shard}`);
  }
  const identity = identityOf(meta);
  // A writer that was killed may have left names that only the cache has: what is read here must outlive a power cut.
  for (const part of [directory, segmentsOf(directory)]) await fileSystem.syncDirectory(part);
  const recovered = await checkSegments(fileSystem, segmentsOf(directory), identity);
  const path = (recovered.segments[recovered.segments.length - 1] as Segment).path;
  const lostEnd = await new Snapshots(snapshotsOf(directory), fileSystem).lostEndOf({ meta, durable: recovered.last });
  // Before anything is cut: what looks like a torn tail is not one.
  if (lostEnd !== undefined) throw new JournalDamaged(path, recovered.end.offset, recovered.last.seq + 1, lostEnd);
  const file = await openLast(fileSystem, path, recovered);
  const segmentBytes = options.segmentBytes ?? DEFAULT_SEGMENT_BYTES;
  const extentBytes = options.extentBytes ?? DEFAULT_EXTENT_BYTES;
  const writerOptions = { fileSystem, directory: segmentsOf(directory), identity, segmentBytes, extentBytes };
  const writer = new SegmentWriter(writerOptions, recovered.segments, file, recovered.end.offset, recovered.last);
  const maxPendingBytes = options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES;
  return new FileJournal({ meta, directory, fileSystem, writer, recovered, release, maxPendingBytes });
}

async function openLast(fileSystem: FileSystem, path: string, recovered: Recovered): Promise<OpenFile> {
  const file = await fileSystem.open(path, 'update');
  try {
    await makeLastDurable(file, recovered);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The meta file comes last: without it, one empty segment is what an interrupted beginning left, and anything more is a loss. */
async function beginJournal(directory: string, fileSystem: FileSystem, shard: number): Promise<JournalMeta> {
  const segments = segmentsOf(directory);
  const names = segmentNames(await fileSystem.list(segments));
  const meta = newMeta(shard);
  for (const name of names) await removeIfEmpty(fileSystem, `${segments}/${name}`);
  await createSegment(fileSystem, segments, identityOf(meta), { revision: -1, seq: 0 });
  for (const changed of [directory, dirname(directory)]) await fileSystem.syncDirectory(changed);
  await writeMeta(fileSystem, directory, meta);
  return meta;
}

async function removeIfEmpty(fileSystem: FileSystem, path: string): Promise<void> {
  const file = await fileSystem.open(path, 'read');
  const size = await file.size();
  await file.close();
  if (size > SEGMENT_HEADER_BYTES) throw new JournalDamaged(path, 0, 1, 'the journal has records and its journal.json is gone');
  await fileSystem.remove(path);
}

import { createHash, webcrypto } from 'node:crypto';
import { readU64, viewOf, writeU64 } from './block';
import { crc32 } from './crc32';
import { type FileSystem, nodeFileSystem, withFile, writeWhole } from './fileSystem';
import { identityOf } from './meta';
import type { JournalOrigin, Position } from './port';

/**
 * A snapshot file begins with 160 bytes, little-endian:
 *
 *   0  8  "BHSNAP01"         32  8  seq             80  8  content bytes
 *   8  4  format version     40  8  revision        88 32  content hash
 *  12  4  shard              48 32  chain hash     120  4  CRC-32 of bytes 0 to 119, then zeros
 *  16 16  journal id
 *
 * The content follows. Its hash is the SHA-256 of the SHA-256s of its pieces of 4 MiB.
 */
const HEADER_BYTES = 160;
const FORMAT_VERSION = 1;
const MAGIC = Buffer.from('BHSNAP01', 'latin1');
const CRC_AT = 120;
const HASH_BYTES = 32;
const PIECE_BYTES = 4 * 1024 * 1024;
const NAME = /^(\d{16})\.snapshot$/;
const UNFINISHED = /^\d{16}\.snapshot\.tmp$/;
export const SNAPSHOTS_KEPT = 3;

/** A state of the engine and the place in the journal at which it was taken. */
export interface Snapshot extends Position {
  /** The chain's hash at `seq`. */
  readonly chainHash: Uint8Array;
  readonly content: Uint8Array;
}

export interface SkippedSnapshot {
  readonly file: string;
  readonly reason: string;
}

export interface FoundSnapshot {
  readonly snapshot: Snapshot | null;
  /** Newer ones that could not be used, newest first, to be said in the log. */
  readonly skipped: readonly SkippedSnapshot[];
}

/** Snapshots of what a journal no longer has: `files`, newest first, up to the seq `newest`. */
export interface SnapshotsAhead {
  readonly files: readonly string[];
  readonly newest: number;
}

/** The part of a journal that a snapshot is checked against. */
export interface SnapshotJournal {
  readonly meta: JournalOrigin;
  readonly durable: Position;
  chainHash(seq: number): Promise<Uint8Array>;
}

/** Pieces are hashed on the thread pool: the engine's thread only copies one at a time to it. */
async function contentHash(content: Uint8Array): Promise<Uint8Array> {
  const hash = createHash('sha256');
  for (let at = 0; at < content.length; at += PIECE_BYTES) {
    hash.update(new Uint8Array(await webcrypto.subtle.digest('SHA-256', content.subarray(at, at + PIECE_BYTES))));
  }
  return hash.digest();
}

function header(meta: JournalOrigin, snapshot: Snapshot, hash: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const view = viewOf(bytes);
  const { id, shard } = identityOf(meta);
  bytes.set(MAGIC, 0);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, shard, true);
  bytes.set(id, 16);
  writeU64(view, 32, snapshot.seq);
  writeU64(view, 40, snapshot.revision);
  bytes.set(snapshot.chainHash, 48);
  writeU64(view, 80, snapshot.content.length);
  bytes.set(hash, 88);
  view.setUint32(CRC_AT, crc32(bytes.subarray(0, CRC_AT)), true);
  return bytes;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

class Unusable extends Error {}

function parse(bytes: Uint8Array, meta: JournalOrigin): Snapshot & { hash: Uint8Array } {
  if (bytes.length < HEADER_BYTES || !isSame(bytes.subarray(0, 8), MAGIC)) throw new Unusable('it is no snapshot');
  const view = viewOf(bytes);
  if (view.getUint32(CRC_AT, true) !== crc32(bytes.subarray(0, CRC_AT))) throw new Unusable('the CRC of its header does not match');
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION) throw new Unusable(`it has format ${version}, and this program reads format ${FORMAT_VERSION}`);
  const { id, shard } = identityOf(meta);
  if (view.getUint32(12, true) !== shard || !isSame(bytes.subarray(16, 32), id)) throw new Unusable('it belongs to another journal');
  const content = bytes.subarray(HEADER_BYTES);
  if (content.length !== readU64(view, 80)) throw new Unusable('it is cut short');
  return {
    seq: readU64(view, 32),
    revision: readU64(view, 40),
    chainHash: bytes.subarray(48, 48 + HASH_BYTES),
    content,
    hash: bytes.subarray(88, 88 + HASH_BYTES),
  };
}

const readFile = (fileSystem: FileSystem, path: string): Promise<Uint8Array> =>
  withFile(fileSystem, path, 'read', async (file) => {
    const bytes = Buffer.allocUnsafeSlow(await file.size());
    return bytes.subarray(0, await file.read(bytes, 0));
  }).catch((error: Error) => {
    throw new Unusable(`it cannot be read: ${error.message}`);
  });

async function load(fileSystem: FileSystem, path: string, journal: SnapshotJournal): Promise<Snapshot> {
  const bytes = await readFile(fileSystem, path);
  const { hash, ...snapshot } = parse(bytes, journal.meta);
  if (snapshot.seq > journal.durable.seq || snapshot.revision > journal.durable.revision)
    throw new Unusable('it is newer than the journal');
  if (!isSame(hash, await contentHash(snapshot.content))) throw new Unusable('its content has changed since it was written');
  if (!isSame(snapshot.chainHash, await journal.chainHash(snapshot.seq))) throw new Unusable('the journal has another hash at its seq');
  return snapshot;
}

async function isWhole(fileSystem: FileSystem, path: string, meta: JournalOrigin): Promise<boolean> {
  try {
    const { hash, content } = parse(await readFile(fileSystem, path), meta);
    return isSame(hash, await contentHash(content));
  } catch (error) {
    if (error instanceof Unusable) return false;
    throw error;
  }
}

const nameOf = (seq: number): string => `${String(seq).padStart(16, '0')}.snapshot`;
const seqOf = (name: string): number => Number((NAME.exec(name) as RegExpExecArray)[1]);

/** The snapshots of one journal, newest kept, in `directory`. */
export class Snapshots {
  constructor(
    private readonly directory: string,
    private readonly fileSystem: FileSystem = nodeFileSystem,
    private readonly kept = SNAPSHOTS_KEPT,
  ) {}

  /** Those of something else that is made of the same journal, in a directory within this one. */
  beside(name: string): Snapshots {
    return new Snapshots(`${this.directory}/${name}`, this.fileSystem, this.kept);
  }

  /** Writes a snapshot beside the engine's work, whole or not at all, and removes all but the newest ones, SNAPSHOTS_KEPT unless told otherwise. `content` must stay as it is meanwhile. */
  async write(meta: JournalOrigin, snapshot: Snapshot): Promise<string> {
    await this.fileSystem.makeDirectory(this.directory);
    const name = nameOf(snapshot.seq);
    await writeWhole(this.fileSystem, this.directory, name, [
      header(meta, snapshot, await contentHash(snapshot.content)),
      snapshot.content,
    ]);
    for (const old of (await this.names()).slice(this.kept)) await this.fileSystem.remove(`${this.directory}/${old}`);
    return this.fileOf(snapshot.seq);
  }

  /** Removes what writers that were killed left half written. For the journal's only writer, before it writes snapshots itself. */
  async removeUnfinished(): Promise<void> {
    for (const name of await this.fileSystem.list(this.directory)) {
      if (UNFINISHED.test(name)) await this.fileSystem.remove(`${this.directory}/${name}`);
    }
  }

  /** seqs at which there are snapshots, newest first; whether they can be used is another question. */
  async seqs(): Promise<number[]> {
    return (await this.names()).map(seqOf);
  }

  /**
   * Its whole snapshots that are newer than what the journal has durably. One is only written once all in it is durable, so
   * then records that were acknowledged are missing from the journal's end. Null when there are none. A reader beside a
   * running node gives the `seqs` that it saw before it opened the journal.
   */
  async aheadOf({ meta, durable }: Pick<SnapshotJournal, 'meta' | 'durable'>, seqs?: readonly number[]): Promise<SnapshotsAhead | null> {
    const files: string[] = [];
    let newest = 0;
    for (const seq of seqs ?? (await this.seqs())) {
      if (seq <= durable.seq) continue;
      const file = this.fileOf(seq);
      if (!(await isWhole(this.fileSystem, file, meta))) continue;
      files.push(file);
      newest = Math.max(newest, seq);
    }
    return files.length === 0 ? null : { files, newest };
  }

  /** Why a journal may not be gone on with unasked, and what to do; undefined when nothing is missing from its end. */
  async lostEndOf(journal: Pick<SnapshotJournal, 'meta' | 'durable'>): Promise<string | undefined> {
    const ahead = await this.aheadOf(journal);
    if (ahead === null) return undefined;
    const { files, newest } = ahead;
    const { seq } = journal.durable;
    return (
      `records are missing from its end: it ends at seq ${seq}, and ${files[0]} was made when it had seq ${newest} durably. ` +
      `Restore the journal from a copy; or, to go on without seq ${seq + 1} to ${newest}, which were acknowledged, move away ${files.join(', ')}`
    );
  }

  /** The newest snapshot that is whole and was taken of this very journal, at a place that it has durably and at or before `upToSeq`. */
  async newestValid(journal: SnapshotJournal, upToSeq = Number.MAX_SAFE_INTEGER): Promise<FoundSnapshot> {
    const skipped: SkippedSnapshot[] = [];
    for (const name of await this.names()) {
      if (seqOf(name) > upToSeq) continue;
      const file = `${this.directory}/${name}`;
      try {
        return { snapshot: await load(this.fileSystem, file, journal), skipped };
      } catch (error) {
        if (!(error instanceof Unusable)) throw error;
        skipped.push({ file, reason: error.message });
      }
    }
    return { snapshot: null, skipped };
  }

  fileOf(seq: number): string {
    return `${this.directory}/${nameOf(seq)}`;
  }

  /** Newest first. */
  private async names(): Promise<string[]> {
    return (await this.fileSystem.list(this.directory))
      .filter((name) => NAME.test(name))
      .sort()
      .reverse();
  }
}

import { type Database, open, type RootDatabase } from 'lmdb';
import type { HappenedRow, HappenedStore, HappenedView, Place } from '../projections/happened';
import { type ChunkKey, RowChunks, rowsOfChunk } from './rowChunks';
import { UnflushedDirectory } from './unflushedDirectory';

/** A state of the read model that is in the store, and where to go on reading for it. */
export interface KeptState {
  /** seq of its last command. */
  readonly seq: number;
  /** Of the first record behind `link`. */
  readonly revision: number;
  /** The journal's chain, in hex, at the last multiple of its run that is not after `seq`. */
  readonly link: string;
  readonly bytes: number;
}

interface Checkpoint {
  /** The rows of every command up to this one are in the store. */
  readonly seq: number;
  /** The journal's chain at `seq`, in hex. */
  readonly chainHash: string;
  /** Of the folds that made rows and state, and which journal they read. */
  readonly version: string;
  readonly state?: KeptState & { readonly generation: number; readonly pieces: number };
}

const CHECKPOINT = 'checkpoint';

/**
 * Rows of what happened, and now and then the whole of what stands, in an LMDB file. Whatever moment a crash chooses, the
 * file holds the rows up to its checkpoint and no others, and one whole state that is not after them: both are named by the
 * checkpoint, which is written with the rows in one transaction. It is a cache of the journal: it may be deleted, and so it
 * is where the machine, and not only the process, stopped in the midst of it.
 */
export class StoredHappened implements HappenedStore {
  private readonly directory: UnflushedDirectory;
  private readonly root: RootDatabase;
  private readonly rows: Database<Uint8Array, ChunkKey>;
  private readonly pieces: Database<Uint8Array, [generation: number, n: number]>;
  private readonly about: Database<Checkpoint, string>;
  private readonly pending = new RowChunks();
  private checkpoint: Checkpoint;
  /** Whether the file was that of other folds, or of another journal. */
  readonly wasOfOthers: boolean;

  /** Opens or makes the file; what other folds, or those of another journal, have left is thrown away. */
  constructor(
    path: string,
    private readonly version: string,
  ) {
    this.directory = new UnflushedDirectory(path);
    this.root = open({ path, noSync: true });
    this.rows = this.root.openDB<Uint8Array, ChunkKey>({ name: 'rows', encoding: 'binary' });
    this.pieces = this.root.openDB<Uint8Array, [number, number]>({ name: 'state', encoding: 'binary' });
    this.about = this.root.openDB<Checkpoint, string>({ name: 'about', encoding: 'json' });
    const found = this.about.get(CHECKPOINT);
    this.wasOfOthers = found !== undefined && found.version !== version;
    this.checkpoint = { seq: 0, chainHash: '', version };
    if (this.wasOfOthers) this.clear();
    else if (found !== undefined) this.checkpoint = found;
  }

  /** Whether the machine stopped while the file was written, and all was thrown away. */
  get wasTorn(): boolean {
    return this.directory.wasTorn;
  }

  /** Commands up to this one need not be put again; the chain's hash there says of which journal they are. */
  get kept(): { readonly seq: number; readonly chainHash: string } {
    return this.checkpoint;
  }

  get state(): KeptState | undefined {
    return this.checkpoint.state;
  }

  /** Takes a row in with the next `commit`; one that the store has already is passed over. */
  put(row: HappenedRow): void {
    // The place of a candle is a time: it comes again as it grows.
    if (row.at > this.checkpoint.seq || row.view === 'candles') this.pending.add(row);
  }

  /** Keeps all rows put since the last time, which are those of the commands up to `seq`. */
  commit(seq: number, chainHash: string): void {
    if (seq <= this.checkpoint.seq) return;
    const checkpoint = { ...this.checkpoint, seq, chainHash };
    this.root.transactionSync(() => {
      this.pending.drain((key, bytes) => this.rows.put(key, bytes));
      this.about.put(CHECKPOINT, checkpoint);
    });
    this.checkpoint = checkpoint;
  }

  /** Writes a state beside the one that is kept: piece by piece, and then it takes the other's place at once, or never. */
  async keep(state: Omit<KeptState, 'bytes'>, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const before = this.checkpoint.state?.generation ?? 0;
    const generation = before + 1;
    this.forgetPieces((other) => other !== before);
    let bytes = 0;
    // LMDB's own thread writes them; nothing that is read points to them before the checkpoint does.
    const writes: Promise<boolean>[] = [];
    for await (const piece of pieces) {
      writes.push(this.pieces.put([generation, writes.length], piece));
      bytes += piece.length;
    }
    await Promise.all(writes);
    const checkpoint = { ...this.checkpoint, state: { ...state, bytes, generation, pieces: writes.length } };
    this.root.transactionSync(() => this.about.put(CHECKPOINT, checkpoint));
    this.checkpoint = checkpoint;
    this.forgetPieces((other) => other !== generation);
  }

  /** The bytes of the state that is kept. Throws where a piece of it is not there. */
  stateBytes(): Uint8Array {
    const { generation = 0, pieces = 0 } = this.checkpoint.state ?? {};
    const found = Array.from({ length: pieces }, (_, n) => this.pieces.get([generation, n]));
    if (found.some((piece) => piece === undefined)) throw new Error('a piece of the state is missing');
    return Buffer.concat(found as Uint8Array[]);
  }

  newest(view: HappenedView, list: string, before: Place | undefined, limit: number): readonly HappenedRow[] {
    const start: unknown[] = before === undefined ? [view, list, Number.POSITIVE_INFINITY] : [view, list, before.at, before.n];
    const chunks = this.rows.getRange({
      start: start as ChunkKey,
      end: [view, list] as unknown as ChunkKey,
      reverse: true,
      exclusiveStart: before !== undefined,
    });
    const found: HappenedRow[] = [];
    for (const { key, value } of chunks) {
      const rows = rowsOfChunk(key, value);
      for (let place = rows.length - 1; place >= 0 && found.length < limit; place--) {
        const row = rows[place] as HappenedRow;
        if (before === undefined || row.at < before.at || (row.at === before.at && row.n < before.n)) found.push(row);
      }
      if (found.length === limit) break;
    }
    return found;
  }

  /** Rows are kept from the journal's beginning on. */
  isCut(): boolean {
    return false;
  }

  async close(): Promise<void> {
    await this.root.close();
    this.directory.close();
  }

  /** Forgets all: it is of another journal, or of a part of one that is lost. */
  clear(): void {
    this.root.transactionSync(() => {
      this.rows.clearSync();
      this.pieces.clearSync();
      this.about.clearSync();
    });
    this.checkpoint = { seq: 0, chainHash: '', version: this.version };
  }

  /** What writers that were killed have left behind goes too. */
  private forgetPieces(isOver: (generation: number) => boolean): void {
    const over = [...this.pieces.getKeys()].filter(([generation]) => isOver(generation));
    if (over.length === 0) return;
    this.root.transactionSync(() => {
      for (const key of over) this.pieces.remove(key);
    });
  }
}

import { type Database, open, type RootDatabase } from 'lmdb';
import type { HappenedRow, HappenedStore, HappenedView, Place } from '../projections/happened';
import { type ChunkKey, RowChunks, rowsOfChunk } from './rowChunks';

interface Checkpoint {
  /** Everything up to this command is in the store. */
  readonly seq: number;
  /** Of the folds that made the rows, and which journal they read. */
  readonly version: string;
}

const CHECKPOINT = 'checkpoint';

/**
 * Rows of what happened in an LMDB file. Rows and checkpoint go in with one transaction, so whatever moment a crash
 * chooses, the file holds the rows up to its checkpoint and no others. It is a cache of the journal: it may be deleted.
 */
export class StoredHappened implements HappenedStore {
  private readonly root: RootDatabase;
  private readonly rows: Database<Uint8Array, ChunkKey>;
  private readonly about: Database<Checkpoint, string>;
  private readonly pending = new RowChunks();
  private checkpoint: Checkpoint;

  /** Opens or makes the file; what other folds, or those of another journal, have left is thrown away. */
  constructor(path: string, version: string) {
    this.root = open({ path });
    this.rows = this.root.openDB<Uint8Array, ChunkKey>({ name: 'rows', encoding: 'binary' });
    this.about = this.root.openDB<Checkpoint, string>({ name: 'about', encoding: 'json' });
    const found = this.about.get(CHECKPOINT);
    if (found !== undefined && found.version !== version) this.clear();
    this.checkpoint = found?.version === version ? found : { seq: 0, version };
  }

  /** Commands up to this one need not be put again. */
  get seq(): number {
    return this.checkpoint.seq;
  }

  /** Takes a row in with the next `commit`; one that the store has already is passed over. */
  put(row: HappenedRow): void {
    // The place of a candle is a time: it comes again as it grows.
    if (row.at > this.checkpoint.seq || row.view === 'candles') this.pending.add(row);
  }

  /** Keeps all rows put since the last time, which are those of the commands up to `seq`. */
  commit(seq: number): void {
    if (seq <= this.checkpoint.seq) return;
    const checkpoint = { ...this.checkpoint, seq };
    this.root.transactionSync(() => {
      this.pending.drain((key, bytes) => this.rows.put(key, bytes));
      this.about.put(CHECKPOINT, checkpoint);
    });
    this.checkpoint = checkpoint;
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

  async close(): Promise<void> {
    await this.root.close();
  }

  private clear(): void {
    this.root.transactionSync(() => {
      this.rows.clearSync();
      this.about.clearSync();
    });
  }
}

import { type Database, open, type RootDatabase } from 'lmdb';
import type { HappenedRow, HappenedStore, HappenedView, Place } from '../projections/happened';

type Key = [view: string, list: string, at: number, n: number];

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
  private readonly rows: Database<object, Key>;
  private readonly about: Database<Checkpoint, string>;
  /** A candle that grows comes again with each trade, and is written once. */
  private pending = new Set<HappenedRow>();
  private checkpoint: Checkpoint;

  /** Opens or makes the file; what other folds, or those of another journal, have left is thrown away. */
  constructor(path: string, version: string) {
    this.root = open({ path });
    this.rows = this.root.openDB<object, Key>({ name: 'rows', encoding: 'json' });
    this.about = this.root.openDB<Checkpoint, string>({ name: 'about', encoding: 'json' });
    const found = this.about.get(CHECKPOINT);
    if (found !== undefined && found.version !== version) this.clear();
    this.checkpoint = found?.version === version ? found : { seq: 0, version };
  }

  /** Commands up to this one need not be put again. */
  get seq(): number {
    return this.checkpoint.seq;
  }

  /** Takes a row in with the next `commit`. One that the store has already is written again as it was. */
  put(row: HappenedRow): void {
    this.pending.add(row);
  }

  /** Keeps all rows put since the last time, which are those of the commands up to `seq`. */
  commit(seq: number): void {
    const { pending } = this;
    this.pending = new Set();
    if (seq <= this.checkpoint.seq) return;
    const checkpoint = { ...this.checkpoint, seq };
    this.root.transactionSync(() => {
      for (const { view, list, at, n, row } of pending) this.rows.put([view, list, at, n], row);
      this.about.put(CHECKPOINT, checkpoint);
    });
    this.checkpoint = checkpoint;
  }

  newest(view: HappenedView, list: string, before: Place | undefined, limit: number): readonly HappenedRow[] {
    const start: unknown[] = before === undefined ? [view, list, Number.POSITIVE_INFINITY] : [view, list, before.at, before.n];
    const found = this.rows.getRange({
      start: start as Key,
      end: [view, list] as unknown as Key,
      reverse: true,
      exclusiveStart: before !== undefined,
      limit,
    });
    return [...found].map(({ key: [, , at, n], value }) => ({ view, list, at, n, row: value }));
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

import { ByteReader } from '../contract/bytes';
import { decodeFoldRecord } from '../contract/record';
import type { RecordBatch } from '../journal';
import { MemoryHappened } from '../projections/happened';
import { ReadModel } from '../projections/readModel';
import { StoredHappened } from './storedHappened';

export interface FoldingOptions {
  readonly shard: number;
  /** Where rows of what happened are kept; undefined: the newest of them in memory. */
  readonly store?: { readonly path: string; readonly version: string } | undefined;
}

/** A read model fed with the batches of a journal, which are committed to the store one by one. */
export class Folding {
  readonly model: ReadModel;
  private readonly stored: StoredHappened | undefined;

  constructor({ shard, store }: FoldingOptions) {
    this.stored = store === undefined ? undefined : new StoredHappened(store.path, store.version);
    this.model = new ReadModel(shard, this.stored ?? new MemoryHappened());
  }

  /** Folds the records of a batch; `folded` is called after each. */
  take({ count, buffer, starts, ends, seqs }: RecordBatch, folded?: () => void): void {
    const { model } = this;
    const reader = new ByteReader(buffer);
    for (let place = 0; place < count; place++) {
      if (seqs[place] === 0) continue;
      reader.position = starts[place] as number;
      reader.end = ends[place] as number;
      if (model.apply(decodeFoldRecord(reader))) folded?.();
    }
    this.stored?.commit(model.seq);
  }

  async close(): Promise<void> {
    await this.stored?.close();
  }
}

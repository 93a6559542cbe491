import type { JournalRecord } from '../contract/record';
import type { ViewAnswer, ViewChanges, ViewName, ViewQuery } from '../contract/views';
import { type HappenedStore, MemoryHappened } from '../projections/happened';
import { ReadModel, readView } from '../projections/readModel';
import { Arrivals } from './arrivals';
import type { Views } from './port';

/** The views in the caller's own thread. `take` must get every durable record of the journal in order. */
export class LocalViews implements Views {
  private readonly model: ReadModel;
  private readonly arrivals: Arrivals;
  private readonly listeners = new Set<(changes: ViewChanges) => void>();

  constructor(shard: number, store: HappenedStore = new MemoryHappened()) {
    this.model = new ReadModel(shard, store);
    this.arrivals = new Arrivals(() => this.model.seq);
  }

  get seq(): number {
    return this.model.seq;
  }

  /** Folds a record; one that is known already is passed over. Throws SeqGap when one before it is missing. */
  take(record: JournalRecord): void {
    if (!this.model.apply(record)) return;
    if (this.listeners.size > 0) {
      const changes = this.model.changes();
      for (const listener of this.listeners) listener(changes);
    }
    this.arrivals.arrived();
  }

  async read<N extends ViewName>(name: N, query: ViewQuery): Promise<ViewAnswer<N>> {
    await this.arrivals.until(query.minSeq);
    return readView(this.model, name, query);
  }

  onChanges(listener: (changes: ViewChanges) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

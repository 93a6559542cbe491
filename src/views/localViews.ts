import type { JournalRecord } from '../contract/record';
import type { Topic } from '../contract/stream';
import type { ViewName, ViewQuery, ViewText } from '../contract/views';
import { type HappenedStore, MemoryHappened } from '../projections/happened';
import { ReadModel, readMarked, readViewText, type StandingRows, type ToldRows } from '../projections/readModel';
import { Arrivals } from './arrivals';
import type { Place, Views } from './port';
import { Watching } from './watching';

/** The views in the caller's own thread. `take` must get every durable record of the journal in order. */
export class LocalViews implements Views {
  private readonly model: ReadModel;
  private readonly arrivals: Arrivals;
  private readonly watching: Watching;
  private readonly listeners = new Set<(told: ToldRows) => void>();

  constructor(shard: number, store: HappenedStore = new MemoryHappened()) {
    this.model = new ReadModel(shard, store);
    this.watching = new Watching(this.model);
    this.arrivals = new Arrivals(() => this.model.seq);
  }

  get seq(): number {
    return this.model.seq;
  }

  /** Folds a record; one that is known already is passed over. Throws SeqGap when one before it is missing. */
  take(record: JournalRecord): void {
    if (!this.model.apply(record)) return;
    const told = this.watching.told();
    if (told !== undefined) for (const listener of this.listeners) listener(told);
    this.arrivals.arrived();
  }

  async read(name: ViewName, query: ViewQuery): Promise<ViewText> {
    await this.arrivals.until(query.minSeq);
    return readViewText(this.model, name, query);
  }

  async now(minSeq?: number): Promise<Place> {
    await this.arrivals.until(minSeq);
    const { seq, time } = this.model;
    return { seq, time };
  }

  async marked(accountId: string): Promise<ViewText> {
    return readMarked(this.model, accountId);
  }

  async watch(topic: Topic): Promise<StandingRows | undefined> {
    return this.watching.watch(topic);
  }

  forget(topic: Topic): void {
    this.watching.forget(topic);
  }

  onRows(listener: (told: ToldRows) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

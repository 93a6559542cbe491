import { ByteReader } from '../contract/bytes';
import type { DomainEvent } from '../contract/generated/events';
import { decodeRecord, type JournalRecord, replayRecordOf } from '../contract/record';
import { Engine } from '../engine/engine';
import { replay } from '../engine/replay';
import { readSnapshot } from '../engine/snapshot/read';
import { Bulkhead } from '../library/bulkhead';
import { snapshotBytes } from '../runtime/stateHash';
import { Checkpoints } from './checkpoints';
import { BeyondJournal, recordsBehind } from './records';
import type { SourceReader } from './source';

export interface PastOptions {
  /** Commands between checkpoints to begin with; they move apart as the journal grows. */
  readonly spacing?: number;
}

/** Sees a stretch of the journal go by. */
export interface Walker {
  /** The record that is applied next. */
  readonly before?: (record: JournalRecord) => void;
  /** With the state as the event left it. */
  readonly afterEach?: (record: JournalRecord, event: DomainEvent, index: number) => void;
  /** With the state after the command; false: it has seen enough. */
  readonly goOn: (record: JournalRecord) => boolean;
}

/**
 * The state as it stood after any command, replayed from the journal. It goes on from where it is, or from the nearest
 * checkpoint before. The memory of commandIds, which no view shows, is left out of those.
 */
export class Past {
  private current: Engine | undefined;
  private revision = -1;
  private readonly checkpoints: Checkpoints;

  constructor(
    private readonly source: Pick<SourceReader, 'upTo'>,
    { spacing }: PastOptions = {},
  ) {
    this.checkpoints = new Checkpoints(spacing);
  }

  /** The views after the command `seq`; 0 is before the first. Rejects with BeyondJournal. */
  async at(seq: number): Promise<Bulkhead> {
    await this.goTo(seq);
    return this.views;
  }

  /** The views where `at` and `walk` have come. */
  get views(): Bulkhead {
    return new Bulkhead(this.engine);
  }

  /** Moved on by `at` and `walk`, and another one after a step back. */
  get engine(): Engine {
    if (this.current === undefined) throw new Error('invariant: nobody has gone anywhere yet');
    return this.current;
  }

  get state(): Engine['state'] {
    return this.engine.state;
  }

  /** Goes through the commands from `first` to `last`, until the walker has seen enough. */
  async walk(first: number, last: number, walker: Walker): Promise<void> {
    await this.goTo(first - 1);
    await this.replayTo(last, walker);
  }

  private async goTo(seq: number): Promise<void> {
    const { durable, meta } = await this.source.upTo(seq);
    if (seq > durable.seq) throw new BeyondJournal(seq, durable.seq);
    if (this.current === undefined || this.current.state.seq > seq) this.restore(seq, meta.shard);
    // A checkpoint between here and there saves the way.
    const nearer = this.checkpoints.nearest(seq);
    if (nearer !== undefined && nearer.seq > this.state.seq) this.restore(seq, meta.shard);
    await this.replayTo(seq, { goOn: () => true });
  }

  private restore(seq: number, shard: number): void {
    const checkpoint = this.checkpoints.nearest(seq);
    this.current =
      checkpoint === undefined ? new Engine({ shard, commandMemory: 1 }) : new Engine({}, readSnapshot(new ByteReader(checkpoint.bytes)));
    this.revision = checkpoint?.revision ?? -1;
  }

  private async replayTo(seq: number, { before, afterEach, goOn }: Walker): Promise<void> {
    if (this.state.seq >= seq) return;
    const reader = await this.source.upTo(seq);
    for await (const batch of reader.readBatches(this.revision + 1)) {
      for (const { revision, bytes } of recordsBehind(this.revision, batch)) {
        const record = decodeRecord(bytes);
        before?.(record);
        replay(this.state, replayRecordOf(record), afterEach && ((event, index) => afterEach(record, event, index)));
        this.revision = revision;
        this.checkpoints.consider(record.seq, revision, () => snapshotBytes(this.state).slice());
        if (!goOn(record) || record.seq >= seq) return;
      }
    }
  }
}

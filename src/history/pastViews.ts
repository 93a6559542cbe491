import { ByteReader, ByteWriter } from '../contract/bytes';
import { decodeFoldRecord, type FoldRecord } from '../contract/record';
import type { JournalReader } from '../journal';
import type { HappenedStore } from '../projections/happened';
import { ReadModel } from '../projections/readModel';
import { Checkpoints } from './checkpoints';
import { BeyondJournal, recordsBehind } from './records';
import type { SourceReader } from './source';

const FIRST_BYTES = 1 << 20;

/** Rows of what happened are made for who follows a stream, and kept elsewhere. */
const KEPT_NOWHERE: HappenedStore = { put: () => undefined, newest: () => [], isCut: () => true };

function saved(model: ReadModel): Uint8Array {
  const writer = new ByteWriter(FIRST_BYTES);
  for (const _entity of model.save(writer));
  return writer.written().slice();
}

type Look = (model: ReadModel, record: FoldRecord) => boolean;

/**
 * The folds of what stands as they were after any command, read from the journal again: they go on from where they are, or
 * from the nearest checkpoint before. What they show is what the node's own views, which are the same folds, showed then.
 */
export class PastViews {
  private model: ReadModel | undefined;
  private revision = -1;
  private readonly checkpoints: Checkpoints;

  constructor(
    private readonly source: Pick<SourceReader, 'upTo'>,
    { spacing }: { readonly spacing?: number } = {},
  ) {
    this.checkpoints = new Checkpoints(spacing);
  }

  /** After the command `seq`, until the next call; 0 is before the first. Rejects with BeyondJournal. */
  async at(seq: number): Promise<ReadModel> {
    const reader = await this.upTo(seq);
    return this.walk(reader, this.modelBefore(seq, reader.meta.shard), seq, () => true);
  }

  /** How many commands must be folded to come to `seq`. */
  async wayTo(seq: number): Promise<number> {
    await this.upTo(seq);
    return seq - this.beginningOf(seq);
  }

  /** Where the way to `seq` begins: where the folds stand, or at a checkpoint nearer to it. */
  private beginningOf(seq: number): number {
    const { seq: checkpoint = 0 } = this.checkpoints.nearest(seq) ?? {};
    const { seq: here = 0 } = this.model ?? {};
    return here <= seq ? Math.max(here, checkpoint) : checkpoint;
  }

  /** From `fromSeq` to `toSeq` with a look at the model after each command between them; it ends early when that says false. */
  async between(fromSeq: number, toSeq: number, look: Look): Promise<ReadModel> {
    const model = await this.at(fromSeq);
    return this.walk(await this.upTo(toSeq), model, toSeq, look);
  }

  private async upTo(seq: number): Promise<JournalReader> {
    const reader = await this.source.upTo(seq);
    if (seq > reader.durable.seq) throw new BeyondJournal(seq, reader.durable.seq);
    return reader;
  }

  private async walk(reader: JournalReader, model: ReadModel, seq: number, look: Look): Promise<ReadModel> {
    if (model.seq === seq) return model;
    try {
      for await (const batch of reader.readBatches(this.revision + 1)) {
        for (const { revision, bytes } of recordsBehind(this.revision, batch)) {
          const record = decodeFoldRecord(bytes);
          model.apply(record);
          this.revision = revision;
          this.checkpoints.consider(model.seq, revision, () => saved(model));
          if (!look(model, record) || model.seq === seq) return model;
        }
      }
    } catch (error) {
      // What broke within a record is nothing to go on from.
      this.model = undefined;
      throw error;
    }
    throw new BeyondJournal(seq, model.seq);
  }

  /** What the way to `seq` begins with. */
  private modelBefore(seq: number, shard: number): ReadModel {
    const { model } = this;
    if (model?.seq === this.beginningOf(seq)) return model;
    const nearest = this.checkpoints.nearest(seq);
    const begun = new ReadModel(shard, KEPT_NOWHERE);
    if (nearest !== undefined) begun.load(new ByteReader(nearest.bytes));
    this.revision = nearest?.revision ?? -1;
    this.model = begun;
    return begun;
  }
}

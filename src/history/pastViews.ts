import { ByteReader, ByteWriter } from '../contract/bytes';
import { decodeFoldRecord } from '../contract/record';
import { ReadModel } from '../projections/readModel';
import { Checkpoints } from './checkpoints';
import { BeyondJournal, recordsBehind } from './records';
import type { SourceReader } from './source';

const FIRST_BYTES = 1 << 20;

function saved(model: ReadModel): Uint8Array {
  const writer = new ByteWriter(FIRST_BYTES);
  for (const _entity of model.save(writer));
  return writer.written().slice();
}

/**
 * The folds of what stands as they were after any command, read from the journal again: they go on from where they are, or
 * from the nearest checkpoint before. What they show is what the node's own views, which are the same folds, showed then.
 */
export class PastViews {
  private model: ReadModel | undefined;
  private revision = -1;
  private readonly checkpoints: Checkpoints;

  constructor(
    private readonly source: SourceReader,
    { spacing }: { readonly spacing?: number } = {},
  ) {
    this.checkpoints = new Checkpoints(spacing);
  }

  /** After the command `seq`, until the next call; 0 is before the first. Rejects with BeyondJournal. */
  async at(seq: number): Promise<ReadModel> {
    const reader = await this.source.upTo(seq);
    const { durable, meta } = reader;
    if (seq > durable.seq) throw new BeyondJournal(seq, durable.seq);
    const model = this.modelBefore(seq, meta.shard);
    if (model.seq === seq) return model;
    try {
      for await (const batch of reader.readBatches(this.revision + 1)) {
        for (const { revision, bytes } of recordsBehind(this.revision, batch)) {
          model.apply(decodeFoldRecord(bytes));
          this.revision = revision;
          this.checkpoints.consider(model.seq, revision, () => saved(model));
          if (model.seq === seq) return model;
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
    const nearest = this.checkpoints.nearest(seq);
    if (model !== undefined && model.seq <= seq && model.seq >= (nearest?.seq ?? 0)) return model;
    const begun = new ReadModel(shard);
    if (nearest !== undefined) begun.load(new ByteReader(nearest.bytes));
    this.revision = nearest?.revision ?? -1;
    this.model = begun;
    return begun;
  }
}

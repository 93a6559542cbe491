import { ByteReader } from '../contract/bytes';
import { decodeReplayRecord } from '../contract/record';
import { Engine } from '../engine/engine';
import { replay } from '../engine/replay';
import type { RecordBatch } from '../journal';
import { Bulkhead } from '../library/bulkhead';

/** The present, as far as durable records have come: the engine's own transitions over what the node's journal hands on. */
export class Live {
  readonly engine: Engine;
  readonly views: Bulkhead;
  private waiting: (() => void)[] = [];

  constructor(shard: number) {
    this.engine = new Engine({ shard, commandMemory: 1 });
    this.views = new Bulkhead(this.engine);
  }

  get seq(): number {
    return this.engine.state.seq;
  }

  take({ count, buffer, starts, ends, seqs }: RecordBatch): void {
    const bytes = new ByteReader(buffer);
    for (let place = 0; place < count; place++) {
      if (seqs[place] === 0) continue;
      bytes.position = starts[place] as number;
      bytes.end = ends[place] as number;
      replay(this.engine.state, decodeReplayRecord(bytes));
    }
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Resolves when the command `seq` is in; false when that took longer than `ms`. */
  async reached(seq: number, ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (this.seq < seq) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await new Promise<void>((done) => {
        const late = setTimeout(done, left);
        this.waiting.push(() => {
          clearTimeout(late);
          done();
        });
      });
    }
    return true;
  }
}

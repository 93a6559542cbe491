import { setTimeout as sleep } from 'node:timers/promises';
import { ByteWriter } from '../../contract/bytes';
import { encodeRecord, type Source } from '../../contract/record';
import type { Executed, Outcome } from '../../engine/engine';
import { Engine } from '../../engine/engine';
import type { RecordBatch } from '../../journal';
import { recordOf } from '../../runtime/node';
import type { DurableFeed } from '../../views';
import { Market } from '../market';

const SOURCE: Source = { kind: 'LIBRARY' };
/** A batch is handed over when it has so many bytes, as a journal's reader does. */
const BATCH_BYTES = 1 << 20;

/** A market without a journal: each record goes to who follows it, as if it were durable at once. */
export class FedMarket implements DurableFeed {
  readonly market: Market;
  readonly durable = { seq: 0 };
  private writer = new ByteWriter(2 * BATCH_BYTES);
  private ends: number[] = [];
  private firstSeq = 1;
  private readonly ready: RecordBatch[] = [];
  private wake: (() => void) | undefined;
  private failure: Error | undefined;

  constructor() {
    const engine = new Engine();
    this.market = new Market(engine, (command) => this.taken(engine, engine.execute(command)));
  }

  private taken(engine: Engine, outcome: Outcome): Outcome {
    if (outcome.kind === 'DUPLICATE') return outcome;
    encodeRecord(this.writer, recordOf(outcome as Executed, SOURCE, 'bench'), engine.body);
    this.ends.push(this.writer.position);
    if (this.writer.position >= BATCH_BYTES) this.flush();
    return outcome;
  }

  /** Hands over what there is. */
  flush(): void {
    const { ends, firstSeq } = this;
    if (ends.length === 0) return;
    this.ready.push({
      firstRevision: firstSeq - 1,
      count: ends.length,
      buffer: this.writer.written().slice(),
      starts: Uint32Array.from(ends, (_, at) => (at === 0 ? 0 : (ends[at - 1] as number))),
      ends: Uint32Array.from(ends),
      seqs: Float64Array.from(ends, (_, at) => firstSeq + at),
    });
    this.firstSeq += ends.length;
    this.durable.seq = this.firstSeq - 1;
    this.ends = [];
    this.writer.clear();
    this.wake?.();
  }

  /** Who follows can do so no longer. */
  fail(cause: Error): void {
    this.failure = cause;
  }

  /** Lets the follower work; rejects once it has failed. */
  async turn(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await sleep(1);
  }

  /** Batches that nobody has fetched. */
  get waiting(): number {
    return this.ready.length;
  }

  /** There is no journal that it could be of. */
  async chainHash(): Promise<never> {
    throw new Error('a market without a journal has no chain');
  }

  async *follow(_fromRevision = 0, signal?: AbortSignal): AsyncGenerator<RecordBatch> {
    signal?.addEventListener('abort', () => this.wake?.());
    while (signal?.aborted !== true) {
      const batch = this.ready.shift();
      if (batch !== undefined) yield batch;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

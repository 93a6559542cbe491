import { createHash, type Hash } from 'node:crypto';
import { RECORD_HEADER_BYTES } from './block';
import type { RecordBatch } from './port';

/**
 * The hash chain of journal.md §1.3. Link 0 is the SHA-256 of the ASCII text "bulkhead-chain-v1". Link k is the SHA-256 of link
 * k - 1 and the commands 256 (k - 1) + 1 to 256 k, each as a little-endian u32 length and its bytes; control records are left
 * out. The hash at a seq in the middle of a run is the same over the run as far as that seq.
 */
export const RUN_LENGTH = 256;
export const HASH_BYTES = 32;
export const chainStart = (): Uint8Array => createHash('sha256').update('bulkhead-chain-v1', 'latin1').digest();

/** Reads durable records: the chain's only view of a journal. */
export type RecordSource = (fromRevision: number, upToRevision: number) => AsyncIterable<RecordBatch>;

/** Hashes batches command by command, but in as few calls as their layout allows. */
class RunHasher {
  private hash: Hash;

  constructor(
    link: Uint8Array,
    public seq: number,
  ) {
    this.hash = createHash('sha256').update(link);
  }

  /** Hashes commands of `batch` from index `i` on, up to `lastSeq` and no further than the end of the run; returns the next index. */
  take(batch: RecordBatch, i: number, lastSeq: number): number {
    let from = -1;
    let end = -1;
    let index = i;
    const stop = Math.min(lastSeq, (Math.floor(this.seq / RUN_LENGTH) + 1) * RUN_LENGTH);
    for (; index < batch.count && this.seq < stop; index++) {
      if (batch.seqs[index] !== this.seq + 1) continue;
      const start = (batch.starts[index] as number) - RECORD_HEADER_BYTES;
      if (start !== end) {
        if (from !== -1) this.hash.update(batch.buffer.subarray(from, end));
        from = start;
      }
      end = batch.ends[index] as number;
      this.seq++;
    }
    if (from !== -1) this.hash.update(batch.buffer.subarray(from, end));
    return index;
  }

  current(): Uint8Array {
    return this.hash.copy().digest();
  }
}

export interface ChainState {
  /** Links one after another, from link 0. */
  readonly links: Uint8Array;
  /** The revision from which to read on behind each link. */
  readonly revisions: readonly number[];
}

/** Computes the chain from the durable records, remembers each link, and answers for any seq. One question at a time. */
export class Chain {
  private links: Uint8Array[];
  private revisions: number[];
  private run: RunHasher;
  private nextRevision: number;

  constructor(
    private readonly source: RecordSource,
    state: ChainState = { links: chainStart(), revisions: [0] },
  ) {
    this.revisions = [...state.revisions];
    this.links = this.revisions.map((_, k) => state.links.slice(k * HASH_BYTES, (k + 1) * HASH_BYTES));
    this.nextRevision = this.revisions[this.revisions.length - 1] as number;
    this.run = new RunHasher(this.links[this.links.length - 1] as Uint8Array, (this.links.length - 1) * RUN_LENGTH);
  }

  state(): ChainState {
    return { links: Buffer.concat(this.links), revisions: [...this.revisions] };
  }

  async hashAt(seq: number, upToRevision: number): Promise<Uint8Array> {
    if (seq >= this.run.seq) {
      await this.advance(seq, upToRevision);
      return this.runHash(seq);
    }
    const link = Math.floor(seq / RUN_LENGTH);
    const run = new RunHasher(this.links[link] as Uint8Array, link * RUN_LENGTH);
    if (run.seq === seq) return Uint8Array.from(this.links[link] as Uint8Array);
    for await (const batch of this.source(this.revisions[link] as number, upToRevision)) {
      run.take(batch, 0, seq);
      if (run.seq === seq) break;
    }
    return run.current();
  }

  private runHash(seq: number): Uint8Array {
    return seq % RUN_LENGTH === 0 ? Uint8Array.from(this.links[seq / RUN_LENGTH] as Uint8Array) : this.run.current();
  }

  private async advance(seq: number, upToRevision: number): Promise<void> {
    if (this.run.seq === seq) return;
    for await (const batch of this.source(this.nextRevision, upToRevision)) {
      let index = 0;
      while (index < batch.count && this.run.seq < seq) {
        index = this.run.take(batch, index, seq);
        if (this.run.seq % RUN_LENGTH === 0) this.closeRun(batch.firstRevision + index);
      }
      this.nextRevision = batch.firstRevision + index;
      if (this.run.seq === seq) return;
    }
  }

  private closeRun(nextRevision: number): void {
    if (this.links.length * RUN_LENGTH !== this.run.seq) return;
    const link = this.run.current();
    this.links.push(link);
    this.revisions.push(nextRevision);
    this.run = new RunHasher(link, this.run.seq);
  }
}

import { Chain, RUN_LENGTH } from './chain';
import { ChainThread } from './chainThread';
import type { FileSystem } from './fileSystem';
import type { Position } from './port';
import type { Segment } from './segment';
import { readSegments } from './segmentReader';

// A thread takes 50 ms to start: as long as hashing some 400,000 short records. Below this many the answer is computed at once.
const THREAD_FROM_SEQS = 16 * RUN_LENGTH;
// How far the thread may be behind a running journal: about a quarter of a second of its work.
const BEHIND_SEQS = 4096 * RUN_LENGTH;

/** Answers for the chain of a file journal: small questions here, larger ones and the upkeep in a thread. */
export class ChainKeeper {
  private readonly local: Chain;
  private thread: ChainThread | null = null;
  private localQueue: Promise<unknown> = Promise.resolve();
  private doneTo = 0;

  constructor(
    fileSystem: FileSystem,
    private readonly segments: readonly Segment[],
    private readonly durable: () => Position,
    private readonly useThread: boolean,
  ) {
    this.local = new Chain((from, upTo) => readSegments(fileSystem, segments, from, upTo));
  }

  async hashAt(seq: number): Promise<Uint8Array> {
    const durable = this.durable();
    if (!Number.isInteger(seq) || seq < 0 || seq > durable.seq) {
      throw new RangeError(`the chain has no hash at seq ${seq}: the journal is durable up to ${durable.seq}`);
    }
    const behind = seq - this.doneTo;
    this.doneTo = Math.max(this.doneTo, seq);
    if (this.useThread && (this.thread || behind > THREAD_FROM_SEQS)) return this.askThread(seq, durable.revision);
    const answer = this.localQueue.then(() => this.local.hashAt(seq, durable.revision));
    this.localQueue = answer.catch(() => undefined);
    return answer;
  }

  /** Called with each durable group: keeps the thread from falling so far behind that a later question takes long. */
  keepUp(durable: Position): void {
    if (!this.useThread || durable.seq - this.doneTo < BEHIND_SEQS) return;
    // What goes wrong in the upkeep goes wrong again, and is reported, when somebody asks.
    this.hashAt(durable.seq).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.thread?.close();
    await this.localQueue;
  }

  private askThread(seq: number, upToRevision: number): Promise<Uint8Array> {
    this.thread ??= new ChainThread(this.local.state());
    return this.thread.ask({ seq, upToRevision, segments: this.segments });
  }
}

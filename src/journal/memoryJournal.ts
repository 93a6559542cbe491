import { randomUUID } from 'node:crypto';
import { readBlockHeader, viewOf } from './block';
import { Chain } from './chain';
import type { GroupBuffer } from './groupBuffer';
import type { GroupWriter } from './groupCommit';
import { GroupedJournal } from './groupedJournal';
import { DEFAULT_MAX_PENDING_BYTES, type Position, type RecordBatch } from './port';
import { BatchBuilder } from './segmentScan';

const NO_SALT = new Uint8Array(8);

class MemoryBlocks implements GroupWriter {
  private readonly blocks: Uint8Array[] = [];
  private readonly lastRevisions: number[] = [];

  async write(group: GroupBuffer): Promise<void> {
    this.blocks.push(Uint8Array.from(group.seal(NO_SALT)));
    this.lastRevisions.push(group.last.revision);
  }

  async mark(): Promise<void> {}

  /** Each batch is a copy: its reader may do with it what it likes. */
  async *read(fromRevision: number, upToRevision: number): AsyncGenerator<RecordBatch> {
    for (let i = 0; i < this.blocks.length && (this.lastRevisions[i] as number) <= upToRevision; i++) {
      if ((this.lastRevisions[i] as number) >= fromRevision) yield this.batch(Uint8Array.from(this.blocks[i] as Uint8Array), fromRevision);
    }
  }

  private batch(block: Uint8Array, fromRevision: number): RecordBatch {
    const view = viewOf(block);
    const builder = new BatchBuilder(block, fromRevision);
    const header = readBlockHeader(block, view, 0, NO_SALT, block.length);
    if (header) builder.addBlock(view, 0, header);
    const batch = builder.build();
    if (!batch) throw new Error('a block in memory has no records');
    return batch;
  }
}

const EMPTY: Position = { revision: -1, seq: 0 };

/** A journal without a disk, for runs that keep nothing and for tests: its records are gone with it. */
export class MemoryJournal extends GroupedJournal {
  readonly meta = { id: randomUUID(), shard: 0 };
  private readonly blocks: MemoryBlocks;
  private readonly chain: Chain;
  private lastAnswer: Promise<unknown> = Promise.resolve();

  constructor(maxPendingBytes = DEFAULT_MAX_PENDING_BYTES) {
    const blocks = new MemoryBlocks();
    super(blocks, EMPTY, maxPendingBytes);
    this.blocks = blocks;
    this.chain = new Chain((from, upTo) => blocks.read(from, upTo));
  }

  readBatches(fromRevision = 0): AsyncIterable<RecordBatch> {
    return this.blocks.read(fromRevision, this.durable.revision);
  }

  chainHash(seq: number): Promise<Uint8Array> {
    const { durable } = this;
    if (!Number.isInteger(seq) || seq < 0 || seq > durable.seq) {
      return Promise.reject(new RangeError(`the chain has no hash at seq ${seq}: the journal is durable up to ${durable.seq}`));
    }
    const answer = this.lastAnswer.then(() => this.chain.hashAt(seq, durable.revision));
    this.lastAnswer = answer.catch(() => undefined);
    return answer;
  }

  protected async finish(): Promise<void> {
    await this.lastAnswer;
  }
}

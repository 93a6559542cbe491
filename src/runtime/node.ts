import { randomInt } from 'node:crypto';
import { v4 as uuid } from 'uuid';
import { ByteWriter } from '../contract/bytes';
import { encodeRecord, type JournalRecord, type Source } from '../contract/record';
import type { Engine, Executed, Outcome, Sequenced } from '../engine/engine';
import { type FileJournal, type FileJournalOptions, openFileJournal, Snapshots } from '../journal';
import { ENGINE_VERSION, RULES_VERSION } from '../version';
import { encodeControl } from './control';
import { type NewEngine, type Recovery, recover } from './recovery';
import { snapshotBytes } from './stateHash';

export interface NodeOptions extends NewEngine {
  /** Directory of the journal; it is begun when it is not there. */
  readonly dataDirectory: string;
  /** A snapshot is taken after so many commands, and at the end. */
  readonly snapshotEvery: number;
  /** Sizes of the journal's files, and for tests its disk. */
  readonly journal?: Omit<FileJournalOptions, 'shard'>;
}

/** An outcome and the revision that must be durable before anybody may hear of it. */
export interface Submitted {
  readonly outcome: Outcome;
  readonly revision: number;
}

/**
 * The engine on a durable journal: every command that takes a seq is appended before
 * the next one runs, and the engine goes on while the journal flushes. Nothing may
 * leave before `journal.durable` covers its revision (journal.md §1).
 */
export class EngineNode {
  private readonly record = new ByteWriter(1 << 16);
  private snapshotSeq: number;
  private snapshotInWriting: Promise<void> | null = null;
  private snapshotFailure: Error | null = null;
  /** True from the start of a command to its append: what throws in between leaves the engine ahead of its journal, for good. */
  private isAhead = false;

  private constructor(
    readonly journal: FileJournal,
    readonly recovery: Recovery,
    private readonly snapshots: Snapshots,
    private readonly snapshotEvery: number,
  ) {
    this.snapshotSeq = recovery.snapshotSeq;
  }

  /** Opens or begins the journal, recovers, and leaves the writer's first record. Rejects when the journal is locked or damaged. */
  static async open(options: NodeOptions): Promise<EngineNode> {
    const journal = await openFileJournal(options.dataDirectory, { ...options.journal, shard: options.shard });
    try {
      const snapshots = new Snapshots(journal.snapshotsDirectory, options.journal?.fileSystem);
      await snapshots.removeUnfinished();
      const recovery = await recover(journal, snapshots, options);
      // Ids come from outside: nobody may choose them so that they collide.
      recovery.engine.state.memory.reseed(randomInt(2 ** 32));
      const node = new EngineNode(journal, recovery, snapshots, options.snapshotEvery);
      const commandMemory = recovery.engine.state.memory.capacity;
      const started = {
        type: 'WriterStarted',
        writerId: uuid(),
        engineVersion: ENGINE_VERSION,
        rulesVersion: RULES_VERSION,
        commandMemory,
      } as const;
      await journal.whenDurable(journal.append({ seq: 0, kind: 'control', bytes: encodeControl(started) }));
      return node;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  get engine(): Engine {
    return this.recovery.engine;
  }

  /** Executes a command and appends its record. Ask `journal.isReady` first; a DUPLICATE appends nothing. Once it has thrown, it takes no more. */
  submit(sequenced: Sequenced, source: Source, actor: string): Submitted {
    const { engine, journal } = this;
    if (journal.failure !== null) throw journal.failure;
    if (this.isAhead) throw new Error('invariant: the engine is ahead of its journal since a command failed in it');
    this.isAhead = true;
    const outcome = engine.execute(sequenced);
    const revision = outcome.kind === 'DUPLICATE' ? journal.head.revision : this.append(outcome, source, actor);
    this.isAhead = false;
    if (journal.head.seq - this.snapshotSeq >= this.snapshotEvery && this.snapshotInWriting === null) this.takeSnapshot();
    return { outcome, revision };
  }

  private append(outcome: Executed, source: Source, actor: string): number {
    this.record.clear();
    encodeRecord(this.record, recordOf(outcome, source, actor), this.engine.body);
    return this.journal.append({ seq: outcome.seq, kind: 'command', bytes: this.record.written() });
  }

  /** Copies the state now and writes it beside the engine's work, once everything in it is durable. One at a time: each is a copy of the state. */
  private takeSnapshot(): void {
    const { journal } = this;
    const { seq, revision } = journal.head;
    this.snapshotSeq = seq;
    const content = snapshotBytes(this.engine.state);
    const write = async () => {
      await journal.whenDurable(revision);
      await this.snapshots.write(journal.meta, { seq, revision, chainHash: await journal.chainHash(seq), content });
    };
    // A snapshot that cannot be written costs the next start time, not data; `close` tells of it.
    const settle = (failure: Error | null) => {
      this.snapshotFailure = failure;
      this.snapshotInWriting = null;
    };
    this.snapshotInWriting = write().then(() => settle(null), settle);
  }

  /** Makes everything durable, leaves a snapshot, and gives the journal back. Rejects when the last snapshot could not be written. */
  async close(): Promise<void> {
    const { journal } = this;
    try {
      await this.snapshotInWriting;
      if (journal.failure === null && !this.isAhead && journal.head.seq > this.snapshotSeq) this.takeSnapshot();
      await this.snapshotInWriting;
    } finally {
      await journal.close();
    }
    if (journal.failure === null && this.snapshotFailure !== null) {
      throw new Error(`every command is durable, but no snapshot could be written: ${this.snapshotFailure.message}`, {
        cause: this.snapshotFailure,
      });
    }
  }
}

/** The journal's record of an executed command (journal.md §1.1). */
export function recordOf(outcome: Executed, source: Source, actor: string): JournalRecord {
  const { seq, time, bodyHash, refusal, orderId, isolationId, events, command, raw } = outcome;
  return {
    seq,
    time,
    source,
    actor,
    bodyHash,
    status: refusal === undefined ? 'ACCEPTED' : 'REJECTED',
    code: refusal?.code,
    message: refusal?.message,
    orderId: orderId === 0 ? undefined : orderId,
    isolationId: isolationId === 0 ? undefined : isolationId,
    events,
    raw,
    command,
  } as JournalRecord;
}

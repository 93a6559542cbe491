import { v4 as uuid } from 'uuid';
import { ByteWriter } from '../contract/bytes';
import { encodeRecord, type JournalRecord, type Source } from '../contract/record';
import { Engine, type Executed, type Outcome, type Sequenced } from '../engine/engine';
import { type FileJournal, openFileJournal, Snapshots } from '../journal';
import { ENGINE_VERSION, RULES_VERSION } from '../version';
import { encodeControl } from './control';
import { type NewEngine, type Recovery, recover } from './recovery';
import { snapshotBytes } from './stateHash';

export interface NodeOptions extends NewEngine {
  /** Directory of the journal; it is begun when it is not there. */
  readonly dataDirectory: string;
  /** A snapshot is taken after so many commands, and at the end. */
  readonly snapshotEvery: number;
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
  private readonly snapshots: Snapshots;
  private lastSnapshot: Promise<unknown> = Promise.resolve();
  private snapshotSeq: number;

  private constructor(
    readonly journal: FileJournal,
    readonly recovery: Recovery,
    private readonly snapshotEvery: number,
  ) {
    this.snapshots = new Snapshots(journal.snapshotsDirectory);
    this.snapshotSeq = recovery.snapshotSeq;
  }

  /** Opens or begins the journal, recovers, and leaves the writer's first record. Rejects when the journal is locked or damaged. */
  static async open(options: NodeOptions): Promise<EngineNode> {
    const journal = await openFileJournal(options.dataDirectory, { shard: options.shard });
    try {
      const recovery = await recover(journal, options);
      const node = new EngineNode(journal, recovery, options.snapshotEvery);
      const commandMemory = recovery.engine.state.memory.capacity;
      const started = { type: 'WriterStarted', writerId: uuid(), engineVersion: ENGINE_VERSION, rulesVersion: RULES_VERSION, commandMemory } as const;
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

  /** Executes a command and appends its record. Ask `journal.isReady` first; a DUPLICATE appends nothing. */
  submit(sequenced: Sequenced, source: Source, actor: string): Submitted {
    const { engine, journal } = this;
    const outcome = engine.execute(sequenced);
    if (outcome.kind === 'DUPLICATE') return { outcome, revision: journal.head.revision };
    this.record.clear();
    encodeRecord(this.record, recordOf(outcome, source, actor), engine.body);
    const revision = journal.append({ seq: outcome.seq, kind: 'command', bytes: this.record.written() });
    if (outcome.seq - this.snapshotSeq >= this.snapshotEvery) this.takeSnapshot();
    return { outcome, revision };
  }

  /** Copies the state now and writes it beside the engine's work, once everything in it is durable. */
  private takeSnapshot(): void {
    const { journal } = this;
    const { seq, revision } = journal.head;
    this.snapshotSeq = seq;
    const content = snapshotBytes(this.engine.state);
    const previous = this.lastSnapshot;
    this.lastSnapshot = (async () => {
      await previous;
      await journal.whenDurable(revision);
      await this.snapshots.write(journal.meta, { seq, revision, chainHash: await journal.chainHash(seq), content });
    })();
    // A snapshot that cannot be written costs the next start time, not data; `close` tells of it.
    this.lastSnapshot.catch(() => undefined);
  }

  /** Makes everything durable, leaves a snapshot, and gives the journal back. */
  async close(): Promise<void> {
    try {
      if (this.journal.failure === null) {
        if (this.journal.head.seq > this.snapshotSeq) this.takeSnapshot();
        await this.lastSnapshot;
      }
    } finally {
      await this.journal.close();
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

import { randomInt } from 'node:crypto';
import { ByteReader, ByteWriter } from '../contract/bytes';
import type { InputPositioned } from '../contract/inputRecords';
import { decodeRecordHead, encodeRecord, type JournalRecord, type Source } from '../contract/record';
import type { Engine, Executed, Outcome, Sequenced } from '../engine/engine';
import type { State } from '../engine/state/state';
import type { Journal, Snapshots, UnfinishedRecord } from '../journal';
import { ENGINE_VERSION, RULES_VERSION } from '../version';
import { type ControlRecord, encodeControl, type WriterStarted } from './control';
import { goOn, type NewEngine, type Recovery, recover } from './recovery';
import { sequencedOf } from './sequenced';
import { snapshotBytes } from './stateHash';

export interface NodeOptions extends NewEngine {
  /** The node closes it. */
  readonly journal: Journal;
  /** Undefined: every start replays the whole journal. */
  readonly snapshots: Snapshots | undefined;
  /** A snapshot is taken after so many commands, and at the end. */
  readonly snapshotEvery: number;
  /** What a standby has followed already: only what came since is read. */
  readonly followed?: Recovery | undefined;
  /** Called with the recovered state before anything is appended. */
  readonly onRecovered?: (state: State) => void;
}

/** What a snapshot holds was durable once. A journal that ends before it has lost records that were acknowledged: nobody goes on from there unasked. */
async function refuseLostEnd(journal: Journal, snapshots: Snapshots | undefined): Promise<void> {
  const lostEnd = await snapshots?.lostEndOf(journal);
  if (lostEnd !== undefined) throw new Error(`the journal is not whole: ${lostEnd}`);
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
    readonly journal: Journal,
    readonly recovery: Recovery,
    readonly snapshots: Snapshots | undefined,
    private readonly snapshotEvery: number,
  ) {
    this.snapshotSeq = recovery.snapshotSeq;
  }

  /** Recovers from the journal and leaves the writer's first record. Rejects when the journal cannot be followed, or somebody else writes to it; it is closed then. */
  static async open(options: NodeOptions): Promise<EngineNode> {
    const { journal, snapshots } = options;
    try {
      await snapshots?.removeUnfinished();
      await refuseLostEnd(journal, snapshots);
      const recovery = options.followed ?? (await recover(journal, snapshots, options));
      if (options.followed !== undefined) await goOn(recovery, journal);
      // Ids come from outside: nobody may choose them so that they collide.
      recovery.engine.state.memory.reseed(randomInt(2 ** 32));
      options.onRecovered?.(recovery.engine.state);
      const node = new EngineNode(journal, recovery, snapshots, options.snapshotEvery);
      if (journal.unfinished !== undefined) node.finish(journal.unfinished);
      await journal.whenDurable(node.leave(node.writerStarted()));
      return node;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  private writerStarted(): WriterStarted {
    return {
      type: 'WriterStarted',
      writerId: this.journal.writer,
      engineVersion: ENGINE_VERSION,
      rulesVersion: RULES_VERSION,
      commandMemory: this.engine.state.memory.capacity,
    };
  }

  /** Executes a command again that a dead writer left unfinished; the journal compares what stands there and adds the rest (journal.md §2.3). */
  private finish({ bytes }: UnfinishedRecord): void {
    const head = decodeRecordHead(new ByteReader(bytes));
    this.submit(sequencedOf(head), head.source, head.actor);
  }

  get engine(): Engine {
    return this.recovery.engine;
  }

  /** Where the journal stands in its input; undefined while nothing ever came from one. */
  get input(): InputPositioned | undefined {
    return this.recovery.input.current;
  }

  /** Appends a control record and returns its revision. Ask `journal.isReady` first. */
  leave(record: ControlRecord): number {
    const revision = this.journal.append({ seq: 0, kind: 'control', bytes: encodeControl(record) });
    this.recovery.input.take(record);
    return revision;
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
    if (journal.head.seq - this.snapshotSeq >= this.snapshotEvery && this.snapshotInWriting === null) this.considerSnapshot();
    return { outcome, revision };
  }

  private append(outcome: Executed, source: Source, actor: string): number {
    this.record.clear();
    const { input } = this.recovery;
    input.moveTo(source.inputPosition);
    // Commands from elsewhere carry the input's position forward, so that the last record always says it.
    const placed =
      source.inputPosition === undefined && input.current !== undefined
        ? { ...source, inputPosition: input.current.inputPosition }
        : source;
    encodeRecord(this.record, recordOf(outcome, placed, actor), this.engine.body);
    return this.journal.append({ seq: outcome.seq, kind: 'command', bytes: this.record.written() });
  }

  private considerSnapshot(): void {
    if (this.snapshots !== undefined && this.journal.isReady) this.takeSnapshot(this.snapshots);
  }

  /** Copies the state now and writes it beside the engine's work, once everything in it is durable. One at a time: each is a copy of the state. */
  private takeSnapshot(snapshots: Snapshots): void {
    const { journal } = this;
    const { seq, revision } = journal.head;
    this.snapshotSeq = seq;
    const content = snapshotBytes(this.engine.state);
    // A start from the snapshot reads only what is behind it, and must find there where the input stood.
    const behind = this.input === undefined ? revision : this.leave(this.input);
    const write = async () => {
      await journal.whenDurable(behind);
      await snapshots.write(journal.meta, { seq, revision, chainHash: await journal.chainHash(seq), content });
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
      if (journal.failure === null && !this.isAhead && journal.head.seq > this.snapshotSeq) {
        await journal.whenDurable(journal.head.revision);
        this.considerSnapshot();
      }
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

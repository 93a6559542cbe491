import { createHash } from 'node:crypto';
import { ByteReader, ByteWriter } from '../../src/contract/bytes';
import { decodeCommand } from '../../src/contract/decode';
import { decodeRecord, decodeReplayRecord, encodeRecord, type JournalRecord, replayRecordOf } from '../../src/contract/record';
import { Engine, type EngineOptions, type Executed, type Outcome } from '../../src/engine/engine';
import { replay } from '../../src/engine/replay';
import { toResult } from '../../src/engine/results';
import { readSnapshot } from '../../src/engine/snapshot/read';
import { writeSnapshot } from '../../src/engine/snapshot/write';
import { CommandMemory } from '../../src/engine/state/commandMemory';
import type { State } from '../../src/engine/state/state';
import { Bulkhead } from '../../src/library/bulkhead';
import type { Command, Result } from './engineApi';

/** Messages between two restores; no divisor of what else comes round. */
const RESTORED_EVERY = 7;

/** Changes a record before it is written down, for a test that asks whether anybody notices. */
export type Tamper = (record: JournalRecord) => JournalRecord;

interface Entry {
  readonly command: Command;
  /** The record's canonical bytes; undefined for a DUPLICATE, which leaves none. */
  readonly record: Uint8Array | undefined;
  /** The live engine's snapshot after the command. */
  readonly snapshot: Uint8Array;
}

export class HashDifference extends Error {
  override readonly name = 'HashDifference';
}

/** One writer for all: a fresh buffer for every snapshot costs more than filling it. */
const writer = new ByteWriter(1 << 16);

function snapshotOf(state: State): Uint8Array {
  writer.clear();
  writeSnapshot(writer, state);
  return writer.written().slice();
}

/** The snapshot without seq, clock and memory of commands: all that a rejected command may change (rules.md §10). */
function worldOf(state: State): Uint8Array {
  const bare = Object.create(state, { seq: { value: 0 }, clock: { value: 0 }, memory: { value: new CommandMemory(1) } });
  return snapshotOf(bare as State);
}

function hashOf(snapshot: Uint8Array): string {
  return createHash('sha256').update(snapshot).digest('hex');
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function agree(what: string, expected: Uint8Array, actual: Uint8Array): void {
  if (!sameBytes(expected, actual)) throw new HashDifference(`${what}: ${hashOf(actual)} is not the live engine's ${hashOf(expected)}`);
}

export function recordOf(outcome: Executed): JournalRecord {
  const { command, raw, seq, time, bodyHash, refusal, orderId, isolationId, events } = outcome;
  const record = {
    seq,
    time,
    source: { kind: 'LIBRARY' },
    actor: 'test',
    raw,
    command,
    bodyHash,
    status: refusal === undefined ? 'ACCEPTED' : 'REJECTED',
    code: refusal?.code,
    message: refusal?.message,
    orderId: orderId === 0 ? undefined : orderId,
    isolationId: isolationId === 0 ? undefined : isolationId,
    events,
  };
  return record as JournalRecord;
}

function encoded(record: JournalRecord): Uint8Array {
  writer.clear();
  encodeRecord(writer, record);
  return writer.written().slice();
}

/** Executes a command; undefined when the message is no command at all. */
function executeOn(engine: Engine, command: Command): Outcome | undefined {
  const decoded = decodeCommand(command);
  return !decoded.ok && decoded.kind === 'MALFORMED' ? undefined : engine.execute(decoded);
}

/**
 * An engine that keeps a journal in memory and holds its state against what the journal
 * says, by hash and after every command, in the four ways of rules.md §11.6: live; applying
 * the recorded events; an earlier snapshot with the tail applied; executing the commands again.
 */
export class JournaledEngine {
  readonly views: Bulkhead;
  private readonly engine: Engine;
  private readonly replayed: State;
  /** Restored from the live snapshot every few messages, and carried on by the records since. */
  private restored: State;
  /** Executes every message too. */
  private readonly again: Engine;
  private readonly entries: Entry[] = [];

  constructor(
    private readonly options: EngineOptions = {},
    private readonly tamper: Tamper = (record) => record,
  ) {
    this.engine = new Engine(options);
    this.views = new Bulkhead(this.engine);
    this.replayed = new Engine(options).state;
    this.restored = new Engine(options).state;
    this.again = new Engine(options);
  }

  get state(): State {
    return this.engine.state;
  }

  /** Number of messages taken so far. */
  get length(): number {
    return this.entries.length;
  }

  /** Executes a message, records it and compares live with replay; undefined for a message that is no command. */
  execute(command: Command): Result | undefined {
    const before = this.entries.at(-1)?.snapshot ?? snapshotOf(this.engine.state);
    const world = worldOf(this.engine.state);
    const outcome = executeOn(this.engine, command);
    const snapshot = snapshotOf(this.engine.state);
    const executed = outcome?.kind === 'EXECUTED' ? outcome : undefined;
    if (executed === undefined) agree(`${command.commandId}, which is no new command, left its mark`, before, snapshot);
    else if (executed.refusal !== undefined && executed.events.length === 0) {
      agree(`${command.commandId}, rejected ${executed.refusal.code}, moved something`, world, worldOf(this.engine.state));
    }
    const record = executed === undefined ? undefined : encoded(this.tamper(recordOf(executed)));
    if (record !== undefined) this.follow(command, record, snapshot);
    this.executeOnceMore(command, executed === undefined ? undefined : encoded(recordOf(executed)), snapshot);
    this.entries.push({ command, record, snapshot });
    if (this.entries.length % RESTORED_EVERY === 0) this.restored = readSnapshot(new ByteReader(snapshot));
    return outcome === undefined ? undefined : (toResult(outcome, this.engine.state.shard) as unknown as Result);
  }

  private follow(command: Command, record: Uint8Array, snapshot: Uint8Array): void {
    const decoded = decodeRecord(new ByteReader(record));
    agree(`record of ${command.commandId} written again`, record, encoded(decoded));
    replay(this.replayed, replayRecordOf(decoded));
    agree(`replay of the events up to ${command.commandId}`, snapshot, snapshotOf(this.replayed));
    replay(this.restored, decodeReplayRecord(new ByteReader(record)));
    agree(`an earlier snapshot and the events up to ${command.commandId}`, snapshot, snapshotOf(this.restored));
  }

  private executeOnceMore(command: Command, record: Uint8Array | undefined, snapshot: Uint8Array): void {
    const outcome = executeOn(this.again, command);
    const leaves = outcome?.kind === 'EXECUTED' ? encoded(recordOf(outcome)) : undefined;
    if (record !== undefined || leaves !== undefined) {
      agree(`record of ${command.commandId}, executed once more`, record ?? new Uint8Array(0), leaves ?? new Uint8Array(0));
    }
    agree(`state after ${command.commandId}, executed once more`, snapshot, snapshotOf(this.again.state));
  }

  /**
   * Recovers as a node does: restores the snapshot taken after `kept` messages, applies
   * the records up to `until`, and goes on by executing the commands that came later.
   */
  checkRecovery(kept: number, until: number): void {
    const from = this.entries[kept - 1];
    const reached = this.entries[until - 1];
    if (from === undefined || reached === undefined) return;
    const state = readSnapshot(new ByteReader(from.snapshot));
    agree(`snapshot after ${kept} messages, read and written`, from.snapshot, snapshotOf(state));
    for (const { record } of this.entries.slice(kept, until))
      if (record !== undefined) replay(state, decodeReplayRecord(new ByteReader(record)));
    agree(`snapshot after ${kept} messages and the events up to message ${until}`, reached.snapshot, snapshotOf(state));
    this.executeAgain(new Engine({}, state), this.entries.slice(until), `recovered (snapshot ${kept}, events to ${until})`);
  }

  /** Executes all commands on a fresh engine: same records to the byte, same state. */
  checkReexecution(): void {
    this.executeAgain(new Engine(this.options), this.entries, 'fresh');
  }

  private executeAgain(engine: Engine, entries: readonly Entry[], which: string): void {
    for (const { command, record } of entries) {
      const outcome = executeOn(engine, command);
      const again = outcome?.kind === 'EXECUTED' ? encoded(recordOf(outcome)) : undefined;
      if (record === undefined && again === undefined) continue;
      if (record === undefined || again === undefined || !sameBytes(record, again)) {
        throw new HashDifference(`${command.commandId} leaves another record on an engine that is ${which}`);
      }
    }
    const last = this.entries.at(-1);
    if (last !== undefined) agree(`the commands executed again on an engine that is ${which}`, last.snapshot, snapshotOf(engine.state));
  }
}

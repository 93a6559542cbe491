import { ByteReader, ByteWriter } from '../../contract/bytes';
import { decodeRecord, encodeRecord, type JournalRecord, replayRecordOf } from '../../contract/record';
import { Engine } from '../../engine/engine';
import { brokenInvariants } from '../../engine/invariants';
import { replay } from '../../engine/replay';
import { PublicEvents } from '../../projections/publicEvents';
import { recordOf } from '../../runtime/node';
import { sequencedOf } from '../../runtime/sequenced';
import { stateHash } from '../../runtime/stateHash';
import { RULES_VERSION } from '../../version';
import { type Check, type Difference, DifferenceFound } from '../difference';
import type { CommandRecord } from '../read/records';
import { firstDifference } from './compareRecords';

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * Two engines over one journal: one applies the recorded events, the other executes the recorded commands again. Both must
 * come to the same records and to the same state.
 */
export class Execution {
  readonly replayed: Engine;
  private readonly executed: Engine;
  private readonly events: PublicEvents;
  private readonly written = new ByteWriter(1 << 16);
  /** What each check found first; a check that found something looks no further. */
  private readonly found = new Map<Check, Difference>();
  private sameRules = true;
  counts = { commands: 0, events: 0, executed: 0, otherRules: 0, wholeStates: 0 };

  constructor(shard: number, commandMemory: number | undefined) {
    this.replayed = new Engine({ shard, commandMemory });
    this.executed = new Engine({ shard, commandMemory });
    this.events = new PublicEvents(shard);
  }

  get differences(): readonly Difference[] {
    return [...this.found.values()];
  }

  get executionFailed(): boolean {
    return this.found.has('re-execution');
  }

  /** The rules of what follows; others than this program's are replayed only (journal.md §1.5). */
  useRules(version: number): void {
    this.sameRules = version === RULES_VERSION;
  }

  /** Takes one record. Throws DifferenceFound when nothing behind it can be read. */
  take(entry: CommandRecord): JournalRecord {
    const record = this.decode(entry);
    this.counts.commands += 1;
    this.counts.events += record.events.length;
    this.events.take(record);
    this.replay(record);
    if (!this.executionFailed) this.execute(record, entry.bytes);
    return record;
  }

  private decode({ seq, bytes }: CommandRecord): JournalRecord {
    const refuse = (field: string, expected: string, actual: string): never => {
      throw new DifferenceFound({ check: 'records', seq, field, expected, actual });
    };
    const reader = new ByteReader(bytes);
    let record: JournalRecord;
    try {
      record = decodeRecord(reader);
    } catch (error) {
      return refuse('bytes', 'a record in its canonical form', (error as Error).message);
    }
    if (reader.position !== bytes.length) refuse('length', `${reader.position} bytes`, `${bytes.length} bytes`);
    if (record.seq !== seq) refuse('seq', String(seq), String(record.seq));
    this.written.clear();
    encodeRecord(this.written, record);
    if (!isSame(this.written.written(), bytes)) refuse('bytes', 'the canonical form of what they say', 'other bytes of the same meaning');
    return record;
  }

  private replay(record: JournalRecord): void {
    const { seq, command } = record;
    try {
      replay(this.replayed.state, replayRecordOf(record));
    } catch (error) {
      const expected = 'events that follow from the state before them';
      throw new DifferenceFound({ check: 'replay', seq, event: command.type, field: 'events', expected, actual: (error as Error).message });
    }
  }

  private execute(record: JournalRecord, bytes: Uint8Array): void {
    if (!this.sameRules) {
      replay(this.executed.state, replayRecordOf(record));
      this.counts.otherRules += 1;
      return;
    }
    this.counts.executed += 1;
    const { seq, command } = record;
    const differs = (field: string, expected: string, actual: string) =>
      this.note({ check: 're-execution', seq, event: command.type, field, expected, actual });
    try {
      const outcome = this.executed.execute(sequencedOf(record));
      if (outcome.kind === 'DUPLICATE') {
        differs('status', 'DUPLICATE, which takes no seq', record.status);
        return;
      }
      const again = recordOf(outcome, record.source, record.actor);
      this.written.clear();
      encodeRecord(this.written, again, this.executed.body);
      if (isSame(this.written.written(), bytes)) return;
      const difference = firstDifference('re-execution', again, record, this.events);
      if (difference === undefined) differs('bytes', 'those of the command executed again', 'other bytes');
      else this.note(difference);
    } catch (error) {
      differs('events', 'a command that can be executed', (error as Error).message);
    }
  }

  private note(difference: Difference): void {
    if (!this.found.has(difference.check)) this.found.set(difference.check, difference);
  }

  /** Compares the two states, and the whole of one with the invariants. */
  checkState(): void {
    const { seq } = this.replayed.state;
    this.counts.wholeStates += 1;
    if (!this.executionFailed) {
      const [expected, actual] = [stateHash(this.executed.state), stateHash(this.replayed.state)];
      if (expected !== actual) this.note({ check: 'replay', seq, field: 'state hash', expected, actual });
    }
    if (seq === 0 || this.found.has('invariants')) return;
    const [broken] = brokenInvariants(this.replayed.state);
    if (broken !== undefined) this.note({ check: 'invariants', seq, field: 'state', expected: 'rules.md §11', actual: broken });
  }
}

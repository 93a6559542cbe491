import { ByteReader } from '../../contract/bytes';
import { decodeReplayRecord, type ReplayRecord } from '../../contract/record';
import { Engine } from '../../engine/engine';
import { replay } from '../../engine/replay';
import { readSnapshot } from '../../engine/snapshot/read';
import type { JournalReader, Snapshots } from '../../journal';
import { snapshotBytes } from '../../runtime/stateHash';
import { commandMemoryOf, entriesFrom } from './records';

/** Events between two kept states: less than a second of replay, far below a million (journal.md §5.3). */
export const STATE_EVERY_EVENTS = 250_000;

export interface StatesOptions {
  /** Where states may be taken from, such as the node's own snapshots. */
  readonly sources: readonly Snapshots[];
  /** Where states are kept for the next question; undefined: nowhere. */
  readonly kept: Snapshots | undefined;
  readonly everyEvents?: number;
  readonly onProgress?: ((seq: number) => void) | undefined;
}

/** An engine as it stood after a command, and the last revision that is in it. */
export interface Stand {
  readonly engine: Engine;
  readonly revision: number;
}

/** States of the past (journal.md §5.3): the newest kept one before the place, and the events from there. */
export class States {
  constructor(
    private readonly journal: JournalReader,
    private readonly options: StatesOptions,
  ) {}

  /** The engine after the command `seq`; 0: before the first. Throws RangeError beyond the journal's end. */
  async at(seq: number): Promise<Stand> {
    const last = this.journal.durable.seq;
    if (seq > last) throw new RangeError(`the journal ends at seq ${last}, before seq ${seq}`);
    return this.goOn(await this.before(seq, () => true), (record) => record.seq <= seq);
  }

  /** The engine after the last command with time ≤ `time`. */
  async atTime(time: number): Promise<Stand> {
    const stand = await this.before(this.journal.durable.seq, (engine) => engine.state.clock <= time);
    return this.goOn(stand, (record) => record.time <= time);
  }

  /**
   * The engine after each of these commands, ascending, in one reading. It is one and the same engine, moved on: look at
   * it before asking for the next.
   */
  async *each(seqs: readonly number[]): AsyncGenerator<Engine> {
    const last = this.journal.durable.seq;
    if (seqs.length === 0) return;
    let stand = await this.before(seqs[0] as number, () => true);
    for (const seq of seqs) {
      if (seq > last) return;
      stand = await this.goOn(stand, (record) => record.seq <= seq);
      yield stand.engine;
    }
  }

  /** The newest state that can be used, or the beginning. */
  private async before(seq: number, suits: (engine: Engine) => boolean): Promise<Stand> {
    for (let upTo = seq; ; ) {
      const found = await Promise.all(this.places().map((place) => place.newestValid(this.journal, upTo)));
      const [newest] = found.flatMap(({ snapshot }) => (snapshot === null ? [] : [snapshot])).sort((a, b) => b.seq - a.seq);
      if (newest === undefined) break;
      const engine = restore(newest.content);
      if (engine !== undefined && suits(engine)) return { engine, revision: newest.revision };
      upTo = newest.seq - 1;
    }
    const commandMemory = await commandMemoryOf(this.journal);
    return { engine: new Engine({ shard: this.journal.meta.shard, commandMemory }), revision: -1 };
  }

  private places(): readonly Snapshots[] {
    const { sources, kept } = this.options;
    return kept === undefined ? sources : [...sources, kept];
  }

  private async goOn({ engine, revision }: Stand, wanted: (record: ReplayRecord) => boolean): Promise<Stand> {
    const { kept, everyEvents = STATE_EVERY_EVENTS, onProgress } = this.options;
    let last = revision;
    let events = 0;
    if (engine.state.seq === this.journal.durable.seq) return { engine, revision };
    for await (const entry of entriesFrom(this.journal, revision + 1)) {
      if (entry.kind === 'command') {
        const record = decodeReplayRecord(new ByteReader(entry.bytes));
        if (!wanted(record)) break;
        replay(engine.state, record);
        events += record.events.length;
        if (record.seq % 10_000 === 0) onProgress?.(record.seq);
      }
      last = entry.revision;
      if (kept === undefined || events < everyEvents) continue;
      events = 0;
      await this.keep(kept, engine, last);
    }
    return { engine, revision: last };
  }

  private async keep(kept: Snapshots, { state }: Engine, revision: number): Promise<void> {
    const chainHash = await this.journal.chainHash(state.seq);
    await kept.write(this.journal.meta, { seq: state.seq, revision, chainHash, content: snapshotBytes(state) });
  }
}

/** Undefined for a state in a format that this version does not read: the journal has it all. */
function restore(content: Uint8Array): Engine | undefined {
  try {
    return new Engine({}, readSnapshot(new ByteReader(content)));
  } catch {
    return undefined;
  }
}

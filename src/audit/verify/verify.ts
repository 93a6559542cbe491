import { type FileJournalReader, JournalDamaged, openFileJournalReader, type TornTail } from '../../journal';
import { RunningChain } from '../../journal/runningChain';
import { byPlace, type Check, type Difference, DifferenceFound } from '../difference';
import { entriesFrom } from '../read/records';
import { type Anchor, AnchorCheck } from './anchors';
import { Execution } from './execution';
import type { ModelOutcome } from './modelRun';
import { runModelInThread } from './modelThread';
import { SnapshotCheck } from './snapshotCheck';

export interface VerifyOptions {
  readonly anchors: readonly Anchor[];
  /** Without the decimal model, and said so. */
  readonly quick: boolean;
  /** Part of the work that is done, 0 to 1. */
  readonly onProgress: (part: number, seq: number) => void;
}

export interface Writer {
  /** seq of the first command that it may have written. */
  readonly fromSeq: number;
  readonly engineVersion: string;
  readonly rulesVersion: number;
}

/** One thing that was compared, in words, and what was found. */
export interface CheckReport {
  readonly check: Check;
  readonly compared: string;
  readonly difference: Difference | null;
}

export interface VerifyReport {
  readonly journal: { readonly directory: string; readonly id?: string; readonly shard?: number };
  readonly commands: number;
  readonly events: number;
  readonly lastTime: number | null;
  readonly writers: readonly Writer[];
  /** The chain at the last command that was read, for an outsider to keep. */
  readonly chain: { readonly seq: number; readonly hash: string } | null;
  readonly checks: readonly CheckReport[];
  readonly leftOut: readonly string[];
  /** Behind the last whole block of the journal. */
  readonly unreadBytes: number;
  readonly anchored: boolean;
  readonly firstDifference: Difference | null;
}

/** Commands between two looks at the whole state. */
const WHOLE_STATE_EVERY = 100_000;

/** Everything that can be compared in one reading of a journal; `directory` is not written to (rules.md §11, journal.md §1). */
export async function verifyJournal(directory: string, options: VerifyOptions): Promise<VerifyReport> {
  const kept = await SnapshotCheck.list(directory);
  let journal: FileJournalReader;
  try {
    journal = await openFileJournalReader(directory);
  } catch (error) {
    if (!(error instanceof JournalDamaged)) throw error;
    return damaged(directory, error);
  }
  try {
    return await new Verification(directory, journal, await SnapshotCheck.of(journal, kept), options).run();
  } finally {
    await journal.close();
  }
}

function damaged(directory: string, { file, offset, seq, reason }: JournalDamaged): VerifyReport {
  const difference: Difference = { check: 'frames', seq, field: `${file}, byte ${offset}`, expected: 'what was written', actual: reason };
  return {
    journal: { directory },
    commands: 0,
    events: 0,
    lastTime: null,
    writers: [],
    chain: null,
    checks: [{ check: 'frames', compared: 'every block of every segment', difference }],
    unreadBytes: 0,
    leftOut: ['everything behind the damaged place: a damaged journal is not read further'],
    anchored: false,
    firstDifference: difference,
  };
}

class Verification {
  private readonly chain = new RunningChain();
  private readonly anchors: AnchorCheck;
  private execution: Execution | undefined;
  private readonly writers: Writer[] = [];
  private recordDifference: Difference | null = null;
  private lastTime: number | null = null;
  private modelSeq = 0;

  constructor(
    private readonly directory: string,
    private readonly journal: FileJournalReader,
    private readonly snapshots: SnapshotCheck,
    private readonly options: VerifyOptions,
  ) {
    this.anchors = new AnchorCheck(options.anchors);
  }

  async run(): Promise<VerifyReport> {
    const { seq } = this.journal.durable;
    const model = this.options.quick
      ? null
      : runModelInThread(this.directory, seq, (at) => {
          this.modelSeq = at;
          this.tell();
        });
    // What goes wrong meanwhile is asked for below.
    model?.catch(() => undefined);
    await this.readAll();
    return this.report(model === null ? null : await model);
  }

  private tell(): void {
    const all = this.journal.durable.seq || 1;
    const own = this.chain.seq / all;
    const part = this.options.quick ? own : 0.3 * own + 0.7 * (this.modelSeq / all);
    this.options.onProgress(part, this.options.quick ? this.chain.seq : this.modelSeq);
  }

  private async readAll(): Promise<void> {
    try {
      for await (const entry of entriesFrom(this.journal)) {
        if (entry.kind === 'control') {
          const { record } = entry;
          if (record.type !== 'WriterStarted') continue;
          const { engineVersion, rulesVersion, commandMemory } = record;
          this.writers.push({ fromSeq: this.chain.seq + 1, engineVersion, rulesVersion });
          this.execution ??= new Execution(this.journal.meta.shard, commandMemory);
          this.execution.useRules(rulesVersion);
          continue;
        }
        this.execution ??= new Execution(this.journal.meta.shard, undefined);
        this.chain.add(entry.bytes);
        this.anchors.pass(this.chain.seq, () => this.chain.hash().toString('hex'));
        this.lastTime = this.execution.take(entry).time;
        await this.snapshots.pass(this.execution.replayed.state);
        if (entry.seq % WHOLE_STATE_EVERY === 0) this.execution.checkState();
        if (entry.seq % 1_000 === 0) this.tell();
      }
      this.anchors.end(this.chain.seq);
    } catch (error) {
      if (!(error instanceof DifferenceFound)) throw error;
      this.recordDifference = error.difference;
      return;
    }
    this.execution?.checkState();
  }

  private report(model: ModelOutcome | null): VerifyReport {
    const { execution, chain, options, snapshots } = this;
    const { commands = 0, events = 0, executed = 0, otherRules = 0, wholeStates = 0 } = execution?.counts ?? {};
    const of = (check: Check): Difference | null =>
      this.recordDifference?.check === check
        ? this.recordDifference
        : (execution?.differences.find((found) => found.check === check) ?? null);
    const checks: CheckReport[] = [
      { check: 'frames', compared: `${count(this.journal.durable.revision + 1)} records in blocks with CRC`, difference: null },
      { check: 'records', compared: `${count(commands)} commands in canonical form, bodies with their hashes`, difference: of('records') },
      {
        check: 'anchors',
        compared:
          options.anchors.length === 0 ? 'no anchor' : `${this.anchors.held.length} of ${options.anchors.length} anchors on the chain`,
        difference: this.anchors.difference,
      },
      { check: 'snapshots', compared: `${snapshots.compared} kept states with the replayed one`, difference: snapshots.difference },
      { check: 'replay', compared: `${count(events)} events applied; ${wholeStates} state hashes`, difference: of('replay') },
      {
        check: 're-execution',
        compared: `${count(executed)} commands executed again${otherRules === 0 ? '' : `; ${count(otherRules)} under other rules, replayed only`}`,
        difference: of('re-execution'),
      },
      {
        check: 'invariants',
        compared: `the whole state at ${wholeStates} places${model === null ? '' : `, what each of ${count(model.commands)} commands touched by the model`}`,
        difference: of('invariants'),
      },
    ];
    if (model !== null) {
      const compared = `${count(model.events)} events of ${count(model.commands)} commands; everything shown, ${model.wholeViews} times`;
      checks.push({ check: 'decimal model', compared, difference: model.difference });
    }
    const found = checks.flatMap(({ difference }) => (difference === null ? [] : [difference])).sort(byPlace);
    const leftOut = model === null ? ['the decimal model (--quick)'] : [];
    const { tornTail } = this.journal;
    if (snapshots.otherFormats > 0) leftOut.push(`${snapshots.otherFormats} kept states in a format that this version does not read`);
    if (tornTail !== null) leftOut.push(untold(tornTail));
    if (this.recordDifference !== null)
      leftOut.push(`all but the model behind seq ${this.recordDifference.seq}, which cannot be read further`);
    const { id, shard } = this.journal.meta;
    return {
      journal: { directory: this.directory, id, shard },
      commands,
      events,
      lastTime: this.lastTime,
      writers: this.writers,
      chain: { seq: chain.seq, hash: chain.hash().toString('hex') },
      checks,
      leftOut,
      unreadBytes: tornTail?.bytes ?? 0,
      anchored: this.anchors.held.length > 0 && this.anchors.difference === null,
      firstDifference: found[0] ?? null,
    };
  }
}

/** Nothing in the file tells the two apart; whoever keeps the hash of what was last acknowledged can. */
function untold({ file, offset, bytes }: TornTail): string {
  const what = 'a write that was under way when its node was stopped or looked at, or else a damaged last block';
  return `${count(bytes)} bytes at the end, which are no whole block (${file}, byte ${offset}): ${what}; --anchor of the last acknowledged command tells which`;
}

const count = (n: number): string => n.toLocaleString('en');

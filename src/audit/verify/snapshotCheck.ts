import { SNAPSHOT_VERSION } from '../../engine/snapshot/format';
import type { State } from '../../engine/state/state';
import type { FileJournalReader, Snapshots } from '../../journal';
import { snapshotBytes } from '../../runtime/stateHash';
import type { Difference } from '../difference';
import { auditStates, nodeSnapshots } from '../kept';

/** Snapshots of one directory that are still to come, newest first. */
interface Waiting {
  readonly source: Snapshots;
  readonly seqs: number[];
}

/**
 * Holds every kept state against what the events come to: a start takes the node's snapshots for true, and questions about
 * the past take those that audits kept.
 */
export class SnapshotCheck {
  difference: Difference | null = null;
  compared = 0;
  /** Those in a format that this program does not read, and so takes for nothing. */
  otherFormats = 0;

  private constructor(
    private readonly journal: FileJournalReader,
    private readonly waiting: readonly Waiting[],
  ) {}

  /** What there is beside the journal in `directory`. To be listed before the journal is opened: a running node writes on. */
  static async list(directory: string): Promise<readonly Waiting[]> {
    const sources = [nodeSnapshots(directory), auditStates(directory)];
    return Promise.all(sources.map(async (source) => ({ source, seqs: await source.seqs() })));
  }

  static async of(journal: FileJournalReader, listed: readonly Waiting[]): Promise<SnapshotCheck> {
    const last = journal.durable.seq;
    const check = new SnapshotCheck(
      journal,
      listed.map(({ source, seqs }) => ({ source, seqs: seqs.filter((seq) => seq <= last) })),
    );
    for (const { source, seqs } of listed) {
      const ahead = await source.aheadOf(journal, seqs);
      if (ahead !== null) check.note(last, `end of the journal (${ahead.files[0]})`, `seq ${ahead.newest} or later`, `seq ${last}`);
    }
    return check;
  }

  /** Compares what was kept at this state's seq. */
  async pass(state: State): Promise<void> {
    for (const { source, seqs } of this.waiting) {
      if (seqs.at(-1) !== state.seq) continue;
      seqs.pop();
      await this.compare(source, state);
    }
  }

  private async compare(source: Snapshots, state: State): Promise<void> {
    const { seq } = state;
    const { snapshot, skipped } = await source.newestValid(this.journal, seq);
    if (snapshot?.seq !== seq) {
      const [first] = skipped;
      // The node that writes them removes old ones meanwhile.
      if (first === undefined) return;
      this.note(seq, `snapshot ${first.file}`, 'one that can be used', first.reason);
    } else if (snapshot.content[0] !== SNAPSHOT_VERSION) {
      this.otherFormats += 1;
    } else {
      this.compared += 1;
      if (Buffer.compare(snapshot.content, snapshotBytes(state)) === 0) return;
      this.note(seq, `content of ${source.fileOf(seq)}`, 'the state that the events come to', 'another state');
    }
  }

  private note(seq: number, field: string, expected: string, actual: string): void {
    if (this.difference === null || this.difference.seq > seq) this.difference = { check: 'snapshots', seq, field, expected, actual };
  }
}

import { entriesOf, type Journal, type JournalEntry, type JournalReader } from '../journal';
import { decodeControl, encodeControl } from './control';

/** Records are compared and copied as they are; only who leads where knows more of them. */
export interface CopyTarget {
  readonly journal: Journal;
  /** Sees every record that the target has already, in order, before the first new one. */
  readonly follow: (record: JournalEntry) => void;
}

export interface Copied {
  readonly records: number;
  readonly seq: number;
  /** The chain at that seq, hex, of both. */
  readonly hash: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * Copies what the target does not have yet, compares both record by record, and marks
 * the source as moved, so that nothing is ever appended to it again (journal.md §5.4).
 * May be called again after an interruption. Rejects when the two are not one journal,
 * or somebody writes to the source meanwhile.
 */
export async function copyJournal(source: Journal, target: CopyTarget, to: string, onProgress: (seq: number) => void): Promise<Copied> {
  const { journal } = target;
  await assertSameBeginning(source, journal);
  for await (const record of recordsOf(source)) {
    if (record.revision <= journal.head.revision) {
      target.follow(record);
      continue;
    }
    if (!journal.isReady) await journal.ready();
    journal.append(record);
    if (record.seq % 10_000 === 0) onProgress(record.seq);
  }
  await journal.whenDurable(journal.head.revision);
  const { seq } = journal.durable;
  const hash = await assertEqual(source, journal);
  if (!(await isMarked(source))) {
    await source.whenDurable(source.append({ seq: 0, kind: 'control', bytes: encodeControl({ type: 'JournalMoved', to, seq, hash }) }));
  }
  return { records: journal.durable.revision + 1, seq, hash };
}

/** All but the mark, which belongs to the source alone. */
async function* recordsOf(journal: JournalReader): AsyncGenerator<JournalEntry> {
  for await (const batch of journal.readBatches()) {
    for (const record of entriesOf(batch)) if (!isMark(record)) yield record;
  }
}

function isMark({ kind, bytes }: JournalEntry): boolean {
  return kind === 'control' && decodeControl(bytes).type === 'JournalMoved';
}

async function isMarked(journal: JournalReader): Promise<boolean> {
  for await (const record of journal.read(journal.durable.revision)) return isMark(record);
  return false;
}

async function assertSameBeginning(source: JournalReader, target: JournalReader): Promise<void> {
  const { seq } = target.durable;
  const isSame = seq <= source.durable.seq && hex(await source.chainHash(seq)) === hex(await target.chainHash(seq));
  if (!isSame) throw new Error(`the target holds another journal: its ${seq} commands are not the first ones of the source`);
}

/** Reads both to the end; returns the hash at the end. */
async function assertEqual(source: JournalReader, target: JournalReader): Promise<string> {
  const copies = target.read()[Symbol.asyncIterator]();
  for await (const record of recordsOf(source)) {
    const { value: copy, done } = await copies.next();
    if (done === true) throw new Error(`the target ends before revision ${record.revision}`);
    if (copy.kind !== record.kind || copy.seq !== record.seq || Buffer.compare(copy.bytes, record.bytes) !== 0) {
      throw new Error(`the target has another record at revision ${record.revision}`);
    }
  }
  if ((await copies.next()).done !== true) throw new Error('the target has more records than the source');
  const { seq } = target.durable;
  const [mine, its] = [hex(await source.chainHash(seq)), hex(await target.chainHash(seq))];
  if (mine !== its) throw new Error(`the chains differ at seq ${seq}: ${mine} and ${its}`);
  return mine;
}

import { canonicalJson } from '../contract/canonicalJson';
import type { DeadLetter, InputPositioned } from '../contract/inputRecords';

/**
 * Records without a seq (journal.md §1.2), as canonical JSON in UTF-8. A writer's
 * first record says who writes, with which engine and rules, and how many commandIds
 * the engine remembers, since that is part of the state.
 */
export interface WriterStarted {
  readonly type: 'WriterStarted';
  readonly writerId: string;
  readonly engineVersion: string;
  readonly rulesVersion: number;
  readonly commandMemory: number;
}

/** The last record of a journal that was copied elsewhere: it goes on there (journal.md §5.4). */
export interface JournalMoved {
  readonly type: 'JournalMoved';
  /** Directory, or stream and store, without passwords. */
  readonly to: string;
  /** seq of the last command, and the chain's hash there in hex. */
  readonly seq: number;
  readonly hash: string;
}

export type ControlRecord = WriterStarted | InputPositioned | DeadLetter | JournalMoved;

const KNOWN: readonly ControlRecord['type'][] = ['WriterStarted', 'InputPositioned', 'DeadLetter', 'JournalMoved'];

export function encodeControl(record: ControlRecord): Uint8Array {
  return Buffer.from(canonicalJson(record) as string, 'utf8');
}

/** Throws on bytes that are no control record of a known kind. */
export function decodeControl(bytes: Uint8Array): ControlRecord {
  const record = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as ControlRecord;
  if (!KNOWN.includes(record.type)) throw new Error(`unknown control record ${JSON.stringify(record)}`);
  return record;
}

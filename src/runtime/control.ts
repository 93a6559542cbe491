import { canonicalJson } from '../contract/canonicalJson';

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

export type ControlRecord = WriterStarted;

export function encodeControl(record: ControlRecord): Uint8Array {
  return Buffer.from(canonicalJson(record) as string, 'utf8');
}

/** Throws on bytes that are no control record of a known kind. */
export function decodeControl(bytes: Uint8Array): ControlRecord {
  const record = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as ControlRecord;
  if (record.type !== 'WriterStarted') throw new Error(`unknown control record ${JSON.stringify(record)}`);
  return record;
}

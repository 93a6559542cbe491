import { ByteReader } from '../../contract/bytes';
import { decodeRecord, type JournalRecord } from '../../contract/record';
import type { JournalReader } from '../../journal';
import { type ControlRecord, decodeControl } from '../../runtime/control';

/** A command as it lies in the journal: decoded, and the bytes that it was decoded from. */
export interface CommandRecord {
  readonly kind: 'command';
  readonly revision: number;
  readonly seq: number;
  readonly bytes: Uint8Array;
}

export interface ControlEntry {
  readonly kind: 'control';
  readonly revision: number;
  readonly record: ControlRecord;
}

/** Every record of a journal in order; commands are left encoded, since not every reader needs all of them. */
export async function* entriesFrom(journal: JournalReader, revision = 0): AsyncGenerator<CommandRecord | ControlEntry> {
  for await (const { firstRevision, count, buffer, starts, ends, seqs } of journal.readBatches(revision)) {
    for (let place = 0; place < count; place++) {
      const bytes = buffer.subarray(starts[place], ends[place]);
      const seq = seqs[place] as number;
      if (seq === 0) yield { kind: 'control', revision: firstRevision + place, record: decodeControl(bytes) };
      else yield { kind: 'command', revision: firstRevision + place, seq, bytes };
    }
  }
}

/** Every command of a journal in order, decoded. */
export async function* commandsFrom(journal: JournalReader, revision = 0): AsyncGenerator<JournalRecord> {
  for await (const entry of entriesFrom(journal, revision)) {
    if (entry.kind === 'command') yield decodeRecord(new ByteReader(entry.bytes));
  }
}

/** How many commandIds the engine remembers: whoever began the journal decided it (journal.md §1.4). */
export async function commandMemoryOf(journal: JournalReader): Promise<number | undefined> {
  for await (const entry of entriesFrom(journal)) {
    return entry.kind === 'control' && entry.record.type === 'WriterStarted' ? entry.record.commandMemory : undefined;
  }
  return undefined;
}

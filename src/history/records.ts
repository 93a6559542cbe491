import { ByteReader } from '../contract/bytes';
import { decodeFoldRecord, type FoldRecord } from '../contract/record';
import type { JournalReader, RecordBatch } from '../journal';
import type { Moment } from './moment';

/** The journal does not reach so far. */
export class BeyondJournal extends Error {
  override readonly name = 'BeyondJournal';
  constructor(
    readonly asked: number,
    readonly last: number,
  ) {
    super(`seq ${asked} is beyond the journal, which ends at ${last}`);
  }
}

/** Records of commands in a batch behind a revision, each with a reader over its bytes; a batch may begin before what was asked for. */
export function* recordsBehind(
  revision: number,
  { firstRevision, count, buffer, starts, ends, seqs }: RecordBatch,
): Generator<{ readonly revision: number; readonly bytes: ByteReader }> {
  const bytes = new ByteReader(buffer);
  for (let place = Math.max(0, revision + 1 - firstRevision); place < count; place++) {
    if (seqs[place] === 0) continue;
    bytes.position = starts[place] as number;
    bytes.end = ends[place] as number;
    yield { revision: firstRevision + place, bytes };
  }
}

interface Found {
  readonly revision: number;
  readonly record: FoldRecord;
}

async function firstCommandFrom(reader: JournalReader, from: number): Promise<Found | undefined> {
  for await (const batch of reader.readBatches(from)) {
    for (const { revision, bytes } of recordsBehind(from - 1, batch)) return { revision, record: decodeFoldRecord(bytes) };
  }
  return undefined;
}

/** The last command at or before a moment, with its time; seq 0 before the first. Searched by halves: both grow along the journal. */
export async function commandAt(reader: JournalReader, moment: Moment): Promise<{ readonly seq: number; readonly time: number }> {
  const isBehind = ({ seq, time }: FoldRecord) => ('seq' in moment ? seq > moment.seq : time > moment.time);
  let [low, high] = [0, reader.durable.revision + 1];
  let last = { seq: 0, time: 0 };
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await firstCommandFrom(reader, middle);
    if (found === undefined || isBehind(found.record)) {
      high = middle;
    } else {
      low = found.revision + 1;
      last = { seq: found.record.seq, time: found.record.time };
    }
  }
  return last;
}

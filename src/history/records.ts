import { ByteReader } from '../contract/bytes';
import type { RecordBatch } from '../journal';

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

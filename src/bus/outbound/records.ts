import { ByteReader } from '../../contract/bytes';
import type { DeadLetter } from '../../contract/inputRecords';
import { decodeRecord, type JournalRecord } from '../../contract/record';
import type { FedBatch } from '../port';

/** A record as the publisher sees it; control records that are nobody's affair have neither. */
export interface FedRecord {
  readonly revision: number;
  readonly command?: JournalRecord;
  readonly deadLetter?: DeadLetter;
}

/** Decodes a batch record by record. Throws a FormatError on bytes that are no record. */
export function* recordsOf({ firstRevision, count, buffer, starts, ends, seqs }: FedBatch): Generator<FedRecord> {
  const reader = new ByteReader(buffer);
  for (let place = 0; place < count; place++) {
    const revision = firstRevision + place;
    const [start, end] = [starts[place] as number, ends[place] as number];
    if (seqs[place] === 0) {
      const control = JSON.parse(Buffer.from(buffer.subarray(start, end)).toString('utf8')) as { readonly type?: string };
      yield control.type === 'DeadLetter' ? { revision, deadLetter: control as DeadLetter } : { revision };
    } else {
      reader.position = start;
      reader.end = end;
      yield { revision, command: decodeRecord(reader) };
    }
  }
}

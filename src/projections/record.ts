import type { CommandType } from '../contract/commands';
import type { JournalRecord } from '../contract/record';

/** What the folds take of a record: a journal's records have it all, and so have those that PublicRecords puts together. */
export interface FoldableRecord
  extends Pick<JournalRecord, 'seq' | 'time' | 'status' | 'code' | 'message' | 'orderId' | 'isolationId' | 'events'> {
  readonly command: { readonly commandId: string; readonly type: CommandType };
}

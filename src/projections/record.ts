import type { FoldRecord } from '../contract/record';

/** What the folds take of a record: a journal's records have it all, and so have those that PublicRecords puts together. */
export type FoldableRecord = FoldRecord;

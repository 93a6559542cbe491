/** The projections as a library: pure folds of a journal's records into the rows of the views. */
export { ByteReader } from '../contract/bytes';
export { FieldFormatError } from '../contract/publicFields';
export { decodeRecord, type JournalRecord } from '../contract/record';
export type { ViewAnswer, ViewChange, ViewChanges, ViewName, ViewQuery, ViewRows } from '../contract/views';
export { FundingEstimateFold } from './funding/estimate';
export { SeqGap } from './gap';
export { type HappenedRow, type HappenedStore, MemoryHappened } from './happened';
export * from './positions';
export { PublicRecords, type PublishedEvent } from './publicRecords';
export { foldVersions, ReadModel, readView, UnknownQuestion } from './readModel';
export type { FoldableRecord } from './record';

export { HASH_BYTES, RUN_LENGTH } from './chain';
export {
  DEFAULT_EXTENT_BYTES,
  DEFAULT_SEGMENT_BYTES,
  type FileJournal,
  type FileJournalOptions,
  type FileJournalReader,
  openFileJournal,
  openFileJournalReader,
} from './fileJournal';
export { makeDirectory, NoDirectory } from './makeDirectory';
export { MemoryJournal } from './memoryJournal';
export type { JournalMeta } from './meta';
export * from './port';
export type { TornTail } from './recovery';
export { RunningChain } from './runningChain';
export { type FoundSnapshot, type SkippedSnapshot, type Snapshot, Snapshots } from './snapshots';

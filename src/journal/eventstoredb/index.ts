export { EventStoreJournal, type EventStoreOptions, type Packing, type UnfinishedCommand } from './journal';
export type { Presenter, RecordPart } from './packing';

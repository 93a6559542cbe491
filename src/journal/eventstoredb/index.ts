export { EventStoreJournal, type EventStoreOptions, type Packing } from './journal';
export type { Presenter, RecordPart } from './packing';

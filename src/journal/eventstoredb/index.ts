export { EventStoreJournal, type EventStoreOptions, type Packing } from './journal';
export { type Lease, type LeaseHolder, LeaseStream } from './lease';
export type { Presenter, RecordPart } from './packing';
export { EventStoreReader, type StreamReaderOptions } from './reader';
export { StoreAway } from './storeAway';

import { join } from 'node:path';
import { Snapshots } from '../journal';
import { EventStoreJournal, type Packing } from '../journal/eventstoredb';

export type { Packing };

import { EngineNode, type NodeOptions } from './node';
import { RecordPresenter } from './recordPresenter';

const streamOf = (shard: number): string => `bulkhead-${shard}`;

export interface StoreOptions {
  /** `esdb://host:port?tls=…` */
  readonly url: string;
  readonly shard: number;
  /** Default: `bulkhead-<shard>`, the name that the store's projections read. */
  readonly stream?: string | undefined;
  readonly packing: Packing;
  /** Appends in flight. */
  readonly maxInFlight?: number;
  /** ms after which an unanswered append counts as lost. */
  readonly timeoutMs?: number;
}

export interface StoreNodeOptions extends Omit<NodeOptions, 'journal' | 'snapshots' | 'shard'>, StoreOptions {
  /** Directory under which the stream's snapshots lie; undefined: none, and every start reads the whole stream. */
  readonly snapshotsDirectory: string | undefined;
}

/** The shard's stream as a journal, and what presents its records. */
export async function openStoreJournal(options: StoreOptions): Promise<{ journal: EventStoreJournal; presenter: RecordPresenter }> {
  const { shard, stream = streamOf(shard) } = options;
  const presenter = new RecordPresenter(shard);
  const journal = await EventStoreJournal.open({ ...options, stream, present: (record) => presenter.parts(record) });
  return { journal, presenter };
}

/** A node on the shard's stream of an EventStoreDB, which it closes. Rejects when the store cannot be reached, or another node writes. */
export async function openStoreNode({
  snapshotsDirectory,
  ...options
}: StoreNodeOptions): Promise<{ node: EngineNode; journal: EventStoreJournal }> {
  const { journal, presenter } = await openStoreJournal(options);
  const snapshots = snapshotsDirectory === undefined ? undefined : new Snapshots(join(snapshotsDirectory, journal.stream));
  const node = await EngineNode.open({ ...options, journal, snapshots, onRecovered: (state) => presenter.startFrom(state) });
  return { node, journal };
}

import { join } from 'node:path';
import { type JournalRecord, Snapshots } from '../journal';
import { EventStoreJournal, type Packing } from '../journal/eventstoredb';

import { EngineNode, type NodeOptions } from './node';
import { RecordPresenter } from './recordPresenter';

export type { Packing };

export const streamNameOf = ({ shard, stream }: Pick<StoreOptions, 'shard' | 'stream'>): string => stream ?? `bulkhead-${shard}`;

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

/** Directory of the stream's own snapshots. */
export function snapshotsOf(options: Pick<StoreNodeOptions, 'shard' | 'stream' | 'snapshotsDirectory'>): string | undefined {
  const { snapshotsDirectory } = options;
  return snapshotsDirectory === undefined ? undefined : join(snapshotsDirectory, streamNameOf(options));
}

/** The shard's stream as a journal, and what presents its records. */
export async function openStoreJournal(options: StoreOptions): Promise<{ journal: EventStoreJournal; presenter: RecordPresenter }> {
  const presenter = new RecordPresenter(options.shard);
  const present = (record: JournalRecord) => presenter.parts(record);
  return { journal: await EventStoreJournal.open({ ...options, stream: streamNameOf(options), present }), presenter };
}

/** A node on the shard's stream of an EventStoreDB, which it closes. Rejects when the store cannot be reached, or another node writes. */
export async function openStoreNode(options: StoreNodeOptions): Promise<{ node: EngineNode; journal: EventStoreJournal }> {
  const { journal, presenter } = await openStoreJournal(options);
  const directory = snapshotsOf(options);
  const snapshots = directory === undefined ? undefined : new Snapshots(directory);
  const node = await EngineNode.open({ ...options, journal, snapshots, onRecovered: (state) => presenter.startFrom(state) });
  return { node, journal };
}

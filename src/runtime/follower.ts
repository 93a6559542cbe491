import { Snapshots } from '../journal';
import { EventStoreReader } from '../journal/eventstoredb';
import { goOn, type NewEngine, type Recovery, recover } from './recovery';
import { type StoreOptions, snapshotsOf, streamNameOf } from './storeNode';

export interface FollowerOptions extends Omit<NewEngine, 'shard'>, StoreOptions {
  readonly snapshotsDirectory: string | undefined;
}

/** The state of a shard that another node leads, kept warm for a take-over (journal.md §2.6). */
export class Follower {
  private constructor(
    private readonly reader: EventStoreReader,
    readonly recovery: Recovery,
  ) {}

  /** Undefined when the shard has no stream yet: then there is nothing to follow. Rejects when the store cannot be reached. */
  static async open(options: FollowerOptions): Promise<Follower | undefined> {
    const { url, shard, timeoutMs } = options;
    const stream = streamNameOf(options);
    const reader = await EventStoreReader.open({ url, stream, shard, timeoutMs });
    if (reader === undefined) return undefined;
    const directory = snapshotsOf(options);
    const { commandMemory } = options;
    const snapshots = directory === undefined ? undefined : new Snapshots(directory);
    try {
      return new Follower(reader, await recover(reader, snapshots, { shard, commandMemory }));
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  /** Takes over what has come since. Rejects when the store does not answer; it may be called again. */
  async catchUp(): Promise<void> {
    await this.reader.refresh();
    await goOn(this.recovery, this.reader);
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}

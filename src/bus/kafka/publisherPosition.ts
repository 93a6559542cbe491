import type { PublishedPosition } from '../port';
import { type KafkaOptions, topicNames } from './options';
import { PartitionReader } from './partitionReader';
import type { PartitionBatch } from './produce/produceRequest';
import { RecordBatch } from './produce/recordBatch';

/** Who publishes, as it is written beside each position. */
export interface Signature {
  /** Each start of a publisher has an id of its own. */
  readonly publisher: string;
  /** Id of the journal that it publishes. */
  readonly journal: string;
  /**
   * The journal's last durable revision when the publisher started. A later writer of the same journal began with a record
   * of its own behind all that an earlier one could make durable, so its publisher's term is greater.
   */
  readonly term: number;
}

/** The position, and who wrote it. */
export type WrittenPosition = PublishedPosition & Signature;

/** Whether `a` publishes for a later writer of the journal than `b`; false for another journal, of which nobody can tell. */
export function isLater(a: Signature, b: Signature): boolean {
  return a.journal === b.journal && a.term > b.term;
}

const FIRST_LOOK_BACK = 64;

/** The newest position in the compacted topic, which is written in the transactions that publish (journal.md §4.1). */
export class PublisherPositions {
  private readonly reader: PartitionReader;
  private readonly batch = new RecordBatch();

  constructor(private readonly options: KafkaOptions) {
    this.reader = new PartitionReader(options, topicNames(options).publisher, options.shard);
  }

  async connect(): Promise<void> {
    await this.reader.connect();
  }

  async disconnect(): Promise<void> {
    await this.reader.disconnect();
  }

  /** Undefined when nobody has published this shard yet. Looks from the end back: compaction may be a week late. */
  async newest(): Promise<WrittenPosition | undefined> {
    await this.reader.refresh();
    const { low, high } = await this.reader.marks();
    for (let back = FIRST_LOOK_BACK; ; back *= 8) {
      const from = Math.max(low, high - back);
      const found = await this.newestBetween(from, high);
      if (found !== undefined || from === low) return found;
    }
  }

  private async newestBetween(from: number, high: number): Promise<WrittenPosition | undefined> {
    let newest: WrittenPosition | undefined;
    for await (const { key, value } of this.reader.between(from, high)) {
      if (key?.toString() === String(this.options.shard) && value !== null) newest = JSON.parse(value.toString()) as WrittenPosition;
    }
    return newest;
  }

  /** To be sent with what it speaks of; valid until the next one is asked for. */
  message(position: WrittenPosition): PartitionBatch {
    const { shard } = this.options;
    this.batch.clear();
    this.batch.add({ key: String(shard), value: JSON.stringify(position), headers: {} });
    return { topic: this.reader.topic, partition: shard, batch: this.batch };
  }
}

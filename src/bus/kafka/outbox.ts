import type { OutMessage } from '../outbound/outbound';
import type { PublishedPosition } from '../port';
import type { TopicNames } from './options';
import { partitionOfKey } from './produce/partition';
import type { PartitionBatch } from './produce/produceRequest';
import { RecordBatch } from './produce/recordBatch';
import type { Round } from './transactions';

/** So much may go to one partition in one request: a broker takes batches up to about 1 MB by default. */
const LARGEST_BATCH_BYTES = 700_000;
/** A record is written into its batch before anybody knows whether it still fits. */
const RECORD_OVERHEAD_BYTES = 512;

/** How many partitions a topic has. */
export type PartitionsOf = (topic: string) => number;

function mostBytes(part: string | Uint8Array | null): number {
  return part === null ? 0 : typeof part === 'string' ? 3 * part.length : part.length;
}

/** What goes out in one transaction: whole records of the journal, in order, already in the bytes that are sent. */
export class Gathered {
  /** The last record that is in it; undefined: none is. */
  reached: PublishedPosition | undefined;
  bytes = 0;
  private readonly done: PartitionBatch[][] = [];
  private round = new Map<string, PartitionBatch>();
  private spare: RecordBatch[] = [];

  /** A message of the record that `reached` will name. */
  add(topic: string, partition: number, message: OutMessage): void {
    const place = `${topic}/${partition}`;
    let batch = this.round.get(place)?.batch;
    const most = mostBytes(message.value) + mostBytes(message.key) + RECORD_OVERHEAD_BYTES;
    if (batch !== undefined && batch.size + most > LARGEST_BATCH_BYTES) {
      this.done.push([...this.round.values()]);
      this.round = new Map();
      batch = undefined;
    }
    if (batch === undefined) {
      batch = this.spare.pop() ?? new RecordBatch();
      this.round.set(place, { topic, partition, batch });
    }
    const before = batch.size;
    batch.add(message);
    this.bytes += batch.size - before;
  }

  get rounds(): readonly Round[] {
    return [...this.done, [...this.round.values()]];
  }

  /** Empties it and keeps the memory of its batches for the next ones. */
  clear(): void {
    for (const { batch } of this.rounds.flat()) {
      batch.clear();
      this.spare.push(batch);
    }
    this.done.length = 0;
    this.round = new Map();
    this.bytes = 0;
    this.reached = undefined;
  }
}

/**
 * Between the reading of the journal and the publishing: what is read while a transaction runs is written into the next
 * one. There are two, so the memory is bounded.
 */
export class Outbox {
  private filling = new Gathered();
  private sending = new Gathered();
  private isEnded = false;
  private failure: unknown;
  private wake: (() => void) | undefined;

  constructor(
    private readonly names: TopicNames,
    private readonly partitionsOf: PartitionsOf,
    /** Bytes of messages in one transaction, those of one record aside. */
    private readonly room: number,
  ) {}

  get isFull(): boolean {
    return this.filling.bytes >= this.room && !this.isEnded;
  }

  /** Adds a record with its messages. Ask `isFull` first. */
  put(reached: PublishedPosition, messages: readonly OutMessage[]): void {
    const { filling, names } = this;
    for (const message of messages) {
      const topic = names[message.topic];
      const partition = message.partition ?? partitionOfKey(message.key as string, this.partitionsOf(topic));
      filling.add(topic, partition, message);
    }
    filling.reached = reached;
    this.changed();
  }

  /** Resolves when there is room for more. */
  async emptied(): Promise<void> {
    while (this.isFull) await this.change();
  }

  end(failure?: unknown): void {
    this.isEnded = true;
    this.failure ??= failure;
    this.changed();
  }

  /** All that waits, at least one record; undefined at the end. It is the caller's until it takes again. Rejects with what `end` was given. */
  async take(): Promise<Gathered | undefined> {
    while (this.filling.reached === undefined && !this.isEnded) await this.change();
    if (this.failure !== undefined) throw this.failure;
    if (this.filling.reached === undefined) return undefined;
    const taken = this.filling;
    this.filling = this.sending;
    this.filling.clear();
    this.sending = taken;
    this.changed();
    return taken;
  }

  /** One side waits at a time: the other has just changed something. */
  private change(): Promise<void> {
    return new Promise((wake) => {
      const before = this.wake;
      this.wake = () => {
        before?.();
        wake();
      };
    });
  }

  private changed(): void {
    this.wake?.();
    this.wake = undefined;
  }
}

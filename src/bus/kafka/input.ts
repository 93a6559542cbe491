import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandInput, type Delivery, type InputMarks, InputPositionOutside, type InputReceiver } from '../port';
import { errorTypesOf } from './errors';
import { type FetchedMessage, UnreadableRecords } from './fetch/recordBatches';
import { type BusLog, groupId, type KafkaOptions, topicNames } from './options';
import { type Fetched, PartitionReader } from './partitionReader';
import { patiently } from './patience';

export interface InputSettings {
  /** The broker answers a fetch after so many ms when nothing comes; default 200. `stop` takes as long. */
  readonly maxWaitMs?: number | undefined;
  /** Most bytes of one fetch; default 4 MiB. A single larger message comes all the same. */
  readonly maxBytes?: number | undefined;
  /** ms between two commits of the offset; default 1,000. */
  readonly commitIntervalMs?: number | undefined;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** More than enough for one turn of the engine; the journal's own limits are the real back-pressure. */
const LARGEST_DELIVERY = 1_000;

function deliveryOf(reader: PartitionReader, { offset, time, key, value }: FetchedMessage): Delivery {
  return { topic: reader.topic, partition: reader.partition, offset, time, key, value };
}

/** The shard's partition of the commands, read from exactly where the journal says (journal.md §3.3). */
export class KafkaInput implements CommandInput {
  private readonly reader: PartitionReader;
  private readonly group: string;
  private readonly log: BusLog;
  private readonly stopped = new AbortController();
  private running: Promise<void> | undefined;
  private unread: number | undefined;
  private resumed: (() => void) | undefined;
  private paused: Promise<void> | undefined;
  private wantedCommit: number | undefined;
  private commitTimer: NodeJS.Timeout | undefined;

  constructor(
    options: KafkaOptions,
    private readonly settings: InputSettings = {},
  ) {
    this.reader = new PartitionReader(options, topicNames(options).commands, options.shard);
    this.group = groupId(options);
    this.log = options.log ?? (() => undefined);
  }

  /** Messages that the broker had at the last look and that were not taken yet; undefined before the first. */
  get lag(): number | undefined {
    return this.unread;
  }

  /** Rejects when no broker can be reached. */
  connect(): Promise<void> {
    return this.reader.connect();
  }

  marks(): Promise<InputMarks> {
    return this.reader.marks();
  }

  /** The message just before an offset above the partition's first; undefined where none is left, or the broker has put a mark of its own there. */
  async before(next: number): Promise<Delivery | undefined> {
    const fetched = await patiently(
      () => this.reader.fetch(next - 1, { maxWaitMs: 0, maxBytes: 1 }),
      () => this.reader.refresh(),
    );
    const found = fetched.messages.find(({ offset }) => offset === next - 1);
    return found === undefined ? undefined : deliveryOf(this.reader, found);
  }

  async start(next: number, receiver: InputReceiver): Promise<void> {
    if (this.running !== undefined) throw new Error('the input has been started already');
    if (!Number.isSafeInteger(next) || next < 0) throw new RangeError(`${next} is no offset`);
    this.running = this.run(next, receiver);
  }

  pause(): void {
    this.paused ??= new Promise((resumed) => {
      this.resumed = resumed;
    });
  }

  resume(): void {
    this.resumed?.();
    this.paused = undefined;
    this.resumed = undefined;
  }

  commit(next: number): void {
    if (this.isStopped) return;
    this.wantedCommit = next;
    this.commitTimer ??= setTimeout(() => void this.commitNow(), this.settings.commitIntervalMs ?? 1_000);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.resume();
    await this.running;
    clearTimeout(this.commitTimer);
    await this.commitNow();
    await this.reader.disconnect();
  }

  /** A commit that fails is made up for by the next one: the journal alone decides where to go on. */
  private async commitNow(): Promise<void> {
    this.commitTimer = undefined;
    const next = this.wantedCommit;
    this.wantedCommit = undefined;
    if (next === undefined) return;
    try {
      await this.reader.commit(this.group, next);
    } catch (error) {
      this.log('warn', 'the offset could not be committed', { error: (error as Error).message, next });
    }
  }

  private get isStopped(): boolean {
    return this.stopped.signal.aborted;
  }

  private async run(from: number, receiver: InputReceiver): Promise<void> {
    let next = from;
    try {
      while (!this.isStopped) {
        await this.paused;
        if (this.isStopped) return;
        const fetched = await this.fetched(next);
        if (fetched === undefined) return;
        this.unread = fetched.high - next;
        await this.deliver(fetched.messages, next, receiver);
        next = fetched.next;
        this.unread = fetched.high - next;
      }
    } catch (error) {
      this.stopped.abort();
      receiver.failed(error as Error);
    }
  }

  /** In pieces, so that a pause takes hold within one fetch too. */
  private async deliver(messages: readonly FetchedMessage[], from: number, receiver: InputReceiver): Promise<void> {
    for (let first = 0; first < messages.length && !this.isStopped; first += LARGEST_DELIVERY) {
      await this.paused;
      if (this.isStopped) return;
      const deliveries = messages.slice(first, first + LARGEST_DELIVERY).map((message) => deliveryOf(this.reader, message));
      if ((deliveries[0] as Delivery).offset < from) throw new Error(`invariant: offset ${deliveries[0]?.offset} came after ${from}`);
      await receiver.deliver(deliveries);
    }
  }

  /** The next messages, however often the broker goes away meanwhile; undefined when stopped. */
  private async fetched(offset: number): Promise<Fetched | undefined> {
    const { maxWaitMs = 200, maxBytes = 4 * 1024 * 1024 } = this.settings;
    for (let wait = FIRST_RETRY_MS; !this.isStopped; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        return await this.reader.fetch(offset, { maxWaitMs, maxBytes });
      } catch (error) {
        await this.judge(error as Error, offset);
        this.log('warn', 'the commands could not be read; trying again', { error: (error as Error).message, offset });
        await sleep(wait, undefined, { signal: this.stopped.signal }).catch(() => undefined);
        await this.reader.refresh().catch(() => undefined);
      }
    }
    return undefined;
  }

  /** Throws what no further try can mend. */
  private async judge(error: Error, offset: number): Promise<void> {
    if (error instanceof UnreadableRecords) {
      throw new Error(`the commands are compressed in a way that cannot be read here: set compression.type of ${this.reader.topic}`, {
        cause: error,
      });
    }
    if (!errorTypesOf(error).includes('OFFSET_OUT_OF_RANGE')) return;
    const { low, high } = await this.reader.marks();
    throw new InputPositionOutside(
      `the next command is at offset ${offset} of ${this.reader.topic}[${this.reader.partition}], and the broker holds ${low} to ${high}`,
      { cause: error },
    );
  }
}

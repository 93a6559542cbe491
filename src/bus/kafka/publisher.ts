import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Outbound, type OutMessage } from '../outbound/outbound';
import { type FedRecord, recordsOf } from '../outbound/records';
import { BusMisconfigured, type PublishedPosition, type Publisher, PublisherFenced, type RecordFeed } from '../port';
import { isEpochOver } from './errors';
import { type BusLog, type KafkaOptions, type TopicNames, topicNames } from './options';
import { type Gathered, Outbox } from './outbox';
import { patiently } from './patience';
import { PublisherPositions } from './publisherPosition';
import { TransactionalProducer } from './transactions';

export interface PublisherSettings {
  /** Bytes of messages that go out in one transaction, one command's aside; default 2 MiB. */
  readonly transactionBytes?: number | undefined;
  /** ms that another publisher has to show itself after the broker has ended our epoch; default 3,000. */
  readonly graceMs?: number | undefined;
  /** For tests: called before a transaction begins. */
  readonly beforeTransaction?: (() => Promise<void>) | undefined;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
const NOTHING: PublishedPosition = { revision: -1, seq: 0 };

/** Publishes one shard's journal to Kafka, each record in one transaction with the position behind it (journal.md §4). */
export class KafkaPublisher implements Publisher {
  private readonly names: TopicNames;
  private readonly positions: PublisherPositions;
  private readonly outbound: Outbound;
  private readonly outbox: Outbox;
  /** How many each topic had at the start: a key must not wander while there is somebody to keep its order. */
  private readonly partitions = new Map<string, number>();
  private readonly log: BusLog;
  /** Tells this start from every other one. */
  private readonly id = randomUUID();
  private readonly stopped = new AbortController();
  private readonly listeners: ((cause: Error) => void)[] = [];
  private producer: TransactionalProducer | undefined;
  private running: Promise<void> | undefined;
  private failure: Error | undefined;
  private published: PublishedPosition = NOTHING;
  private waiters: { readonly revision: number; readonly done: () => void; readonly failed: (cause: Error) => void }[] = [];

  constructor(
    private readonly options: KafkaOptions,
    private readonly settings: PublisherSettings = {},
  ) {
    this.names = topicNames(options);
    this.positions = new PublisherPositions(options);
    this.outbound = new Outbound(options.shard);
    this.outbox = new Outbox(this.names, (topic) => this.partitionsOf(topic), settings.transactionBytes ?? 2 * 1024 * 1024);
    this.log = options.log ?? (() => undefined);
  }

  get position(): PublishedPosition {
    return this.published;
  }

  private get isStopped(): boolean {
    return this.stopped.signal.aborted;
  }

  async start(feed: RecordFeed): Promise<void> {
    if (this.running !== undefined) throw new Error('the publisher has been started already');
    await this.positions.connect();
    this.producer = await patiently(
      () => this.openProducer(),
      async () => undefined,
    );
    for (const topic of Object.values(this.names)) this.partitions.set(topic, this.producer.partitionsOf(topic));
    const { revision, seq } = (await this.positions.newest()) ?? NOTHING;
    if (revision > feed.durable.revision) {
      throw new BusMisconfigured([
        `${this.names.publisher} says that revision ${revision} is published, and the journal ends at ${feed.durable.revision}: it is another journal, or its end is lost`,
      ]);
    }
    this.published = { revision, seq };
    // Signed at once, so that whoever was shut out can see that it was no time-out.
    await this.producer.commit([[this.positions.message({ ...this.published, publisher: this.id })]]);
    this.running = this.run(feed);
  }

  onFailure(listener: (cause: Error) => void): void {
    if (this.failure !== undefined) listener(this.failure);
    else this.listeners.push(listener);
  }

  whenPublished(revision: number): Promise<void> {
    if (revision <= this.published.revision) return Promise.resolve();
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((done, failed) => this.waiters.push({ revision, done, failed }));
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.outbox.end();
    await this.running;
    await this.producer?.close();
    await this.positions.disconnect().catch(() => undefined);
    this.settle(new Error('the publisher was stopped'));
  }

  /** Both run until the publisher is stopped or either fails. */
  private async run(feed: RecordFeed): Promise<void> {
    const reading = this.read(feed).then(
      () => this.outbox.end(),
      (error: unknown) => this.outbox.end(error),
    );
    try {
      await this.publishAll();
    } catch (error) {
      this.fail(error as Error);
    }
    this.stopped.abort();
    this.outbox.end();
    await reading;
  }

  /** Folds what is published already, and makes messages of the rest. */
  private async read(feed: RecordFeed): Promise<void> {
    const from = this.published;
    let seq = 0;
    for await (const batch of feed.follow(0, this.stopped.signal)) {
      for (const record of recordsOf(batch)) {
        seq = record.command?.seq ?? seq;
        if (record.revision > from.revision) {
          if (this.outbox.isFull) await this.outbox.emptied();
          this.outbox.put({ revision: record.revision, seq }, this.messages(record, seq));
        } else {
          this.follow(record, seq, from);
        }
        if (this.isStopped) return;
      }
    }
  }

  private follow({ revision, command }: FedRecord, seq: number, from: PublishedPosition): void {
    if (command !== undefined) this.outbound.follow(command);
    if (revision < from.revision || seq === from.seq) return;
    throw new BusMisconfigured([
      `${this.names.publisher} says that revision ${revision} is seq ${from.seq}, and in the journal it is ${seq}: it is another journal`,
    ]);
  }

  private messages({ revision, command, deadLetter }: FedRecord, seq: number): OutMessage[] {
    const messages = command === undefined ? [] : this.outbound.messages(command);
    if (deadLetter !== undefined) messages.push(this.outbound.deadLetter(deadLetter, revision, seq));
    return messages;
  }

  private async publishAll(): Promise<void> {
    for (;;) {
      const gathered = await this.outbox.take();
      const reached = gathered?.reached;
      if (gathered === undefined || reached === undefined || this.isStopped) return;
      await this.settings.beforeTransaction?.();
      await this.publish(gathered, reached);
      if (this.isStopped && this.published.revision < reached.revision) return;
      this.settle();
    }
  }

  /** Until it is out, however often the broker goes away. Rejects with PublisherFenced when another took over. */
  private async publish({ rounds }: Gathered, reached: PublishedPosition): Promise<void> {
    for (let wait = FIRST_RETRY_MS; !this.isStopped; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        if (this.producer === undefined && (await this.resume(reached))) return;
        const position = this.positions.message({ ...reached, publisher: this.id });
        await this.producer?.commit([...rounds.slice(0, -1), [...(rounds.at(-1) ?? []), position]]);
        this.published = reached;
        return;
      } catch (error) {
        await this.dropProducer();
        if (error instanceof PublisherFenced) throw error;
        this.log('warn', 'a transaction failed; trying again', { error: (error as Error).message, revision: reached.revision });
        if (isEpochOver(error)) await this.waitForRival(error);
        await sleep(wait, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      }
    }
  }

  /** A producer again after a failure. True when the transaction in doubt turned out to be committed. */
  private async resume(reached: PublishedPosition): Promise<boolean> {
    // Asked before, since opening would shut a rival out.
    await this.mustBeOurs();
    this.producer = await this.openProducer();
    const position = await this.mustBeOurs();
    if (position === reached.revision) this.published = reached;
    else if (position !== this.published.revision) throw new Error(`invariant: revision ${position} is published, which was never sent`);
    return position === reached.revision;
  }

  private async mustBeOurs(): Promise<number> {
    const newest = await this.positions.newest();
    if (newest?.publisher !== this.id) throw new PublisherFenced(this.options.shard, undefined);
    return newest.revision;
  }

  /** Either another publisher has begun, and soon signs; or the broker gave our transaction up, and nobody does. */
  private async waitForRival(cause: unknown): Promise<void> {
    const until = Date.now() + (this.settings.graceMs ?? 3_000);
    while (Date.now() < until && !this.isStopped) {
      const newest = await this.positions.newest().catch(() => undefined);
      if (newest !== undefined && newest.publisher !== this.id) throw new PublisherFenced(this.options.shard, cause);
      await sleep(100, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  private openProducer(): Promise<TransactionalProducer> {
    return TransactionalProducer.open(this.options, Object.values(this.names));
  }

  private partitionsOf(topic: string): number {
    return this.partitions.get(topic) ?? 1;
  }

  private async dropProducer(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.close();
  }

  private fail(cause: Error): void {
    this.failure = cause;
    this.settle(cause);
    for (const listener of this.listeners.splice(0)) listener(cause);
  }

  /** Answers who waits for what is out; with a cause everybody else too. */
  private settle(cause?: Error): void {
    const { revision } = this.published;
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) {
      if (waiter.revision <= revision) waiter.done();
      else if (cause !== undefined) waiter.failed(cause);
      else this.waiters.push(waiter);
    }
  }
}

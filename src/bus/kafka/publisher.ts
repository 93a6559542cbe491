import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Outbound, type OutMessage } from '../outbound/outbound';
import { type FedRecord, recordsOf } from '../outbound/records';
import {
  BusMisconfigured,
  type FoldKeeper,
  type KeptFold,
  type PublishedPosition,
  type Publisher,
  PublisherFenced,
  type RecordFeed,
} from '../port';
import { NOTHING_PUBLISHED, Published } from '../published';
import { isEpochOver } from './errors';
import { type BusLog, type KafkaOptions, type TopicNames, topicNames } from './options';
import { type Gathered, Outbox } from './outbox';
import { patiently } from './patience';
import { isLater, PublisherPositions, type Signature, type WrittenPosition } from './publisherPosition';
import { TransactionalProducer } from './transactions';

export interface PublisherSettings {
  /** Bytes of messages that go out in one transaction, one command's aside; default 2 MiB. */
  readonly transactionBytes?: number | undefined;
  /** ms that another publisher has to show itself after the broker has ended our epoch; default 3,000. */
  readonly graceMs?: number | undefined;
  /** Undefined: each start folds the whole journal. */
  readonly folds?: FoldKeeper | undefined;
  /** Commands between two folds that are kept; one is kept at the end. Default 1,000,000. */
  readonly keepEvery?: number | undefined;
  readonly onPublished?: ((position: PublishedPosition) => void) | undefined;
  /** For tests: called before a transaction begins. */
  readonly beforeTransaction?: (() => Promise<void>) | undefined;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
const DEFAULT_KEEP_EVERY = 1_000_000;

/** Publishes one shard's journal to Kafka, each record in one transaction with the position behind it (journal.md §4). */
export class KafkaPublisher implements Publisher {
  private readonly names: TopicNames;
  private readonly positions: PublisherPositions;
  private readonly progress = new Published();
  private outbound: Outbound;
  private readonly outbox: Outbox;
  /** How many each topic had at the start: a key must not wander while there is somebody to keep its order. */
  private readonly partitions = new Map<string, number>();
  private readonly log: BusLog;
  private signature: Signature = { publisher: randomUUID(), journal: '', term: -1 };
  /** Id of the publisher that stood in the topic when this one began: whatever it still writes, its time is over. */
  private predecessor: string | undefined;
  private readonly stopped = new AbortController();
  private producer: TransactionalProducer | undefined;
  private running: Promise<void> | undefined;
  /** The last record that was read. */
  private read = NOTHING_PUBLISHED;
  private kept = NOTHING_PUBLISHED;
  /** A fold that waits until what is in it is published. */
  private toKeep: KeptFold | undefined;

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
    return this.progress.position;
  }

  private get isStopped(): boolean {
    return this.stopped.signal.aborted;
  }

  async start(feed: RecordFeed): Promise<void> {
    if (this.running !== undefined) throw new Error('the publisher has been started already');
    this.signature = { ...this.signature, journal: feed.meta.id, term: feed.durable.revision };
    await this.positions.connect();
    const found = await this.positions.newest();
    // Before anything is opened: a node that slept while another took over must not shut that one out.
    if (found !== undefined && isLater(found, this.signature)) throw new PublisherFenced(this.options.shard, undefined);
    this.predecessor = found?.publisher;
    this.begin(feed, found);
    await this.restore();
    await this.takeOver(feed);
    this.running = this.run(feed);
  }

  private begin(feed: RecordFeed, { revision, seq }: PublishedPosition = NOTHING_PUBLISHED): void {
    if (revision > feed.durable.revision) {
      const { commands: _commands, checkpoints: _checkpoints, ...out } = this.names;
      throw new BusMisconfigured([
        `${this.names.publisher} says that revision ${revision} is published, and the journal ends at ${feed.durable.revision}: it is another journal, or its end is lost. Restore it; or, to publish this one from its beginning to consumers who have seen another, delete the topics ${Object.values(out).join(', ')}`,
      ]);
    }
    this.progress.reached({ revision, seq });
  }

  /**
   * Shuts the others out and signs at once, so that they can see that it was no time-out. One that looked for a signature
   * just before may shut this one out in turn; which of the two may go on is told by their terms alone.
   */
  private async takeOver(feed: RecordFeed): Promise<void> {
    for (;;) {
      this.producer = await patiently(
        () => this.openProducer(),
        async () => undefined,
      );
      for (const topic of Object.values(this.names)) this.partitions.set(topic, this.producer.partitionsOf(topic));
      this.begin(feed, await this.refuseRival());
      try {
        await this.settings.beforeTransaction?.();
        await this.producer.commit([[this.positions.message({ ...this.position, ...this.signature })]]);
        return;
      } catch (error) {
        await this.dropProducer();
        if (!isEpochOver(error) || this.isStopped) throw error;
        this.log('warn', 'shut out before it could sign; looking who it was', { error: (error as Error).message });
        await this.waitForRival(error);
      }
    }
  }

  /** Begins with the newest fold that was kept. */
  private async restore(): Promise<void> {
    const fold = await this.settings.folds?.newest(this.position);
    if (fold === undefined) return;
    try {
      this.outbound = Outbound.restored(this.options.shard, fold.content);
    } catch (error) {
      this.log('warn', 'what the publisher had kept cannot be used; it folds the whole journal', { error: (error as Error).message });
      return;
    }
    this.read = { revision: fold.revision, seq: fold.seq };
    this.kept = this.read;
    this.check(this.position);
  }

  onFailure(listener: (cause: Error) => void): void {
    this.progress.onFailure(listener);
  }

  whenPublished(revision: number): Promise<void> {
    return this.progress.when(revision);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.outbox.end();
    await this.running;
    await this.producer?.close();
    await this.positions.disconnect().catch(() => undefined);
    this.progress.end(new Error('the publisher was stopped'));
    if (this.settings.folds === undefined || this.read.revision !== this.position.revision) return;
    if (this.read.seq > this.kept.seq) await this.keep({ ...this.read, content: this.outbound.saved() });
  }

  /** Both run until the publisher is stopped or either fails. */
  private async run(feed: RecordFeed): Promise<void> {
    const reading = this.readAll(feed).then(
      () => this.outbox.end(),
      (error: unknown) => this.outbox.end(error),
    );
    try {
      await this.publishAll();
    } catch (error) {
      this.progress.fail(error as Error);
    }
    this.stopped.abort();
    this.outbox.end();
    await reading;
  }

  /** Folds what is published already, and makes messages of the rest. */
  private async readAll(feed: RecordFeed): Promise<void> {
    const from = this.position;
    for await (const batch of feed.follow(this.read.revision + 1, this.stopped.signal)) {
      for (const record of recordsOf(batch)) {
        const { revision, command } = record;
        const read = { revision, seq: command?.seq ?? this.read.seq };
        if (revision > from.revision) {
          if (this.outbox.isFull) await this.outbox.emptied();
          this.outbox.put(read, this.messages(record, read.seq));
        } else if (command !== undefined) {
          this.outbound.follow(command);
        }
        this.read = read;
        this.check(from);
        if (this.isStopped) return;
        this.considerKeeping();
      }
    }
  }

  /** The journal's record at the published revision must have the published seq. */
  private check(from: PublishedPosition): void {
    const { revision, seq } = this.read;
    if (revision !== from.revision || seq === from.seq) return;
    throw new BusMisconfigured([
      `${this.names.publisher} says that revision ${revision} is seq ${from.seq}, and in the journal it is ${seq}: it is another journal`,
    ]);
  }

  private considerKeeping(): void {
    const { folds, keepEvery = DEFAULT_KEEP_EVERY } = this.settings;
    if (folds === undefined || this.toKeep !== undefined || this.read.seq - this.kept.seq < keepEvery) return;
    this.kept = this.read;
    this.toKeep = { ...this.read, content: this.outbound.saved() };
  }

  /** What could not be kept costs the next start time, and nothing else. */
  private async keep(fold: KeptFold): Promise<void> {
    await this.settings.folds?.keep(fold).catch((error: Error) => {
      this.log('warn', 'what the publisher has folded could not be kept', { error: error.message, seq: fold.seq });
    });
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
      if (this.position.revision < reached.revision) return;
      this.settings.onPublished?.(reached);
      if (this.toKeep !== undefined && this.toKeep.revision <= reached.revision) {
        void this.keep(this.toKeep);
        this.toKeep = undefined;
      }
    }
  }

  /** Until it is out, however often the broker goes away. Rejects with PublisherFenced when another took over. */
  private async publish({ rounds }: Gathered, reached: PublishedPosition): Promise<void> {
    for (let wait = FIRST_RETRY_MS; !this.isStopped; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        if (this.producer === undefined && (await this.resume(reached))) return;
        const position = this.positions.message({ ...reached, ...this.signature });
        await this.producer?.commit([...rounds.slice(0, -1), [...(rounds.at(-1) ?? []), position]]);
        this.progress.reached(reached);
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
    await this.refuseRival();
    this.producer = await this.openProducer();
    const position = (await this.refuseRival())?.revision;
    if (position === reached.revision) this.progress.reached(reached);
    else if (position !== this.position.revision) throw new Error(`invariant: revision ${position} is published, which was never sent`);
    return position === reached.revision;
  }

  /** The newest position. Rejects with PublisherFenced when it is signed by another than was there before, or than an earlier writer's. */
  private async refuseRival(cause?: unknown): Promise<WrittenPosition | undefined> {
    const newest = await this.positions.newest();
    const { signature } = this;
    if (newest === undefined || newest.publisher === signature.publisher || newest.publisher === this.predecessor) return newest;
    if (!isLater(signature, newest)) throw new PublisherFenced(this.options.shard, cause);
    return newest;
  }

  /** Either another publisher has begun, and soon signs; or the broker gave our transaction up, and nobody does. */
  private async waitForRival(cause: unknown): Promise<void> {
    const until = Date.now() + (this.settings.graceMs ?? 3_000);
    while (Date.now() < until && !this.isStopped) {
      await this.refuseRival(cause).catch((error: unknown) => {
        if (error instanceof PublisherFenced) throw error;
      });
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
}

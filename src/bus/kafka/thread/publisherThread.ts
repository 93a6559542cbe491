import type { Worker } from 'node:worker_threads';
import { BatchWindow, startWorker } from '../../../threads';
import type { FedBatch, KeptFold, PublishedPosition, Publisher, RecordFeed } from '../../port';
import { Published } from '../../published';
import type { KafkaOptions } from '../options';
import type { PublisherSettings } from '../publisher';
import { type FromThread, receivedError, sentError, type ThreadData, type ToThread } from './messages';

export type ThreadSettings = Omit<PublisherSettings, 'beforeTransaction' | 'onPublished'>;

/** Room for what lives for one batch: with less, much of it is copied before it dies. */
const YOUNG_MEGABYTES = 64;

/** A KafkaPublisher in a thread of its own: making and sending messages takes far more time than the commands they tell of. */
export class PublisherThread implements Publisher {
  private readonly progress = new Published();
  private readonly stopping = new AbortController();
  private worker: Worker | undefined;
  private exited: Promise<void> | undefined;
  private feed: RecordFeed | undefined;
  private started: { readonly done: () => void; readonly failed: (cause: Error) => void } | undefined;
  private keeping: Promise<unknown> = Promise.resolve();
  private readonly window = new BatchWindow();

  constructor(
    private readonly options: KafkaOptions,
    private readonly settings: ThreadSettings = {},
  ) {}

  get position(): PublishedPosition {
    return this.progress.position;
  }

  start(feed: RecordFeed): Promise<void> {
    if (this.worker !== undefined) throw new Error('the publisher has been started already');
    this.feed = feed;
    const { log: _log, ...options } = this.options;
    const { transactionBytes, graceMs, keepEvery, folds } = this.settings;
    const workerData: ThreadData = { options, settings: { transactionBytes, graceMs, keepEvery }, keepsFolds: folds !== undefined };
    const worker = startWorker(`${__dirname}/worker`, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES } });
    this.worker = worker;
    worker.on('message', (message: FromThread) => this.hear(message));
    worker.on('error', (cause) => this.fail(cause));
    this.exited = new Promise((exited) => {
      worker.on('exit', () => {
        this.fail(new Error('the thread of the publisher has stopped'));
        exited();
      });
    });
    const started = new Promise<void>((done, failed) => {
      this.started = { done, failed };
    });
    const { revision, seq } = feed.durable;
    this.say({ kind: 'START', journal: { id: feed.meta.id }, durable: { revision, seq } });
    return started;
  }

  onFailure(listener: (cause: Error) => void): void {
    this.progress.onFailure(listener);
  }

  whenPublished(revision: number): Promise<void> {
    return this.progress.when(revision);
  }

  async stop(): Promise<void> {
    if (!this.stopping.signal.aborted) {
      this.stopping.abort();
      this.say({ kind: 'STOP' });
    }
    await this.exited;
    await this.keeping;
    this.progress.end(new Error('the publisher was stopped'));
  }

  private say(message: ToThread): void {
    this.worker?.postMessage(message);
  }

  private hear(message: FromThread): void {
    switch (message.kind) {
      case 'STARTED':
        this.progress.reached(message.position);
        this.started?.done();
        break;
      case 'NOT_STARTED':
        this.started?.failed(receivedError(this.options.shard, message.error));
        break;
      case 'NEWEST':
        void this.newestFold(message.upTo).then((fold) => this.say({ kind: 'KEPT', fold }));
        break;
      case 'KEEP':
        this.keep(message.fold);
        break;
      case 'FOLLOW':
        void this.hand(message.fromRevision);
        break;
      case 'TAKEN':
        this.window.taken();
        break;
      case 'PUBLISHED':
        this.progress.reached(message.position);
        break;
      case 'FAILED':
        this.fail(receivedError(this.options.shard, message.error));
        break;
      case 'LOG':
        this.options.log?.(message.level, message.message, message.details);
    }
  }

  private newestFold(upTo: PublishedPosition): Promise<KeptFold | undefined> {
    const found = this.settings.folds?.newest(upTo) ?? Promise.resolve(undefined);
    return found.catch((error: Error) => {
      this.options.log?.('warn', 'what the publisher had kept cannot be read; it folds the whole journal', { error: error.message });
      return undefined;
    });
  }

  private keep(fold: KeptFold): void {
    const kept = this.settings.folds?.keep(fold).catch((error: Error) => {
      this.options.log?.('warn', 'what the publisher has folded could not be kept', { error: error.message, seq: fold.seq });
    });
    this.keeping = Promise.all([this.keeping, kept]);
  }

  /** Hands the journal's batches to the thread, a few ahead of it. */
  private async hand(fromRevision: number): Promise<void> {
    const { signal } = this.stopping;
    const send = (batch: FedBatch) => this.say({ kind: 'BATCH', batch });
    try {
      await this.window.sendAll((this.feed as RecordFeed).follow(fromRevision, signal), send, signal);
      this.say({ kind: 'END', error: undefined });
    } catch (error) {
      this.say({ kind: 'END', error: sentError(error) });
    }
  }

  private fail(cause: Error): void {
    this.started?.failed(cause);
    if (!this.stopping.signal.aborted) this.progress.fail(cause);
  }
}

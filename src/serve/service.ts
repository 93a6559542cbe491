import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaOptions } from '../bus/kafka/options';
import { LeaseStream } from '../journal/eventstoredb';
import { openFileNode } from '../runtime/fileNode';
import { Follower } from '../runtime/follower';
import type { EngineNode, NodeOptions } from '../runtime/node';
import type { Recovery } from '../runtime/recovery';
import { openStoreNode, type StoreNodeOptions, streamNameOf } from '../runtime/storeNode';
import { Checkpoints, type CheckpointsOptions } from './checkpoints';
import { KafkaDuty } from './kafkaDuty';
import { Leadership, type LeadershipOptions } from './leadership';
import { Sequencer, type TimeSource } from './sequencer';
import { Watchdog } from './watchdog';

export type ServiceState = 'starting' | 'standby' | 'leading' | 'stopping' | 'stopped' | 'failed';

export type ServiceLog = (level: 'error' | 'warn' | 'info', message: string, details: object) => void;

type OnStore = Omit<StoreNodeOptions, 'shard' | 'commandMemory' | 'snapshotEvery' | 'followed' | 'onRecovered'>;

export interface ServiceOptions {
  readonly shard: number;
  readonly commandMemory?: number | undefined;
  readonly snapshotEvery: number;
  /** One of the two journals. */
  readonly journal: { readonly dataDirectory: string } | { readonly store: OnStore; readonly lease: Omit<LeadershipOptions, 'log'> };
  /** Undefined: nothing comes from Kafka and nothing goes there. */
  readonly kafka?: KafkaOptions | undefined;
  /** Signed checkpoints go to Kafka; undefined: none. */
  readonly checkpoints?: CheckpointsOptions | undefined;
  readonly inputPosition?: number | undefined;
  readonly timeSource: TimeSource;
  /** ms after which work that waits for the journal, while nothing becomes durable, stops the node; a journal that closes may take as long. */
  readonly stallTimeoutMs: number;
  /** See SequencerOptions. */
  readonly onDurable?: ((seconds: number) => void) | undefined;
  /** Called once, when the node takes commands. */
  readonly onLeading?: (() => void) | undefined;
  readonly log: ServiceLog;
}

const TIMER_EVERY_MS = 50;
/** What is durable and not published when the node stops goes out after the next start; so long it may still go now. */
const LONGEST_FAREWELL_MS = 10_000;

/** Beside the shard's own stream, and no part of its category. */
const leaseStreamOf = (stream: string | undefined, shard: number): string =>
  stream === undefined ? `bulkheadLease-${shard}` : `${stream}Lease`;

/** One shard's node: waits until it may lead, then takes commands until it is stopped or can no longer be trusted. */
export class Service {
  state: ServiceState = 'starting';
  /** Why it is not ready, in one sentence. */
  reason = 'starting';
  node: EngineNode | undefined;
  sequencer: Sequencer | undefined;
  kafka: KafkaDuty | undefined;
  /** Resolves when it has stopped in order; rejects with what made it stop. */
  readonly ended: Promise<void>;
  private leadership: Leadership | undefined;
  private checkpoints: Checkpoints | undefined;
  private readonly stopping = new AbortController();
  private readonly failing = new AbortController();
  private looking: NodeJS.Timeout | undefined;
  private failure: Error | undefined;

  constructor(private readonly options: ServiceOptions) {
    this.ended = this.live();
  }

  /** Where writes are answered, as far as this node has heard: of a standby, the leader's address. */
  get leader(): string | undefined {
    return this.leadership?.leader;
  }

  /** Drains, flushes, snapshots, closes. May be called twice. */
  stop(): Promise<void> {
    this.stopping.abort();
    return this.ended.catch(() => undefined);
  }

  private async live(): Promise<void> {
    try {
      await this.start();
      if (!this.isStopping) this.lead();
      await this.untilStopped();
    } catch (error) {
      this.fail(error as Error);
    }
    this.enter(this.failure === undefined ? 'stopping' : 'failed', this.failure?.message ?? 'stopping');
    // What hangs must not keep a node that has failed: the journal stands a sudden end.
    await Promise.race([this.end(), this.untilFailed().then(() => sleep(LONGEST_FAREWELL_MS, undefined, { ref: false }))]);
    if (this.failure !== undefined) {
      this.enter('failed', this.failure.message);
      throw this.failure;
    }
    this.enter('stopped', 'stopped');
  }

  private lead(): void {
    this.enter('leading', 'leading');
    this.options.onLeading?.();
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private enter(state: ServiceState, reason: string): void {
    this.reason = reason;
    if (this.state === state) return;
    this.state = state;
    this.options.log(state === 'failed' ? 'error' : 'info', `the node is ${state}`, state === 'failed' ? { reason } : {});
  }

  private fail(cause: Error): void {
    this.failure ??= cause;
    this.stopping.abort();
    this.failing.abort();
  }

  private untilFailed(): Promise<void> {
    return aborted(this.failing.signal);
  }

  private untilStopped(): Promise<void> {
    return aborted(this.stopping.signal);
  }

  private async start(): Promise<void> {
    const node = await this.openNode();
    if (node === undefined) return;
    this.node = node;
    node.journal.onFailure((cause) => this.fail(cause));
    this.tellOfRecovery(node);
    const { timeSource, kafka, inputPosition, onDurable } = this.options;
    const sequencer = new Sequencer(node, { timeSource, clock: Date.now, onDurable });
    this.sequencer = sequencer;
    if (kafka !== undefined && !this.isStopping) {
      const onFailure = (cause: Error) => this.fail(cause);
      this.kafka = await KafkaDuty.start(node, sequencer, { kafka, inputPosition, onFailure });
    }
    const { checkpoints, log } = this.options;
    if (kafka !== undefined && checkpoints !== undefined) this.checkpoints = new Checkpoints(node.journal, kafka, checkpoints, log);
    const watchdog = new Watchdog(sequencer, node.journal, this.options.stallTimeoutMs);
    this.looking = setInterval(() => this.look(sequencer, watchdog), TIMER_EVERY_MS);
  }

  private look(sequencer: Sequencer, watchdog: Watchdog): void {
    try {
      if (!this.isStopping) sequencer.runTimers();
      watchdog.look(performance.now());
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** Undefined when it was stopped before it might lead. */
  private async openNode(): Promise<EngineNode | undefined> {
    const { shard, commandMemory, snapshotEvery, journal, log } = this.options;
    const options: Omit<NodeOptions, 'journal' | 'snapshots'> = {
      shard,
      snapshotEvery,
      ...(commandMemory === undefined ? {} : { commandMemory }),
    };
    if ('dataDirectory' in journal) return (await openFileNode({ ...options, dataDirectory: journal.dataDirectory })).node;
    const { store, lease } = journal;
    this.leadership = new Leadership(new LeaseStream(store.url, leaseStreamOf(store.stream, shard)), { ...lease, log });
    const followed = await this.awaitTurn(this.leadership, store);
    if (followed === 'STOPPED') return undefined;
    this.leadership.keep((by) => this.fail(new Error(`${by} has taken over the lease of shard ${shard}`)));
    return (await openStoreNode({ ...options, ...store, shard, followed })).node;
  }

  /** Follows the leader meanwhile, if there is one: what it did is in the state before its turn comes. */
  private async awaitTurn(leadership: Leadership, store: OnStore): Promise<Recovery | undefined | 'STOPPED'> {
    const { shard, commandMemory } = this.options;
    let follower: Follower | undefined;
    const follow = async () => {
      if (leadership.leader === undefined) return;
      this.enter('standby', `standing by for ${leadership.leader}`);
      follower ??= await Follower.open({ ...store, shard, ...(commandMemory === undefined ? {} : { commandMemory }) });
      await follower?.catchUp();
    };
    try {
      const mayLead = await leadership.acquire(this.stopping.signal, follow);
      if (!mayLead) return 'STOPPED';
      this.enter('starting', 'taking over');
      return follower?.recovery;
    } finally {
      await follower?.close();
    }
  }

  private journalPlace(): { readonly data: string } | { readonly stream: string } {
    const { shard, journal } = this.options;
    return 'dataDirectory' in journal
      ? { data: resolve(journal.dataDirectory) }
      : { stream: streamNameOf({ shard, stream: journal.store.stream }) };
  }

  private tellOfRecovery({ journal, recovery }: EngineNode): void {
    const { log } = this.options;
    for (const { file, reason } of recovery.skipped) log('warn', 'a snapshot was not used', { file, reason });
    const { snapshotSeq, replayed } = recovery;
    log('info', 'the journal is open', { ...this.journalPlace(), seq: journal.head.seq, snapshotSeq, replayed, writer: journal.writer });
  }

  /** Every step is taken, whatever became of the one before: a journal that fails only now must not keep the lease. */
  private async end(): Promise<void> {
    const steps: readonly (() => Promise<void> | undefined)[] = [
      () => this.kafka?.stopInput(),
      () => this.drain(),
      () => (this.failure === undefined ? this.checkpoints?.stop() : this.checkpoints?.abandon()),
      () => this.kafka?.stop(),
      () => this.closeNode(),
      () => this.leadership?.release(),
    ];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        this.fail(error as Error);
      }
    }
  }

  /** Makes everything durable and publishes it; the watchdog looks on, since a store may hang now too. */
  private async drain(): Promise<void> {
    const { node } = this;
    try {
      if (node === undefined || this.failure !== undefined) return;
      await Promise.race([node.journal.whenDurable(node.journal.head.revision), this.untilFailed()]);
      if (this.failure === undefined) await this.publishRest(node);
    } finally {
      clearInterval(this.looking);
    }
  }

  private async publishRest(node: EngineNode): Promise<void> {
    if (this.kafka === undefined) return;
    const published = this.kafka.publisher.whenPublished(node.journal.head.revision);
    await inTime(published, LONGEST_FAREWELL_MS).catch((error: Error) =>
      this.options.log('warn', 'not all was published', { error: error.message }),
    );
  }

  /** Its last snapshot may leave a record of the input's place, and the store may have gone since the drain. */
  private async closeNode(): Promise<void> {
    const { node } = this;
    const { stallTimeoutMs } = this.options;
    if (node === undefined || (await inTime(node.close(), stallTimeoutMs))) return;
    const { head, durable } = node.journal;
    throw new Error(`the journal has not closed within ${stallTimeoutMs} ms; records not yet durable: ${head.revision - durable.revision}`);
  }
}

/** False when it took longer. Rejects with what the work does. */
async function inTime(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}

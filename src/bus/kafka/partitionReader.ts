import { logLevel } from 'kafkajs';
import Cluster, { type Broker } from 'kafkajs/src/cluster';
import { createLogger } from 'kafkajs/src/loggers';
import makeSocketFactory from 'kafkajs/src/network/socketFactory';
import type { InputMarks } from '../port';
import { connectionOf, logTo } from './client';
import { fetchPartition } from './fetch/fetch';
import type { FetchedMessage } from './fetch/recordBatches';
import { DEFAULT_REQUEST_TIMEOUT_MS, type KafkaOptions } from './options';
import { patiently } from './patience';

/** What one fetch brought: `next` is where the following one begins, behind records that carry no message too. */
export interface Fetched {
  readonly messages: readonly FetchedMessage[];
  /** Behind the last message that the broker has. */
  readonly high: number;
  readonly next: number;
}

export interface FetchLimits {
  /** The broker answers at the latest after so many ms, when nothing comes. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
}

const TO_THE_END: FetchLimits = { maxWaitMs: 100, maxBytes: 1024 * 1024 };
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
const LATEST = '-1';
const EARLIEST = '-2';
/** A commit of no member: the group has none (Kafka's "simple consumer"). */
const NO_GENERATION = -1;

/**
 * Reads one partition at offsets that the caller names, and nothing else.
 *
 * The library's own consumer can't do that: it joins a group, takes committed or default offsets after each rebalance
 * and on out-of-range, and waits for a killed predecessor's session to end. Here nobody joins: no rebalance, no
 * heartbeat, no guessed offset; whoever may append to the journal is decided by the journal. So this file
 * uses the layer below the consumer (`internals.d.ts`).
 */
export class PartitionReader {
  private readonly cluster: Cluster;

  constructor(
    private readonly options: KafkaOptions,
    readonly topic: string,
    readonly partition: number,
  ) {
    this.cluster = new Cluster({
      ...connectionOf(options),
      logger: createLogger({ level: logLevel.INFO, logCreator: () => logTo(options.log) }),
      socketFactory: makeSocketFactory(),
      metadataMaxAge: 60_000,
      allowAutoTopicCreation: false,
      maxInFlightRequests: null,
      isolationLevel: READ_COMMITTED,
    });
  }

  async connect(): Promise<void> {
    await this.cluster.connect();
    await this.cluster.addTargetTopic(this.topic);
  }

  disconnect(): Promise<void> {
    return this.cluster.disconnect();
  }

  /** After a failure: who leads the partition may have changed. */
  async refresh(): Promise<void> {
    await this.cluster.refreshMetadata();
  }

  /** Cluster and offsets as the partition's leader says now. `high` counts committed messages alone. */
  async marks(): Promise<InputMarks> {
    const { topic, partition } = this;
    const ask = async () => {
      const { clusterId } = await this.cluster.metadata({ topics: [topic] });
      const leader = await this.leader();
      return { clusterId, topic, partition, low: await this.offsetAt(leader, EARLIEST), high: await this.offsetAt(leader, LATEST) };
    };
    return patiently(ask, () => this.refresh());
  }

  /** Messages from `offset` on, committed ones only. Rejects with the protocol's OFFSET_OUT_OF_RANGE when the partition does not have it, and with what is `retriable` when the broker hands out nothing now. */
  async fetch(offset: number, { maxWaitMs, maxBytes }: FetchLimits): Promise<Fetched> {
    const { topic, partition } = this;
    await this.cluster.refreshMetadataIfNecessary();
    const leader = await this.leader();
    const answer = await withDeadline(
      fetchPartition(leader, { topic, partition, offset, maxWaitMs, maxBytes }),
      maxWaitMs + (this.options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT_MS),
    );
    // So a broker answers whom it makes wait. Taken for the end of the partition, it would hide what is there.
    if (answer === undefined) throw Object.assign(new Error(`the broker lets ${topic}[${partition}] wait`), { retriable: true });
    const { messages, high, next = offset } = answer;
    return { messages, high, next };
  }

  /** All that is left of the messages from one offset to another, however often the broker lets its reader wait meanwhile. */
  async *between(from: number, to: number): AsyncGenerator<FetchedMessage> {
    for (let next = from; next < to; ) {
      const fetched = await patiently(
        () => this.fetch(next, TO_THE_END),
        () => this.refresh(),
      );
      yield* fetched.messages;
      // What compaction took away leaves nothing to read up to the end.
      if (fetched.next === next) return;
      next = fetched.next;
    }
  }

  async commit(group: string, next: number): Promise<void> {
    const coordinator = await this.cluster.findGroupCoordinator({ groupId: group });
    await coordinator.offsetCommit({
      groupId: group,
      groupGenerationId: NO_GENERATION,
      memberId: '',
      topics: [{ topic: this.topic, partitions: [{ partition: this.partition, offset: String(next), metadata: null }] }],
    });
  }

  /** The end of everything that was written. It is above `marks().high` while a transaction is open, or committed a moment ago. */
  end(): Promise<number> {
    const ask = async () => this.offsetAt(await this.leader(), LATEST, READ_UNCOMMITTED);
    return patiently(ask, () => this.refresh());
  }

  private leader(): Promise<Broker> {
    const found = this.cluster.findTopicPartitionMetadata(this.topic).find(({ partitionId }) => partitionId === this.partition);
    if (found === undefined || found.leader < 0) {
      throw Object.assign(new Error(`${this.topic}[${this.partition}] has no leader`), { retriable: true });
    }
    return this.cluster.findBroker({ nodeId: found.leader });
  }

  private async offsetAt(leader: Broker, timestamp: string, isolationLevel = READ_COMMITTED): Promise<number> {
    const { topic, partition } = this;
    const { responses } = await leader.listOffsets({
      isolationLevel,
      topics: [{ topic, partitions: [{ partition, timestamp }] }],
    });
    return Number(responses[0]?.partitions[0]?.offset);
  }
}

/** The stall watchdog: a reply that never comes ends as an error, whatever the connection believes. */
async function withDeadline<T>(answer: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer of the broker within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

import { logLevel } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster';
import { createLogger } from 'kafkajs/src/loggers';
import makeSocketFactory from 'kafkajs/src/network/socketFactory';
import createEosManager, { type EosManager } from 'kafkajs/src/producer/eosManager';
import { connectionOf, logTo } from './client';
import { type KafkaOptions, transactionalId } from './options';
import { patiently } from './patience';
import { type PartitionBatch, produce, type SealedBatch } from './produce/produceRequest';

/** The broker gives a transaction up after so long; a producer that it gave up on is made anew. */
export const TRANSACTION_TIMEOUT_MS = 60_000;
/** The broker may still be ending the transaction before; its own clients ask again as soon. */
const JOIN_AGAIN_MS = 5;
/** A partition's records are numbered by each producer from 0, and begin again after the greatest int32. */
const SEQUENCES = 2 ** 31;

/** Batches of which none goes before the one before it was taken: at most one a partition. */
export type Round = readonly PartitionBatch[];

/**
 * One life of the shard's transactional producer. It is dropped after any failure: its epoch may be over, and what became
 * of a transaction is read back, not guessed.
 *
 * The states of a transaction are the client's own; the records are not (`RecordBatch`), so this uses the layer below the
 * client's producer (`internals.d.ts`).
 */
export class TransactionalProducer {
  /** Number of the next record, by topic and partition. */
  private readonly sequences = new Map<string, number>();

  private constructor(
    private readonly id: string,
    private readonly cluster: Cluster,
    private readonly states: EosManager,
  ) {}

  /** Shuts out every producer of this shard that began before, and ends what it left open: connecting alone does not. */
  static async open(options: KafkaOptions, topics: readonly string[]): Promise<TransactionalProducer> {
    const logger = createLogger({ level: logLevel.INFO, logCreator: () => logTo(options.log) });
    const cluster = new Cluster({
      ...connectionOf(options),
      logger,
      socketFactory: makeSocketFactory(),
      metadataMaxAge: 60_000,
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
    });
    const id = transactionalId(options);
    const states = createEosManager({
      logger,
      cluster,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      transactional: true,
      transactionalId: id,
    });
    try {
      await cluster.connect();
      await cluster.addMultipleTargetTopics([...topics]);
      await states.initProducerId();
    } catch (error) {
      await cluster.disconnect().catch(() => undefined);
      throw error;
    }
    return new TransactionalProducer(id, cluster, states);
  }

  /** How many partitions a topic has. */
  partitionsOf(topic: string): number {
    return this.cluster.findTopicPartitionMetadata(topic).length;
  }

  /** All of it or nothing. After a rejection nobody knows which, and this producer must be closed. */
  async commit(rounds: readonly Round[]): Promise<void> {
    const { cluster, states } = this;
    await cluster.refreshMetadataIfNecessary();
    states.beginTransaction();
    await this.join(rounds.flat());
    for (const round of rounds) {
      await Promise.all([...this.byLeader(round)].map(([leader, batches]) => this.send(leader, batches)));
    }
    await states.commit();
  }

  private async join(batches: readonly PartitionBatch[]): Promise<void> {
    const partitions = distinctPartitions(batches);
    const refresh = () => this.cluster.refreshMetadata();
    await patiently(() => this.states.addPartitionsToTransaction(partitions), refresh, JOIN_AGAIN_MS);
  }

  private byLeader(round: Round): Map<number, PartitionBatch[]> {
    const leaders = new Map<number, PartitionBatch[]>();
    for (const batch of round) {
      const partitions = this.cluster.findTopicPartitionMetadata(batch.topic);
      const leader = partitions.find(({ partitionId }) => partitionId === batch.partition)?.leader ?? -1;
      if (leader < 0) throw new Error(`${batch.topic}[${batch.partition}] has no leader`);
      const known = leaders.get(leader);
      if (known === undefined) leaders.set(leader, [batch]);
      else known.push(batch);
    }
    return leaders;
  }

  private async send(leader: number, batches: readonly PartitionBatch[]): Promise<void> {
    const broker = await this.cluster.findBroker({ nodeId: leader });
    await produce(
      broker,
      this.id,
      batches.map((batch) => this.sealed(batch)),
    );
  }

  private sealed({ topic, partition, batch }: PartitionBatch): SealedBatch {
    const { states, sequences } = this;
    const place = `${topic}/${partition}`;
    const firstSequence = sequences.get(place) ?? 0;
    sequences.set(place, (firstSequence + batch.count) % SEQUENCES);
    const producerId = BigInt(states.getProducerId());
    const bytes = batch.sealed({ producerId, producerEpoch: states.getProducerEpoch(), firstSequence, time: Date.now() });
    return { topic, partition, bytes };
  }

  async close(): Promise<void> {
    await this.cluster.disconnect().catch(() => undefined);
  }
}

function distinctPartitions(batches: readonly PartitionBatch[]): { topic: string; partitions: { partition: number }[] }[] {
  const found = new Map<string, Set<number>>();
  for (const { topic, partition } of batches) {
    const known = found.get(topic) ?? new Set<number>();
    found.set(topic, known.add(partition));
  }
  return [...found].map(([topic, partitions]) => ({ topic, partitions: [...partitions].map((partition) => ({ partition })) }));
}

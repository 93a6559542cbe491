import type { KafkaOptions } from '../bus/kafka/options';
import { PublisherThread } from '../bus/kafka/thread/publisherThread';
import { prepareTopics } from '../bus/kafka/topics';
import { BusMisconfigured, type Publisher } from '../bus/port';
import type { EngineNode } from '../runtime/node';
import { publisherFolds } from './publisherFolds';

export type { BusLog } from '../bus/kafka/options';

/** A publisher of what the node makes durable; it is to be started on the node's journal. */
export function publisherOf(node: EngineNode, options: KafkaOptions): Publisher {
  return new PublisherThread(options, { folds: publisherFolds(node) });
}

/** Publishes a journal that gets its commands from elsewhere than Kafka. Rejects when topics or position do not fit it. */
export async function startPublisher(node: EngineNode, options: KafkaOptions): Promise<Publisher> {
  const { shard, shards } = options;
  if (shard >= shards) throw new BusMisconfigured([`the journal is of shard ${shard}, and there are ${shards} shards, counted from 0`]);
  await prepareTopics(options);
  const publisher = publisherOf(node, options);
  try {
    await publisher.start(node.journal);
    return publisher;
  } catch (error) {
    await publisher.stop();
    throw error;
  }
}

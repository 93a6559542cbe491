import type { KafkaOptions } from '../bus/kafka/options';
import { KafkaPublisher } from '../bus/kafka/publisher';
import { prepareTopics } from '../bus/kafka/topics';
import { BusMisconfigured, type Publisher, type RecordFeed } from '../bus/port';

export type { BusLog } from '../bus/kafka/options';

/** Publishes a journal that gets its commands from elsewhere than Kafka. Rejects when topics or position do not fit it. */
export async function startPublisher(feed: RecordFeed, options: KafkaOptions): Promise<Publisher> {
  const { shard, shards } = options;
  if (shard >= shards) throw new BusMisconfigured([`the journal is of shard ${shard}, and there are ${shards} shards, counted from 0`]);
  await prepareTopics(options);
  const publisher = new KafkaPublisher(options);
  try {
    await publisher.start(feed);
    return publisher;
  } catch (error) {
    await publisher.stop();
    throw error;
  }
}

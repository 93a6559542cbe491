import { type Kafka, Partitioners, type Producer } from 'kafkajs';
import { kafkaClient } from './client';
import { type KafkaOptions, topicNames } from './options';
import { PartitionReader } from './partitionReader';

/** The shard's partition of the compacted topic of signed checkpoints: the newest is always there, older ones for a while. */
export class CheckpointTopic {
  private readonly topic: string;
  private readonly kafka: Kafka;
  private producer: Producer | undefined;

  constructor(private readonly options: KafkaOptions) {
    this.topic = topicNames(options).checkpoints;
    this.kafka = kafkaClient(options);
  }

  /** Rejects when the broker does not take it; the next one may go. */
  async publish(text: string): Promise<void> {
    const { shard } = this.options;
    const producer = await this.connected();
    await producer.send({ topic: this.topic, acks: -1, messages: [{ partition: shard, key: String(shard), value: text }] });
  }

  private async connected(): Promise<Producer> {
    if (this.producer !== undefined) return this.producer;
    const producer = this.kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    this.producer = producer;
    return producer;
  }

  /** All that the broker has, in the order in which they were published. */
  async all(): Promise<string[]> {
    const reader = new PartitionReader(this.options, this.topic, this.options.shard);
    await reader.connect();
    try {
      const { low, high } = await reader.marks();
      const texts: string[] = [];
      for await (const { value } of reader.between(low, high)) if (value !== null) texts.push(value.toString());
      return texts;
    } finally {
      await reader.disconnect();
    }
  }

  async close(): Promise<void> {
    await this.producer?.disconnect().catch(() => undefined);
  }
}

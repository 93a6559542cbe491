import { type Admin, type Kafka, KafkaJSProtocolError, Partitioners, type Producer } from 'kafkajs';
import { kafkaClient } from '../../../src/bus/kafka/client';
import { type KafkaOptions, topicNames } from '../../../src/bus/kafka/options';
import { PartitionReader } from '../../../src/bus/kafka/partitionReader';

export interface Seen {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly text: string | null;
  readonly raw: Buffer | null;
  readonly headers: { readonly [name: string]: string };
}

/** What a read_committed consumer sees in a topic from beginning to end, partition by partition. */
export async function committed(options: KafkaOptions, topic: string): Promise<Seen[]> {
  const admin = kafkaClient(options).admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.disconnect();
  const seen: Seen[] = [];
  for (const { partitionId } of topics[0]?.partitions ?? []) seen.push(...(await partitionOf(options, topic, partitionId)));
  return seen;
}

async function partitionOf(options: KafkaOptions, topic: string, partition: number): Promise<Seen[]> {
  const reader = new PartitionReader(options, topic, partition);
  await reader.connect();
  // A commit is answered before its markers are in every partition.
  const end = await reader.end();
  let marks = await reader.marks();
  while (marks.high < end) marks = await reader.marks();
  const { low, high } = marks;
  const seen: Seen[] = [];
  for (let next = low; next < high; ) {
    const fetched = await reader.fetch(next, { maxWaitMs: 100, maxBytes: 8 * 1024 * 1024 });
    for (const { offset, key, value, headers } of fetched.messages) {
      const texts = Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, String(header)]));
      seen.push({
        partition,
        offset: Number(offset),
        key: key?.toString() ?? null,
        text: value?.toString() ?? null,
        raw: value,
        headers: texts,
      });
    }
    next = fetched.next;
  }
  await reader.disconnect();
  return seen;
}

/** Sends commands as a user would: plain kafkajs, the partition chosen. */
export class Sender {
  private constructor(
    readonly kafka: Kafka,
    private readonly producer: Producer,
    private readonly options: KafkaOptions,
  ) {}

  static async connect(options: KafkaOptions): Promise<Sender> {
    const kafka = kafkaClient(options);
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    return new Sender(kafka, producer, options);
  }

  /** Returns the offset behind the last. */
  async send(values: readonly (string | Buffer | object)[]): Promise<number> {
    const messages = values.map((value) => ({
      partition: this.options.shard,
      value: typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value),
    }));
    const [sent] = await this.producer.send({ topic: topicNames(this.options).commands, messages });
    return Number(sent?.baseOffset) + messages.length;
  }

  /** What a group committed; asked again while a broker that was just started still loads its coordinators, which kafkajs does not. */
  async committedOffset(groupId: string, topic: string): Promise<string | undefined> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      try {
        const [offsets] = await this.withAdmin((admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
        return offsets?.partitions.find(({ partition }) => partition === this.options.shard)?.offset;
      } catch (error) {
        const loading = error instanceof KafkaJSProtocolError && error.type === 'GROUP_LOAD_IN_PROGRESS';
        if (!loading || Date.now() > deadline) throw error;
        await new Promise((done) => setTimeout(done, 200));
      }
    }
  }

  async withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}

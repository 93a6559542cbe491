import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { Stretch } from './stretch';

const MESSAGES_A_SEND = 2_000;

function client(brokers: readonly string[]): Kafka {
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  return new Kafka({ brokers: [...brokers], clientId: 'bulkhead-bench', logLevel: logLevel.NOTHING });
}

/** Fills a partition as a producer would. */
export async function produce(brokers: readonly string[], topic: string, values: readonly string[]): Promise<void> {
  const producer = client(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let first = 0; first < values.length; first += MESSAGES_A_SEND) {
    const messages = values.slice(first, first + MESSAGES_A_SEND).map((value) => ({ partition: 0, value }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}

export interface Reading {
  readonly topic: string;
  readonly group: string;
  /** Messages in the topic, and how many of them come before the timed ones. */
  readonly count: number;
  readonly warm: number;
  readonly maxBytes: number;
}

/** How many messages a second the client alone hands over, batch by batch, when nothing is done with them. */
export async function eachBatchRate(brokers: readonly string[], { topic, group, count, warm, maxBytes }: Reading): Promise<number> {
  const consumer = client(brokers).consumer({ groupId: group, maxBytes, maxBytesPerPartition: maxBytes });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const stretch = new Stretch(warm);
  try {
    return await new Promise<number>((done, failed) => {
      const eachBatch = async ({ batch }: { batch: { messages: readonly unknown[] } }) => {
        stretch.add(batch.messages.length);
        if (stretch.count >= count) done(stretch.rate);
      };
      consumer.run({ eachBatch, autoCommit: false }).catch(failed);
    });
  } finally {
    await consumer.disconnect();
  }
}

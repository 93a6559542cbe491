import { type Kafka, type Message, Partitioners, type Producer, type TopicMessages } from 'kafkajs';

/** So much may go to one partition in one request: a broker takes batches up to about 1 MB by default. */
const LARGEST_SEND_BYTES = 700_000;
/** The broker gives a transaction up after so long; a producer that it gave up on is made anew. */
export const TRANSACTION_TIMEOUT_MS = 60_000;

export interface Outgoing {
  readonly topic: string;
  readonly message: Message;
  readonly bytes: number;
}

/**
 * One life of the shard's transactional producer. It is dropped after any failure: the library's object stays dead for
 * ever once the broker has moved its epoch on, and what became of a transaction is read back, not guessed.
 */
export class TransactionalProducer {
  private constructor(private readonly producer: Producer) {}

  /** Shuts out every producer with this id that began before: connecting alone does not, only a transaction does. */
  static async open(kafka: Kafka, transactionalId: string): Promise<TransactionalProducer> {
    const producer = kafka.producer({
      transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    try {
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.abort();
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
    return new TransactionalProducer(producer);
  }

  /** All of it or nothing. After a rejection nobody knows which, and this producer must be closed. */
  async commit(outgoing: Iterable<Outgoing>): Promise<void> {
    const transaction = await this.producer.transaction();
    for (const topicMessages of sendsOf(outgoing)) await transaction.sendBatch({ topicMessages, acks: -1 });
    await transaction.commit();
  }

  async close(): Promise<void> {
    await this.producer.disconnect().catch(() => undefined);
  }
}

/** In pieces that a broker takes, in order. A topic's messages may all be for one partition. */
function* sendsOf(outgoing: Iterable<Outgoing>): Generator<TopicMessages[]> {
  let messages = new Map<string, Message[]>();
  let bytes = new Map<string, number>();
  for (const { topic, message, bytes: size } of outgoing) {
    if (messages.has(topic) && (bytes.get(topic) ?? 0) + size > LARGEST_SEND_BYTES) {
      yield topicMessagesOf(messages);
      messages = new Map();
      bytes = new Map();
    }
    const known = messages.get(topic);
    if (known === undefined) messages.set(topic, [message]);
    else known.push(message);
    bytes.set(topic, (bytes.get(topic) ?? 0) + size);
  }
  if (messages.size > 0) yield topicMessagesOf(messages);
}

function topicMessagesOf(messages: ReadonlyMap<string, Message[]>): TopicMessages[] {
  return [...messages].map(([topic, list]) => ({ topic, messages: list }));
}

import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDelivery } from '../../../src/bus/inbound';
import { checkInputPosition } from '../../../src/bus/inputPosition';
import { KafkaInput } from '../../../src/bus/kafka/input';
import type { KafkaOptions } from '../../../src/bus/kafka/options';
import { KafkaPublisher, type PublisherSettings } from '../../../src/bus/kafka/publisher';
import { prepareTopics } from '../../../src/bus/kafka/topics';
import type { Delivery } from '../../../src/bus/port';
import { openFileNode } from '../../../src/runtime/fileNode';
import type { EngineNode } from '../../../src/runtime/node';

/** Options of a broker with topics that no other test sees. */
export function ownTopics(brokers: string): KafkaOptions {
  return { brokers: [brokers], shard: 0, shards: 1, prefix: `t-${randomUUID()}` };
}

/** The least node there can be between the topics: what comes in is executed and journaled, what is durable goes out. */
export class Venue {
  /** Why the input ended; `taken` rejects with it. */
  failure: Error | undefined;
  private next = 0;

  private constructor(
    readonly node: EngineNode,
    readonly input: KafkaInput,
    readonly publisher: KafkaPublisher,
  ) {}

  static async open(options: KafkaOptions, dataDirectory: string, settings: PublisherSettings = {}): Promise<Venue> {
    await prepareTopics(options);
    const { node } = await openFileNode({ dataDirectory, snapshotEvery: 1_000_000 });
    const venue = new Venue(node, new KafkaInput(options, { maxWaitMs: 50, commitIntervalMs: 50 }), new KafkaPublisher(options, settings));
    try {
      await venue.start();
    } catch (error) {
      await venue.close();
      throw error;
    }
    return venue;
  }

  static freshDirectory(): string {
    return mkdtempSync(join(tmpdir(), 'bulkhead-venue-'));
  }

  private async start(): Promise<void> {
    const { node, input, publisher } = this;
    await publisher.start(node.journal);
    await input.connect();
    const marks = await input.marks();
    if (node.input === undefined) {
      const { clusterId, topic, partition, low } = marks;
      node.leave({ type: 'InputPositioned', clusterId, topic, partition, inputPosition: low });
    } else {
      checkInputPosition(node.input, marks);
    }
    this.next = node.input?.inputPosition ?? marks.low;
    node.journal.onDurable(() => input.commit(this.next));
    await input.start(this.next, {
      deliver: (deliveries) => this.deliver(deliveries),
      failed: (cause) => {
        this.failure ??= cause;
      },
    });
  }

  private async deliver(deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) {
      const { topic, partition, offset } = delivery;
      const inbound = readDelivery(delivery);
      await this.node.journal.ready();
      if (inbound.kind === 'DEAD_LETTER') this.node.leave(inbound.deadLetter);
      else this.node.submit(inbound.command, { kind: 'KAFKA', topic, partition, offset, inputPosition: offset + 1 }, 'test');
      this.next = offset + 1;
    }
  }

  /** Resolves when everything before the input's offset `end` is taken and durable. */
  async taken(end: number): Promise<void> {
    while (this.next < end) {
      if (this.failure !== undefined) throw this.failure;
      await new Promise((done) => setTimeout(done, 10));
    }
    await this.node.journal.whenDurable(this.node.journal.head.revision);
  }

  /** The same, and published. */
  async caughtUp(end: number): Promise<void> {
    await this.taken(end);
    await this.publisher.whenPublished(this.node.journal.head.revision);
  }

  async close(): Promise<void> {
    await this.input.stop();
    await this.publisher.stop();
    await this.node.close();
  }
}

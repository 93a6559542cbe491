import type { KeyObject } from 'node:crypto';
import { CheckpointTopic } from '../bus/kafka/checkpoints';
import type { KafkaOptions } from '../bus/kafka/options';
import type { Journal } from '../journal';
import { signCheckpoint } from '../runtime/checkpoint';

/** Every checkpoint of a shard that the broker has, each a line of JSON (`bulkhead.checkpoints.v1`). */
export async function publishedCheckpoints(options: KafkaOptions): Promise<string[]> {
  return new CheckpointTopic(options).all();
}

type CheckpointLog = (level: 'warn', message: string, details: object) => void;

export interface CheckpointsOptions {
  /** Ed25519. */
  readonly key: KeyObject;
  readonly everyMs: number;
}

/**
 * Signs where the journal's chain stands, as far as it is durable, and publishes it: from then on whoever reads the topic
 * holds a hash that a rewritten history does not have (journal.md §1.3). A broker that is away costs checkpoints, not commands.
 */
export class Checkpoints {
  private readonly topic: CheckpointTopic;
  private readonly timer: NodeJS.Timeout;
  private signing: Promise<void> = Promise.resolve();
  /** seq of the last one that the broker took. */
  seq = 0;

  constructor(
    private readonly journal: Journal,
    kafka: KafkaOptions,
    private readonly options: CheckpointsOptions,
    private readonly log: CheckpointLog,
  ) {
    this.topic = new CheckpointTopic(kafka);
    this.timer = setInterval(() => void this.sign(), options.everyMs);
  }

  /** One at a time; nothing to do where nothing has become durable since. */
  sign(): Promise<void> {
    this.signing = this.signing.then(() => this.signDurable());
    return this.signing;
  }

  private async signDurable(): Promise<void> {
    const { seq } = this.journal.durable;
    if (seq <= this.seq) return;
    try {
      await this.topic.publish(JSON.stringify(await signCheckpoint(this.journal, seq, this.options.key)));
      this.seq = seq;
    } catch (error) {
      this.log('warn', 'a checkpoint could not be published; the next one may go', { seq, error: (error as Error).message });
    }
  }

  /** Leaves one of the end. */
  async stop(): Promise<void> {
    await this.sign();
    await this.abandon();
  }

  /** Signs no more: another node may lead, and has signed what comes after. */
  async abandon(): Promise<void> {
    clearInterval(this.timer);
    await this.signing;
    await this.topic.close();
  }
}

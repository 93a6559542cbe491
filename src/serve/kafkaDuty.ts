import { checkInputPosition, checkLastRead } from '../bus/inputPosition';
import { KafkaInput } from '../bus/kafka/input';
import type { KafkaOptions } from '../bus/kafka/options';
import { prepareTopics } from '../bus/kafka/topics';
import { type Delivery, InputPositionOutside, type Publisher } from '../bus/port';
import type { EngineNode } from '../runtime/node';
import { publisherOf } from './publishing';
import type { Sequencer } from './sequencer';

export interface KafkaDutyOptions {
  readonly kafka: KafkaOptions;
  /** The operator's word where to go on, when the journal's position cannot be used (journal.md §3.3). */
  readonly inputPosition?: number | undefined;
  readonly onFailure: (cause: Error) => void;
}

/** Commands from the shard's partition into the sequencer, durable records out to the topics. */
export class KafkaDuty {
  private constructor(
    readonly input: KafkaInput,
    readonly publisher: Publisher,
  ) {}

  /** Topics first, then the publisher, which shuts out an older one, then the input from where the journal stands. */
  static async start(node: EngineNode, sequencer: Sequencer, options: KafkaDutyOptions): Promise<KafkaDuty> {
    const { kafka, onFailure } = options;
    await prepareTopics(kafka);
    const duty = new KafkaDuty(new KafkaInput(kafka), publisherOf(node, kafka));
    const { input, publisher } = duty;
    try {
      publisher.onFailure(onFailure);
      await publisher.start(node.journal);
      await input.connect();
      const next = await place(node, input, options.inputPosition);
      const commit = () => {
        if (sequencer.durableOffset !== undefined) input.commit(sequencer.durableOffset);
      };
      node.journal.onDurable(commit);
      const deliver = async (deliveries: readonly Delivery[]) => {
        await sequencer.deliver(deliveries);
        // Duplicates leave nothing that could become durable.
        commit();
      };
      await input.start(next, { deliver, failed: onFailure });
      return duty;
    } catch (error) {
      await duty.stop();
      throw error;
    }
  }

  /** Takes no more commands. */
  stopInput(): Promise<void> {
    return this.input.stop();
  }

  async stop(): Promise<void> {
    await this.input.stop();
    await this.publisher.stop();
  }
}

/** The offset to begin at, recorded where it is not the journal's own. */
async function place(node: EngineNode, input: KafkaInput, asked: number | undefined): Promise<number> {
  const marks = await input.marks();
  const { clusterId, topic, partition, low, high } = marks;
  const current = node.input;
  if (asked === undefined && current !== undefined) {
    checkInputPosition(current, marks);
    const { memory } = node.engine.state;
    // What has been forgotten may have been read all the same.
    if (!memory.isFull && current.inputPosition > low) {
      checkLastRead(await input.before(current.inputPosition), (commandId) => memory.find(commandId) !== undefined);
    }
    return current.inputPosition;
  }
  const next = asked ?? low;
  const range = `the broker holds ${low} to ${high} of ${topic}[${partition}] in cluster ${clusterId}`;
  if (next < low || next > high) throw new InputPositionOutside(`--input-position ${next} is outside: ${range}`);
  if (current !== undefined && isUsable(() => checkInputPosition(current, marks))) {
    if (next === current.inputPosition) return next;
    // Left in a unit file it would repeat commands at every start.
    if (next < current.inputPosition) {
      throw new InputPositionOutside(`--input-position ${next} is before ${current.inputPosition}, where the journal stands: ${range}`);
    }
  }
  await node.journal.whenDurable(node.leave({ type: 'InputPositioned', clusterId, topic, partition, inputPosition: next }));
  return next;
}

function isUsable(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

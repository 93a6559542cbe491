import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { KafkaInput } from '../../bus/kafka/input';
import { type KafkaOptions, topicNames } from '../../bus/kafka/options';
import { prepareTopics } from '../../bus/kafka/topics';
import { openFileNode } from '../../runtime/fileNode';
import { publisherOf } from '../../serve/publishing';
import { Sequencer } from '../../serve/sequencer';
import { type Benchmark, collectGarbage, type Findings, type Sizes } from '../benchmark';
import { temporaryData } from '../matching/durable';
import { eachBatchRate, produce } from './rawKafka';
import { serverCommands } from './records';
import { Stretch } from './stretch';

const KAFKA = 'kafka';
/** Some dozens of fetches: the client hands over what one brought in no time. */
const MOST_COMMANDS = 400_000;
const MAX_BYTES = 1024 * 1024;

interface Filled {
  readonly options: KafkaOptions;
  readonly count: number;
  readonly warm: number;
}

/** Topics of its own, with all of the workload's commands in them. */
async function filled(sizes: Sizes): Promise<Filled> {
  const brokers = (sizes.kafka as string).split(',');
  const options: KafkaOptions = { brokers, shard: 0, shards: 1, prefix: `bench-${randomUUID()}` };
  await prepareTopics(options);
  const { commands, warm } = serverCommands(sizes, MOST_COMMANDS);
  await produce(
    brokers,
    topicNames(options).commands,
    commands.map((command) => JSON.stringify(command)),
  );
  return { options, count: commands.length, warm };
}

async function rawClient({ options, count, warm }: Filled): Promise<{ rate: number; seq: number }> {
  const topic = topicNames(options).commands;
  collectGarbage();
  return { rate: await eachBatchRate(options.brokers, { topic, group: randomUUID(), count, warm, maxBytes: MAX_BYTES }), seq: count };
}

/** What `serve` does between the broker and the answer: read, decode, execute, journal; with `publishes` also what goes out. */
async function throughNode({ options, count, warm }: Filled, publishes: boolean): Promise<{ rate: number; seq: number }> {
  const directory = await temporaryData();
  const { node } = await openFileNode({ dataDirectory: directory, snapshotEvery: Number.MAX_SAFE_INTEGER });
  const sequencer = new Sequencer(node, { timeSource: 'record', clock: Date.now });
  const input = new KafkaInput(options, { maxBytes: MAX_BYTES });
  const publisher = publishes ? publisherOf(node, options) : undefined;
  const stretch = new Stretch(warm);
  try {
    await publisher?.start(node.journal);
    await input.connect();
    collectGarbage();
    await new Promise<void>((done, failed) => {
      const deliver: typeof sequencer.deliver = async (deliveries) => {
        stretch.add(deliveries.length);
        await sequencer.deliver(deliveries);
        if (stretch.count >= count) done();
      };
      publisher?.onFailure(failed);
      input.start(0, { deliver, failed }).catch(failed);
    });
    const { revision } = node.journal.head;
    await node.journal.whenDurable(revision);
    await publisher?.whenPublished(revision);
    return { rate: stretch.rate, seq: node.engine.state.seq };
  } finally {
    await input.stop();
    await publisher?.stop();
    await node.journal.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const variants: Record<string, (topics: Filled) => Promise<{ rate: number; seq: number }>> = {
  'raw kafkajs eachBatch': rawClient,
  'node, in to durable': (topics) => throughNode(topics, false),
  'node, in to published': (topics) => throughNode(topics, true),
};

async function measure(variant: string, sizes: Sizes): Promise<Findings> {
  const topics = await filled(sizes);
  const { rate, seq } = await (variants[variant] as (typeof variants)[string])(topics);
  return {
    figures: [{ name: KAFKA, variant, unit: 'commands/s', value: rate }],
    checks: [{ variant, what: 'number of commands', holds: seq === topics.count }],
  };
}

const figure = (variant: string) => ({ name: KAFKA, variant });

/** Commands from a broker to durable results on the embedded journal, beside the client that only hands them over. */
export const kafka: Benchmark = {
  name: KAFKA,
  variants: Object.keys(variants),
  goals: () => [
    { what: 'in to durable / raw eachBatch', over: figure('node, in to durable'), under: figure('raw kafkajs eachBatch'), atLeast: 0.5 },
  ],
  missing: (_, { kafka: brokers }) => (brokers === undefined ? 'name a broker with --kafka HOST:PORT' : undefined),
  measure,
};

import { type Admin, ConfigResourceTypes, type ITopicConfig } from 'kafkajs';
import { BusMisconfigured } from '../port';
import { kafkaClient } from './client';
import { type KafkaOptions, topicNames } from './options';
import { patiently } from './patience';

/**
 * A topic as it must be. Partitions undefined: any number. `config` says for each setting the values that will do, the first
 * when it is created; `created` what it is created with beside that, and the operator may change.
 */
interface TopicRule {
  readonly topic: string;
  readonly partitions: number | undefined;
  readonly config: { readonly [setting: string]: readonly string[] };
  readonly created?: { readonly [setting: string]: string };
}

const LOG = { 'cleanup.policy': ['delete'] };
const LATEST_PER_KEY = { 'cleanup.policy': ['compact'] };
/** What goes out is every event (journal.md §4); a broker's own default forgets after a week. */
const FOREVER = { 'retention.ms': '-1', 'retention.bytes': '-1' };

function rulesOf(options: KafkaOptions): TopicRule[] {
  const names = topicNames(options);
  const { shards } = options;
  const keyed = (topic: string): TopicRule => ({ topic, partitions: undefined, config: LOG, created: FOREVER });
  return [
    {
      topic: names.commands,
      partitions: shards,
      config: {
        ...LOG,
        // The engine's clock follows these times: a producer's own would let one machine stop the venue (journal.md §3.2).
        'message.timestamp.type': ['LogAppendTime'],
        // The client reads plain and gzip. Without this one producer with another codec would block the shard.
        'compression.type': ['uncompressed', 'gzip'],
      },
    },
    { topic: names.results, partitions: shards, config: LOG, created: FOREVER },
    { topic: names.events, partitions: shards, config: LOG, created: FOREVER },
    { topic: names.deadLetters, partitions: shards, config: LOG, created: FOREVER },
    { topic: names.publisher, partitions: shards, config: LATEST_PER_KEY },
    { topic: names.checkpoints, partitions: shards, config: LATEST_PER_KEY },
    keyed(names.fills),
    keyed(names.markPrices),
    { topic: names.positions, partitions: undefined, config: LATEST_PER_KEY },
    keyed(names.liquidations),
    keyed(names.funding),
  ];
}

/** Partitions of keyed topics that are created here. */
const KEYED_PARTITIONS = 4;

/**
 * Creates the topics that are missing and checks those that are there: partitions = shards, LogAppendTime, compaction.
 * Throws BusMisconfigured with one sentence for each thing that is wrong.
 */
export async function prepareTopics(options: KafkaOptions): Promise<void> {
  const admin = kafkaClient(options).admin();
  await admin.connect();
  try {
    const rules = rulesOf(options);
    await createMissing(admin, rules, options);
    await haveLeaders(
      admin,
      rules.map(({ topic }) => topic),
    );
    const problems = await problemsOf(admin, rules);
    if (problems.length > 0) throw new BusMisconfigured(problems);
  } finally {
    await admin.disconnect();
  }
}

async function createMissing(admin: Admin, rules: readonly TopicRule[], options: KafkaOptions): Promise<void> {
  const there = new Set(await admin.listTopics());
  const missing = rules.filter(({ topic }) => !there.has(topic));
  if (missing.length === 0) return;
  const topics: ITopicConfig[] = missing.map(({ topic, partitions, config, created = {} }) => ({
    topic,
    numPartitions: partitions ?? KEYED_PARTITIONS,
    replicationFactor: options.replicationFactor ?? 1,
    configEntries: [...Object.entries(config).map(([name, [first]]) => [name, first] as const), ...Object.entries(created)].map(
      ([name, value]) => ({ name, value: value as string }),
    ),
  }));
  // Another node may create them at the same moment: then they are there, and are checked like any others.
  await admin.createTopics({ topics, waitForLeaders: false }).catch((error: Error & { readonly errors?: readonly { type?: string }[] }) => {
    const harmless = error.errors?.every(({ type }) => type === 'TOPIC_ALREADY_EXISTS') ?? false;
    if (!harmless) throw new BusMisconfigured([`topics could not be created: ${sayAll(error)}`]);
  });
}

/** The client's own way of waiting gives up when the broker that answers has not heard of the topic yet. */
export async function haveLeaders(admin: Admin, topics: readonly string[]): Promise<void> {
  await patiently(
    async () => {
      const found = await admin.fetchTopicMetadata({ topics: [...topics] });
      const isWaiting = found.topics.some(({ partitions }) => partitions.length === 0 || partitions.some(({ leader }) => leader < 0));
      if (isWaiting) throw Object.assign(new Error(`a leader is not chosen yet for one of ${topics.join(', ')}`), { retriable: true });
    },
    async () => undefined,
  );
}

function sayAll(error: Error & { readonly errors?: readonly object[] }): string {
  const all = (error.errors ?? []) as readonly { topic?: string; message?: string }[];
  return all.length === 0 ? error.message : all.map(({ topic, message }) => `${topic}: ${message}`).join('; ');
}

async function problemsOf(admin: Admin, rules: readonly TopicRule[]): Promise<string[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: rules.map(({ topic }) => topic) });
  const partitionsOf = new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: rules.map(({ topic, config }) => ({ type: ConfigResourceTypes.TOPIC, name: topic, configNames: Object.keys(config) })),
  });
  const configOf = new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
  return rules.flatMap(({ topic, partitions, config }) => {
    const found = partitionsOf.get(topic);
    const wrongCount =
      partitions === undefined || partitions === found
        ? []
        : [`topic ${topic} has ${found} partitions, and there are ${partitions} shards: they must be equal`];
    const wrongSettings = Object.entries(config).flatMap(([name, allowed]) => {
      const value = configOf.get(topic)?.find(({ configName }) => configName === name)?.configValue;
      return value !== undefined && allowed.includes(value)
        ? []
        : [`topic ${topic} has ${name}=${value}, and needs ${allowed.join(' or ')}`];
    });
    return [...wrongCount, ...wrongSettings];
  });
}

import { ConfigResourceTypes } from 'kafkajs';
import { type KafkaOptions, topicNames } from '../../../src/bus/kafka/options';
import { haveLeaders, prepareTopics } from '../../../src/bus/kafka/topics';
import { BusMisconfigured } from '../../../src/bus/port';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { Sender } from '../../support/kafka/topics';
import { ownTopics } from '../../support/kafka/venue';

jest.setTimeout(60_000);

async function problemsOf(options: KafkaOptions): Promise<readonly string[]> {
  const refused = await prepareTopics(options).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(BusMisconfigured);
  return (refused as BusMisconfigured).problems;
}

describeWithBroker('topics', () => {
  test('are created as they must be, by whoever comes first', async () => {
    const options = { ...ownTopics(await sharedBroker()), shards: 3 };
    await Promise.all([prepareTopics(options), prepareTopics({ ...options, shard: 1 })]);
    await prepareTopics(options);
    const sender = await Sender.connect(options);
    const { topics } = await sender.withAdmin((admin) => admin.fetchTopicMetadata({ topics: Object.values(topicNames(options)) }));
    expect(topics.length).toBe(11);
    expect(topics.find(({ name }) => name === topicNames(options).commands)?.partitions.length).toBe(3);
    const { events, commands } = topicNames(options);
    const { resources } = await sender.withAdmin((admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [events, commands].map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: ['retention.ms'] })),
      }),
    );
    const retention = Object.fromEntries(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries[0]?.configValue]));
    expect(retention).toEqual({ [events]: '-1', [commands]: '604800000' });
    await sender.close();
  });

  test('that are wrong are named, each with what it has and what it needs', async () => {
    const options = ownTopics(await sharedBroker());
    const names = topicNames(options);
    const sender = await Sender.connect(options);
    const wrong = [
      { topic: names.commands, numPartitions: 2 },
      { topic: names.positions, numPartitions: 1 },
    ];
    await sender.withAdmin(async (admin) => {
      await admin.createTopics({ topics: wrong, waitForLeaders: false });
      await haveLeaders(
        admin,
        wrong.map(({ topic }) => topic),
      );
    });
    const problems = await problemsOf(options);
    expect(problems).toHaveLength(4);
    expect(problems).toEqual(
      expect.arrayContaining([
        `topic ${names.commands} has 2 partitions, and there are 1 shards: they must be equal`,
        `topic ${names.commands} has message.timestamp.type=CreateTime, and needs LogAppendTime`,
        `topic ${names.commands} has compression.type=producer, and needs uncompressed or gzip`,
        `topic ${names.positions} has cleanup.policy=delete, and needs compact`,
      ]),
    );
    await sender.close();
  });

  test('more shards than partitions stop the start', async () => {
    const options = ownTopics(await sharedBroker());
    await prepareTopics(options);
    const problems = await problemsOf({ ...options, shards: 2 });
    expect(problems).toContain(`topic ${topicNames(options).commands} has 1 partitions, and there are 2 shards: they must be equal`);
  });
});

import { topicNames } from '../../../src/bus/kafka/options';
import type { Result } from '../../../src/contract/results';
import { startStandIn } from '../../support/eventstore';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { committed } from '../../support/kafka/topics';
import { ownTopics } from '../../support/kafka/venue';
import { tellStory } from '../../support/killLoop/commands';
import { runProgram } from '../../support/killLoop/program';
import { parsed, temporaryDirectories } from '../../support/killLoop/sample';

jest.setTimeout(180_000);
const temporary = temporaryDirectories();
const STORY = tellStory(71, 400);

describeWithBroker('bulkhead run --kafka', () => {
  async function publishesAll(journal: readonly string[]): Promise<void> {
    const topics = ownTopics(await sharedBroker());
    const options = [...journal, '--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string];
    const half = STORY.lines.length >> 1;
    const printed: Result[] = [];
    for (const lines of [STORY.lines.slice(0, half), STORY.lines.slice(half)]) {
      const { code, lines: results, stderr } = await runProgram(['run', ...options], `${lines.join('\n')}\n`);
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('kafka')]);
      printed.push(...parsed<Result>(results));
    }
    const first = printed.filter(({ status }) => status !== 'DUPLICATE');
    expect(first.length).toBeGreaterThan(half);
    const names = topicNames(topics);
    const results = await committed(topics, names.results);
    expect(results.map(({ text }) => JSON.parse(text as string))).toEqual(first);
    const places = (await committed(topics, names.events)).map(({ headers }) => `${headers.seq}/${headers.index}`);
    expect(places).toEqual(first.flatMap(({ seq, eventCount }) => Array.from({ length: eventCount + 1 }, (_, index) => `${seq}/${index}`)));
    expect(await committed(topics, names.commands)).toEqual([]);
  }

  test('publishes from the embedded journal what it prints, and a second run goes on where the first ended', async () => {
    await publishesAll(['--data', await temporary()]);
  });

  test('publishes from a store (a stand-in for EventStoreDB) just so', async () => {
    const { url, close } = await startStandIn({});
    try {
      await publishesAll(['--eventstore', url]);
    } finally {
      await close();
    }
  });

  test('fails on topics of another journal, and leaves them alone', async () => {
    const topics = ownTopics(await sharedBroker());
    const kafka = ['--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string];
    const lines = `${STORY.lines.slice(0, 50).join('\n')}\n`;
    expect((await runProgram(['run', '--data', await temporary(), ...kafka], lines)).code).toBe(0);
    const before = await committed(topics, topicNames(topics).events);
    const { code, stderr } = await runProgram(['run', '--data', await temporary(), ...kafka], lines);
    expect([code, stderr]).toEqual([1, expect.stringContaining('it is another journal')]);
    expect(await committed(topics, topicNames(topics).events)).toEqual(before);
  });
});

test.each([
  ['without a journal', ['--kafka', '127.0.0.1:1'], 'give --data or --eventstore too'],
  ['without brokers', ['--data', 'never-made', '--kafka-prefix', 'p'], 'kafka'],
  ['for a shard that is none', ['--data', 'never-made', '--kafka', '127.0.0.1:1', '--shard', '1'], 'not among 1 shards'],
  ['with a password for all to see', ['--data', 'never-made', '--kafka', '127.0.0.1:1', '--kafka-sasl-password', 'x'], 'password'],
])('bulkhead run --kafka %s is wrong usage', async (_, options, reason) => {
  const { code, stderr } = await runProgram(['run', ...options]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
});

import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KafkaOptions, topicNames } from '../../../src/bus/kafka/options';
import { haveLeaders } from '../../../src/bus/kafka/topics';
import { openFileJournal } from '../../../src/journal';
import { decodeControl } from '../../../src/runtime/control';
import { openFileNode } from '../../../src/runtime/fileNode';
import { spawnStandIn } from '../../support/eventstore';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { committed, Sender } from '../../support/kafka/topics';
import { ownTopics } from '../../support/kafka/venue';
import { tellStory } from '../../support/killLoop/commands';
import { expectPublished, expectState } from '../../support/serve/outcome';
import { Served } from '../../support/serve/served';

jest.setTimeout(120_000);

describeWithBroker('serve starts and stops', () => {
  let directory: string;
  let topics: KafkaOptions;
  let sender: Sender;
  const running: Served[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-start-'));
    topics = ownTopics(await sharedBroker());
    sender = await Sender.connect(topics);
  });

  afterEach(async () => {
    for (const served of running.splice(0)) await served.kill();
    await sender.close();
    await rm(directory, { recursive: true, force: true });
  });

  const data = (): string[] => ['--data', join(directory, 'journal')];

  function start(...more: string[]): Served {
    const kafka = ['--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string, '--time-source', 'record'];
    const served = Served.start([...kafka, ...more]);
    running.push(served);
    return served;
  }

  /** What it said last, once it has ended by itself with 1. */
  async function refusalOf(served: Served): Promise<string> {
    expect(await served.exited).toBe(1);
    return JSON.stringify(served.log.at(-1)?.err);
  }

  async function remake(topic: string, numPartitions: number, configEntries: { name: string; value: string }[]): Promise<void> {
    await sender.withAdmin(async (admin) => {
      if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
      while ((await admin.listTopics()).includes(topic)) await sleep(50);
      await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: false });
      await haveLeaders(admin, [topic]);
    });
  }

  const AS_IT_MUST_BE = [
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
    { name: 'compression.type', value: 'uncompressed' },
  ];

  test('topics with another number of partitions, or with the producers’ times, stop the start, and each is named', async () => {
    const { commands } = topicNames(topics);
    await remake(commands, 2, [{ name: 'compression.type', value: 'uncompressed' }]);
    const refusal = await refusalOf(start(...data()));
    expect(refusal).toContain(`topic ${commands} has 2 partitions, and there are 1 shards`);
    expect(refusal).toContain('message.timestamp.type=CreateTime, and needs LogAppendTime');
  });

  test('a journal that was fed by another cluster stops the start, and both are named', async () => {
    const { node } = await openFileNode({ dataDirectory: join(directory, 'journal'), snapshotEvery: 1_000 });
    const place = { topic: topicNames(topics).commands, partition: 0, inputPosition: 0 };
    await node.journal.whenDurable(node.leave({ type: 'InputPositioned', clusterId: 'elsewhere', ...place }));
    await node.close();
    const refusal = await refusalOf(start(...data()));
    expect(refusal).toContain('the input is of another cluster');
    expect(refusal).toContain('in cluster elsewhere');
    expect(refusal).toMatch(/the broker holds 0 to 0 of .* in cluster (?!elsewhere)/);
  });

  test('a topic made anew under a stopped node stops the start, naming both; --input-position goes on and leaves a record', async () => {
    const { commands, results } = topicNames(topics);
    const story = tellStory(31, 120);
    const first = start(...data());
    await first.leading();
    await sender.send(story.lines.slice(0, 60));
    await first.durable(Math.max(...story.results.slice(0, 60).map(({ seq }) => seq ?? 0)));
    expect(await first.stop()).toBe(0);
    await remake(commands, 1, AS_IT_MUST_BE);

    const refusal = await refusalOf(start(...data()));
    expect(refusal).toContain('the journal stands at offset 60');
    expect(refusal).toContain('the broker holds 0 to 0');
    expect(refusal).toContain('--input-position');

    // Filled again with other commands, its offsets fit.
    await sender.send(Array.from({ length: 61 }, (_, n) => ({ commandId: `other-${n}`, type: 'AdvanceTime', data: {} })));
    expect(await refusalOf(start(...data()))).toContain(
      `the journal never had the command other-59, which stands at offset 59 of ${commands}`,
    );
    await remake(commands, 1, AS_IT_MUST_BE);

    const again = start(...data(), '--input-position', '0');
    await again.leading();
    await sender.send(story.lines.slice(60));
    await again.durable(story.seq);
    expect(await again.stop()).toBe(0);
    await expectPublished(story, topics);
    await expectState(story, data());
    expect((await committed(topics, results)).length).toBeGreaterThan(80);

    const journal = await openFileJournal(join(directory, 'journal'));
    const positions: number[] = [];
    for await (const { kind, bytes } of journal.read()) {
      const record = kind === 'control' ? decodeControl(bytes) : undefined;
      if (record?.type === 'InputPositioned') positions.push(record.inputPosition);
    }
    await journal.close();
    // The first start, the snapshot at its end, the operator's word, the snapshot at the end.
    expect(positions).toEqual([0, 60, 0, 60]);
  });

  test('SIGTERM under load: what was taken is durable, published and in a snapshot, and the exit code is 0', async () => {
    const story = tellStory(33, 800);
    const served = start(...data());
    await served.leading();
    const sending = sender.send(story.lines);
    await served.durable(20);
    expect(await served.stop()).toBe(0);
    await sending;
    const journal = await openFileJournal(join(directory, 'journal'));
    const { seq } = journal.durable;
    await journal.close();
    expect(seq).toBeGreaterThan(0);
    const published = await committed(topics, topicNames(topics).results);
    expect(Number(published.at(-1)?.headers.seq)).toBe(seq);
    expect(await readdir(join(directory, 'journal/snapshots'))).toContain(`${String(seq).padStart(16, '0')}.snapshot`);

    const again = start(...data());
    await again.durable(story.seq);
    expect((await again.said('the journal is open')).replayed).toBe(0);
    expect(await again.stop()).toBe(0);
    await expectPublished(story, topics);
    await expectState(story, data());
  });

  test('a second signal ends at once a node whose store hangs', async () => {
    const standIn = await spawnStandIn({ directory: join(directory, 'store') });
    try {
      const served = start('--eventstore', standIn.url, '--eventstore-stream', `bulkheadStop-${randomUUID()}`);
      await served.leading();
      standIn.signal('SIGSTOP');
      await sender.send(tellStory(35, 40).lines);
      served.signal('SIGTERM');
      await served.said('the node is stopping');
      served.signal('SIGTERM');
      // As a shell reports of a program that SIGTERM ended.
      expect(await served.exited).toBe(143);
    } finally {
      standIn.signal('SIGCONT');
      await standIn.kill();
    }
  });
});

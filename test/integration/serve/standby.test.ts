import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaOptions } from '../../../src/bus/kafka/options';
import { type StandInProcess, spawnStandIn } from '../../support/eventstore';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { Sender } from '../../support/kafka/topics';
import { ownTopics } from '../../support/kafka/venue';
import { tellStory } from '../../support/killLoop/commands';
import { expectPublished, expectState } from '../../support/serve/outcome';
import { Served } from '../../support/serve/served';

const named = process.env.EVENTSTORE_URL;
const COMMANDS = 600;

jest.setTimeout(180_000);

describeWithBroker('a warm standby', () => {
  let directory: string;
  let standIn: StandInProcess | undefined;
  let topics: KafkaOptions;
  let journal: string[];
  let running: Served[];
  const story = tellStory(83, COMMANDS);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-standby-'));
    if (named === undefined) standIn = await spawnStandIn({ directory: join(directory, 'store') });
  });

  afterAll(async () => {
    await standIn?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  beforeEach(async () => {
    topics = ownTopics(await sharedBroker());
    const url = named ?? (standIn as StandInProcess).url;
    journal = ['--eventstore', url, '--eventstore-stream', `bulkheadStandby-${randomUUID()}`];
    running = [];
  });

  afterEach(async () => {
    for (const served of running) {
      served.signal('SIGCONT');
      await served.kill();
    }
  });

  function start(...lease: string[]): Served {
    const kafka = ['--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string, '--time-source', 'record'];
    const served = Served.start([...journal, ...kafka, ...lease]);
    running.push(served);
    return served;
  }

  async function send(from: number, to: number): Promise<void> {
    const sender = await Sender.connect(topics);
    await sender.send(story.lines.slice(from, to));
    await sender.close();
  }

  /** seq of the last of the first `count` commands. */
  const seqAfter = (count: number): number => Math.max(...story.results.slice(0, count).map(({ seq }) => seq ?? 0));

  async function expectAll(): Promise<void> {
    await expectPublished(story, topics);
    await expectState(story, journal);
  }

  test('takes over from a killed leader within ten seconds, with the timings that nobody set', async () => {
    const leader = start();
    await leader.leading();
    const standby = start();
    await standby.said('the node is standby');
    await send(0, 300);
    await leader.durable(seqAfter(300));
    const ready = await standby.get('/readyz');
    expect([ready.status, ready.body]).toEqual([
      503,
      expect.stringContaining(`http://127.0.0.1:${(await leader.said('HTTP is open')).port}`),
    ]);

    await leader.kill();
    const since = performance.now();
    await send(300, 450);
    await standby.leading();
    await standby.durable(seqAfter(450));
    const seconds = (performance.now() - since) / 1000;
    process.stderr.write(`failover after SIGKILL: ${seconds.toFixed(1)} s\n`);
    // The one time that a rule names: journal.md §2.6.
    expect(seconds).toBeLessThan(10);
    // It followed: only what came after its last look was left to replay.
    expect((await standby.get('/readyz')).status).toBe(200);
    await send(450, COMMANDS);
    await standby.durable(story.seq);
    expect(await standby.stop()).toBe(0);
    await expectAll();
  });

  test('takes over at once from a leader that stops in order', async () => {
    const leader = start('--lease-timeout-ms', '60000');
    await leader.leading();
    const standby = start('--lease-timeout-ms', '60000');
    await standby.said('the node is standby');
    await send(0, COMMANDS);
    await leader.durable(story.seq);
    expect(await leader.stop()).toBe(0);
    await standby.leading();
    await standby.durable(story.seq);
    expect(await standby.stop()).toBe(0);
    await expectAll();
  });

  test('a leader that was paused, and goes on when another leads, neither appends nor publishes, and stops', async () => {
    const lease = ['--lease-interval-ms', '100', '--lease-timeout-ms', '600'];
    const zombie = start(...lease);
    await zombie.leading();
    await send(0, 200);
    await zombie.durable(seqAfter(200));
    const standby = start(...lease);
    await standby.said('the node is standby');
    zombie.signal('SIGSTOP');
    await standby.leading();
    await send(200, 400);
    // Both read the same partition from here on.
    zombie.signal('SIGCONT');
    expect(await zombie.exited).toBe(1);
    expect(zombie.log.at(-1)?.msg).toBe('the node has stopped');
    await send(400, COMMANDS);
    await standby.durable(story.seq);
    expect(await standby.stop()).toBe(0);
    await expectAll();
  });

  test('of two that start at once one leads and the other stands by', async () => {
    const both = [start('--lease-timeout-ms', '60000'), start('--lease-timeout-ms', '60000')];
    const states = await Promise.all(both.map((served) => Promise.race([served.leading(), served.said('the node is standby')])));
    expect(states.map(({ msg }) => msg).sort()).toEqual(['the node is leading', 'the node is standby']);
    await send(0, COMMANDS);
    const leader = both.find((_, place) => states[place]?.msg === 'the node is leading') as Served;
    await leader.durable(story.seq);
    expect(await leader.stop()).toBe(0);
  });
});

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaOptions } from '../../../src/bus/kafka/options';
import { type StandInProcess, spawnStandIn } from '../../support/eventstore';
import { describeWithBroker, killBroker, startBroker, stopBroker } from '../../support/kafka/broker';
import { ownTopics } from '../../support/kafka/venue';
import { tellStory } from '../../support/killLoop/commands';
import { Load } from '../../support/serve/load';
import { expectPublished, expectState } from '../../support/serve/outcome';
import { Served } from '../../support/serve/served';

const COMMANDS = 1_000;

jest.setTimeout(300_000);

// Whoever starts the store can stop it: these run on the stand-in whatever EVENTSTORE_URL names.
describeWithBroker('a node whose broker and store (a stand-in for EventStoreDB) go away under load', () => {
  let directory: string;
  let broker: string;
  let standIn: StandInProcess;
  let served: Served | undefined;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-outages-'));
    broker = join(directory, 'broker');
    standIn = await spawnStandIn({ directory: join(directory, 'store') });
  });

  afterAll(async () => {
    await served?.kill();
    stopBroker(broker);
    await standIn.kill();
    await rm(directory, { recursive: true, force: true });
  });

  async function restartStore(meanwhile: () => void): Promise<void> {
    const port = Number(new URL(standIn.url).port);
    await standIn.kill();
    meanwhile();
    standIn = await spawnStandIn({ directory: join(directory, 'store'), port });
  }

  test('lives through a store killed, a broker killed, and both at once, and repeats and loses nothing', async () => {
    const topics: KafkaOptions = ownTopics(startBroker(broker));
    const story = tellStory(91, COMMANDS);
    const journal = ['--eventstore', standIn.url, '--eventstore-stream', `bulkheadOutages-${randomUUID()}`];
    const kafka = ['--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string, '--time-source', 'record'];
    served = Served.start([...journal, ...kafka]);
    await served.leading();

    const load = new Load(topics, story.lines, 15);
    const outages: (() => Promise<void> | void)[] = [
      () => restartStore(() => undefined),
      () => {
        killBroker(broker);
        startBroker(broker);
      },
      () =>
        restartStore(() => {
          killBroker(broker);
          startBroker(broker);
        }),
    ];
    for (const [place, outage] of outages.entries()) {
      await load.reached(((place + 1) * COMMANDS) / (outages.length + 1));
      await outage();
    }
    await load.ended;
    // The same process all along: it found both again by itself.
    await served.durable(story.seq);
    expect(await served.stop()).toBe(0);
    await expectPublished(story, topics);
    await expectState(story, journal);
  });
});

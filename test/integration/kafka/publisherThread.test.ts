import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KafkaOptions, topicNames } from '../../../src/bus/kafka/options';
import { PublisherThread } from '../../../src/bus/kafka/thread/publisherThread';
import { prepareTopics } from '../../../src/bus/kafka/topics';
import { PublisherFenced, type RecordFeed } from '../../../src/bus/port';
import type { Sequenced } from '../../../src/engine/engine';
import { openFileNode } from '../../../src/runtime/fileNode';
import type { EngineNode } from '../../../src/runtime/node';
import { publisherFolds } from '../../../src/serve/publisherFolds';
import { storyOf, submitAll } from '../../support/eventstore/nodes';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { expectChained } from '../../support/kafka/order';
import { committed } from '../../support/kafka/topics';
import { ownTopics, Venue } from '../../support/kafka/venue';

jest.setTimeout(120_000);

describeWithBroker('the publisher in a thread of its own', () => {
  const commands = storyOf(31, 240);
  let options: KafkaOptions;
  let directory: string;
  let node: EngineNode;
  /** The revision from which each publisher asked for the journal. */
  let followed: number[];

  beforeEach(async () => {
    options = ownTopics(await sharedBroker());
    directory = Venue.freshDirectory();
    followed = [];
    await prepareTopics(options);
    node = (await openFileNode({ dataDirectory: directory, snapshotEvery: 1_000_000 })).node;
  });

  afterEach(() => node.close());

  const feed = (): RecordFeed => ({
    meta: node.journal.meta,
    durable: node.journal.durable,
    follow: (fromRevision = 0, signal) => {
      followed.push(fromRevision);
      return node.journal.follow(fromRevision, signal);
    },
  });

  async function publish(some: readonly Sequenced[], log: string[] = []): Promise<void> {
    const heard = { ...options, log: (_level: string, message: string) => void log.push(message) };
    const publisher = new PublisherThread(heard, { folds: publisherFolds(node) });
    await publisher.start(feed());
    await submitAll(node, some);
    await publisher.whenPublished(node.journal.head.revision);
    await publisher.stop();
  }

  const foldsKept = (): string[] => readdirSync(join(directory, 'snapshots', 'publisher'));

  async function expectWhole(): Promise<void> {
    const { events, positions, fills } = topicNames(options);
    const seen = await committed(options, events);
    expectChained(seen, false);
    expect(seen.filter(({ headers }) => headers.index === '0').map(({ headers }) => Number(headers.seq))).toEqual(
      Array.from({ length: node.engine.state.seq }, (_, place) => place + 1),
    );
    for (const topic of [positions, fills]) expectChained(await committed(options, topic), true);
  }

  test('goes on from the fold that it kept, and reads of the journal only what came since', async () => {
    await publish(commands.slice(0, 100));
    const { revision } = node.journal.durable;
    expect(foldsKept()).toHaveLength(1);
    await publish(commands.slice(100, 180));
    await submitAll(node, commands.slice(180, 200));
    await publish(commands.slice(200));
    expect(followed.slice(0, 2)).toEqual([0, revision + 1]);
    expect(followed[2]).toBeGreaterThan(revision + 80);
    await expectWhole();
  });

  test('a fold that cannot be used costs a look at the whole journal, and nothing else', async () => {
    await publish(commands.slice(0, 100));
    const [kept] = foldsKept() as [string];
    writeFileSync(join(directory, 'snapshots', 'publisher', kept), 'damaged');
    await publish(commands.slice(100));
    expect(followed).toEqual([0, 0]);
    await expectWhole();
  });

  test('is shut out by the next one, says so, and publishes no more', async () => {
    const old = new PublisherThread(options);
    const fenced = new Promise<Error>((told) => old.onFailure(told));
    await old.start(node.journal);
    await submitAll(node, commands.slice(0, 50));
    await old.whenPublished(node.journal.head.revision);
    const rival = new PublisherThread(options);
    await rival.start(node.journal);
    await submitAll(node, commands.slice(50));
    expect(await fenced).toBeInstanceOf(PublisherFenced);
    await rival.whenPublished(node.journal.head.revision);
    await expect(old.whenPublished(node.journal.head.revision)).rejects.toBeInstanceOf(PublisherFenced);
    await old.stop();
    await rival.stop();
    await expectWhole();
  });

  test('does not start on another journal, and says what is wrong', async () => {
    await publish(commands.slice(0, 50));
    await node.close();
    directory = Venue.freshDirectory();
    node = (await openFileNode({ dataDirectory: directory, snapshotEvery: 1_000_000 })).node;
    const publisher = new PublisherThread(options);
    await expect(publisher.start(node.journal)).rejects.toThrow('another journal');
    await publisher.stop();
  });
});

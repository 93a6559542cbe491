import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StandInProcess, spawnStandIn } from '../../support/eventstore';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { Sender } from '../../support/kafka/topics';
import { ownTopics } from '../../support/kafka/venue';
import { Served } from '../../support/serve/served';

jest.setTimeout(60_000);

describe('a node that is stopped while its store (a stand-in for EventStoreDB) is away', () => {
  let directory: string;
  let standIn: StandInProcess;
  let served: Served | undefined;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-hanging-'));
    standIn = await spawnStandIn({ directory: join(directory, 'store') });
  });

  afterAll(async () => {
    await served?.kill();
    await standIn.kill();
    await rm(directory, { recursive: true, force: true });
  });

  test('does not wait for ever for what it has not made durable, and says that it failed', async () => {
    const journal = ['--eventstore', standIn.url, '--eventstore-stream', `bulkheadHanging-${randomUUID()}`];
    served = Served.start([...journal, '--stall-timeout-ms', '2000']);
    await served.leading();
    const { port } = await served.said('HTTP is open');
    await standIn.kill();
    const command = { commandId: 'd', type: 'Deposit', data: { accountId: 'alice', currency: 'USD', amount: '5' } };
    const unanswered = fetch(`http://127.0.0.1:${port}/v1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
    }).then(
      ({ status }) => status,
      () => 'cut off',
    );
    while ((await served.metric('bulkhead_pending_bytes')) === 0);
    expect(await served.stop()).toBe(1);
    expect(served.log.filter(({ msg }) => msg === 'the node is failed').at(-1)).toMatchObject({
      reason: expect.stringContaining('nothing became durable'),
    });
    expect(await unanswered).not.toBe(200);
  });
});

describeWithBroker('a node whose store (a stand-in) goes away when all is durable, and that is stopped then', () => {
  test('ends within the time that a stall may take, says what it waited for, and that it failed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bulkhead-hanging-'));
    const standIn = await spawnStandIn({ directory: join(directory, 'store') });
    const topics = ownTopics(await sharedBroker());
    const served = Served.start([
      ...['--eventstore', standIn.url, '--eventstore-stream', `bulkheadHanging-${randomUUID()}`],
      ...['--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string],
      ...['--snapshots', join(directory, 'snapshots'), '--stall-timeout-ms', '2000'],
    ]);
    try {
      await served.leading();
      const sender = await Sender.connect(topics);
      await sender.send([{ commandId: 'd', type: 'Deposit', data: { accountId: 'alice', currency: 'USD', amount: '5' } }]);
      await sender.close();
      await served.durable(1);
      await standIn.kill();
      await served.said('the store is away');
      expect(await served.stop()).toBe(1);
      expect(served.log.filter(({ msg }) => msg === 'the node is failed').at(-1)).toMatchObject({
        reason: 'the journal has not closed within 2000 ms; records not yet durable: 1',
      });
      expect(served.log.filter(({ msg }) => msg === 'the store is away')).toHaveLength(1);
    } finally {
      await served.kill();
      await standIn.kill();
      await rm(directory, { recursive: true, force: true });
    }
  });
});

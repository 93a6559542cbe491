import { fetchPartition } from '../../../src/bus/kafka/fetch/fetch';
import type { KafkaOptions } from '../../../src/bus/kafka/options';
import { PartitionReader } from '../../../src/bus/kafka/partitionReader';
import { PublisherPositions } from '../../../src/bus/kafka/publisherPosition';
import { prepareTopics } from '../../../src/bus/kafka/topics';
import { TransactionalProducer } from '../../../src/bus/kafka/transactions';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { ownTopics } from '../../support/kafka/venue';

jest.mock('../../../src/bus/kafka/fetch/fetch');
jest.setTimeout(60_000);

const fetching = jest.mocked(fetchPartition);
const { fetchPartition: really } = jest.requireActual<typeof import('../../../src/bus/kafka/fetch/fetch')>(
  '../../../src/bus/kafka/fetch/fetch',
);

/** As of a broker whose quota this client has used up: some answers name no partition. */
function letWait(answers: number): void {
  for (let count = 0; count < answers; count++) fetching.mockResolvedValueOnce(undefined);
}

describeWithBroker('a broker that lets its client wait', () => {
  let options: KafkaOptions;

  beforeEach(async () => {
    fetching.mockReset().mockImplementation(really);
    options = ownTopics(await sharedBroker());
    await prepareTopics(options);
  });

  test('is asked again for the newest position, and nobody takes it for one that has none', async () => {
    const positions = new PublisherPositions(options);
    await positions.connect();
    expect(await positions.newest()).toBeUndefined();
    const producer = await TransactionalProducer.open(options, [`${options.prefix}.publisher.v1`]);
    const signature = { publisher: 'a', journal: 'j', term: 0 };
    for (const revision of [4, 9]) await producer.commit([[positions.message({ revision, seq: revision, ...signature })]]);
    await producer.close();
    letWait(3);
    expect(await positions.newest()).toEqual({ revision: 9, seq: 9, ...signature });
    expect(fetching.mock.calls.length).toBeGreaterThan(3);
    await positions.disconnect();
  });

  test('is an error that may pass, where a partition is read', async () => {
    const reader = new PartitionReader(options, `${options.prefix}.commands.v1`, 0);
    await reader.connect();
    // A topic that was just made has its leader when it answers this.
    await reader.marks();
    letWait(1);
    await expect(reader.fetch(0, { maxWaitMs: 10, maxBytes: 1024 })).rejects.toMatchObject({ retriable: true });
    expect(await reader.fetch(0, { maxWaitMs: 10, maxBytes: 1024 })).toEqual({ messages: [], high: 0, next: 0 });
    await reader.disconnect();
  });
});

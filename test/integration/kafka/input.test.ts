import { checkInputPosition } from '../../../src/bus/inputPosition';
import { KafkaInput } from '../../../src/bus/kafka/input';
import { groupId, type KafkaOptions, topicNames } from '../../../src/bus/kafka/options';
import { prepareTopics } from '../../../src/bus/kafka/topics';
import { type Delivery, InputPositionOutside } from '../../../src/bus/port';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { committed, Sender } from '../../support/kafka/topics';
import { ownTopics, Venue } from '../../support/kafka/venue';

jest.setTimeout(120_000);

const advance = (commandId: string) => ({ commandId, type: 'AdvanceTime', data: {} });

/** Collects what an input delivers, and ends as it ends. */
class Collected {
  readonly deliveries: Delivery[] = [];
  failure: Error | undefined;
  private changed: () => void = () => undefined;

  readonly receiver = {
    deliver: (deliveries: readonly Delivery[]) => {
      this.deliveries.push(...deliveries);
      this.changed();
    },
    failed: (cause: Error) => {
      this.failure = cause;
      this.changed();
    },
  };

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((done) => {
        this.changed = done;
      });
    }
  }
}

describeWithBroker('commands read from Kafka', () => {
  let options: KafkaOptions;
  let sender: Sender;

  beforeEach(async () => {
    options = ownTopics(await sharedBroker());
    await prepareTopics(options);
    sender = await Sender.connect(options);
  });

  afterEach(() => sender.close());

  test('begin exactly at the offset asked for, in order, with the broker’s own times', async () => {
    const before = Date.now();
    await sender.send(['a', 'b', 'c'].map(advance));
    await sender.send(['d', 'e'].map(advance));
    const input = new KafkaInput(options, { maxWaitMs: 50 });
    const collected = new Collected();
    await input.connect();
    expect(await input.marks()).toMatchObject({ low: 0, high: 5, partition: 0, topic: topicNames(options).commands });
    await input.start(2, collected.receiver);
    await collected.until(() => collected.deliveries.length === 3);
    await input.stop();
    expect(collected.deliveries.map(({ offset }) => offset)).toEqual([2, 3, 4]);
    expect(collected.deliveries.map(({ value }) => JSON.parse(String(value)).commandId)).toEqual(['c', 'd', 'e']);
    for (const { time } of collected.deliveries) {
      expect(time).toBeGreaterThanOrEqual(before - 1_000);
      expect(time).toBeLessThanOrEqual(Date.now() + 1_000);
    }
  });

  test('pass over what a transaction left behind, committed or not', async () => {
    const producer = sender.kafka.producer({ transactionalId: `sender-${options.prefix}`, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const topic = topicNames(options).commands;
    const one = async (commandId: string, isKept: boolean) => {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ partition: 0, value: JSON.stringify(advance(commandId)) }] });
      await (isKept ? transaction.commit() : transaction.abort());
    };
    await one('a', true);
    await one('b', false);
    await one('c', true);
    await one('d', false);
    await sender.send([advance('e')]);
    await producer.disconnect();
    const input = new KafkaInput(options, { maxWaitMs: 50 });
    const collected = new Collected();
    await input.connect();
    await input.start(0, collected.receiver);
    await collected.until(() => collected.deliveries.length === 3);
    await input.stop();
    expect(collected.deliveries.map(({ value }) => JSON.parse(String(value)).commandId)).toEqual(['a', 'c', 'e']);
  });

  test('wait while paused', async () => {
    const input = new KafkaInput(options, { maxWaitMs: 50 });
    const collected = new Collected();
    await input.connect();
    await input.start(0, collected.receiver);
    await sender.send([advance('a')]);
    await collected.until(() => collected.deliveries.length === 1);
    input.pause();
    // A fetch that was under way may still come; after an answer to it nothing does.
    await sender.send([advance('b')]);
    await new Promise((done) => setTimeout(done, 300));
    const duringPause = collected.deliveries.length;
    await sender.send([advance('c')]);
    await new Promise((done) => setTimeout(done, 300));
    expect(collected.deliveries.length).toBe(duringPause);
    input.resume();
    await collected.until(() => collected.deliveries.length === 3);
    await input.stop();
  });

  test('commit offsets to a group that nobody is in', async () => {
    await sender.send([advance('a'), advance('b')]);
    const committed = () => sender.committedOffset(groupId(options), topicNames(options).commands);
    // A new broker has no coordinator of groups until somebody has asked for one.
    expect(await committed()).toBe('-1');
    const input = new KafkaInput(options, { maxWaitMs: 50, commitIntervalMs: 10_000 });
    await input.connect();
    await input.start(0, new Collected().receiver);
    input.commit(1);
    input.commit(2);
    await input.stop();
    expect(await committed()).toBe('2');
  });

  test('end with both sides named when the offset is not there', async () => {
    await sender.send([advance('a')]);
    const input = new KafkaInput(options, { maxWaitMs: 50 });
    const collected = new Collected();
    await input.connect();
    await input.start(17, collected.receiver);
    await collected.until(() => collected.failure !== undefined);
    await input.stop();
    expect(collected.failure).toBeInstanceOf(InputPositionOutside);
    expect(collected.failure?.message).toMatch(/offset 17 .*holds 0 to 1/);
    expect(collected.deliveries).toEqual([]);
  });

  test('a topic that was made anew under a stopped node stops its start', async () => {
    const directory = Venue.freshDirectory();
    const venue = await Venue.open(options, directory);
    await venue.caughtUp(await sender.send(['a', 'b', 'c'].map(advance)));
    await venue.close();
    const topic = topicNames(options).commands;
    await sender.withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
    while (await sender.withAdmin(async (admin) => (await admin.listTopics()).includes(topic)))
      await new Promise((done) => setTimeout(done, 50));
    await expect(Venue.open(options, directory)).rejects.toThrow(InputPositionOutside);
  });

  test('another cluster, another partition and lost commands are told apart', () => {
    const marks = { clusterId: 'one', topic: 't', partition: 0, low: 10, high: 20 };
    const position = { type: 'InputPositioned', clusterId: 'one', topic: 't', partition: 0, inputPosition: 10 } as const;
    expect(() => checkInputPosition(position, marks)).not.toThrow();
    expect(() => checkInputPosition({ ...position, inputPosition: 20 }, marks)).not.toThrow();
    expect(() => checkInputPosition({ ...position, inputPosition: 9 }, marks)).toThrow('retention');
    expect(() => checkInputPosition({ ...position, inputPosition: 21 }, marks)).toThrow('made anew');
    expect(() => checkInputPosition({ ...position, clusterId: 'two' }, marks)).toThrow('another cluster');
    expect(() => checkInputPosition({ ...position, partition: 1 }, marks)).toThrow('another partition');
  });
});

describeWithBroker('messages that are no commands, or no good ones', () => {
  test('become dead letters or rejections, and the stream goes on', async () => {
    const options = ownTopics(await sharedBroker());
    const venue = await Venue.open(options, Venue.freshDirectory());
    const sender = await Sender.connect(options);
    const large = Buffer.alloc(300 * 1024, 'x');
    const bad: (string | Buffer)[] = [
      'not json',
      '[1]',
      Buffer.from([0xff, 0xfe]),
      JSON.stringify({ commandId: 'x', type: 'PlaceOrders', data: {} }),
      JSON.stringify({ type: 'AdvanceTime', data: {} }),
      large,
    ];
    const invalid = { commandId: 'i', type: 'Deposit', data: { accountId: 'a', currency: 'USD', amount: 5 } };
    const newer = { commandId: 'n', type: 'AdvanceTime', version: 2, data: {} };
    await venue.caughtUp(await sender.send([advance('a'), ...bad, invalid, newer, advance('a'), advance('b')]));
    await venue.close();

    const names = topicNames(options);
    const results = (await committed(options, names.results)).map(({ text }) => JSON.parse(text as string));
    expect(results.map(({ commandId, status, code }) => [commandId, status, code])).toEqual([
      ['a', 'ACCEPTED', undefined],
      ['i', 'REJECTED', 'INVALID_COMMAND'],
      ['n', 'REJECTED', 'INVALID_COMMAND'],
      ['b', 'ACCEPTED', undefined],
    ]);
    expect(results[1].message).toContain('amount');

    const letters = await committed(options, names.deadLetters);
    expect(letters.map(({ headers }) => Number(headers.offset))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(letters[3]?.headers.reason).toContain('did you mean PlaceOrder');
    const last = letters.at(-1);
    expect(last?.headers.size).toBe(String(large.length));
    expect(last?.raw?.length).toBe(256 * 1024);
    expect(letters[2]?.raw).toEqual(bad[2]);
    await sender.close();
  });
});

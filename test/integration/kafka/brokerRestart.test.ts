import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicNames } from '../../../src/bus/kafka/options';
import { describeWithBroker, killBroker, startBroker, stopBroker } from '../../support/kafka/broker';
import { committed, Sender } from '../../support/kafka/topics';
import { ownTopics, Venue } from '../../support/kafka/venue';
import { commandsOf, resultsOf } from '../../support/kafka/workload';

jest.setTimeout(240_000);

describeWithBroker('a broker that goes away and comes back', () => {
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-broker-'));

  let opened: Venue | undefined;

  afterAll(async () => {
    await opened?.close().catch(() => undefined);
    stopBroker(directory);
  });

  test('loses nothing and repeats nothing for read_committed consumers, stopped or killed', async () => {
    const options = ownTopics(startBroker(directory));
    const venue = await Venue.open(options, Venue.freshDirectory());
    opened = venue;
    const commands = commandsOf(6, 600);
    let sent = 0;
    const sendNext = async (count: number) => {
      const sender = await Sender.connect(options);
      const end = await sender.send(commands.slice(sent, sent + count));
      sent += count;
      await sender.close();
      return end;
    };
    await venue.caughtUp(await sendNext(150));

    // What is durable while the broker is away goes out when it is back.
    const second = await sendNext(200);
    stopBroker(directory);
    startBroker(directory);
    await venue.caughtUp(second);

    const third = await sendNext(200);
    killBroker(directory);
    startBroker(directory);
    await venue.caughtUp(third);

    await venue.caughtUp(await sendNext(commands.length - sent));
    expect(venue.failure).toBeUndefined();
    await venue.close();

    const seen = await committed(options, topicNames(options).events);
    const wanted = resultsOf(commands).results.flatMap(({ seq, eventCount }) =>
      Array.from({ length: (eventCount as number) + 1 }, (_, index) => `${seq}/${index}`),
    );
    expect(seen.map(({ headers }) => `${headers.seq}/${headers.index}`)).toEqual(wanted);
  });
});

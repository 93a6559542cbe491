import { kafkaClient } from '../../../src/bus/kafka/client';
import { type KafkaOptions, topicNames, transactionalId } from '../../../src/bus/kafka/options';
import { KafkaPublisher } from '../../../src/bus/kafka/publisher';
import { PublisherFenced } from '../../../src/bus/port';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { committed, Sender } from '../../support/kafka/topics';
import { ownTopics, Venue } from '../../support/kafka/venue';
import { commandsOf, resultsOf } from '../../support/kafka/workload';

jest.setTimeout(120_000);

async function placesOf(options: KafkaOptions): Promise<string[]> {
  return (await committed(options, topicNames(options).events)).map(({ headers }) => `${headers.seq}/${headers.index}`);
}

/** Holds up whoever passes while it is closed. */
class Gate {
  private opened = Promise.resolve();
  private arrive = (): void => undefined;
  open = (): void => undefined;
  /** Resolves when somebody is held up. */
  reached = Promise.resolve();

  close(): void {
    this.opened = new Promise((open) => {
      this.open = open;
    });
    this.reached = new Promise((arrive) => {
      this.arrive = arrive;
    });
  }

  passed(): Promise<void> {
    this.arrive();
    return this.opened;
  }
}

/** What read_committed consumers must see: every event of every command once, in order. */
function expectedPlaces(commands: readonly unknown[]): string[] {
  return resultsOf(commands).results.flatMap(({ seq, eventCount }) =>
    Array.from({ length: (eventCount as number) + 1 }, (_, index) => `${seq}/${index}`),
  );
}

describeWithBroker('publishing exactly once', () => {
  let options: KafkaOptions;
  let sender: Sender;
  let directory: string;
  const commands = commandsOf(5, 200);

  beforeEach(async () => {
    options = ownTopics(await sharedBroker());
    sender = await Sender.connect(options);
    directory = Venue.freshDirectory();
  });

  afterEach(() => sender.close());

  test('goes on where it was after a stop, and after one that published nothing of what is durable', async () => {
    const first = await Venue.open(options, directory);
    await first.caughtUp(await sender.send(commands.slice(0, 60)));
    await first.publisher.stop();
    const end = await sender.send(commands.slice(60, 120));
    await first.taken(end);
    await first.close();

    const second = await Venue.open(options, directory);
    await second.caughtUp(Math.max(end, await sender.send(commands.slice(120))));
    await second.close();
    expect(await placesOf(options)).toEqual(expectedPlaces(commands));
  });

  test('what a killed publisher had sent and not committed is seen by nobody', async () => {
    const first = await Venue.open(options, directory);
    await first.caughtUp(await sender.send(commands.slice(0, 60)));
    await first.close();

    const names = topicNames(options);
    const killed = kafkaClient(options).producer({ transactionalId: transactionalId(options), idempotent: true, maxInFlightRequests: 1 });
    await killed.connect();
    const open = await killed.transaction();
    await open.send({ topic: names.events, messages: [{ partition: 0, value: 'half', headers: { seq: '0', index: '0' } }] });
    await open.send({
      topic: names.publisher,
      messages: [{ partition: 0, key: '0', value: '{"revision":1000000,"seq":9,"publisher":"x"}' }],
    });

    const second = await Venue.open(options, directory);
    await second.caughtUp(await sender.send(commands.slice(60)));
    await second.close();
    await killed.disconnect();
    expect(await placesOf(options)).toEqual(expectedPlaces(commands));
  });

  test('a publisher that was paused while another took over is shut out and says so', async () => {
    const gate = new Gate();
    const old = await Venue.open(options, directory, { beforeTransaction: () => gate.passed() });
    await old.caughtUp(await sender.send(commands.slice(0, 60)));
    gate.close();
    const end = await sender.send(commands.slice(60));
    await gate.reached;

    const rival = new KafkaPublisher(options);
    await rival.start(old.node.journal);
    const fenced = new Promise<Error>((told) => old.publisher.onFailure(told));
    const waiting = old.publisher.whenPublished(old.node.journal.head.revision + 1);
    gate.open();
    expect(await fenced).toBeInstanceOf(PublisherFenced);
    await expect(waiting).rejects.toBeInstanceOf(PublisherFenced);

    await old.taken(end);
    await rival.whenPublished(old.node.journal.head.revision);
    await rival.stop();
    await old.close();
    expect(await placesOf(options)).toEqual(expectedPlaces(commands));
  });

  test('a publisher that an older one shuts out before it has signed goes on, and the older one ends', async () => {
    const oldGate = new Gate();
    const old = await Venue.open(options, directory, { graceMs: 100, beforeTransaction: () => oldGate.passed() });
    await old.caughtUp(await sender.send(commands.slice(0, 60)));
    oldGate.close();
    await old.taken(await sender.send(commands.slice(60, 120)));
    await oldGate.reached;

    const signing = new Gate();
    signing.close();
    const rightful = new KafkaPublisher(options, { graceMs: 100, beforeTransaction: () => signing.passed() });
    const started = rightful.start(old.node.journal);
    await signing.reached;
    const { revision } = old.node.journal.head;
    oldGate.open();
    // Nobody has signed since, so it takes its epoch's end for a time-out, and opens.
    await old.publisher.whenPublished(revision);
    signing.open();
    await started;

    const fenced = new Promise<Error>((told) => old.publisher.onFailure(told));
    await old.taken(await sender.send(commands.slice(120)));
    await rightful.whenPublished(old.node.journal.head.revision);
    expect(await fenced).toBeInstanceOf(PublisherFenced);
    await rightful.stop();
    await old.close();
    expect(await placesOf(options)).toEqual(expectedPlaces(commands));
  });

  test('a publisher that starts late for an earlier writer of the journal opens nothing, and the later one goes on undisturbed', async () => {
    const first = await Venue.open(options, directory);
    const durable = { ...first.node.journal.durable };
    await first.caughtUp(await sender.send(commands.slice(0, 60)));
    await first.close();

    const log: string[] = [];
    const second = await Venue.open({ ...options, log: (_level, message) => void log.push(message) }, directory);
    const { journal } = second.node;
    const late = new KafkaPublisher(options);
    await expect(late.start({ meta: journal.meta, durable, follow: (...from) => journal.follow(...from) })).rejects.toThrow(
      PublisherFenced,
    );
    await late.stop();

    await second.caughtUp(await sender.send(commands.slice(60)));
    await second.close();
    expect(log.filter((line) => /a transaction failed|shut out/.test(line))).toEqual([]);
    expect(await placesOf(options)).toEqual(expectedPlaces(commands));
  });

  test('a position that is beyond the journal stops the start, which names the topics to delete for all that', async () => {
    const first = await Venue.open(options, directory);
    await first.caughtUp(await sender.send(commands.slice(0, 60)));
    await first.close();
    const refusal = await Venue.open(options, Venue.freshDirectory()).then(
      () => 'not refused',
      ({ message }: Error) => message,
    );
    const [, said, named = ''] = /(it is another journal, or its end is lost).* delete the topics (.*)$/.exec(refusal) ?? [];
    expect(said).toBeDefined();
    const topics = named.split(', ');
    await sender.withAdmin(async (admin) => {
      await admin.deleteTopics({ topics });
      while ((await admin.listTopics()).some((topic) => topics.includes(topic)));
    });
    const second = await Venue.open(options, Venue.freshDirectory());
    await second.caughtUp(60);
    await second.close();
    expect(await placesOf(options)).toEqual(expectedPlaces(commands.slice(0, 60)));
  });
});

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaOptions } from '../../../src/bus/kafka/options';
import { type StandInProcess, spawnStandIn } from '../../support/eventstore';
import { Draw } from '../../support/generator/draw';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { Sender } from '../../support/kafka/topics';
import { ownTopics } from '../../support/kafka/venue';
import { type Story, tellStory } from '../../support/killLoop/commands';
import { expectPublished, expectState } from '../../support/serve/outcome';
import { Served } from '../../support/serve/served';

const named = process.env.EVENTSTORE_URL;
const COMMANDS = 1_500;
const server = named === undefined ? 'a stand-in for EventStoreDB' : 'EventStoreDB';
/** SIGKILLs of each journal; on the store at least fifty together. `BULKHEAD_SERVE_KILLS` sets another number for each. */
const ROUNDS = [
  ['events', `${server}, an event for each domain event`, 30, 67],
  ['frame', `${server}, in frames`, 22, 71],
  ['embedded', 'the embedded journal', 10, 61],
] as const;
const asked = process.env.BULKHEAD_SERVE_KILLS;

jest.setTimeout(asked === undefined ? 400_000 : 10_000_000);

describeWithBroker(`serve on a real broker, killed again and again`, () => {
  let directory: string;
  let standIn: StandInProcess | undefined;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-serve-kill-'));
    if (named === undefined) standIn = await spawnStandIn({ directory: join(directory, 'store') });
  });

  afterAll(async () => {
    await standIn?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  function journalOptions(kind: string): string[] {
    if (kind === 'embedded') return ['--data', join(directory, 'journal')];
    const url = named ?? (standIn as StandInProcess).url;
    const lease = ['--lease-interval-ms', '50', '--lease-timeout-ms', '250'];
    const store = ['--eventstore', url, '--eventstore-stream', `bulkheadServe-${randomUUID()}`, '--eventstore-packing', kind];
    return [...store, '--snapshots', join(directory, 'snapshots'), ...lease];
  }

  /** The options of `run` among those of `serve`. */
  const forRun = (options: readonly string[]): string[] => {
    const end = options.indexOf('--lease-interval-ms');
    return end < 0 ? [...options] : options.slice(0, end);
  };

  async function killAgainAndAgain(
    kafka: KafkaOptions,
    options: readonly string[],
    story: Story,
    kills: number,
    seed: number,
  ): Promise<void> {
    const draw = new Draw(seed);
    const sender = await Sender.connect(kafka);
    let sent = 0;
    for (let kill = 0; kill < kills; kill++) {
      const served = Served.start(options);
      if (draw.below(4) > 0) await served.leading();
      // A producer that had no answer sends again: what came before is known.
      const again = Math.max(0, sent - draw.below(5));
      const upTo = Math.min(story.lines.length, sent + 1 + draw.below(Math.ceil((2 * COMMANDS) / kills)));
      const sending = sender.send(story.lines.slice(again, upTo));
      await sleep(draw.below(120));
      await served.kill();
      await sending;
      sent = upTo;
    }
    if (sent < story.lines.length) await sender.send(story.lines.slice(sent));
    await sender.close();
  }

  test.each(ROUNDS)('%s: %s loses nothing, repeats nothing, and publishes all in order', async (kind, _name, usual, seed) => {
    const kills = asked === undefined ? usual : Number(asked);
    const story = tellStory(seed, COMMANDS);
    const topics = ownTopics(await sharedBroker());
    const kafka = ['--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string, '--time-source', 'record'];
    const journal = [...journalOptions(kind), '--snapshot-every', '150'];
    const options = [...journal, ...kafka];
    await (async () => {
      // The topics are made by the first start.
      const first = Served.start(options);
      await first.leading();
      await first.kill();
    })();
    await killAgainAndAgain(topics, options, story, kills, seed);

    const last = Served.start(options);
    await last.durable(story.seq);
    expect(await last.stop()).toBe(0);

    await expectState(story, forRun(journal));
    const rewound = await expectPublished(story, topics);
    process.stderr.write(
      `${kind}: ${kills} SIGKILLs, ${story.seq} commands; ${rewound} messages of aborted transactions on the events' topic\n`,
    );
  });
});

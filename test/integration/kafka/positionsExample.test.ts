import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames } from '../../../src/bus/kafka/options';
import { Projector } from '../../../src/views';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { committed, Sender } from '../../support/kafka/topics';
import { ownTopics, Venue } from '../../support/kafka/venue';
import { commandsOf } from '../../support/kafka/workload';
import { programPath } from '../../support/killLoop/program';
import { rowsOf } from '../../support/viewRows';

const root = join(__dirname, '../../..');
const EXAMPLE = join(root, 'examples/positions.js');
const LONGEST = 40;

jest.setTimeout(120_000);

/** A user's directory: the example, with kafkajs and this package installed beside it. */
function installed(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bulkhead-example-'));
  const bulkhead = join(directory, 'node_modules/bulkhead');
  mkdirSync(bulkhead, { recursive: true });
  copyFileSync(join(root, 'package.json'), join(bulkhead, 'package.json'));
  symlinkSync(dirname(dirname(dirname(programPath()))), join(bulkhead, 'dist'));
  symlinkSync(join(root, 'node_modules/kafkajs'), join(directory, 'node_modules/kafkajs'));
  copyFileSync(EXAMPLE, join(directory, 'positions.js'));
  return directory;
}

type Row = { readonly [field: string]: unknown };

/** The example as it runs; each line replaces the row of its key. */
class Running {
  readonly rows = new Map<string, Row>();
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcessByStdio<null, Readable, null>;
  private rest = '';

  constructor(directory: string, broker: string, topic: string) {
    const env = { PATH: process.env.PATH, KAFKA: broker, TOPIC: topic };
    this.child = spawn(process.execPath, ['positions.js'], { cwd: directory, env, stdio: ['ignore', 'pipe', 'ignore'] });
    this.exited = new Promise((done) => this.child.on('exit', done));
    this.child.stdout.setEncoding('utf8').on('data', (piece: string) => this.read(piece));
  }

  private read(piece: string): void {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() as string;
    for (const line of lines) {
      if (!line.startsWith('{"key"')) continue;
      const { key, row } = JSON.parse(line) as { key: string; row: Row };
      this.rows.set(key, row);
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

/** What a row holds whatever the mark is. */
function ownFields([key, row]: readonly [string, Row]): [string, Row] {
  const { quantity, entryPrice, cash, orderMargin, realizedPnl, feesPaid, fundingPaid, updatedSeq } = row;
  return [key, { quantity, entryPrice, cash, orderMargin, realizedPnl, feesPaid, fundingPaid, updatedSeq }];
}

const byKey = (rows: Iterable<readonly [string, unknown]>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

describeWithBroker('the example that folds positions in a Kafka consumer', () => {
  let directory: string;
  beforeAll(() => {
    directory = installed();
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test(`has ${LONGEST} lines at most`, () => {
    expect(readFileSync(EXAMPLE, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(LONGEST);
  });

  test('comes to the rows that the node publishes and shows', async () => {
    const options = ownTopics(await sharedBroker());
    const names = topicNames(options);
    const sender = await Sender.connect(options);
    const venue = await Venue.open(options, Venue.freshDirectory());
    const projector = new Projector({ shard: 0, feed: venue.node.journal });
    const example = new Running(directory, options.brokers[0] as string, names.events);
    try {
      await venue.caughtUp(await sender.send(commandsOf(5, 300)));
      const published = new Map<string, Row>();
      for (const { key, text } of await committed(options, names.positions)) {
        if (text === null) published.delete(key as string);
        else published.set(key as string, JSON.parse(text) as Row);
      }
      expect(published.size).toBeGreaterThan(5);
      const isDone = () => [...published].every(([key, row]) => JSON.stringify(example.rows.get(key)) === JSON.stringify(row));
      for (let tries = 0; tries < 600 && !isDone(); tries++) await sleep(100);
      // Rows that ended a day of engine time ago are published no longer; the fold still has them.
      const living = [...example.rows].filter(([key]) => published.has(key));
      expect(byKey(living)).toEqual(byKey(published));

      const shown = await rowsOf(projector, 'positions', { limit: 1000, minSeq: venue.node.journal.head.seq });
      const shownRows = shown.map((row) => [`${row.accountId}/${row.instrument}/${row.marginMode}`, row as object as Row] as const);
      const open = living.filter(([, { status }]) => status === 'ACTIVE');
      expect(open.length).toBeGreaterThan(3);
      expect(byKey(open.map(ownFields))).toEqual(byKey(shownRows.filter(([, { status }]) => status === 'ACTIVE').map(ownFields)));
    } finally {
      await example.stop();
      await projector.close();
      await venue.close();
      await sender.close();
    }
  });
});

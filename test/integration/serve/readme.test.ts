import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { documentedExample, root } from '../../support/documents';
import { type StandInProcess, spawnStandIn } from '../../support/eventstore';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { committed } from '../../support/kafka/topics';
import { runProgram } from '../../support/killLoop/program';
import { Served } from '../../support/serve/served';

const LONGEST_PRODUCER = 30;
const COMMANDS = 8;

jest.setTimeout(120_000);

const example = (name: string): string => documentedExample(name).code;

interface Shown {
  readonly topic: string;
  readonly seq: number;
  readonly value: { readonly [field: string]: unknown };
}

/** A user's program: the block alone, with kafkajs beside it. */
class Program {
  readonly shown: Shown[] = [];
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcessByStdio<null, Readable, null>;
  private rest = '';

  constructor(code: string, broker: string) {
    const env = { PATH: process.env.PATH, KAFKA: broker, KAFKAJS_NO_PARTITIONER_WARNING: '1' };
    this.child = spawn(process.execPath, ['--eval', code], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.exited = new Promise((done) => this.child.on('exit', done));
    this.child.stdout.setEncoding('utf8').on('data', (piece: string) => this.read(piece));
  }

  private read(piece: string): void {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() as string;
    for (const line of lines) if (line.startsWith('{"topic"')) this.shown.push(JSON.parse(line));
  }

  of(topic: string): Shown[] {
    return this.shown.filter((one) => one.topic === `bulkhead.${topic}.v1`);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.exited;
  }
}

/** These programs use the default names of topics: no other test of a shared broker may. */
describeWithBroker('a producer and a consumer written from the documentation alone', () => {
  let directory: string;
  let standIn: StandInProcess;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-readme-'));
    standIn = await spawnStandIn({ directory: join(directory, 'store') });
  });

  afterAll(async () => {
    await standIn.kill();
    await rm(directory, { recursive: true, force: true });
  });

  test('see orders, margin and marks go through a node on a broker and a stand-in for EventStoreDB, to the state that `run` reaches', async () => {
    const broker = await sharedBroker();
    const lease = ['--lease-interval-ms', '50', '--lease-timeout-ms', '250'];
    const node = Served.start(['--kafka', broker, '--eventstore', standIn.url, '--shard', '0', '--time-source', 'record', ...lease]);
    await node.leading();
    const producer = example('producer');
    expect(producer.split('\n').length).toBeLessThanOrEqual(LONGEST_PRODUCER);
    const consumer = new Program(example('consumer'), broker);
    expect(await new Program(producer, broker).exited).toBe(0);

    const isDone = () =>
      consumer.of('results').length === COMMANDS &&
      consumer.of('positions').length >= 3 &&
      consumer.of('fills').length >= 2 &&
      consumer.of('mark-prices').length === 2;
    for (let tries = 0; tries < 600 && !isDone(); tries++) await sleep(100);
    await consumer.stop();
    expect(await node.stop()).toBe(0);

    expect(consumer.of('results').map(({ seq, value }) => [seq, value.commandId, value.status])).toEqual(
      ['list', 'deposit-alice', 'deposit-maker', 'mark-1', 'ask', 'buy', 'add', 'mark-2'].map((id, place) => [place + 1, id, 'ACCEPTED']),
    );
    expect(consumer.of('fills').map(({ value }) => value.accountId)).toEqual(expect.arrayContaining(['alice', 'maker']));
    expect(consumer.of('mark-prices').map(({ value }) => value.markPrice)).toEqual(['50000', '50100']);
    const alice = consumer.of('positions').filter(({ value }) => value.accountId === 'alice');
    expect(alice.at(-1)?.value).toMatchObject({ marginMode: 'ISOLATED', status: 'ACTIVE', quantity: '0.2', cash: '600' });

    const store = EventStoreDBClient.connectionString(standIn.url);
    const types: (string | undefined)[] = [];
    for await (const { event } of store.readStream('bulkhead-0')) types.push(event?.type);
    await store.dispose();
    expect(types).toEqual(expect.arrayContaining(['TradeExecuted', 'IsolatedBlockOpened', 'IsolatedMarginAdded', 'MarkPriceUpdated']));

    const sent = await committed({ brokers: [broker], shard: 0, shards: 1 }, 'bulkhead.commands.v1');
    const [served, ran] = await Promise.all([
      runProgram(['run', '--state', '--quiet', '--eventstore', standIn.url]),
      runProgram(['run', '--state', '--quiet'], sent.map(({ text }) => text).join('\n')),
    ]);
    const [ofServed, ofRun] = [served, ran].map(
      ({ lines }) => (JSON.parse(lines.at(-1) as string) as { state: { hash: string } }).state.hash,
    );
    expect(ofServed).toBe(ofRun);
  });
});

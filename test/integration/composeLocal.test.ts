import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ComposeFile } from '../../scripts/composeLocal/commands';
import { readServeSettings } from '../../src/config';
import { describeWithBroker } from '../support/kafka/broker';
import { committed, Sender } from '../support/kafka/topics';

const root = join(__dirname, '../..');

jest.setTimeout(180_000);

test('the settings are those of docker-compose.yml, at the places of this machine', () => {
  const file = new ComposeFile(join(root, 'docker-compose.yml'));
  const places = { eventstore: 'esdb://127.0.0.1:7?tls=false', kafka: '127.0.0.1:8', data: '/some/where' };
  const programs = ['node', 'store', 'full'].flatMap((profile) => file.programs(profile, places));
  expect(programs.map(({ service, args }) => [service, args[0]])).toEqual([
    ['bulkhead', 'serve'],
    ['bulkhead-store', 'serve'],
    ['bulkhead-full', 'serve'],
  ]);
  for (const { args } of programs) {
    const { settings } = readServeSettings(args.slice(1), {}) as { settings: Record<string, unknown> };
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 0 });
    expect(args.join(' ')).not.toMatch(/eventstore:2113|kafka:9092|\/data\//);
  }
});

/** It starts a broker of its own, so it needs what a broker needs. */
describeWithBroker('scripts/compose-local --profile full', () => {
  test('starts the same services from programs, takes a command through them, and stops', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bulkhead-compose-'));
    const options = ['--profile', 'full', '--directory', directory];
    const child = spawn(join(root, 'scripts/compose-local'), options, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      told += piece;
    });
    const exited = once(child, 'exit');
    try {
      const first = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), exited.then(() => undefined)]);
      if (first === undefined) throw new Error(`it did not start: ${told}`);
      const { kafka, bulkhead, eventstore } = JSON.parse(first[0]) as { kafka: string; bulkhead: string; eventstore: string };
      expect(eventstore).toMatch(/^esdb:/);
      expect((await fetch(`${bulkhead}/livez`)).status).toBe(200);
      const topics = { brokers: [kafka], shard: 0, shards: 1 };
      const sender = await Sender.connect(topics);
      await sender.send([{ commandId: 'd', type: 'Deposit', data: { accountId: 'alice', currency: 'USD', amount: '5' } }]);
      await sender.close();
      let results = await committed(topics, 'bulkhead.results.v1');
      for (let tries = 0; tries < 100 && results.length === 0; tries++) {
        await sleep(100);
        results = await committed(topics, 'bulkhead.results.v1');
      }
      expect(results.map(({ text }) => JSON.parse(text as string).status)).toEqual(['ACCEPTED']);
      expect(told).toMatch('NOT STARTED: prometheus');
      expect(told).toMatch('a stand-in for tests');
    } finally {
      child.kill('SIGTERM');
      await exited;
      await rm(directory, { recursive: true, force: true });
    }
    expect(child.exitCode).toBe(0);
  });
});

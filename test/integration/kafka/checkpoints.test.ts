import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KafkaOptions, topicNames } from '../../../src/bus/kafka/options';
import { KafkaPublisher } from '../../../src/bus/kafka/publisher';
import type { SignedCheckpoint } from '../../../src/runtime/checkpoint';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { committed, Sender } from '../../support/kafka/topics';
import { ownTopics } from '../../support/kafka/venue';
import { commandsOf } from '../../support/kafka/workload';
import { runProgram } from '../../support/killLoop/program';
import { temporaryDirectories } from '../../support/killLoop/sample';
import { Served } from '../../support/serve/served';

jest.setTimeout(180_000);
const temporary = temporaryDirectories();

function writeKeys(directory: string, name: string): { readonly signer: string; readonly checker: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const write = (file: string, key: KeyObject, type: 'pkcs8' | 'spki') => {
    const path = join(directory, file);
    writeFileSync(path, key.export({ format: 'pem', type: type as never }));
    return path;
  };
  return { signer: write(`${name}.pem`, privateKey, 'pkcs8'), checker: write(`${name}.pub.pem`, publicKey, 'spki') };
}

async function checkpointsIn(topics: KafkaOptions): Promise<SignedCheckpoint[]> {
  const seen = await committed(topics, topicNames(topics).checkpoints);
  expect(seen.every(({ key, partition }) => key === '0' && partition === 0)).toBe(true);
  return seen.map(({ text }) => JSON.parse(text as string) as SignedCheckpoint);
}

describeWithBroker('signed checkpoints on a topic', () => {
  test('tell a journal from a history that was forged from its beginning, and from keys of others', async () => {
    const topics = ownTopics(await sharedBroker());
    const kafka = ['--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string];
    const [keys, data] = [await temporary(), join(await temporary(), 'journal')];
    const { signer, checker } = writeKeys(keys, 'venue');
    const node = Served.start(['--data', data, ...kafka, '--checkpoint-key', signer, '--checkpoint-every-ms', '200']);
    await node.leading();
    const sender = await Sender.connect(topics);
    const commands = commandsOf(12, 150);
    await sender.send(commands.slice(0, 60));
    for (let tries = 0; tries < 300 && (await checkpointsIn(topics)).length === 0; tries++) await sleep(100);
    await sender.send(commands.slice(60));
    await sender.close();
    await sleep(500);
    expect(await node.stop()).toBe(0);

    const published = await checkpointsIn(topics);
    expect(published.length).toBeGreaterThanOrEqual(2);
    const seqs = published.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));

    const verify = (directory: string, key: string) =>
      runProgram(['audit', 'verify', '--quick', '--data', directory, ...kafka, '--public-key', key]);
    const sound = await verify(data, checker);
    expect([sound.code, sound.lines.join('\n')]).toEqual([0, expect.stringContaining('the same history that the anchors were taken of')]);
    expect(sound.lines.join('\n')).toContain(`${published.length} of ${published.length} anchors on the chain`);

    // Every record, hash and state of it is right; but one deposit is another.
    const exported = await runProgram(['audit', 'export', '--commands', '--data', data]);
    const forgedAt = exported.lines.findIndex((line) => line.includes('"Deposit"'));
    const forged = exported.lines.map((line, at) => (at === forgedAt ? line.replace(/"amount":"[^"]*"/, '"amount":"1234567"') : line));
    expect(forged).not.toEqual(exported.lines);
    const copy = await temporary();
    await runProgram(['run', '--quiet', '--data', copy], `${forged.join('\n')}\n`);
    const alone = await runProgram(['audit', 'verify', '--quick', '--data', copy]);
    expect([alone.code, alone.lines.join('\n')]).toEqual([0, expect.stringContaining('internally consistent; compared with no anchor')]);
    const caught = await verify(copy, checker);
    expect([caught.code, caught.lines.join('\n')]).toEqual([
      1,
      expect.stringContaining(`DIFFERENT: anchors: seq ${published[0]?.seq}, chain hash (signed checkpoint)`),
    ]);

    const others = await verify(data, writeKeys(keys, 'somebody').checker);
    expect([others.code, others.lines.join('\n')]).toEqual([1, expect.stringContaining('signature')]);
  });

  test('are signed by a node that stops in order, and not by one that was shut out', async () => {
    const topics = ownTopics(await sharedBroker());
    const kafka = ['--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string];
    const { signer } = writeKeys(await temporary(), 'venue');
    const data = join(await temporary(), 'journal');
    const start = () => Served.start(['--data', data, ...kafka, '--checkpoint-key', signer, '--checkpoint-every-ms', '3600000']);
    const failing = start();
    await failing.leading();
    const sender = await Sender.connect(topics);
    await sender.send(commandsOf(12, 20));
    await failing.durable(1);
    const rival = new KafkaPublisher(topics);
    await rival.start({
      meta: { id: randomUUID() },
      durable: { revision: 1_000_000, seq: 1_000_000 },
      follow: async function* () {},
    });
    await sender.send(commandsOf(13, 20));
    expect(await failing.exited).toBe(1);
    await rival.stop();
    expect(failing.log.at(-1)).toMatchObject({ err: { message: expect.stringContaining('another node publishes shard 0') } });
    expect(await checkpointsIn(topics)).toEqual([]);

    const orderly = start();
    await orderly.leading();
    expect(await orderly.stop()).toBe(0);
    await sender.close();
    expect(await checkpointsIn(topics)).toHaveLength(1);
  });

  test('need a key to be checked with, and a topic that has some', async () => {
    const topics = ownTopics(await sharedBroker());
    const kafka = ['--kafka', topics.brokers.join(','), '--kafka-prefix', topics.prefix as string];
    const data = await temporary();
    await runProgram(['run', '--quiet', '--data', data, ...kafka], `${JSON.stringify(commandsOf(1, 1)[0])}\n`);
    const { checker } = writeKeys(await temporary(), 'venue');
    const keyless = await runProgram(['audit', 'verify', '--data', data, ...kafka]);
    expect([keyless.code, keyless.stderr]).toEqual([2, expect.stringContaining('--public-key FILE')]);
    const empty = await runProgram(['audit', 'verify', '--data', data, ...kafka, '--public-key', checker]);
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('has none of this shard')]);
    const badKey = await runProgram(['serve', '--data', join(data, 'other'), ...kafka, '--checkpoint-key', checker]);
    expect([badKey.code, badKey.stderr]).toEqual([2, expect.stringContaining('--checkpoint-key')]);
  });
});

import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KafkaOptions, topicNames } from '../../../src/bus/kafka/options';
import { Authority, type Pair } from '../../support/certificates';
import { type StandIn, startStandIn } from '../../support/eventstore';
import { describeWithBroker, startBroker, stopBroker } from '../../support/kafka/broker';
import { committed, Sender } from '../../support/kafka/topics';
import { deposit } from '../../support/killLoop/sample';
import { Served } from '../../support/serve/served';

jest.setTimeout(120_000);

const USER = 'bulkhead';
const PASSWORD = 'only-for-this-test-7f3a';

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

/** Who comes by this door needs a certificate, a name and a password. */
function settingsOf(port: number, keystore: string, truststore: string): string {
  const door = 'listener.name.secure';
  return `listeners=PLAINTEXT://127.0.0.1:@PORT@,SECURE://127.0.0.1:${port},CONTROLLER://127.0.0.1:@CPORT@
advertised.listeners=PLAINTEXT://127.0.0.1:@PORT@,SECURE://127.0.0.1:${port}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL
${door}.sasl.enabled.mechanisms=PLAIN
${door}.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER}="${PASSWORD}";
${door}.ssl.client.auth=required
${door}.ssl.keystore.type=PEM
${door}.ssl.keystore.location=${keystore}
${door}.ssl.truststore.type=PEM
${door}.ssl.truststore.location=${truststore}
`;
}

describeWithBroker('serve over TLS, with certificate, name and password', () => {
  let directory: string;
  let ca: string;
  let ours: Pair;
  let address: string;
  let standIn: StandIn;
  const prefix = `t-${randomUUID()}`;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-security-'));
    const authority = new Authority(directory);
    ca = authority.certPath;
    ours = authority.sign('node');
    const servers = authority.sign('servers');
    const keystore = join(directory, 'keystore.pem');
    await writeFile(keystore, Buffer.concat([servers.key, servers.cert]));
    const port = await freePort();
    const settings = join(directory, 'secure.properties');
    await writeFile(settings, settingsOf(port, keystore, ca));
    startBroker(join(directory, 'broker'), settings);
    address = `127.0.0.1:${port}`;
    standIn = await startStandIn({ tls: servers });
    await writeFile(join(directory, 'password'), `${PASSWORD}\n`);
    await writeFile(join(directory, 'wrong'), 'guessed\n');
  });

  afterAll(async () => {
    await standIn?.close();
    stopBroker(join(directory, 'broker'));
    await rm(directory, { recursive: true, force: true });
  });

  const login = (password: string) => [
    ...['--kafka-sasl-mechanism', 'plain', '--kafka-sasl-username', USER],
    ...['--kafka-sasl-password-file', join(directory, password)],
  ];
  const tls = () => ['--kafka-ca', ca, '--kafka-cert', ours.certPath, '--kafka-key', ours.keyPath];
  const start = (...options: string[]) =>
    Served.start(['--kafka', address, '--kafka-prefix', prefix, '--time-source', 'record', ...options]);

  test('takes commands, publishes results, and keeps its journal in a store (a stand-in for EventStoreDB)', async () => {
    const store = ['--eventstore', standIn.url, '--eventstore-ca', ca];
    const served = start(...tls(), ...login('password'), ...store);
    await served.leading();
    const ssl = { ca: await readFile(ca, 'utf8'), cert: ours.cert.toString(), key: ours.key.toString() };
    const sasl = { mechanism: 'plain', username: USER, password: PASSWORD } as const;
    const kafka: KafkaOptions = { brokers: [address], shard: 0, shards: 1, prefix, ssl, sasl };
    const sender = await Sender.connect(kafka);
    await sender.send([deposit('over-tls')]);
    await sender.close();
    await served.durable(1);
    expect(await served.stop()).toBe(0);
    const results = await committed(kafka, topicNames(kafka).results);
    expect(results.map(({ text }) => JSON.parse(text as string).status)).toEqual(['ACCEPTED']);
    expect(JSON.stringify(served.log)).not.toContain(PASSWORD);
  });

  test.each([
    ['with a wrong password', () => [...tls(), ...login('wrong')], /[Aa]uthentication failed/],
    ['without the authority of the brokers', () => ['--kafka-tls', ...login('password')], /certificate/],
    [
      'without a certificate of its own',
      () => ['--kafka-ca', ca, ...login('password')],
      /certificate|alert|disconnected|closed|ECONNRESET/,
    ],
  ])('%s it does not start, and says why', async (_, options, reason) => {
    const served = start('--data', join(directory, randomUUID()), ...options());
    expect(await served.exited).toBe(1);
    const said = JSON.stringify(served.log.find(({ msg }) => msg === 'the node has stopped'));
    expect(said).toMatch(reason);
    expect(JSON.stringify(served.log)).not.toMatch(/guessed|only-for-this-test/);
  });

  test('does not talk to a store whose certificate nobody it knows has signed', async () => {
    const served = Served.start(['--eventstore', standIn.url]);
    const led = Promise.race([served.leading().then(() => 'LED'), new Promise((done) => setTimeout(() => done('WAITS'), 3_000))]);
    expect(await led).toBe('WAITS');
    await served.kill();
    await served.leading().catch(() => undefined);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { KafkaOptions } from '../../../src/bus/kafka/options';
import {
  eventStoreConnection,
  kafkaConnection,
  printedSettings,
  readServeSettings,
  type SettingsError,
  secretsOf,
  settingsHelp,
} from '../../../src/config';

const PASSWORD = 'corr:ect/horse@9';
let dir: string;
let passwordFile: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'bulkhead-secrets-'));
  passwordFile = join(dir, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`);
});
afterAll(() => rmSync(dir, { recursive: true }));

const sasl = ['--kafka', 'a:1', '--kafka-sasl-mechanism', 'scram-sha-512', '--kafka-sasl-username', 'me'];

function complaintOf(args: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  try {
    readServeSettings(args, environment);
    return '';
  } catch (error) {
    return (error as SettingsError).message;
  }
}

describe('a secret', () => {
  test('comes from the environment, a file of its own or the config file', () => {
    const config = join(dir, 'node.yml');
    writeFileSync(config, `kafka: { sasl: { password: "${PASSWORD}" } }`);
    const ways = [
      readServeSettings(sasl, { BULKHEAD_KAFKA_SASL_PASSWORD: PASSWORD }),
      readServeSettings(sasl, { BULKHEAD_KAFKA_SASL_PASSWORD_FILE: passwordFile }),
      readServeSettings([...sasl, '--kafka-sasl-password-file', passwordFile], { BULKHEAD_KAFKA_SASL_PASSWORD: 'weaker' }),
      readServeSettings([...sasl, '--config', config], {}),
    ];
    for (const { settings } of ways)
      expect(kafkaConnection(settings)?.sasl).toEqual({ mechanism: 'scram-sha-512', username: 'me', password: PASSWORD });
  });

  test('never comes from a flag, which every user of the machine can read', () => {
    expect(complaintOf([...sasl, '--kafka-sasl-password', PASSWORD])).toContain(
      'give --kafka-sasl-password-file, BULKHEAD_KAFKA_SASL_PASSWORD or kafka.sasl.password',
    );
    expect(complaintOf(['--eventstore', 'esdb://me:pass@a:1'])).toContain('has a password in it');
    expect(settingsHelp()).not.toMatch(/--\S+password /);
  });

  test('is in no complaint', () => {
    const tries = [
      complaintOf([...sasl, `--kafka-sasl-password=${PASSWORD}`]),
      complaintOf([...sasl, '--kafka-sasl-password', PASSWORD, 'stray']),
      complaintOf(['--eventstore', `esdb://me:${PASSWORD}@a b`]),
      complaintOf([], { BULKHEAD_EVENTSTORE: 'esdb://me:horse@a b' }),
    ];
    for (const complaint of tries) {
      expect(complaint).not.toBe('');
      expect(complaint).not.toContain('horse');
    }
  });

  test('is given once in a place', () => {
    expect(complaintOf(sasl, { BULKHEAD_KAFKA_SASL_PASSWORD: 'a', BULKHEAD_KAFKA_SASL_PASSWORD_FILE: passwordFile })).toBe(
      'BULKHEAD_KAFKA_SASL_PASSWORD and BULKHEAD_KAFKA_SASL_PASSWORD_FILE are one setting: give one of them',
    );
    expect(complaintOf([...sasl, '--kafka-sasl-password-file', join(dir, 'none')])).toContain("--kafka-sasl-password-file can't read");
  });

  test('is not shown by accident', () => {
    const { settings } = readServeSettings(sasl, { BULKHEAD_KAFKA_SASL_PASSWORD: PASSWORD });
    for (const shown of [JSON.stringify(settings), inspect(settings, { depth: 9, showHidden: true }), String(settings.kafkaSaslPassword)]) {
      expect(shown).toContain('***');
      expect(shown).not.toContain('horse');
    }
  });
});

test('all passwords are told to whoever must hide them', () => {
  const environment = { BULKHEAD_EVENTSTORE: 'esdb://me:horse@a:1', BULKHEAD_KAFKA_SASL_PASSWORD: PASSWORD };
  expect(secretsOf(readServeSettings(sasl, environment).settings)).toEqual(['horse', PASSWORD]);
  expect(secretsOf(readServeSettings([], {}).settings)).toEqual([]);
});

describe('what is printed', () => {
  test('is every setting with its value and origin, secrets masked', () => {
    const text = printedSettings(
      readServeSettings([...sasl, '--print-config', '--port', '0'], {
        BULKHEAD_KAFKA_SASL_PASSWORD: PASSWORD,
        BULKHEAD_EVENTSTORE: 'esdb://me:horse@a:2113',
        BULKHEAD_SEED: '1',
      }),
    );
    const lines = text.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines).toContainEqual(['kafka', 'a:1', 'flag --kafka']);
    expect(lines).toContainEqual(['port', '0', 'flag --port']);
    expect(lines).toContainEqual(['kafka-sasl-password', '***', 'environment BULKHEAD_KAFKA_SASL_PASSWORD']);
    expect(lines).toContainEqual(['eventstore', 'esdb://me:***@a:2113', 'environment BULKHEAD_EVENTSTORE']);
    expect(lines).toContainEqual(['data', '.bulkhead/journal', 'default, not used']);
    expect(lines).toContainEqual(['input-position', '-', 'default']);
    expect(text).toContain('ignored: BULKHEAD_SEED');
    expect(text).not.toContain('horse');
  });

  test('as help is every flag', () => {
    expect(settingsHelp()).toContain('--lease-timeout-ms MS ');
    expect(settingsHelp()).toContain('--kafka-sasl-password-file FILE ');
    expect(settingsHelp()).toContain('(default 8080)');
  });
});

describe('connections', () => {
  const pem = () => {
    const path = join(dir, 'some & other.pem');
    writeFileSync(path, 'PEM');
    return path;
  };

  test('to the store carry user and TLS as its client reads them', async () => {
    const connection = (args: string[], environment = {}) => eventStoreConnection(readServeSettings(args, environment).settings);
    expect(connection([])).toBeUndefined();
    expect(connection(['--eventstore', 'esdb://a:2113?tls=false'])).toBe('esdb://a:2113?tls=false');
    expect(connection(['--eventstore', 'esdb://a:2113', '--no-eventstore-tls'])).toBe('esdb://a:2113?tls=false');
    const whole = connection(
      [
        '--eventstore',
        'esdb://a:2113?nodePreference=leader',
        '--eventstore-tls',
        '--eventstore-ca',
        pem(),
        '--eventstore-username',
        'a$&b',
      ],
      { BULKHEAD_EVENTSTORE_PASSWORD: PASSWORD },
    );
    expect(whole).toBe(
      `esdb://a%24%26b:${encodeURIComponent(PASSWORD)}@a:2113?nodePreference=leader&tls=true&tlsCAFile=${encodeURIComponent(pem())}`,
    );
    // It reads the file of the certificate, by the name that it decodes.
    await EventStoreDBClient.connectionString(whole as string).dispose();
    expect(complaintOf(['--eventstore', 'esdb://a?tls=false', '--eventstore-tls'])).toContain(
      'eventstore-tls is given, and tls in the URL',
    );
    expect(complaintOf(['--eventstore', 'esdb://a?tls=false', '--eventstore-ca', pem()])).toContain('which is off to the store');
  });

  test('to the brokers are options of the bus', () => {
    const connection = (...args: string[]): KafkaOptions | undefined =>
      kafkaConnection(readServeSettings(['--kafka', 'a:1,b:2', '--shards', '2', '--shard', '1', ...args], {}).settings);
    expect(connection()).toEqual({
      brokers: ['a:1', 'b:2'],
      shard: 1,
      shards: 2,
      prefix: 'bulkhead',
      clientId: undefined,
      ssl: undefined,
      sasl: undefined,
      replicationFactor: 1,
    });
    expect(connection('--kafka-tls')?.ssl).toEqual({});
    expect(connection('--kafka-ca', pem())?.ssl).toEqual({ ca: 'PEM' });
    expect(connection('--kafka-cert', pem(), '--kafka-key', pem())?.ssl).toEqual({ cert: 'PEM', key: 'PEM' });
    expect(complaintOf(['--kafka', 'a:1', '--kafka-cert', pem()])).toBe('kafka-cert and kafka-key go together');
    expect(complaintOf(['--kafka', 'a:1', '--no-kafka-tls', '--kafka-ca', pem()])).toContain('kafka-tls says off');
    expect(kafkaConnection(readServeSettings([], {}).settings)).toBeUndefined();
  });
});

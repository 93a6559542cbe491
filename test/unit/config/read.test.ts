import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asksForHelp, readServeSettings, SETTINGS, type SettingName, SettingsError } from '../../../src/config';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bulkhead-config-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

function problemsOf(args: readonly string[], environment: Readonly<Record<string, string>> = {}): readonly string[] {
  try {
    readServeSettings(args, environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  test('have defaults for a node on its own', () => {
    const { settings, origins, asksFor } = readServeSettings([], {});
    expect(settings).toMatchObject({
      data: '.bulkhead/journal',
      eventstore: undefined,
      kafka: undefined,
      shard: 0,
      shards: 1,
      host: '127.0.0.1',
      port: 8080,
      timeSource: 'broker',
      leaseIntervalMs: 1_000,
      leaseTimeoutMs: 5_000,
    });
    expect(origins.port).toEqual({ from: 'default', place: '' });
    expect(asksFor).toBe('service');
    expect(Object.isFrozen(settings)).toBe(true);
  });

  test('come from flags before the environment before the file', () => {
    const config = file('node.yml', 'http: { port: 1, host: file.example }\nsnapshots: { every: 10 }\nlogLevel: debug\n');
    const { settings, origins } = readServeSettings(['--config', config, '--port', '3'], {
      BULKHEAD_PORT: '2',
      BULKHEAD_SNAPSHOT_EVERY: '20',
    });
    expect(settings).toMatchObject({ port: 3, snapshotEvery: 20, host: 'file.example', logLevel: 'debug' });
    expect(origins.port).toEqual({ from: 'flag', place: '--port' });
    expect(origins.snapshotEvery).toEqual({ from: 'environment', place: 'BULKHEAD_SNAPSHOT_EVERY' });
    expect(origins.host).toEqual({ from: 'file', place: `${config}: http.host` });
  });

  test('have one name, one variable and one key each', () => {
    const rows = Object.values(SETTINGS);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    for (const { name, key } of rows) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(key).toMatch(/^[a-zA-Z]+(\.[a-zA-Z]+)*$/);
      expect(rows.filter((other) => other.key.startsWith(`${key}.`))).toEqual([]);
    }
  });

  test('have defaults that they would take', () => {
    for (const [name, { kind, default: initial }] of Object.entries(SETTINGS)) {
      if (initial !== undefined) expect([name, kind.read(String(initial))]).toEqual([name, initial]);
    }
  });

  test('are the same from a flag, the environment and a file of either kind', () => {
    const given: readonly [SettingName, string, unknown, unknown][] = [
      ['kafka', 'a:9092,b:9093', ['a:9092', 'b:9093'], ['a:9092', 'b:9093']],
      ['shards', '4', 4, 4],
      ['logLevel', 'warn', 'warn', 'warn'],
      ['commandMemory', '17', '17', 17],
      ['data', 'somewhere', 'somewhere', 'somewhere'],
    ];
    for (const [setting, text, inFile, value] of given) {
      const { name, key } = SETTINGS[setting];
      const nested = JSON.stringify(key.split('.').reduceRight((inner: unknown, part) => ({ [part]: inner }), inFile));
      const ways = [
        readServeSettings([`--${name}`, text], {}),
        readServeSettings([`--${name}=${text}`], {}),
        readServeSettings([], { [`BULKHEAD_${name.replaceAll('-', '_').toUpperCase()}`]: text }),
        readServeSettings(['--config', file('node.json', nested)], {}),
        readServeSettings([], { BULKHEAD_CONFIG: file('node.yaml', nested) }),
      ];
      for (const { settings } of ways) expect(settings[setting]).toEqual(value);
    }
  });

  test('that are switches need no value, and can be switched off', () => {
    const tls = (...args: string[]) => readServeSettings(['--kafka', 'a:1', ...args], { BULKHEAD_KAFKA_TLS: '' }).settings.kafkaTls;
    expect([tls(), tls('--kafka-tls'), tls('--no-kafka-tls'), tls('--kafka-tls=false')]).toEqual([undefined, true, false, false]);
    expect(problemsOf(['--kafka', 'a:1', '--kafka-tls=maybe'])).toEqual(['--kafka-tls takes true or false, not maybe']);
    expect(problemsOf(['--no-port'])).toEqual(['there is no --no-port; did you mean --port?']);
  });

  test('that are wrong are named together', () => {
    const config = file('bad.yml', 'htpp: { port: 1 }\nshards: two\nkafka: { sasl: { username: 007 } }\n');
    const problems = problemsOf(['--config', config, '--prot', '99', '--log-level', 'loud', 'FILE', '--shard'], {
      BULKHEAD_SNAPSHOT_EVRY: '1',
    });
    expect(problems).toEqual([
      'there is no --prot; did you mean --port?',
      'serve takes no FILE',
      '--shard needs a value',
      'BULKHEAD_SNAPSHOT_EVRY is no setting; did you mean BULKHEAD_SNAPSHOT_EVERY?',
      `${config}: htpp is no setting`,
      `${config}: kafka.sasl.username takes text: write it in quotes`,
      `${config}: shards takes a whole number from 1 to 1000000, not two`,
      '--log-level takes fatal, error, warn, info, debug, trace or silent, not loud',
    ]);
    expect(new SettingsError(problems).message.split('\n')).toHaveLength(1 + problems.length);
  });

  const wrong: readonly [string[], string][] = [
    [['--port', '65536'], '--port takes a whole number from 0 to 65535, not 65536'],
    [['--port', '1e3'], '--port takes a whole number from 0 to 65535, not 1e3'],
    [['--port='], '--port takes a whole number from 0 to 65535, not nothing'],
    [['--port', '1', '--port', '2'], '--port is given twice'],
    [['--kafka', '--port', '1'], '--kafka needs a value'],
    [['--kafka', 'a'], '--kafka takes host:port of each broker, not a'],
    [['--kafka', 'a:9092,b:0'], '--kafka takes host:port of each broker, not b:0'],
    [['--eventstore', 'http://a:2113'], '--eventstore takes esdb://host:2113?tls=false or the like, not http://a:2113'],
    [['--shard', '1'], 'shard 1 is not among 1 shards, which count from 0'],
    [['--kafka-prefix', 'x'], '--kafka-prefix goes with kafka, which is not given'],
    [['--snapshots', 'x'], '--snapshots goes with eventstore, which is not given'],
    [['--eventstore', 'esdb://a', '--data', 'x'], '--data is for the embedded journal, and eventstore takes its place'],
    [['--eventstore', 'esdb://a', '--lease-timeout-ms', '1500'], 'lease-timeout-ms (1500) must be at least twice lease-interval-ms (1000)'],
    [['--kafka', 'a:1', '--kafka-ca', '/not/there'], "--kafka-ca can't read /not/there (ENOENT)"],
    [
      ['--kafka', 'a:1', '--kafka-sasl-mechanism', 'plain'],
      'kafka-sasl-mechanism, kafka-sasl-username and kafka-sasl-password go together',
    ],
    [['-x'], 'there is no -x'],
    [['--config', '/not/there'], "/not/there: can't be read (ENOENT)"],
  ];
  test.each(wrong)('%j', (args, problem) => {
    expect(problemsOf(args)).toEqual([problem]);
  });

  test('that could not be read raise no complaint about what goes with them', () => {
    expect(problemsOf(['--kafka', 'a', '--kafka-prefix', 'x', '--shards', 'two', '--shard', '1'])).toEqual([
      '--shards takes a whole number from 1 to 1000000, not two',
      '--kafka takes host:port of each broker, not a',
    ]);
  });

  test('for one start come from a flag alone', () => {
    const where = file('node.yml', 'kafka: { brokers: [a:1], inputPosition: 5 }');
    expect(problemsOf(['--config', where])).toEqual([
      `${where}: kafka.inputPosition would be obeyed at every start: give --input-position for one`,
    ]);
    expect(problemsOf(['--kafka', 'a:1'], { BULKHEAD_INPUT_POSITION: '5' })).toEqual([
      'BULKHEAD_INPUT_POSITION would be obeyed at every start: give --input-position for one',
    ]);
    expect(readServeSettings(['--kafka', 'a:1', '--input-position', '5'], {}).settings.inputPosition).toBe(5);
  });

  test('leave the variables of others alone', () => {
    const { settings, ignored } = readServeSettings([], {
      BULKHEAD_PORT: 'tcp://10.0.0.1:8080',
      BULKHEAD_SERVICE_HOST: '10.0.0.1',
      BULKHEAD_PORT_8080_TCP_ADDR: '10.0.0.1',
      BULKHEAD_SEED: '7',
      BULKHEAD_KAFKA: '',
      PORT: '9',
    });
    expect(settings).toMatchObject({ port: 8080, kafka: undefined });
    expect(ignored).toEqual(['BULKHEAD_PORT', 'BULKHEAD_SERVICE_HOST', 'BULKHEAD_PORT_8080_TCP_ADDR', 'BULKHEAD_SEED']);
  });

  test('ask for help or for what they are', () => {
    expect(asksForHelp(['--nonsense', '--help'])).toBe(true);
    expect(asksForHelp(['--port', '1'])).toBe(false);
    expect(readServeSettings(['--print-config'], {}).asksFor).toBe('config');
  });
});

describe('a config file', () => {
  const problemsIn = (name: string, content: string) => {
    const path = file(name, content);
    return problemsOf(['--config', path]).map((problem) => problem.replace(path, name));
  };

  test('may be empty, and say null where nothing is to be said', () => {
    expect(problemsIn('node.yml', '')).toEqual([]);
    expect(problemsIn('node.json', '{ "kafka": null, "http": { "port": null } }')).toEqual([]);
  });

  test('names settings by section and key', () => {
    expect(problemsIn('node.yml', 'http: { prot: 1 }')).toEqual(['node.yml: http.prot is no setting; did you mean http.port?']);
    expect(problemsIn('node.yml', 'port: 1')[0]).toContain('node.yml: port is no setting');
    expect(problemsIn('node.yml', 'kafka: a:9092')[0]).toContain('node.yml: kafka is no setting but a section, with kafka.brokers, ');
    expect(problemsIn('node.yml', 'shard: { id: 1 }')).toEqual(['node.yml: shard takes a number']);
    expect(problemsIn('node.yml', 'shard: [1, 2]')).toEqual(['node.yml: shard takes a number']);
    expect(problemsIn('node.yml', 'kafka: { brokers: [1] }')).toEqual(['node.yml: kafka.brokers takes a list of texts']);
    expect(problemsIn('node.json', '{ "__proto__": { "port": 1 } }')).toEqual(['node.json: __proto__ is no setting']);
  });

  test('that is none is told so', () => {
    expect(problemsIn('node.yml', '- a')).toEqual(['node.yml: holds no settings but a list']);
    expect(problemsIn('node.yml', 'shard: 1\nshard: 2')[0]).toContain('node.yml: Map keys must be unique');
    expect(problemsIn('node.json', '{ "shard": 0')[0]).toContain('node.json: Expected');
  });
});

test('a stray word is a mistake wherever it stands', () => {
  expect(() => readServeSettings(['./my-journal'], {})).toThrow('serve takes no ./my-journal');
  expect(() => readServeSettings(['--port', '0', './my-journal'], {})).toThrow('serve takes no ./my-journal');
});

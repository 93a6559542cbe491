import { projections, readProjectionsOptions } from '../../../src/cli/projections';
import { EventStoreProjections } from '../../../src/serverProjections/eventStore';
import { type FakeProjectionServer, startFakeProjections } from '../../support/projections/fakeServer';

describe('the command line of projections', () => {
  test('is an action, a server, and a shard', () => {
    expect(readProjectionsOptions(['install', '--eventstore', 'esdb://a:1', '--shard', '3', '--enable-by-category'])).toEqual({
      action: 'install',
      eventstore: 'esdb://a:1',
      shard: 3,
      mayEnableByCategory: true,
    });
    expect(readProjectionsOptions(['check', '--eventstore', 'esdb://a:1'])).toMatchObject({ shard: 0, mayEnableByCategory: false });
  });

  const wrong: [string[], string][] = [
    [[], 'one of install, check and remove'],
    [['update', '--eventstore', 'esdb://a:1'], 'one of install'],
    [['install', 'check', '--eventstore', 'esdb://a:1'], 'one of install'],
    [['install'], '--eventstore takes a connection'],
    [['install', '--eventstore', 'esdb://a:1', '--shard', '-1'], 'argument'],
    [['install', '--eventstore', 'esdb://a:1', '--shard', 'x'], '--shard takes a whole number'],
  ];
  test.each(wrong)('refuses %j', (args, reason) => {
    expect(() => readProjectionsOptions(args)).toThrow(reason);
  });

  test('refuses what is no connection', async () => {
    await expect(projections(['check', '--eventstore', 'http://a'])).rejects.toThrow('--eventstore: ');
  });
});

describe('bulkhead projections', () => {
  let server: FakeProjectionServer;
  let written: string[];

  beforeEach(async () => {
    server = await startFakeProjections();
    server.installed.set('$by_category', { query: '', emits: true, tracks: false, running: true });
    // The fake has no streams.
    jest.spyOn(EventStoreProjections.prototype, 'frameIn').mockResolvedValue(undefined);
    written = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await server.close();
  });

  const run = (action: string) => projections([action, '--eventstore', server.url]);
  const told = () => written.splice(0).map((line) => JSON.parse(line));

  test('installs, checks and removes, with a line of JSON for each', async () => {
    expect(await run('install')).toBe(0);
    expect(told().map(({ name, status }) => `${name} ${status}`)).toEqual([
      '$by_category Running',
      'bulkhead-links-v1-0 Running',
      'bulkhead-blocks-v1 Running',
    ]);
    expect(await run('check')).toBe(0);
    expect(told()).toHaveLength(3);
    expect(await run('remove')).toBe(0);
    expect(told().map(({ status }) => status)).toEqual(['Removed', 'Removed']);
  });

  test('ends with 1 when a projection does not stand as it should, or the server says no', async () => {
    expect(await run('check')).toBe(1);
    expect(told().map(({ fault }) => fault)).toEqual([undefined, 'not installed', 'not installed']);
    server.installed.delete('$by_category');
    expect(await run('install')).toBe(1);
    expect(told()).toEqual([]);
  });
});

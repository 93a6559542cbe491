import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programPath } from '../../support/killLoop/program';
import { Served } from '../../support/serve/served';

jest.setTimeout(60_000);

describe('a node without API keys', () => {
  let directory: string;
  let served: Served;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-reach-'));
  });
  afterEach(async () => {
    await served.stop();
    await rm(directory, { recursive: true });
  });

  const warnings = () => served.log.filter(({ level, msg }) => level === 'warn' && msg.startsWith('there are no API keys'));

  test('says which directory it keeps, and that on every address it answers this machine alone', async () => {
    served = Served.start(['--data', directory, '--host', '0.0.0.0']);
    expect((await served.said('the journal is open')).data).toBe(directory);
    expect(warnings()).toMatchObject([{ host: '0.0.0.0', msg: expect.stringContaining('403 NOT_LOCAL') }]);
    const { port, dashboard } = await served.said('HTTP is open');
    expect(dashboard).toBe(`http://127.0.0.1:${port}/`);
    // Whoever does not call it by a name of this machine's own is taken for somebody from elsewhere.
    const codes = await Promise.all(
      ['/v1/positions', '/v1/time', '/livez', '/metrics'].map(async (path) => (await fetch(`http://0.0.0.0:${port}${path}`)).status),
    );
    expect(codes).toEqual([403, 403, 200, 200]);
  });

  test('whose port another program has says so, and how to take another', async () => {
    served = Served.start(['--data', directory]);
    const { port } = await served.said('HTTP is open');
    const second = spawnSync(process.execPath, [programPath(), 'serve', '--data', join(directory, 'second'), '--port', String(port)]);
    const said = `bulkhead: another program listens on 127.0.0.1:${port} already; choose another port by --port`;
    expect([second.status, second.stderr.toString().trim().split('\n').at(-1)]).toEqual([1, said]);
  });

  test('says nothing of the kind on the loopback', async () => {
    served = Served.start(['--data', directory, '--host', '127.0.0.1']);
    await served.leading();
    expect(warnings()).toEqual([]);
  });
});

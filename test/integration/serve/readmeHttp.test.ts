import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Served } from '../../support/serve/served';

const run = promisify(execFile);

jest.setTimeout(60_000);

test('what the README sends by curl is answered as it says', async () => {
  const readme = await readFile(join(__dirname, '../../../README.md'), 'utf8');
  const [, script] = /<!-- example:http -->\n```sh\n([\s\S]*?)```\n<!-- \/example:http -->/.exec(readme) ?? [];
  if (script === undefined) throw new Error('README.md has no example http');
  const directory = await mkdtemp(join(tmpdir(), 'bulkhead-readme-http-'));
  const node = Served.start(['--data', directory]);
  try {
    await node.leading();
    const { port } = await node.said('HTTP is open');
    const { stdout } = await run('bash', ['-c', script], { env: { PATH: process.env.PATH, NODE: `http://127.0.0.1:${port}` } });
    const [setUp, preview, order, positions, account] = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    expect(setUp.map(({ status, seq }: { status: string; seq: number }) => [status, seq])).toEqual([
      ['ACCEPTED', 1],
      ['ACCEPTED', 2],
      ['ACCEPTED', 3],
    ]);
    expect(preview).toMatchObject({ status: 'ACCEPTED', asOfSeq: 3, markPrice: '4000', marginNeeded: '201.495' });
    expect(order).toMatchObject({ status: 'ACCEPTED', seq: 4, isolationId: 'iso-4' });
    expect(positions.rows).toEqual([expect.objectContaining({ isolationId: 'iso-4', status: 'PENDING', orderMargin: '201.495' })]);
    expect(account).toMatchObject({ seq: 3, row: { balances: { USD: { cash: '10000', isolated: '0' } } } });
  } finally {
    await node.stop();
    await rm(directory, { recursive: true, force: true });
  }
});

test('a request that is not JSON is told what to send', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bulkhead-readme-http-'));
  const node = Served.start(['--data', directory]);
  try {
    const { port } = await node.said('HTTP is open');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`http://127.0.0.1:${port}/v1/commands`, { method: 'POST', headers, body: '{}' });
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([
      415,
      expect.stringContaining('content-type: application/json'),
    ]);
  } finally {
    await node.stop();
    await rm(directory, { recursive: true, force: true });
  }
});

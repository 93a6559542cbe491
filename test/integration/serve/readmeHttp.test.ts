import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { documentedExample } from '../../support/documents';
import { Served } from '../../support/serve/served';

const run = promisify(execFile);

jest.setTimeout(60_000);

test('what the README sends by curl is answered as it says', async () => {
  const { code: script } = documentedExample('http');
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
    expect(setUp.map(({ status, seq }: { status: string; seq: number }) => [status, seq])).toEqual(
      [1, 2, 3, 4, 5].map((seq) => ['ACCEPTED', seq]),
    );
    const fill = { price: '4000', quantity: '1', fee: '2' };
    const after = { isolationId: 'iso-6', status: 'ACTIVE', quantity: '1', entryPrice: '4000', cash: '200' };
    expect(preview).toMatchObject({ status: 'ACCEPTED', asOfSeq: 5, fills: [fill], fees: '2', position: after });
    expect(preview.liquidationPriceAfter).toMatch(/^38\d\d\./);
    expect(order).toMatchObject({ status: 'ACCEPTED', seq: 6, isolationId: 'iso-6' });
    expect(positions.rows).toEqual([expect.objectContaining({ ...after, liquidationPrice: preview.liquidationPriceAfter })]);
    expect(account).toMatchObject({ seq: 5, row: { balances: { USD: { cash: '10000', isolated: '0' } } } });
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

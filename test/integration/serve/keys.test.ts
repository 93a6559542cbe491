import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { documentedExample } from '../../support/documents';
import { runProgram } from '../../support/killLoop/program';
import { smallMarket } from '../../support/serve/market';
import { Served } from '../../support/serve/served';

jest.setTimeout(60_000);

/** The commands that the documentation shows for asking with a key. */
const { code: shown } = documentedExample('keys');

describe('a node with API keys', () => {
  let directory: string;
  let file: string;
  let served: Served;
  let base: string;

  const create = async (...scopes: string[]) => {
    const asked = scopes.flatMap((scope) => ['--scope', scope]);
    const { code, lines } = await runProgram(['keys', 'create', '--file', file, '--name', 'test', ...asked]);
    expect(code).toBe(0);
    return JSON.parse(lines[0] as string) as { readonly key: string; readonly id: string };
  };
  const send = async (key: string, body: unknown) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    return (await fetch(`${base}/v1/commands`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'bulkhead-keys-'));
    file = join(directory, 'keys.json');
  });
  afterAll(async () => {
    await served.stop();
    rmSync(directory, { recursive: true });
  });

  test('takes the documented commands, records who sent them, and lets go of a revoked key while it runs', async () => {
    const operator = await create('admin');
    const bot = await create('trade:alice', 'read');
    served = Served.start(['--data', join(directory, 'journal'), '--api-keys', file]);
    await served.leading();
    base = `http://127.0.0.1:${(await served.said('HTTP is open')).port}`;
    expect(await send(operator.key, smallMarket())).toBe(200);

    const script = shown.replaceAll('http://127.0.0.1:8080', base);
    const { stdout } = await promisify(execFile)('sh', ['-ec', script.replaceAll(/'\n(?=curl)/g, "'\necho\n")], {
      env: { ...process.env, KEY: bot.key },
    });
    const [accepted, refused, ...more] = stdout.split('\n').filter((line) => line !== '');
    expect(more).toEqual([]);
    expect(JSON.parse(accepted as string)).toMatchObject({ commandId: 'leave-1', status: 'ACCEPTED' });
    expect(JSON.parse(refused as string)).toMatchObject({ code: 'SCOPE_MISSING' });
    expect((await fetch(`${base}/v1/positions`)).status).toBe(401);

    expect((await runProgram(['keys', 'revoke', '--file', file, operator.id])).code).toBe(0);
    await served.said('the API keys were read again');
    expect(await send(operator.key, smallMarket()[0])).toBe(401);
    expect(await send(bot.key, { commandId: 'leave-2', type: 'CancelAllAfter', data: { accountId: 'alice', timeoutMs: 0 } })).toBe(200);

    const journal = join(directory, 'journal');
    const files = readdirSync(journal, { recursive: true, encoding: 'utf8' }).map((name) => join(journal, name));
    const records = Buffer.concat(files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path)));
    for (const { id, key } of [operator, bot]) {
      expect([records.includes(`key:${id}`), records.includes(key)]).toEqual([true, false]);
    }
  });
});

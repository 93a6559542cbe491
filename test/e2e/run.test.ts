import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Result } from '../../src/contract/results';
import { createEngine } from '../../src/index';
import { hashOf } from '../support/killLoop/commands';
import { runProgram, runShell, shippedPath } from '../support/killLoop/program';
import { deposit, deposits, line, listing, parsed, temporaryDirectories, text } from '../support/killLoop/sample';

jest.setTimeout(120_000);
const temporary = temporaryDirectories();

const three = text(deposit('a'), deposit('b', '7'), line('c', 'Withdraw', { accountId: 'al', currency: 'USD', amount: '99' }));

function inMemory(lines: string): { results: string[]; hash: string } {
  const engine = createEngine();
  const results = lines
    .trim()
    .split('\n')
    .map((one) => JSON.stringify(engine.execute(JSON.parse(one))));
  return { results, hash: hashOf(engine) };
}

describe('bulkhead run reads', () => {
  test('a file, plain or compressed, and stdin, with - or without a name, compressed too: one result a line, in order', async () => {
    const directory = await temporary();
    const plain = join(directory, 'commands.jsonl');
    const compressed = join(directory, 'commands.jsonl.gz');
    await writeFile(plain, three);
    await writeFile(compressed, gzipSync(three));
    const { results } = inMemory(three);
    const runs = await Promise.all([
      runProgram(['run', plain]),
      runProgram(['run', compressed]),
      runProgram(['run', '-'], three),
      runProgram(['run'], three),
      runProgram(['run'], gzipSync(three)),
    ]);
    for (const { code, lines, stderr } of runs) {
      expect(lines).toEqual(results);
      expect([code, stderr]).toEqual([0, '']);
    }
  });

  test('empty lines, CRLF, a byte order mark and no newline at the end', async () => {
    const { code, lines, stderr } = await runProgram(['run'], `\ufeff${deposit('a')}\r\n\r\n   \n\n${deposit('b')}\r\n${deposit('c')}`);
    expect(parsed<Result>(lines).map(({ commandId, status }) => [commandId, status])).toEqual([
      ['a', 'ACCEPTED'],
      ['b', 'ACCEPTED'],
      ['c', 'ACCEPTED'],
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });

  test('nothing at all', async () => {
    const { code, stdout, stderr } = await runProgram(['run'], '');
    expect([code, stdout, stderr]).toEqual([0, '', '']);
  });

  test('a line of 10 MB as a command, and none longer than any command', async () => {
    const long = line('long', 'Deposit', { accountId: 'al', currency: 'USD', amount: '1' }) + ' '.repeat(10_000_000);
    const unkept = line('unkept', 'Deposit', { accountId: 'x'.repeat(10_000_000), currency: 'USD', amount: '1' });
    const { code, lines, stderr } = await runProgram(['run'], text(deposit('a'), long, unkept, 'y'.repeat(17_000_000), deposit('b')));
    expect(parsed<Result>(lines).map(({ commandId, status }) => [commandId, status])).toEqual([
      ['a', 'ACCEPTED'],
      ['long', 'ACCEPTED'],
      ['b', 'ACCEPTED'],
    ]);
    const [third, fourth, ...rest] = stderr.trimEnd().split('\n');
    expect(third).toMatch(/^line 3: accountId .* too long/);
    expect([fourth, ...rest]).toEqual(['line 4: 17000000 bytes long, and no command has more than 16777216']);
    expect(code).toBe(1);
  });
});

describe('bulkhead run answers', () => {
  test('bad lines with their number on stderr, and goes on; exit code 1', async () => {
    const input = Buffer.concat([
      Buffer.from(text(deposit('a'), '', 'nope', '[]', '{"commandId":"x y","type":"Deposit"}', '{"commandId":"z","type":"Depositt"}')),
      Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
      Buffer.from(text(deposit('b'))),
    ]);
    const { code, lines, stderr } = await runProgram(['run'], input);
    expect(parsed<Result>(lines).map(({ commandId }) => commandId)).toEqual(['a', 'b']);
    const [notJson, list, name, type, bytes, ...rest] = stderr.trimEnd().split('\n');
    expect(notJson).toMatch(/^line 3: not JSON: /);
    expect(list).toBe('line 4: a command must be a JSON object');
    expect(name).toMatch(/^line 5: commandId /);
    expect(type).toBe('line 6: type "Depositt" is not a command; did you mean Deposit?');
    expect(bytes).toBe('line 7: not UTF-8');
    expect(rest).toEqual([]);
    expect(code).toBe(1);
  });

  test('commands with bad content as results, and a command sent twice as DUPLICATE; exit code 0', async () => {
    const { code, lines, stderr } = await runProgram(['run'], text(deposit('a', 5), deposit('b'), deposit('b'), deposit('b', '6')));
    expect(parsed(lines)).toMatchObject([
      { commandId: 'a', seq: 1, status: 'REJECTED', code: 'INVALID_COMMAND' },
      { commandId: 'b', seq: 2, status: 'ACCEPTED' },
      { commandId: 'b', seq: 2, status: 'DUPLICATE', original: { seq: 2, status: 'ACCEPTED' } },
      { commandId: 'b', seq: 3, status: 'REJECTED', code: 'DUPLICATE_COMMAND_ID' },
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });

  test('nothing with --quiet, the state and its hash alone with --quiet --state', async () => {
    expect((await runProgram(['run', '--quiet'], three)).stdout).toBe('');
    const { lines } = await runProgram(['run', '--quiet', '--state'], three);
    expect(lines).toHaveLength(1);
    const { state } = JSON.parse(lines[0] as string) as { state: Record<string, unknown> };
    expect(Object.keys(state).sort()).toEqual(['accounts', 'fees', 'hash', 'instruments', 'insurance', 'ledgerTotals']);
    expect(state.hash).toBe(inMemory(three).hash);
    expect(state.accounts).toMatchObject([{ accountId: 'al', balances: { USD: { cash: '12' } } }]);
  });

  test('with every event of a command that has more than a thousand', async () => {
    const count = 1_100;
    const orders = Array.from({ length: count }, (_, place) =>
      line(`o-${place}`, 'PlaceOrder', {
        accountId: 'al',
        instrument: 'BTC-PERP',
        side: 'BUY',
        type: 'LIMIT',
        quantity: '0.001',
        price: '99.5',
      }),
    );
    const tick = line('tick', 'MarkPriceTick', { instrument: 'BTC-PERP', markPrice: '100' });
    const cancel = line('all', 'CancelAllOrders', { accountId: 'al' });
    const { code, lines } = await runProgram(['run'], text(listing, tick, deposit('d', '5000'), ...orders, cancel));
    const result = JSON.parse(lines.at(-1) as string) as Result;
    expect([code, result.commandId, result.status, result.eventCount]).toEqual([0, 'all', 'ACCEPTED', result.events.length]);
    expect(result.events.filter(({ type }) => type === 'OrderCanceled')).toHaveLength(count);
    expect(result.eventsTruncated).toBeUndefined();
  });
});

describe('bulkhead run refuses', () => {
  test.each([
    [['run', 'a', 'b'], 'one FILE at most'],
    [['run', '--unknown'], '--unknown'],
    [['run', '--shard', 'x'], '--shard takes a whole number'],
    [['run', '--snapshot-every', '0'], '--snapshot-every takes a whole number from 1 on'],
    [['run', '--data'], '--data'],
    [['run', '--data', ''], '--data takes a directory'],
  ])('wrong usage with exit code 2: %j', async (args, complaint) => {
    const { code, stdout, stderr } = await runProgram(args);
    expect(stderr.split('\n').at(-2)).toContain(complaint);
    expect(stderr).toMatch(/^usage: bulkhead run \[FILE\]/);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('a file that is not there or cannot be read, with one sentence and exit code 1', async () => {
    const directory = await temporary();
    const cut = join(directory, 'cut.gz');
    const whole = gzipSync(text(...deposits(2_000)));
    await writeFile(cut, whole.subarray(0, whole.length - 20));
    const [absent, folder, torn] = await Promise.all([
      runProgram(['run', join(directory, 'none')]),
      runProgram(['run', directory]),
      runProgram(['run', cut]),
    ]);
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringMatching(/^bulkhead: there is no file .*none\n$/)]);
    expect([folder.code, folder.stderr]).toEqual([1, expect.stringMatching(/^bulkhead: EISDIR.*\n$/)]);
    expect([torn.code, torn.stderr]).toEqual([1, 'bulkhead: unexpected end of file\n']);
    // What could be read was executed and is answered.
    expect(torn.lines.length).toBeGreaterThan(100);
  });

  test('an output that takes no more, with the reason', async () => {
    const { code, stderr } = await runShell(`printf '%s\\n' '${deposit('a')}' | bulkhead run >/dev/full`);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^bulkhead: results cannot be written: ENOSPC/)]);
  });
});

describe('bulkhead', () => {
  test('shows its help and its version', async () => {
    const [help, verbHelp, version] = await Promise.all([runProgram(['--help']), runProgram(['run', '--help']), runProgram(['--version'])]);
    expect([help.code, verbHelp.code, version.code]).toEqual([0, 0, 0]);
    expect(help.stdout).toContain('usage: bulkhead COMMAND');
    expect(verbHelp.stdout).toMatch(/^usage: bulkhead run[\s\S]*--snapshot-every N/);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('as package.json names it is built and runs ("npm run build" makes it)', async () => {
    const { code, stdout, stderr } = await runShell(
      `printf '%s\\n' '${deposit('a')}' | "${process.execPath}" "${shippedPath()}" run --quiet --state`,
    );
    expect(stderr).toBe('');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { state: { hash: inMemory(deposit('a')).hash } }]);
  });
});

import { once } from 'node:events';
import { cpSync, createWriteStream, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateCrash } from '../../scripts/crash/generate';
import { newDirectory, removeDirectories } from '../support/audit/journals';
import { documentedExample, pages } from '../support/documents';
import { ended, runProgram, runShell, startProgram } from '../support/killLoop/program';

jest.setTimeout(300_000);

/** A worked example of the auditor's page. */
const example = (name: string): string => documentedExample(name).code;

/** The anchors that the pages give for the demonstration. */
const anchors = pages().flatMap(({ text }) => [...text.matchAll(/--anchor (\d+:[0-9a-f]{64})/g)].map(([, anchor = '']) => anchor));
const [anchor = ''] = anchors;

let demo: string;

beforeAll(async () => {
  // What ./scripts/start plays, with its own sizes.
  const commands = join(newDirectory(), 'crash.jsonl');
  const file = createWriteStream(commands);
  generateCrash(10_000, 1, (command) => file.write(`${JSON.stringify(command)}\n`));
  file.end();
  await once(file, 'finish');
  demo = join(newDirectory(), 'demo');
  expect((await runProgram(['run', commands, '--data', demo, '--quiet'])).code).toBe(0);
});
afterAll(removeDirectories);

const audit = (...args: string[]) => runProgram(['audit', ...args]);

describe("the README's example on the demonstration", () => {
  test('names one history', () => {
    expect(anchors.length).toBeGreaterThan(0);
    expect(anchors.filter((other) => other !== anchor)).toEqual([]);
  });

  test('verify: the lines of the report, with the anchor (the decimal model is another test)', async () => {
    const { code, stdout, stderr } = await audit('verify', '--quick', '--data', demo, '--anchor', anchor);
    expect([code, stderr]).toEqual([0, '']);
    // Column widths depend on the rows that are there.
    const tidy = (text: string) => text.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  ').trimEnd());
    const shown = tidy(example('verify'));
    const same = tidy(stdout).filter((line) => shown.includes(line) && line !== '');
    expect(same.map((line) => line.split('  ')[0])).toEqual([
      'check',
      ...['frames', 'records', 'anchors', 'snapshots', 'replay', 're-execution'],
      'consistent, and the same history that the anchors were taken of',
    ]);
    expect(stdout).toContain('left out  the decimal model (--quick)');
  });

  test.each([
    ['state', ['--at', '2025-10-10T21:15', '--account', 'trader-07672']],
    ['explain', ['iso-41280']],
    ['statement', ['--account', 'trader-07672', '--from', '2025-10-10T21:00', '--to', '2025-10-10T22:00']],
  ])('%s', async (verb, args) => {
    const { code, stdout } = await audit(verb, ...args, '--data', demo);
    expect([code, stdout.trimEnd()]).toEqual([0, example(verb)]);
  });

  test('state before the first command has no time', async () => {
    const [shown, account] = await Promise.all([
      audit('state', '--at', '0', '--data', demo),
      audit('state', '--at', '1970-01-01', '--json', '--data', demo),
    ]);
    expect([shown.code, shown.lines[0]]).toEqual([0, 'before the first command']);
    expect(JSON.parse(account.stdout)).toMatchObject({ state: { seq: 0, time: null, accounts: [] } });
  });

  test('export --commands into bulkhead run comes to the same hash', async () => {
    const { stdout, code } = await runShell(
      `set -o pipefail; bulkhead audit export --commands --data '${demo}' | bulkhead run --quiet --state; bulkhead audit state --json --data '${demo}'`,
    );
    expect(code).toBe(0);
    const [again, recorded] = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { state: { hash: string; seq?: number } }).state);
    expect(again?.hash).toBe(recorded?.hash);
    expect(recorded?.seq).toBe(81_322);
  });
});

describe('exit codes and messages', () => {
  test('2 on wrong usage, with the reason', async () => {
    const wrong: [string[], string][] = [
      [[], 'audit takes one of verify'],
      [['verify'], 'where is the journal?'],
      [['verify', '--data', demo, '--anchor', '5:abc'], '--anchor takes SEQ:HASH'],
      [['verify', '--data', demo, '--checkpoint', 'x'], '--public-key'],
      [['verify', '--eventstore', 'esdb://127.0.0.1:1'], '--mirror DIR'],
      [['explain', 'block-1', '--data', demo], 'iso-17'],
      [['explain', '--data', demo], 'ISOLATION_ID is missing'],
      [['state', 'iso-17', '--data', demo], 'there is no argument iso-17'],
      [['statement', '--data', demo], '--account ID'],
      [['state', '--data', demo, '--at', 'yesterday'], '--at takes'],
      [['whatif', '--data', demo, '--terms', '{"*":{"takerFee":"1"}}'], 'has no takerFee'],
      [['whatif', '--data', demo, '--terms', '[]'], 'an object of terms'],
      [['whatif', '--data', demo, '--terms', '{"*":3}'], '* takes an object'],
      [['export', '--data', demo, '--wrong'], '--wrong'],
    ];
    for (const [args, reason] of wrong) expect(await audit(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
  });

  test('1 on a damaged journal, with the place, also where checkpoints were to be compared', async () => {
    const damaged = newDirectory();
    cpSync(demo, damaged, { recursive: true });
    const segment = join(damaged, 'segments', readdirSync(join(damaged, 'segments')).sort()[0] as string);
    const bytes = readFileSync(segment);
    bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000);
    writeFileSync(segment, bytes);
    const told = await audit('verify', '--data', damaged);
    expect([told.code, told.lines.at(-1)]).toEqual([
      1,
      expect.stringMatching(/^DIFFERENT: frames: seq \d+, .*byte \d+: should be what was written/),
    ]);
    const json = await audit('verify', '--json', '--data', damaged, '--checkpoint', 'none', '--public-key', 'none');
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([1, { firstDifference: { check: 'frames' } }]);
  });

  test('1 on what is not there, and on another history', async () => {
    expect(await audit('explain', 'iso-1', '--data', demo)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('never was a block'),
    });
    expect(await audit('state', '--account', 'nobody', '--data', demo)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no account'),
    });
    expect(await audit('verify', '--data', join(demo, 'nowhere'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no journal'),
    });
    const other = await audit('verify', '--quick', '--data', demo, '--anchor', `100:${'0'.repeat(64)}`);
    expect([other.code, other.lines.at(-1)]).toEqual([1, expect.stringMatching(/^DIFFERENT: anchors: seq 100, chain hash/)]);
    const json = await audit('verify', '--quick', '--json', '--data', demo, '--anchor', `99999:${'0'.repeat(64)}`);
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([
      1,
      { firstDifference: { check: 'anchors', seq: 81_322, actual: '81322' } },
    ]);
  });

  test('a checkpoint is signed with a key, and holds with its public half alone', async () => {
    const directory = newDirectory();
    const [key, pub, lines] = ['key.pem', 'pub.pem', 'checkpoints.jsonl'].map((name) => join(directory, name)) as [string, string, string];
    const made = await runShell(`openssl genpkey -algorithm ed25519 -out '${key}' && openssl pkey -in '${key}' -pubout -out '${pub}'`);
    expect(made.code).toBe(0);
    const signed = await audit('checkpoint', '--key', key, '--at', '70000', '--data', demo);
    writeFileSync(lines, signed.stdout);
    const check = () => audit('verify', '--quick', '--json', '--data', demo, '--checkpoint', lines, '--public-key', pub);
    expect(JSON.parse((await check()).stdout)).toMatchObject({ anchored: true, firstDifference: null });
    writeFileSync(lines, signed.stdout.replace('70000', '70001'));
    const forged = await check();
    expect([forged.code, JSON.parse(forged.stdout)]).toMatchObject([1, { firstDifference: { check: 'anchors', field: 'signature' } }]);
  });
});

test('audits read beside a running writer, and what it writes goes on', async () => {
  const directory = join(newDirectory(), 'live');
  const writer = startProgram(['run', '--data', directory]);
  const end = ended(writer);
  const deposit = (n: number) =>
    `${JSON.stringify({ commandId: `d${n}`, type: 'Deposit', time: 1_763_800_000_000 + n, data: { accountId: `a${n % 50}`, currency: 'USD', amount: '10' } })}\n`;
  let sent = 0;
  const feeding = setInterval(() => {
    for (let n = 0; n < 200; n++) writer.stdin.write(deposit(++sent));
  }, 20);
  await once(writer.stdout, 'data');
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      const { code, stdout, stderr } = await audit('verify', '--json', '--data', directory);
      expect([code, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toMatchObject({ firstDifference: null });
    }
    expect(await audit('state', '--data', directory)).toMatchObject({ code: 0 });
  } finally {
    clearInterval(feeding);
    writer.stdin.end();
  }
  const { code, lines } = await end;
  expect([code, lines.length]).toEqual([0, sent]);
});

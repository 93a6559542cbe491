import { commands, synopsis } from '../../src/cli/usage';
import { runProgram } from '../support/killLoop/program';

jest.setTimeout(120_000);

const wordsOf = ({ name, actions }: (typeof commands)[number]) => [...name.split(' '), ...(actions?.slice(0, 1) ?? [])];

describe.each(commands.map((usage) => [usage.name, usage] as const))('bulkhead %s', (_, usage) => {
  test('--help says what it takes, on stdout, and is no mistake', async () => {
    const { code, stdout, stderr } = await runProgram([...wordsOf(usage), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.startsWith(`usage: ${synopsis(usage)}\n`)).toBe(true);
    for (const [flag] of usage.options) expect(stdout).toContain(`\n  ${flag}`);
  });

  test('answers an option that it has not with its own usage, and last with the mistake', async () => {
    const { code, stdout, stderr } = await runProgram([...wordsOf(usage), '--no-such-thing']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.startsWith(`usage: ${synopsis(usage)}\n`)).toBe(true);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^bulkhead: there is no (option )?--no-such-thing/);
  });
});

test.each([
  [['walk'], 'usage: bulkhead COMMAND', 'bulkhead: there is no command walk'],
  [[], 'usage: bulkhead COMMAND', 'bulkhead: which command?'],
  [['audit'], 'usage: bulkhead audit COMMAND', 'bulkhead: audit takes one of verify, state'],
  [['audit', 'stat'], 'usage: bulkhead audit COMMAND', 'bulkhead: audit takes one of verify, state'],
  [['keys', 'make', '--file', 'x'], 'usage: bulkhead keys COMMAND', 'bulkhead: keys takes one of create'],
  [['bench', 'speed'], 'usage: bulkhead bench', 'bulkhead: there is no benchmark speed; there are matching'],
  [['bench', '--rounds', '0'], 'usage: bulkhead bench', 'bulkhead: --rounds takes a whole number from 1 on, not 0'],
  [['audit', 'state', '--acount', 'a'], 'usage: bulkhead audit state', 'bulkhead: there is no option --acount; did you mean --account?'],
])('%j is wrong usage', async (words, begin, end) => {
  const { code, stdout, stderr } = await runProgram(words);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(begin);
  expect(stderr.trimEnd().split('\n').at(-1)).toContain(end);
});

test('a group of commands and `help` have their help too', async () => {
  const [audit, help] = await Promise.all([runProgram(['audit', '--help']), runProgram(['help', 'audit', 'state'])]);
  expect([audit.code, help.code]).toEqual([0, 0]);
  expect(audit.stdout).toMatch(/^usage: bulkhead audit COMMAND[\s\S]*audit verify[\s\S]*audit checkpoint/);
  expect(help.stdout).toMatch(/^usage: bulkhead audit state/);
});

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../src/contract/results';
import { ended, runProgram, runShell, startProgram } from '../support/killLoop/program';
import { deposit, deposits, parsed, temporaryDirectories, text } from '../support/killLoop/sample';

jest.setTimeout(120_000);
const temporary = temporaryDirectories();

/** The program with its input left open, and a way to wait for so many answers. */
function interactive(args: readonly string[]) {
  const child = startProgram(['run', ...args]);
  const end = ended(child);
  let seen = '';
  let check = () => {};
  child.stdout.on('data', (piece) => {
    seen += String(piece);
    check();
  });
  const answers = (count: number): Promise<void> =>
    new Promise((done) => {
      check = () => {
        if (seen.split('\n').length > count) done();
      };
      check();
    });
  return { child, end, answers, write: (...lines: string[]) => child.stdin.write(text(...lines)) };
}

describe('bulkhead run by a pipe that stays open', () => {
  test.each([['in memory'], ['on a journal']])('answers each command before the next one comes, %s', async (where) => {
    const args = where === 'in memory' ? [] : ['--data', await temporary()];
    const { child, end, answers, write } = interactive(args);
    for (const [place, one] of deposits(5).entries()) {
      write(one);
      await answers(place + 1);
    }
    child.stdin.end();
    expect(parsed<Result>((await end).lines).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'ends in order on %s: answers, leaves a snapshot, drops half a line, exits as a shell expects',
    async (signal) => {
      const directory = await temporary();
      const { child, end, answers, write } = interactive(['--data', directory, '--state']);
      write(...deposits(3));
      await answers(3);
      child.stdin.write(deposit('half').slice(0, -1));
      // Half a line leaves no trace that could be waited for.
      await new Promise((done) => setTimeout(done, 100));
      child.kill(signal);
      const { code, lines, stderr } = await end;
      expect(code).toBe(signal === 'SIGTERM' ? 143 : 130);
      expect(stderr).toBe(`stopped by ${signal} after line 3\n`);
      expect(Object.keys(JSON.parse(lines.at(-1) as string))).toEqual(['state']);
      expect(lines).toHaveLength(4);
      expect(await readdir(join(directory, 'snapshots'))).toEqual(['0000000000000003.snapshot']);
      expect(await readdir(join(directory, 'lock'))).toEqual([]);
      const next = await runProgram(['run', '--data', directory], text(deposit('half')));
      expect(parsed(next.lines)).toMatchObject([{ commandId: 'half', seq: 4, status: 'ACCEPTED' }]);
    },
  );

  test('ends at once on the second signal, even when the reader is stuck', async () => {
    const directory = await temporary();
    const child = startProgram(['run', '--data', directory]);
    const end = new Promise<number | null>((done) => child.on('exit', done));
    // Nobody reads: far more answers than a pipe holds.
    child.stdin.write(text(...deposits(5_000)));
    const snapshot = join(directory, 'lock');
    while (!existsSync(snapshot)) await new Promise((done) => setTimeout(done, 20));
    await new Promise((done) => setTimeout(done, 1_000));
    child.kill('SIGTERM');
    await new Promise((done) => setTimeout(done, 200));
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await end).toBe(143);
    child.stdout.destroy();
    const again = await runProgram(['run', '--data', directory], text(...deposits(5_000)));
    expect(again.code).toBe(0);
    expect(parsed<Result>(again.lines).map(({ seq }) => seq)).toEqual(deposits(5_000).map((_, place) => place + 1));
  });
});

describe('bulkhead run for a reader that goes away', () => {
  test.each(['', '--data "$D"'])('ends quietly: | head %s', async (data) => {
    const directory = await temporary();
    const produce = `for i in $(seq 20000); do echo '{"commandId":"c-'$i'","type":"Deposit","data":{"accountId":"al","currency":"USD","amount":"1"}}'; done`;
    const { code, lines, stderr } = await runShell(
      `D="${directory}"; (${produce}) | bulkhead run ${data} | head -2; exit \${PIPESTATUS[1]}`,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(parsed<Result>(lines).map(({ seq }) => seq)).toEqual([1, 2]);
  });
});

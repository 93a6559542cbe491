import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../src/contract/results';
import { tellStory } from '../support/killLoop/commands';
import { ended, runProgram, runShell, startProgram } from '../support/killLoop/program';
import { deposit, deposits, line, parsed, temporaryDirectories, text } from '../support/killLoop/sample';

jest.setTimeout(120_000);
const temporary = temporaryDirectories();

async function pathsIn(directory: string, folder: 'segments' | 'snapshots'): Promise<string[]> {
  return (await readdir(join(directory, folder))).sort().map((name) => join(directory, folder, name));
}

async function flip(path: string, offset: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[offset] = (bytes[offset] as number) ^ 0x10;
  await writeFile(path, bytes);
}

const stateOf = (lines: readonly string[]): string => (JSON.parse(lines.at(-1) as string) as { state: { hash: string } }).state.hash;

describe('bulkhead run --data', () => {
  test('continues: the halves of a story end where the whole does, and the story again is all DUPLICATE with the first results', async () => {
    const directory = await temporary();
    const story = tellStory(5, 400);
    const half = 170;
    const run = (lines: readonly string[]) => runProgram(['run', '--state', '--data', join(directory, 'journal')], text(...lines));
    const first = await run(story.lines.slice(0, half));
    expect([first.code, first.stderr]).toEqual([0, '']);
    const second = await run(story.lines.slice(half));
    expect([second.code, second.stderr]).toEqual([
      0,
      expect.stringMatching(/^journal: continues after seq \d+ \(snapshot at \d+, 0 replayed\)\n$/),
    ]);
    expect([...parsed(first.lines.slice(0, -1)), ...parsed(second.lines.slice(0, -1))]).toEqual(
      parsed(story.results.map((r) => JSON.stringify(r))),
    );
    expect(stateOf(second.lines)).toBe(story.stateHash);

    const again = await run(story.lines);
    expect(again.code).toBe(0);
    const answers = parsed<Result>(again.lines.slice(0, -1));
    expect(answers.map(({ status }) => status)).toEqual(story.lines.map(() => 'DUPLICATE'));
    answers.forEach(({ original, events, commandId }, place) => {
      const { seq, time, status, code, message, orderId, isolationId } = story.results[place] as Result;
      expect([commandId, events]).toEqual([story.results[place]?.commandId, []]);
      if (status !== 'DUPLICATE')
        expect(original).toEqual(JSON.parse(JSON.stringify({ seq, time, status, code, message, orderId, isolationId })));
    });
    expect(stateOf(again.lines)).toBe(story.stateHash);
  });

  test('refuses a second writer, and names the first', async () => {
    const directory = await temporary();
    const child = startProgram(['run', '--data', directory]);
    const end = ended(child);
    child.stdin.write(text(deposit('a')));
    await new Promise((done) => child.stdout.once('data', done));
    const second = await runProgram(['run', '--data', directory], text(deposit('b')));
    expect([second.code, second.stdout, second.stderr]).toEqual([
      1,
      '',
      expect.stringContaining(`is being written by the process ${child.pid}`),
    ]);
    child.stdin.end(text(deposit('c')));
    const { code, lines } = await end;
    expect([code, lines.length]).toEqual([0, 2]);
  });

  test('refuses to begin as another shard or with another memory than the journal has, and takes both from it', async () => {
    const directory = await temporary();
    const options = ['--shard', '3', '--command-memory', '2'];
    expect((await runProgram(['run', '--data', directory, ...options], text(...deposits(3)))).code).toBe(0);
    const shard = await runProgram(['run', '--data', directory, '--shard', '0'], text(deposit('x')));
    expect([shard.code, shard.stdout, shard.stderr]).toEqual([1, '', expect.stringContaining('belongs to shard 3')]);
    const memory = await runProgram(['run', '--data', directory, '--command-memory', '9'], text(deposit('x')));
    expect([memory.code, memory.stdout, memory.stderr]).toEqual([1, '', expect.stringContaining('a memory of 2 commandIds')]);
    const { lines } = await runProgram(['run', '--data', directory], text(deposit('d-3'), line('d-1', 'AdvanceTime', {}, { shard: 3 })));
    expect(parsed(lines)).toMatchObject([
      { shard: 3, status: 'DUPLICATE' },
      { shard: 3, status: 'ACCEPTED', seq: 4 },
    ]);
  });

  test('stops at a flipped byte in the middle and names the file, the byte and the first command in doubt', async () => {
    const directory = await temporary();
    // One group a run, so that whole groups lie behind the damaged one.
    for (const id of ['first', 'second', 'third']) await runProgram(['run', '--data', directory], text(deposit(id)));
    const [segment] = (await pathsIn(directory, 'segments')) as [string];
    const place = (await readFile(segment)).indexOf('second');
    await flip(segment, place);
    const before = await readFile(segment);
    const { code, stdout, stderr } = await runProgram(['run', '--data', directory], text(deposit('d')));
    expect([code, stdout]).toEqual([1, '']);
    const [, file, offset, seq] = /^bulkhead: the journal is damaged: .* \(file (.*), byte (\d+), before seq (\d+)\)\n$/.exec(stderr) ?? [];
    expect([file, seq]).toEqual([segment, '2']);
    expect(Number(offset)).toBeLessThanOrEqual(place);
    expect(Number(offset)).toBeGreaterThan(place - 300);
    expect(Buffer.compare(before, await readFile(segment))).toBe(0);
  });

  test('cuts a torn tail, says so, and executes anew what was lost with it', async () => {
    const directory = await temporary();
    const run = (id: string) => runProgram(['run', '--state', '--data', directory], text(deposit(id)));
    await run('a');
    const whole = await run('b');
    const [segment] = (await pathsIn(directory, 'segments')) as [string];
    // The mark of 40 bytes that says that nothing waits comes last, and the record of b before it.
    await truncate(segment, (await readFile(segment)).length - 60);
    // The run took a snapshot at its end, which tells that what is torn off was durable: no crash did that.
    const stopped = await run('b');
    expect([stopped.code, stopped.lines]).toEqual([1, []]);
    expect(stopped.stderr).toContain('records are missing from its end');
    const [, named] = /to go on without seq 2 to 2, which were acknowledged, move away (\S+)/.exec(stopped.stderr) ?? [];
    await rm(named as string);
    const { code, lines, stderr } = await run('b');
    expect(stderr).toMatch(/^journal: cut a torn tail of \d+ bytes, which are no whole block \(file .*\.segment, byte \d+\)\n/);
    expect(stderr).toContain('continues after seq 1 ');
    expect(JSON.parse(lines[0] as string)).toMatchObject({ commandId: 'b', seq: 2, status: 'ACCEPTED' });
    expect([code, stateOf(lines)]).toEqual([0, stateOf(whole.lines)]);
  });

  test('passes over damaged snapshots, says so, and comes to the same state from an older one or from the beginning', async () => {
    const directory = await temporary();
    const story = tellStory(6, 150);
    for (const [from, to] of [
      [0, 50],
      [50, 100],
      [100, 150],
    ]) {
      await runProgram(['run', '--quiet', '--data', directory], text(...story.lines.slice(from, to)));
    }
    const snapshots = await pathsIn(directory, 'snapshots');
    expect(snapshots).toHaveLength(3);
    const offsets = [400, 50, 3];
    for (const oldestBroken of [2, 1, 0]) {
      await flip(snapshots[oldestBroken] as string, offsets[oldestBroken] as number);
      // The start that passed over the newest one has left it anew.
      if (oldestBroken < 2) await flip(snapshots[2] as string, 3);
      const { code, lines, stderr } = await runProgram(['run', '--state', '--data', directory], '');
      expect([code, stateOf(lines)]).toEqual([0, story.stateHash]);
      expect(stderr).toContain(`snapshot ${snapshots[oldestBroken]} not used: `);
      expect(stderr.match(/not used: /g)).toHaveLength(3 - oldestBroken);
      expect(stderr.includes('snapshot at 0,')).toBe(oldestBroken === 0);
    }
  });

  test('stops when the disk takes no more, answers nothing that is not durable, and goes on from there when there is room', async () => {
    const directory = await temporary();
    const bulky = (place: number) => line(`big-${place}`, 'Deposit', { accountId: 'al', currency: 'USD', amount: 'z'.repeat(15_000) });
    const commands = Array.from({ length: 600 }, (_, place) => bulky(place));
    const file = join(directory, 'commands.jsonl');
    await writeFile(file, text(...commands));
    // bash counts in units of 1,024 bytes: 3 MiB, of which the first are laid down ahead of the writer.
    const full = await runShell(`ulimit -f 3072; bulkhead run "${file}" --data "${directory}/journal"`);
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/^bulkhead: the journal has failed and takes no more records: EFBIG/);
    const answered = parsed<Result>(full.lines);
    expect(answered.length).toBeLessThan(300);
    const again = await runProgram(['run', file, '--data', `${directory}/journal`]);
    expect(again.code).toBe(0);
    const results = parsed<Result>(again.lines);
    expect(results.slice(0, answered.length).map(({ status, seq }) => [status, seq])).toEqual(
      answered.map(({ seq }) => ['DUPLICATE', seq]),
    );
    expect(results.map(({ seq }) => seq)).toEqual(commands.map((_, place) => place + 1));
  });
});

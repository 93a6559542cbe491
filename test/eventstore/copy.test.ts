import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StandInProcess, spawnStandIn } from '../support/eventstore';
import { tellStory } from '../support/killLoop/commands';
import { ended, runProgram, startProgram } from '../support/killLoop/program';

const named = process.env.EVENTSTORE_URL;
let standIn: StandInProcess | undefined;
let directory: string;

jest.setTimeout(120_000);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bulkhead-copy-'));
  if (named === undefined) standIn = await spawnStandIn({ directory: join(directory, 'store') });
});

afterAll(async () => {
  await standIn?.kill();
  await rm(directory, { recursive: true, force: true });
});

const url = (): string => named ?? (standIn as StandInProcess).url;

async function stateOf(options: readonly string[], input = ''): Promise<{ hash: string }> {
  const { code, lines, stderr } = await runProgram(['run', '--quiet', '--state', ...options], input);
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(lines.at(-1) as string) as { state: { hash: string } }).state;
}

describe.each(['events', 'frame'])('bulkhead journal copy, packing %s', (packing) => {
  test('there and back: the same chain and state, and the old one goes on no more', async () => {
    const story = tellStory(77, 500);
    const stream = `bulkheadCopy-${randomUUID()}`;
    const [first, last] = [join(directory, `${packing}-first`), join(directory, `${packing}-last`)];
    const store = ['--eventstore', url(), '--eventstore-stream', stream, '--eventstore-packing', packing];
    const input = story.lines.slice(0, 400).join('\n');
    await stateOf(['--data', first], input);

    const there = ['journal', 'copy', '--from', first, '--to', url(), '--to-stream', stream, '--eventstore-packing', packing];
    // Killed on its way, it goes on where it was.
    const cut = startProgram(there);
    const end = ended(cut);
    setTimeout(() => cut.kill('SIGKILL'), 350);
    await end;
    const copied = await runProgram(there);
    expect([copied.code, copied.stderr]).toEqual([0, expect.stringContaining('marked as moved')]);
    expect((await runProgram(['run', '--data', first])).stderr).toContain(`moved to stream ${stream}`);
    // Once more changes nothing.
    expect((await runProgram(there)).stdout).toBe(copied.stdout);

    // It goes on in the store, and comes back.
    const state = await stateOf(store, story.lines.slice(400).join('\n'));
    expect(state.hash).toBe(story.stateHash);
    const back = await runProgram(['journal', 'copy', '--from', url(), '--from-stream', stream, '--to', last]);
    expect(back.code).toBe(0);
    expect((await stateOf(['--data', last])).hash).toBe(story.stateHash);
    expect((await runProgram(['run', ...store])).stderr).toContain('has been moved to');
  });

  test('refuses a target that holds another journal', async () => {
    const [one, other] = [join(directory, `${packing}-one`), join(directory, `${packing}-other`)];
    const deposit = (id: string) =>
      JSON.stringify({ commandId: id, type: 'Deposit', data: { accountId: 'a', currency: 'USD', amount: '1' } });
    await stateOf(['--data', one], deposit('one'));
    await stateOf(['--data', other], deposit('other'));
    const { code, stderr } = await runProgram(['journal', 'copy', '--from', one, '--to', other]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('the target holds another journal')]);
    await stateOf(['--data', one]);
  });
});

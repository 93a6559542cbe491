import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteReader } from '../../src/contract/bytes';
import { decodeRecord } from '../../src/contract/record';
import { createEngine } from '../../src/index';
import { openFileJournalReader } from '../../src/journal';
import { Draw } from '../support/generator/draw';
import { hashOf, type Story, tellStory } from '../support/killLoop/commands';
import { type KillCounts, KillLoop } from '../support/killLoop/killLoop';
import { runProgram } from '../support/killLoop/program';

const COMMANDS = 2_000;
const KILLS = 35;
/** Snapshots often, now and then, and never: then every start replays the whole journal. */
const LOOPS = [
  { seed: 11, snapshotEvery: 40 },
  { seed: 23, snapshotEvery: 400 },
  { seed: 37, snapshotEvery: 1_000_000 },
];

interface Killed {
  readonly story: Story;
  readonly directory: string;
  readonly counts: KillCounts;
  /** What the last, undisturbed run answered, and its state. */
  readonly lastLines: readonly string[];
}

// Some 110 processes are started one after another, on a machine that may be busy with other tests.
jest.setTimeout(300_000);

const directories: string[] = [];
let killed: Killed[] = [];

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bulkhead-kill-'));
  directories.push(directory);
  return directory;
}

async function killAndFinish({ seed, snapshotEvery }: (typeof LOOPS)[number]): Promise<Killed> {
  const story = tellStory(seed, COMMANDS);
  const directory = await temporary();
  const options = ['--snapshot-every', String(snapshotEvery)];
  const traces = { snapshots: join(directory, 'snapshots'), lock: join(directory, 'lock') };
  const loop = new KillLoop(story, ['--data', directory, ...options], traces, new Draw(seed));
  await loop.run(KILLS);
  const rest = story.lines.slice(loop.answered).join('\n');
  const { code, lines, stderr } = await runProgram(['run', '--state', '--data', directory, ...options], rest);
  if (code !== 0) throw new Error(`the last run ended with ${code}: ${stderr}`);
  return { story, directory, counts: loop.counts, lastLines: lines };
}

beforeAll(async () => {
  // All of them end before the first that went wrong is told of: their directories are removed then.
  const outcomes = await Promise.allSettled(LOOPS.map(killAndFinish));
  killed = outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
});

afterAll(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
});

describe('the program, killed again and again on a real journal', () => {
  test('at least 100 times: while it recovers, while it writes a snapshot, while answers are on their way', () => {
    const total = (field: keyof KillCounts) => killed.reduce((sum, { counts }) => sum + counts[field], 0);
    expect(total('kills')).toBeGreaterThanOrEqual(100);
    expect(total('beforeFirstAnswer')).toBeGreaterThan(0);
    expect(total('inSnapshot')).toBeGreaterThan(0);
    expect(total('unansweredButDurable')).toBeGreaterThan(0);
    expect(total('answeredAgain')).toBeGreaterThan(0);
  });

  test('ends in the state of an engine in memory that nothing disturbed', () => {
    for (const { story, lastLines } of killed) {
      const { state } = JSON.parse(lastLines.at(-1) as string) as { state: { hash: string } };
      expect(state.hash).toBe(story.stateHash);
    }
  });

  test('has every command in its journal once, in order, under the seq that it was answered with', async () => {
    for (const { story, directory } of killed) {
      const reader = await openFileJournalReader(directory);
      const ids: string[] = [];
      for await (const entry of reader.read()) {
        if (entry.kind === 'control') continue;
        const record = decodeRecord(new ByteReader(entry.bytes));
        expect(record.seq).toBe(ids.length + 1);
        ids.push(record.command.commandId);
      }
      await reader.close();
      expect(ids).toEqual(story.results.filter(({ status }) => status !== 'DUPLICATE').map(({ commandId }) => commandId));
    }
  });

  test('has the chain hash of a journal that was written in one go', async () => {
    for (const { story, directory } of killed) {
      const undisturbed = await temporary();
      const file = join(undisturbed, 'commands.jsonl');
      await writeFile(file, story.lines.join('\n'));
      const { code, lines } = await runProgram(['run', file, '--data', join(undisturbed, 'journal')]);
      expect(code).toBe(0);
      expect(lines).toEqual(story.results.map((result) => JSON.stringify(result)));
      const hashes = [];
      for (const path of [directory, join(undisturbed, 'journal')]) {
        const reader = await openFileJournalReader(path);
        expect(reader.durable.seq).toBe(story.seq);
        hashes.push(Buffer.from(await reader.chainHash(story.seq)).toString('hex'));
        await reader.close();
      }
      expect(hashes[0]).toBe(hashes[1]);
    }
  });

  test('the state hash would tell one command more', () => {
    const engine = createEngine();
    const before = hashOf(engine);
    engine.execute({ commandId: 'one-more', type: 'AdvanceTime', data: {} });
    expect(hashOf(engine)).not.toBe(before);
  });
});

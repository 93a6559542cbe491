import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteReader } from '../../src/contract/bytes';
import { decodeRecord } from '../../src/contract/record';
import { EventStoreJournal, type Packing } from '../../src/journal/eventstoredb';
import { type StandInProcess, spawnStandIn } from '../support/eventstore';
import { opaqueParts } from '../support/eventstore/opaqueParts';
import { Draw } from '../support/generator/draw';
import { tellStory } from '../support/killLoop/commands';
import { KillLoop } from '../support/killLoop/killLoop';
import { runProgram } from '../support/killLoop/program';

const named = process.env.EVENTSTORE_URL;
const COMMANDS = 1_000;
const KILLS = 26;

jest.setTimeout(240_000);

let directory: string;
let standIn: StandInProcess | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bulkhead-store-kill-'));
  if (named === undefined) standIn = await spawnStandIn({ directory: join(directory, 'store') });
});

afterAll(async () => {
  await standIn?.kill();
  await rm(directory, { recursive: true, force: true });
});

const server = named === undefined ? 'a stand-in for EventStoreDB' : 'EventStoreDB';

describe(`the program, killed again and again on ${server}`, () => {
  test.each<[Packing, number]>([
    ['events', 41],
    ['frame', 43],
  ])('packing %s: nothing that was answered is lost, nothing is done twice', async (packing, seed) => {
    const story = tellStory(seed, COMMANDS);
    const url = named ?? (standIn as StandInProcess).url;
    const stream = `bulkheadKill-${randomUUID()}`;
    const snapshots = join(directory, packing);
    const store = ['--eventstore', url, '--eventstore-stream', stream, '--eventstore-packing', packing, '--snapshots', snapshots];
    const options = [...store, '--snapshot-every', '25'];
    const loop = new KillLoop(story, options, { snapshots: join(snapshots, stream) }, new Draw(seed));
    await loop.run(KILLS);

    const rest = story.lines.slice(loop.answered).join('\n');
    const { code, lines, stderr } = await runProgram(['run', '--state', ...options], rest);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    const { state } = JSON.parse(lines.at(-1) as string) as { state: { hash: string } };
    expect(state.hash).toBe(story.stateHash);

    const journal = await EventStoreJournal.open({ url, stream, shard: 0, packing, present: opaqueParts });
    const ids: string[] = [];
    for await (const { kind, seq, bytes } of journal.read()) {
      if (kind === 'control') continue;
      const record = decodeRecord(new ByteReader(bytes));
      expect([record.seq, seq]).toEqual([ids.length + 1, ids.length + 1]);
      ids.push(record.command.commandId);
    }
    await journal.close();
    expect(ids).toEqual(story.results.filter(({ status }) => status !== 'DUPLICATE').map(({ commandId }) => commandId));
    expect(loop.counts.kills).toBeGreaterThanOrEqual(KILLS);
    expect(loop.counts.beforeFirstAnswer).toBeGreaterThan(0);
    expect(loop.counts.inSnapshot).toBeGreaterThan(0);
    expect(loop.counts.answeredAgain).toBeGreaterThan(0);
  });
});

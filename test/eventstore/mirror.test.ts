import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
  directory = await mkdtemp(join(tmpdir(), 'bulkhead-mirror-'));
  if (named === undefined) standIn = await spawnStandIn({ directory: join(directory, 'store') });
});

afterAll(async () => {
  await standIn?.kill();
  await rm(directory, { recursive: true, force: true });
});

const url = (): string => named ?? (standIn as StandInProcess).url;

describe.each(['events', 'frame'])('bulkhead audit on a stream, packing %s', (packing) => {
  test('mirrors it, goes on where it was, and verifies it as if it were a directory', async () => {
    const story = tellStory(78, 400);
    const stream = `bulkheadMirror-${randomUUID()}`;
    const mirror = join(directory, `${packing}-mirror`);
    const place = ['--eventstore', url(), '--eventstore-stream', stream];
    const run = (lines: readonly string[]) =>
      runProgram(['run', '--quiet', '--state', ...place, '--eventstore-packing', packing], lines.join('\n'));

    expect((await run(story.lines.slice(0, 250))).code).toBe(0);
    const audited = [...place, '--mirror', mirror, '--json'];
    // Killed on its way, it goes on where it was.
    const cut = startProgram(['audit', 'mirror', ...audited]);
    const end = ended(cut);
    setTimeout(() => cut.kill('SIGKILL'), 500);
    await end;
    const first = await runProgram(['audit', 'mirror', ...audited]);
    expect([first.code, first.stderr]).toEqual([0, '']);
    const { seq } = JSON.parse(first.stdout) as { seq: number };
    expect(seq).toBe(250);

    const { lines } = await run(story.lines.slice(250));
    const { hash } = (JSON.parse(lines.at(-1) as string) as { state: { hash: string } }).state;
    const second = JSON.parse((await runProgram(['audit', 'mirror', ...audited])).stdout) as { added: number; seq: number; hash: string };
    // One of the lines is sent twice, which takes no seq.
    expect(second.seq).toBe(new Set(story.lines).size);
    expect(second.added).toBeLessThan(200);

    const verified = await runProgram(['audit', 'verify', ...audited, '--anchor', `${second.seq}:${second.hash}`]);
    expect([verified.code, JSON.parse(verified.stdout)]).toMatchObject([
      0,
      { anchored: true, firstDifference: null, commands: second.seq },
    ]);
    const state = await runProgram(['audit', 'state', ...audited]);
    expect((JSON.parse(state.stdout) as { state: { hash: string } }).state.hash).toBe(hash);

    // A mirror that somebody has changed is not continued.
    const segments = join(mirror, 'segments');
    const path = join(segments, (await readdir(segments)).sort()[0] as string);
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(700) ^ 1, 700);
    await writeFile(path, bytes);
    const damaged = await runProgram(['audit', 'verify', ...audited]);
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('damaged')]);
  });
});

test('a directory that mirrors one stream is not taken for another', async () => {
  const mirror = join(directory, 'taken');
  const streams = [`bulkheadMirror-${randomUUID()}`, `bulkheadMirror-${randomUUID()}`];
  for (const stream of streams) {
    await runProgram(['run', '--quiet', '--eventstore', url(), '--eventstore-stream', stream], tellStory(79, 20).lines.join('\n'));
  }
  const audit = (stream: string) =>
    runProgram(['audit', 'mirror', '--eventstore', url(), '--eventstore-stream', stream, '--mirror', mirror]);
  expect((await audit(streams[0] as string)).code).toBe(0);
  const other = await audit(streams[1] as string);
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('mirrors the stream')]);
  const absent = await audit('bulkheadMirror-none');
  expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('has no stream')]);
});

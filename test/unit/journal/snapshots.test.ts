import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { type FileJournal, openFileJournal, type Snapshot, Snapshots } from '../../../src/journal';
import { temporaryDirectories } from './temporary';

const makeDirectory = temporaryDirectories();
let journal: FileJournal;
let snapshots: Snapshots;

beforeEach(async () => {
  journal = await openFileJournal(await makeDirectory());
  for (let seq = 1; seq <= 500; seq++) journal.append({ seq, kind: 'command', bytes: Buffer.from(`command ${seq}`) });
  await journal.whenDurable(499);
  snapshots = new Snapshots(journal.snapshotsDirectory);
});

afterEach(() => journal.close());

const snapshotAt = async (seq: number): Promise<Snapshot> => ({
  seq,
  revision: seq - 1,
  chainHash: await journal.chainHash(seq),
  content: Buffer.from(`state at ${seq}`),
});

const write = async (seq: number): Promise<string> => snapshots.write(journal.meta, await snapshotAt(seq));

async function expectFallsBack(newest: string, reason: string): Promise<void> {
  const { snapshot, skipped } = await snapshots.newestValid(journal);
  expect(snapshot?.seq).toBe(100);
  expect(skipped).toEqual([{ file: newest, reason: expect.stringContaining(reason) }]);
}

async function change(file: string, edit: (bytes: Buffer) => Buffer): Promise<void> {
  await fs.writeFile(file, edit(await fs.readFile(file)));
}

const flip = (offset: number) => (bytes: Buffer) => {
  bytes[offset] = (bytes[offset] as number) ^ 1;
  return bytes;
};

test('the newest is found, with its place and content', async () => {
  await write(100);
  await write(300);
  const { snapshot, skipped } = await snapshots.newestValid(journal);
  expect(skipped).toEqual([]);
  expect(snapshot).toMatchObject({ seq: 300, revision: 299 });
  expect(Buffer.from(snapshot?.content as Uint8Array).toString()).toBe('state at 300');
  expect(Buffer.from(snapshot?.chainHash as Uint8Array)).toEqual(Buffer.from(await journal.chainHash(300)));
});

test('without any there is none', async () => {
  expect(await snapshots.newestValid(journal)).toEqual({ snapshot: null, skipped: [] });
});

test('the last three are kept, and no temporary file', async () => {
  for (const seq of [10, 20, 30, 40, 50]) await write(seq);
  expect((await fs.readdir(journal.snapshotsDirectory)).map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b)).toEqual([
    30, 40, 50,
  ]);
});

test('content of many pieces comes back whole', async () => {
  const content = Buffer.alloc(9_000_000, 'bulkhead');
  await snapshots.write(journal.meta, { ...(await snapshotAt(7)), content });
  const { snapshot } = await snapshots.newestValid(journal);
  expect(Buffer.compare(snapshot?.content as Uint8Array, content)).toBe(0);
});

test.each([
  ['content', 165, 'its content has changed'],
  ['header', 33, 'the CRC of its header does not match'],
  ['beginning', 0, 'it is no snapshot'],
])('with a flipped byte in its %s the next older is used', async (_part, offset, reason) => {
  await write(100);
  const newest = await write(300);
  await change(newest, flip(offset));
  await expectFallsBack(newest, reason);
});

test('cut short, the next older is used', async () => {
  await write(100);
  const newest = await write(300);
  await change(newest, (bytes) => bytes.subarray(0, bytes.length - 1));
  await expectFallsBack(newest, 'cut short');
});

test('newer than the journal, the next older is used', async () => {
  await write(100);
  const newest = await snapshots.write(journal.meta, { ...(await snapshotAt(500)), seq: 501, revision: 500 });
  await expectFallsBack(newest, 'newer than the journal');
});

test('of another history with as many commands, the next older is used', async () => {
  await write(100);
  const newest = await snapshots.write(journal.meta, { ...(await snapshotAt(300)), chainHash: await journal.chainHash(299) });
  await expectFallsBack(newest, 'another hash');
});

test('of another journal, the next older is used', async () => {
  await write(100);
  const other = await openFileJournal(await makeDirectory());
  await other.close();
  const newest = await snapshots.write(other.meta, await snapshotAt(300));
  await expectFallsBack(newest, 'another journal');
});

test('a temporary file of an interrupted writing is no snapshot and is written over', async () => {
  const name = `${'300'.padStart(16, '0')}.snapshot.tmp`;
  await fs.writeFile(join(journal.snapshotsDirectory, name), 'half');
  expect((await snapshots.newestValid(journal)).snapshot).toBeNull();
  await write(300);
  expect((await snapshots.newestValid(journal)).snapshot?.seq).toBe(300);
});

test('what killed writers left half written is removed, and nothing else', async () => {
  const whole = await write(100);
  await fs.writeFile(join(journal.snapshotsDirectory, '0000000000000200.snapshot.tmp'), 'half a snapshot');
  await fs.writeFile(join(journal.snapshotsDirectory, 'notes.tmp'), 'not ours');
  await snapshots.removeUnfinished();
  expect((await fs.readdir(journal.snapshotsDirectory)).sort()).toEqual([whole.split('/').pop(), 'notes.tmp'].sort());
});

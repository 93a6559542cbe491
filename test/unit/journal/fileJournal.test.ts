import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { type FileJournal, openFileJournal, openFileJournalReader } from '../../../src/journal';
import { type FileSystem, nodeFileSystem } from '../../../src/journal/fileSystem';
import { expectedChain } from '../../contract/journal/suite';
import { temporaryDirectories } from './temporary';

const makeDirectory = temporaryDirectories();

const bytesOf = (seq: number): Uint8Array => Buffer.from(`command ${seq}`);

async function appendTo(journal: FileJournal, lastSeq: number): Promise<void> {
  while (journal.head.seq < lastSeq) journal.append({ seq: journal.head.seq + 1, kind: 'command', bytes: bytesOf(journal.head.seq + 1) });
  await journal.whenDurable(journal.head.revision);
}

const commands = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => bytesOf(i + 1));

test('the hash of a long journal comes from the thread, and is that of the documentation', async () => {
  const journal = await openFileJournal(await makeDirectory(), { segmentBytes: 100_000 });
  await appendTo(journal, 1000);
  expect(Buffer.from(await journal.chainHash(300))).toEqual(expectedChain(commands(300)));
  await appendTo(journal, 30_000);
  const seqs = [30_000, 29_999, 300, 256, 0, 30_000];
  const hashes = await Promise.all(seqs.map((seq) => journal.chainHash(seq)));
  for (const [i, seq] of seqs.entries()) expect(Buffer.from(hashes[i] as Uint8Array)).toEqual(expectedChain(commands(seq)));
  await appendTo(journal, 30_100);
  expect(Buffer.from(await journal.chainHash(30_100))).toEqual(expectedChain(commands(30_100)));
  await journal.close();
});

test('a reader beside the writer needs no lock, sees what was durable, and changes nothing', async () => {
  const directory = await makeDirectory();
  const journal = await openFileJournal(directory);
  await appendTo(journal, 700);
  const reader = await openFileJournalReader(directory);
  await appendTo(journal, 800);
  expect(reader.durable).toEqual({ revision: 699, seq: 700 });
  let count = 0;
  for await (const entry of reader.read(100)) expect(entry.seq).toBe(101 + count++);
  expect(count).toBe(600);
  expect(Buffer.from(await reader.chainHash(700))).toEqual(expectedChain(commands(700)));
  await reader.close();
  await journal.close();
});

/** The disk, and how many bytes were read from it. */
function countingDisk(): { readonly disk: FileSystem; bytesRead(): number } {
  let bytesRead = 0;
  const open: FileSystem['open'] = async (path, mode) => {
    const file = await nodeFileSystem.open(path, mode);
    const read = file.read.bind(file);
    file.read = async (into, position) => {
      const count = await read(into, position);
      bytesRead += count;
      return count;
    };
    return file;
  };
  return { disk: { ...nodeFileSystem, open }, bytesRead: () => bytesRead };
}

test('who follows a journal reads what came, and not what it has read before', async () => {
  const { disk, bytesRead } = countingDisk();
  const journal = await openFileJournal(await makeDirectory(), { fileSystem: disk, extentBytes: 0, segmentBytes: 400_000 });
  await appendTo(journal, 20_000);
  const before = bytesRead();
  const seqs: number[] = [];
  const following = (async () => {
    for await (const batch of journal.follow(19_000)) seqs.push(...batch.seqs);
  })();
  for (let lastSeq = 20_010; lastSeq <= 22_000; lastSeq += 10) {
    await appendTo(journal, lastSeq);
    while (seqs.at(-1) !== lastSeq) await new Promise((done) => setImmediate(done));
  }
  await journal.close();
  await following;
  expect(seqs).toEqual(Array.from({ length: 3_000 }, (_, place) => 19_001 + place));
  // It begins with a look at one whole segment; the 2,000 records that came have 56 bytes each at most.
  expect(bytesRead() - before).toBeLessThan(400_000 + 4 * 2_000 * 56);
});

test('a reader opened again and again beside a busy writer never takes it for damaged', async () => {
  const directory = await makeDirectory();
  const journal = await openFileJournal(directory, { segmentBytes: 50_000, extentBytes: 4096 });
  let isDone = false;
  const writing = (async () => {
    for (let lastSeq = 7; !isDone; lastSeq += 7) await appendTo(journal, lastSeq);
  })();
  let before = 0;
  for (let i = 0; i < 40; i++) {
    const reader = await openFileJournalReader(directory);
    expect(reader.durable.seq).toBeGreaterThanOrEqual(before);
    before = reader.durable.seq;
    await reader.close();
  }
  isDone = true;
  await writing;
  await journal.close();
});

test('where there is no journal a reader says so and makes none', async () => {
  const directory = await makeDirectory();
  await expect(openFileJournalReader(directory)).rejects.toThrow('there is no journal');
  expect(await fs.readdir(directory)).toEqual([]);
});

test('a torn tail is cut, said, and never met again', async () => {
  const directory = await makeDirectory();
  let journal = await openFileJournal(directory);
  await appendTo(journal, 10);
  await journal.close();
  const [name] = (await fs.readdir(join(directory, 'segments'))) as [string];
  const path = join(directory, 'segments', name);
  const size = (await fs.stat(path)).size;
  await fs.appendFile(path, Buffer.alloc(33, 7));

  journal = await openFileJournal(directory);
  expect(journal.tornTail).toEqual({ file: path, offset: size - 40, bytes: 33 });
  expect(journal.head.seq).toBe(10);
  await appendTo(journal, 20);
  await journal.close();
  journal = await openFileJournal(directory);
  expect(journal.tornTail).toBeNull();
  expect(journal.head.seq).toBe(20);
  await journal.close();
});

test('a segment of another journal is refused', async () => {
  const [ours, theirs] = [await makeDirectory(), await makeDirectory()];
  for (const directory of [ours, theirs]) await (await openFileJournal(directory)).close();
  const [name] = (await fs.readdir(join(ours, 'segments'))) as [string];
  await fs.copyFile(join(theirs, 'segments', name), join(ours, 'segments', name));
  await expect(openFileJournal(ours)).rejects.toThrow('belongs to another journal');
});

test('a journal of a later format is refused by name', async () => {
  const directory = await makeDirectory();
  await (await openFileJournal(directory)).close();
  const path = join(directory, 'journal.json');
  await fs.writeFile(path, (await fs.readFile(path, 'utf8')).replace('"formatVersion": 1', '"formatVersion": 2'));
  await expect(openFileJournal(directory)).rejects.toThrow('has format 2');
  await fs.writeFile(path, '{}');
  await expect(openFileJournal(directory)).rejects.toThrow('does not describe a journal');
});

test('a record far above the bound of what waits is durable, read back, in the chain and survived by the journal', async () => {
  const directory = await makeDirectory();
  const journal = await openFileJournal(directory, { segmentBytes: 8_000_000 });
  await appendTo(journal, 3);
  const large = Buffer.alloc(150 * 1024 * 1024, 'tick');
  journal.append({ seq: 4, kind: 'command', bytes: large });
  expect(journal.isReady).toBe(false);
  await journal.whenDurable(3);
  expect(journal.isReady).toBe(true);
  await appendTo(journal, 6);
  await journal.close();

  const again = await openFileJournal(directory);
  const lengths: number[] = [];
  for await (const entry of again.read()) {
    lengths.push(entry.bytes.length);
    if (entry.seq === 4) expect(large.equals(entry.bytes)).toBe(true);
  }
  expect(lengths).toEqual([9, 9, 9, large.length, 9, 9]);
  expect(Buffer.from(await again.chainHash(6))).toEqual(expectedChain([bytesOf(1), bytesOf(2), bytesOf(3), large, bytesOf(5), bytesOf(6)]));
  await again.close();
});

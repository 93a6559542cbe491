import { type FileJournal, JournalFailed, openFileJournal } from '../../../src/journal';
import { type Faults, randomFrom, SimDisk } from './simDisk';

const openOn = (disk: SimDisk): Promise<FileJournal> =>
  openFileJournal('/journal', { fileSystem: disk, extentBytes: 1024, lock: async () => async () => undefined, maxPendingBytes: 2000 });

const record = (seq: number) => ({ seq, kind: 'command' as const, bytes: Buffer.alloc(300, seq) });

/** An error at the next call of that name. */
const failNext = (operation: string, code: string): Faults['errorAt'] => {
  let hasFailed = false;
  return (_call, called) => {
    if (hasFailed || called !== operation) return null;
    hasFailed = true;
    return Object.assign(new Error(`${code}: simulated`), { code });
  };
};

async function recordsOf(journal: FileJournal): Promise<number> {
  let count = 0;
  for await (const batch of journal.readBatches()) count += batch.count;
  return count;
}

describe.each([
  ['a full disk', 'write', 'ENOSPC'],
  ['a write error', 'write', 'EIO'],
  ['a failed sync', 'dataSync', 'EIO'],
])('%s', (_name, operation, code) => {
  test('fails the journal for good: nothing is acknowledged after it', async () => {
    const disk = new SimDisk(randomFrom(1));
    const journal = await openOn(disk);
    for (let seq = 1; seq <= 3; seq++) await journal.whenDurable(journal.append(record(seq)));
    await new Promise((done) => setImmediate(done));
    disk.faults = { errorAt: failNext(operation, code) };
    const told: Error[] = [];
    journal.onFailure((error) => told.push(error));

    const pending = [4, 5, 6].map((seq) => journal.whenDurable(journal.append(record(seq))));
    const outcomes = await Promise.allSettled(pending);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(journal.failure).toBeInstanceOf(JournalFailed);
    expect(journal.failure?.message).toContain(code);
    expect(told).toEqual([journal.failure]);
    expect(journal.durable).toEqual({ revision: 2, seq: 3 });

    const callsAtFailure = disk.calls;
    expect(() => journal.append(record(7))).toThrow(JournalFailed);
    await expect(journal.whenDurable(3)).rejects.toThrow(JournalFailed);
    await expect(journal.ready()).rejects.toThrow(JournalFailed);
    expect(disk.calls).toBe(callsAtFailure);
    await journal.close();

    const again = await openOn(disk.afterCrash());
    expect(await recordsOf(again)).toBeGreaterThanOrEqual(3);
    await again.close();
  });
});

test('who waits for room is told of the failure', async () => {
  const disk = new SimDisk(randomFrom(2));
  const journal = await openOn(disk);
  disk.faults = { errorAt: failNext('dataSync', 'EIO') };
  for (let seq = 1; journal.isReady; seq++) journal.append(record(seq));
  await expect(journal.ready()).rejects.toThrow(JournalFailed);
  await journal.close();
});

test('who follows gets what is durable, then the failure', async () => {
  const disk = new SimDisk(randomFrom(3));
  const journal = await openOn(disk);
  await journal.whenDurable(journal.append(record(1)));
  await new Promise((done) => setImmediate(done));
  let followed = 0;
  const following = (async () => {
    for await (const batch of journal.follow()) followed += batch.count;
  })();
  const ended = expect(following).rejects.toThrow(JournalFailed);
  await new Promise((done) => setImmediate(done));
  disk.faults = { errorAt: failNext('write', 'ENOSPC') };
  journal.append(record(2));
  await ended;
  expect(followed).toBe(1);
  await journal.close();
});

test('short writes are gone on with until all is written', async () => {
  const disk = new SimDisk(randomFrom(4));
  disk.faults = { longestWrite: 7 };
  const journal = await openOn(disk);
  for (let seq = 1; seq <= 20; seq++) await journal.whenDurable(journal.append(record(seq)));
  await journal.close();
  const again = await openOn(disk.afterCrash());
  expect(await recordsOf(again)).toBe(20);
  await again.close();
});

test('a disk that takes nothing without an error fails the journal', async () => {
  const disk = new SimDisk(randomFrom(5));
  const journal = await openOn(disk);
  disk.faults = { longestWrite: 0 };
  await expect(journal.whenDurable(journal.append(record(1)))).rejects.toThrow('the disk took 0 of');
  await journal.close();
});

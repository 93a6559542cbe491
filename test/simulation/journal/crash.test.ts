import { type FileJournal, type FileJournalOptions, JournalDamaged, type JournalEntry, openFileJournal } from '../../../src/journal';
import { expectedChain } from '../../contract/journal/suite';
import { randomFrom, SimDisk } from './simDisk';

jest.setTimeout(60_000);

const DIRECTORY = '/journal';
const SIZES = { segmentBytes: 1800, extentBytes: 512 };

const openOn = (disk: SimDisk, options: FileJournalOptions = SIZES): Promise<FileJournal> =>
  openFileJournal(DIRECTORY, { ...options, fileSystem: disk, lock: async () => async () => undefined });

const bytesOf = (revision: number): Uint8Array => Buffer.from(`${revision}:`.repeat(1 + ((revision * 7) % 60)));

const isControl = (revision: number): boolean => revision % 11 === 3;

interface Outcome {
  /** Highest revision that was reported durable. */
  acknowledged: number;
  appended: number;
}

/** Appends groups of changing size from the journal's head on, noting what is acknowledged, until `last` or a crash. */
async function work(disk: SimDisk, last: number, outcome: Outcome): Promise<void> {
  const journal = await openOn(disk);
  // What recovery found was shown to the engine as durable, and must stay.
  outcome.acknowledged = Math.max(outcome.acknowledged, journal.durable.revision);
  journal.onDurable(({ revision }) => {
    outcome.acknowledged = revision;
  });
  while (journal.head.revision < last) {
    const size = 1 + (journal.head.revision % 5);
    for (let i = 0; i <= size && journal.head.revision < last; i++) {
      const revision = journal.head.revision + 1;
      const kind = isControl(revision) ? ('control' as const) : ('command' as const);
      journal.append({ seq: kind === 'control' ? 0 : journal.head.seq + 1, kind, bytes: bytesOf(revision) });
      outcome.appended = revision;
    }
    if (size % 2 === 0) await journal.whenDurable(journal.head.revision);
    else await new Promise((done) => setImmediate(done));
  }
  await journal.close();
}

async function readAll(journal: FileJournal): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read()) entries.push(entry);
  return entries;
}

async function expectRecovered(disk: SimDisk, outcome: Outcome): Promise<void> {
  const journal = await openOn(disk);
  const entries = await readAll(journal);
  expect(journal.durable.revision).toBeGreaterThanOrEqual(outcome.acknowledged);
  expect(journal.durable.revision).toBeLessThanOrEqual(outcome.appended);
  expect(entries).toHaveLength(journal.durable.revision + 1);
  const isAsAppended = ({ bytes, kind }: JournalEntry, revision: number): boolean =>
    Buffer.compare(bytes, bytesOf(revision)) === 0 && (kind === 'control') === isControl(revision);
  expect(entries.filter((entry, revision) => !isAsAppended(entry, revision))).toEqual([]);
  const commands = entries.filter(({ kind }) => kind === 'command').map(({ bytes }) => bytes);
  expect(Buffer.from(await journal.chainHash(journal.durable.seq))).toEqual(expectedChain(commands));
  await journal.close();
}

const RECORDS = 60;

async function countCalls(): Promise<number> {
  const disk = new SimDisk(randomFrom(1));
  await work(disk, RECORDS, { acknowledged: -1, appended: -1 });
  return disk.calls;
}

async function crashAndRecover(disk: SimDisk, crashAt: number, outcome: Outcome): Promise<boolean> {
  disk.faults = { crashAt };
  let hasCrashed = false;
  await work(disk, RECORDS, outcome).catch((error: Error) => {
    if (!/crash|down/.test(error.message)) throw error;
    hasCrashed = true;
  });
  return hasCrashed;
}

describe('§4 a crash at any call to the disk', () => {
  test.each(['machine', 'process'] as const)('loses nothing acknowledged when the %s stops', async (stopped) => {
    const calls = await countCalls();
    expect(calls).toBeGreaterThan(100);
    let crashes = 0;
    for (let crashAt = 1; crashAt <= calls; crashAt++) {
      for (let seed = 0; seed < 6; seed++) {
        const disk = new SimDisk(randomFrom(crashAt * 100 + seed));
        const outcome = { acknowledged: -1, appended: -1 };
        if (!(await crashAndRecover(disk, crashAt, outcome))) continue;
        crashes++;
        await expectRecovered(stopped === 'machine' ? disk.afterCrash() : disk.afterKill(), outcome);
      }
    }
    expect(crashes).toBeGreaterThan(calls * 5);
  });

  test('crashes while it recovers and goes on change nothing of that', async () => {
    const random = randomFrom(7);
    for (let round = 0; round < 150; round++) {
      let disk = new SimDisk(randomFrom(round));
      const outcome = { acknowledged: -1, appended: -1 };
      for (let crash = 0; crash < 6; crash++) {
        await crashAndRecover(disk, 1 + (random() % 60), outcome);
        disk = random() % 3 === 0 ? disk.afterKill() : disk.afterCrash();
      }
      await expectRecovered(disk, outcome);
    }
  });
});

describe('§4 what a recovery has shown is durable', () => {
  test('after a kill at any call, also when the power goes right after the recovery', async () => {
    const calls = await countCalls();
    for (let crashAt = 1; crashAt <= calls; crashAt++) {
      for (let seed = 0; seed < 4; seed++) {
        const disk = new SimDisk(randomFrom(crashAt * 100 + seed));
        const outcome = { acknowledged: -1, appended: -1 };
        if (!(await crashAndRecover(disk, crashAt, outcome))) continue;
        const survivor = disk.afterKill();
        const { revision } = (await openOn(survivor)).durable;
        await expectRecovered(survivor.afterCrash(), { ...outcome, acknowledged: revision });
      }
    }
  });

  test('after a sync that failed and left its pages as clean', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const disk = new SimDisk(randomFrom(seed));
      const journal = await openOn(disk, { segmentBytes: 1_000_000 });
      await journal.whenDurable(journal.append({ seq: 1, kind: 'command', bytes: bytesOf(0) }));
      disk.faults = { errorAt: (_call, operation) => (operation === 'dataSync' ? new Error('EIO') : null) };
      await expect(journal.whenDurable(journal.append({ seq: 2, kind: 'command', bytes: bytesOf(1) }))).rejects.toThrow('EIO');
      const survivor = disk.afterKill();
      const { revision } = (await openOn(survivor)).durable;
      await expectRecovered(survivor.afterCrash(), { acknowledged: revision, appended: 1 });
    }
  });

  test('a torn tail is said once: after the recovery it is gone for good', async () => {
    const calls = await countCalls();
    let torn = 0;
    for (let crashAt = 1; crashAt <= calls; crashAt++) {
      const disk = new SimDisk(randomFrom(crashAt));
      if (!(await crashAndRecover(disk, crashAt, { acknowledged: -1, appended: -1 }))) continue;
      const survivor = disk.afterKill();
      if ((await openOn(survivor)).tornTail) torn++;
      expect((await openOn(survivor.afterCrash())).tornTail).toBeNull();
    }
    expect(torn).toBeGreaterThan(5);
  });
});

describe('§4 damage to what was durable', () => {
  test('every flipped byte of a closed journal stops the start and its place is named', async () => {
    const pristine = new SimDisk(randomFrom(3));
    await work(pristine, RECORDS, { acknowledged: -1, appended: -1 });
    await (await openOn(pristine)).close();
    const segments = pristine.paths('.segment');
    expect(segments.length).toBeGreaterThan(2);
    for (const [index, path] of segments.entries()) {
      const length = pristine.bytes(path).length;
      // The mark at the very end and the zeros at the end of the header carry nothing that could be lost.
      const marked = index === segments.length - 1 ? length - 40 : length;
      for (let offset = 0; offset < marked; offset++) {
        if (offset >= 60 && offset < 64) continue;
        const disk = pristine.afterKill();
        disk.flip(path, offset, 1 << (offset % 8));
        const error = await openOn(disk).then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(JournalDamaged);
        const damage = error as JournalDamaged;
        expect(damage.file).toBe(path);
        expect(damage.offset).toBeLessThanOrEqual(offset);
        expect(damage.message).toContain(`byte ${damage.offset}`);
      }
    }
  });

  test('a flipped byte in a group behind which another was written is refused after a power cut, too', async () => {
    const disk = new SimDisk(randomFrom(4));
    const journal = await openOn(disk, { segmentBytes: 1_000_000, extentBytes: 4096 });
    for (let seq = 1; seq <= 20; seq++) await journal.whenDurable(journal.append({ seq, kind: 'command', bytes: bytesOf(seq) }));
    const crashed = disk.afterCrash();
    const [path] = crashed.paths('.segment') as [string];
    crashed.flip(path, 120, 4);
    await expect(openOn(crashed)).rejects.toMatchObject({ name: 'JournalDamaged', file: path, offset: 64, seq: 1 });
  });

  test('a lost segment in the middle, and a lost first one, are refused', async () => {
    for (const lost of [0, 1]) {
      const disk = new SimDisk(randomFrom(5));
      await work(disk, RECORDS, { acknowledged: -1, appended: -1 });
      await disk.remove(disk.paths('.segment')[lost] as string);
      await expect(openOn(disk)).rejects.toThrow('records are missing');
    }
  });

  test('a journal whose meta file is gone is not begun anew', async () => {
    const disk = new SimDisk(randomFrom(6));
    await work(disk, RECORDS, { acknowledged: -1, appended: -1 });
    await disk.remove(`${DIRECTORY}/journal.json`);
    await expect(openOn(disk)).rejects.toThrow('journal.json is gone');
  });

  test('damage that comes while the journal is open is met by the reader', async () => {
    const disk = new SimDisk(randomFrom(8));
    const journal = await openOn(disk, { segmentBytes: 1_000_000 });
    for (let seq = 1; seq <= 5; seq++) await journal.whenDurable(journal.append({ seq, kind: 'command', bytes: bytesOf(seq) }));
    disk.flip(disk.paths('.segment')[0] as string, 110, 1);
    await expect(readAll(journal)).rejects.toBeInstanceOf(JournalDamaged);
    await journal.close();
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { JournalLocked, openFileJournal } from '../../../src/journal';
import { lockDirectory } from '../../../src/journal/lock';
import { temporaryDirectories } from './temporary';

const makeDirectory = temporaryDirectories();

const outcomeOf = (lock: Promise<() => Promise<void>>): Promise<(() => Promise<void>) | Error> => lock.catch((error: Error) => error);

/** Holds the lock in another process until it is killed. */
async function holdElsewhere(directory: string): Promise<{ pid: number; kill: () => Promise<void> }> {
  const source = `require('tsx/cjs');
    require(${JSON.stringify(join(__dirname, '../../../src/journal/lock.ts'))})
      .lockDirectory(${JSON.stringify(directory)}).then(() => { console.log('held'); setInterval(() => {}, 1000); });`;
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    pid: child.pid as number,
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('a second writer is refused, and let in when the first has gone', async () => {
  const directory = await makeDirectory();
  const first = await openFileJournal(directory);
  await expect(openFileJournal(directory)).rejects.toThrow(JournalLocked);
  await expect(openFileJournal(directory)).rejects.toThrow(`written by the process ${process.pid}`);
  await first.close();
  await (await openFileJournal(directory)).close();
});

test('a writer in another process is named, and its lock is free as soon as it is killed', async () => {
  const directory = await makeDirectory();
  const other = await holdElsewhere(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(`the process ${other.pid}`);
  await other.kill();
  await (await lockDirectory(directory))();
  expect(await fs.readdir(join(directory, 'lock'))).toEqual([]);
});

test('of many that start at once at most one holds the lock', async () => {
  const directory = await makeDirectory();
  for (let round = 0; round < 10; round++) {
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => outcomeOf(lockDirectory(directory))));
    const held = outcomes.filter((outcome) => typeof outcome === 'function');
    expect(held.length).toBeLessThanOrEqual(1);
    for (const refused of outcomes.filter((outcome) => outcome instanceof Error)) expect(refused).toBeInstanceOf(JournalLocked);
    for (const release of held) await release();
  }
  await (await lockDirectory(directory))();
});

test('a directory whose path is too long for a socket is locked all the same', async () => {
  const directory = join(await makeDirectory(), 'deep/'.repeat(30));
  const release = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(JournalLocked);
  await release();
  expect(await fs.readdir(join(directory, 'lock'))).toEqual([]);
  await (await lockDirectory(directory))();
});

test('a failed opening gives the lock back', async () => {
  const directory = await makeDirectory();
  await (await openFileJournal(directory, { shard: 3 })).close();
  await expect(openFileJournal(directory, { shard: 4 })).rejects.toThrow('belongs to shard 3');
  await (await openFileJournal(directory, { shard: 3 })).close();
});

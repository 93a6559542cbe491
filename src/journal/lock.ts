import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeDirectory } from './makeDirectory';
import { JournalLocked } from './port';

/**
 * The lock against a second writer: a listening Unix socket in the journal's directory, `lock/writer-<pid>-<random>.sock`. The
 * kernel closes it however the process dies, works across containers that share the directory, and does not mistake a reused pid
 * for the holder, as a file with a pid in it does.
 *
 * A starter listens under a temporary name, renames the socket into place and only then looks at the others. A visible name
 * therefore listens or is dead for good, dead ones are removed by anyone, and of two that start at once at least one sees the
 * other: both never win. When both give way, each tries again after a random pause.
 */
export type ReleaseLock = () => Promise<void>;
export type LockDirectory = (directory: string) => Promise<ReleaseLock>;

const SOCKET_NAME = /^writer-(\d+)-[0-9a-f]+\.sock$/;
const ATTEMPTS = 5;
// sun_path has 104 bytes on macOS and 108 on Linux.
const MAX_SOCKET_PATH = 100;
const LONGEST_NAME = 'writer-4194304-0123456789abcdef.sock.tmp'.length;

const listen = (path: string): Promise<net.Server> =>
  new Promise((done, fail) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once('error', fail);
    server.listen(path, () => {
      server.off('error', fail);
      server.on('error', () => undefined);
      server.unref();
      done(server);
    });
  });

/** Whether a process listens: only a refusal or a vanished name says that none does. */
const isAlive = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = net.connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'));
  });

const removeIfThere = (path: string): Promise<void> => fs.rm(path, { force: true });

/** Runs `use` with a path to `directory` that is short enough for a socket's address. */
async function withShortPath<T>(directory: string, use: (directory: string, shortPath: string) => Promise<T>): Promise<T> {
  if (directory.length + 1 + LONGEST_NAME <= MAX_SOCKET_PATH) return use(directory, directory);
  const link = join(tmpdir(), `bulkhead-${randomBytes(8).toString('hex')}`);
  await fs.symlink(directory, link);
  try {
    return await use(directory, link);
  } finally {
    await removeIfThere(link);
  }
}

async function livingWriter(directory: string, shortPath: string, own: string): Promise<string | null> {
  for (const name of await fs.readdir(directory)) {
    const match = SOCKET_NAME.exec(name);
    if (!match || name === own) continue;
    if (await isAlive(join(shortPath, name))) return match[1] as string;
    await removeIfThere(join(directory, name));
  }
  return null;
}

async function tryLock(directory: string, shortPath: string): Promise<ReleaseLock | { holder: string }> {
  const name = `writer-${process.pid}-${randomBytes(8).toString('hex')}.sock`;
  const path = join(directory, name);
  const server = await listen(join(shortPath, `${name}.tmp`));
  const release = async (): Promise<void> => {
    await removeIfThere(path);
    await new Promise<void>((done) => server.close(() => done()));
  };
  try {
    await fs.rename(`${path}.tmp`, path);
    const holder = await livingWriter(directory, shortPath, name);
    if (holder === null) return release;
    await release();
    return { holder };
  } catch (error) {
    await release();
    throw error;
  }
}

export const lockDirectory: LockDirectory = async (directory) => {
  const locks = resolve(directory, 'lock');
  makeDirectory(locks);
  for (let attempt = 1; ; attempt++) {
    const outcome = await withShortPath(locks, tryLock);
    if (typeof outcome === 'function') return outcome;
    if (attempt === ATTEMPTS) {
      throw new JournalLocked(
        `the journal in ${directory} is being written by the process ${outcome.holder}; two writers would destroy it`,
      );
    }
    await new Promise((done) => setTimeout(done, attempt * 2 + Math.random() * 10));
  }
};

import * as fs from 'node:fs';
import { makeDirectory } from './makeDirectory';

/** The few calls that the journal makes on a disk, so that a test can put a faulty one behind them. */
export interface FileSystem {
  /** 'create' fails when the file is there; 'update' and 'read' when it is not. */
  open(path: string, mode: 'create' | 'update' | 'read'): Promise<OpenFile>;
  makeDirectory(path: string): Promise<void>;
  /** Names in a directory; an absent directory is empty. */
  list(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in a directory durable. */
  syncDirectory(path: string): Promise<void>;
}

export interface OpenFile {
  /** Bytes read: fewer than asked for at the end of the file only. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Bytes written, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  dataSync(): Promise<void>;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

type Callback<T> = (error: NodeJS.ErrnoException | null, value?: T) => void;

// fs.promises costs a FileHandle and about a third more time per small commit than the callback calls do.
const promised = <T>(call: (done: Callback<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value as T))));

const FLAGS = { create: 'wx+', update: 'r+', read: 'r' } as const;

class NodeFile implements OpenFile {
  constructor(private readonly fd: number) {}

  async read(into: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const length = into.length - done;
      const count = await promised<number>((cb) => fs.read(this.fd, into, done, length, position + done, cb));
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  write(bytes: Uint8Array, position: number): Promise<number> {
    return promised((cb) => fs.write(this.fd, bytes, 0, bytes.length, position, cb));
  }

  dataSync(): Promise<void> {
    return promised((cb) => fs.fdatasync(this.fd, cb));
  }

  truncate(length: number): Promise<void> {
    return promised((cb) => fs.ftruncate(this.fd, length, cb));
  }

  async size(): Promise<number> {
    return (await promised<fs.Stats>((cb) => fs.fstat(this.fd, cb))).size;
  }

  close(): Promise<void> {
    return promised((cb) => fs.close(this.fd, cb));
  }
}

export const nodeFileSystem: FileSystem = {
  open: async (path, mode) => new NodeFile(await promised<number>((cb) => fs.open(path, FLAGS[mode], cb))),
  makeDirectory: async (path) => makeDirectory(path),
  list: (path) =>
    promised<string[]>((cb) => fs.readdir(path, (error, names) => (error?.code === 'ENOENT' ? cb(null, []) : cb(error, names)))),
  rename: (from, to) => promised((cb) => fs.rename(from, to, cb)),
  remove: (path) => promised((cb) => fs.unlink(path, cb)),
  syncDirectory: async (path) => {
    const fd = await promised<number>((cb) => fs.open(path, 'r', cb));
    try {
      await promised<void>((cb) => fs.fsync(fd, cb));
    } finally {
      await promised<void>((cb) => fs.close(fd, cb));
    }
  },
};

/** Writes all bytes, however short the single writes are. */
export async function writeFully(file: OpenFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const count = await file.write(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (count <= 0) throw new Error(`the disk took ${done} of ${bytes.length} bytes at ${position}`);
    done += count;
  }
}

/** Opens, uses and always closes a file. */
export async function withFile<T>(
  fileSystem: FileSystem,
  path: string,
  mode: 'create' | 'update' | 'read',
  use: (file: OpenFile) => Promise<T>,
): Promise<T> {
  const file = await fileSystem.open(path, mode);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** Creates a file so that it is there whole or not at all, whenever the machine stops. */
export async function writeWhole(fileSystem: FileSystem, directory: string, name: string, parts: readonly Uint8Array[]): Promise<void> {
  const temporary = `${directory}/${name}.tmp`;
  if ((await fileSystem.list(directory)).includes(`${name}.tmp`)) await fileSystem.remove(temporary);
  await withFile(fileSystem, temporary, 'create', async (file) => {
    let position = 0;
    for (const part of parts) {
      await writeFully(file, part, position);
      position += part.length;
    }
    await file.dataSync();
  });
  await fileSystem.rename(temporary, `${directory}/${name}`);
  await fileSystem.syncDirectory(directory);
}

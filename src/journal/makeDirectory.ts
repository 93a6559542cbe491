import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Where no directory can be made, as under /proc. */
export class NoDirectory extends Error {
  override readonly name = 'NoDirectory';
  constructor(path: string, cause: NodeJS.ErrnoException) {
    super(`no directory can be made at ${path} (${cause.code ?? cause.message})`, { cause });
  }
}

/**
 * Makes a directory with all that it lies in; nothing happens when it is there. Throws NoDirectory.
 * Node's own recursive mkdir is not asked: where a file system answers ENOENT to a new name in a directory
 * that is there, as /proc does, it tries again for ever.
 */
export function makeDirectory(path: string): void {
  makeWhole(resolve(path));
}

function makeWhole(path: string): void {
  if (isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeWhole(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster.
    if (!isDirectory(path)) throw new NoDirectory(path, error as NodeJS.ErrnoException);
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

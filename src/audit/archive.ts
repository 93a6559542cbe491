import { createHash } from 'node:crypto';
import { createReadStream, existsSync, lstatSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type FileJournalReader, makeDirectory, openFileJournalReader } from '../journal';

export interface ArchivedSegment {
  readonly file: string;
  readonly bytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
}

export interface Archived {
  readonly moved: readonly ArchivedSegment[];
  /** Bytes that the journal's own directory lost. */
  readonly bytes: number;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function syncFile(path: string): Promise<void> {
  const file = await fs.open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Moves the segments that are closed and lie wholly before `beforeSeq` to `archive`, and leaves a symbolic link in the place
 * of each (journal.md §5.3): whatever reads the journal finds them as before, the writer at its next start too. Opening the
 * journal has checked every block of them; a copy is compared by hash and durable before its original goes, and the exchange
 * is one rename, so that nobody ever misses a segment. The archive alone is a journal too, up to where it ends.
 */
export async function archiveSegments(directory: string, archive: string, beforeSeq: number): Promise<Archived> {
  const journal = await openFileJournalReader(directory);
  try {
    const closed = closedSegments(journal, beforeSeq);
    const target = resolve(archive);
    await begin(directory, target);
    const moved: ArchivedSegment[] = [];
    for (const path of closed) {
      if (lstatSync(path).isSymbolicLink()) continue;
      moved.push(await move(path, join(target, 'segments', basename(path))));
    }
    return { moved, bytes: moved.reduce((sum, { bytes }) => sum + bytes, 0) };
  } finally {
    await journal.close();
  }
}

/** Files of segments behind which another one begins at or before `beforeSeq`. */
function closedSegments({ segments }: FileJournalReader, beforeSeq: number): string[] {
  return segments.filter((_, place) => (segments[place + 1]?.firstSeq ?? Number.POSITIVE_INFINITY) <= beforeSeq).map(({ path }) => path);
}

async function begin(directory: string, target: string): Promise<void> {
  makeDirectory(join(target, 'segments'));
  const [own, kept] = [join(resolve(directory), 'journal.json'), join(target, 'journal.json')];
  const meta = await fs.readFile(own);
  if (existsSync(kept)) {
    if (!meta.equals(await fs.readFile(kept))) throw new Error(`${target} is the archive of another journal`);
    return;
  }
  await fs.writeFile(kept, meta);
  await syncFile(kept);
}

async function move(path: string, target: string): Promise<ArchivedSegment> {
  await fs.copyFile(path, `${target}.tmp`);
  await syncFile(`${target}.tmp`);
  const [sha256, copied] = [await sha256Of(path), await sha256Of(`${target}.tmp`)];
  if (sha256 !== copied) throw new Error(`the copy of ${path} has another hash: ${copied}, not ${sha256}`);
  await fs.rename(`${target}.tmp`, target);
  await syncFile(join(target, '..'));
  await fs.symlink(target, `${path}.link`);
  await fs.rename(`${path}.link`, path);
  await syncFile(join(path, '..'));
  return { file: target, bytes: (await fs.stat(target)).size, sha256 };
}

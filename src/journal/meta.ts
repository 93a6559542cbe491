import { randomUUID } from 'node:crypto';
import { type FileSystem, writeWhole } from './fileSystem';
import type { JournalOrigin } from './port';
import { FORMAT_VERSION, type JournalIdentity } from './segment';
import { readIfThere } from './segmentReader';

const META_NAME = 'journal.json';

/** What `journal.json` says of a journal. */
export interface JournalMeta extends JournalOrigin {
  readonly formatVersion: number;
  /** ISO 8601, for people. */
  readonly created: string;
}

export const newMeta = (shard: number): JournalMeta => ({
  formatVersion: FORMAT_VERSION,
  id: randomUUID(),
  shard,
  created: new Date().toISOString(),
});

/** Segments and snapshots carry it, so that files of another journal are never taken for this one's. */
export const identityOf = (meta: JournalOrigin): JournalIdentity => ({
  id: Buffer.from(meta.id.replaceAll('-', ''), 'hex'),
  shard: meta.shard,
});

export const writeMeta = (fileSystem: FileSystem, directory: string, meta: JournalMeta): Promise<void> =>
  writeWhole(fileSystem, directory, META_NAME, [Buffer.from(`${JSON.stringify(meta, null, 2)}\n`)]);

function parseMeta(path: string, text: string): JournalMeta {
  try {
    const meta = JSON.parse(text) as JournalMeta;
    if (/^[0-9a-f-]{36}$/.test(meta.id) && Number.isInteger(meta.shard) && Number.isInteger(meta.formatVersion)) return meta;
  } catch {
    // The same complaint as for JSON of another shape.
  }
  throw new Error(
    `${path} does not describe a journal: it must be JSON with formatVersion, id (a UUID) and shard, as it was written when the journal was made; restore it from a copy`,
  );
}

/** The journal's meta file, or null when there is none. */
export async function readMeta(fileSystem: FileSystem, directory: string): Promise<JournalMeta | null> {
  const bytes = await readIfThere(fileSystem, directory, META_NAME);
  if (bytes === null) return null;
  const meta = parseMeta(`${directory}/${META_NAME}`, Buffer.from(bytes).toString('utf8'));
  if (meta.formatVersion !== FORMAT_VERSION) {
    throw new Error(`the journal in ${directory} has format ${meta.formatVersion}, and this program reads format ${FORMAT_VERSION}`);
  }
  return meta;
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileJournal, makeDirectory, openFileJournal } from '../journal';
import { EventStoreReader } from '../journal/eventstoredb';
import { streamNameOf } from '../runtime/storeNode';

export interface MirrorOptions {
  /** `esdb://host:port?tls=…` */
  readonly url: string;
  readonly shard: number;
  /** Default: `bulkhead-<shard>`. */
  readonly stream?: string | undefined;
  readonly directory: string;
  readonly onProgress: (seq: number, of: number) => void;
}

export interface Mirrored {
  readonly stream: string;
  /** Records that were not in the mirror before. */
  readonly added: number;
  readonly records: number;
  readonly seq: number;
  /** The chain at that seq: that of the mirror's own bytes, and the one that the store's events carry. */
  readonly hash: string;
}

interface Origin {
  readonly stream: string;
  /** The writer of the stream's first event: a stream that was deleted and begun again has another. */
  readonly firstWriter: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Refuses to go on with a directory that mirrors something else. */
function keepOrigin(directory: string, origin: Origin): void {
  const path = join(directory, 'mirror.json');
  if (!existsSync(path)) {
    if (existsSync(join(directory, 'journal.json'))) throw new Error(`${directory} holds a journal that is no mirror`);
    makeDirectory(directory);
    writeFileSync(`${path}.tmp`, `${JSON.stringify(origin, null, 2)}\n`);
    renameSync(`${path}.tmp`, path);
    return;
  }
  const known = JSON.parse(readFileSync(path, 'utf8')) as Origin;
  if (known.stream === origin.stream && known.firstWriter === origin.firstWriter) return;
  throw new Error(
    `${directory} mirrors the stream ${known.stream} that writer ${known.firstWriter} began, not this one of ${origin.firstWriter}`,
  );
}

/**
 * Brings a local copy of a shard's stream up to date (journal.md §5.3): the same revisions, seqs and bytes, in an embedded
 * journal that every audit reads. Each time the chain of the copy's own bytes is compared with the one that the store's
 * events carry, where it was continued and at its end. Rejects when they differ.
 */
export async function mirrorStream({ url, shard, stream, directory, onProgress }: MirrorOptions): Promise<Mirrored> {
  const name = streamNameOf({ shard, stream });
  const reader = await EventStoreReader.open({ url, stream: name, shard });
  if (reader === undefined) throw new Error(`the store has no stream ${name}`);
  try {
    keepOrigin(directory, { stream: name, firstWriter: reader.meta.id });
    const mirror = await openFileJournal(directory, { shard });
    try {
      return await bringUpToDate(reader, mirror, name, onProgress);
    } finally {
      await mirror.close();
    }
  } finally {
    await reader.close();
  }
}

async function bringUpToDate(
  reader: EventStoreReader,
  mirror: FileJournal,
  stream: string,
  onProgress: MirrorOptions['onProgress'],
): Promise<Mirrored> {
  await assertSameChain(reader, mirror, stream);
  const before = mirror.durable.revision;
  for await (const { seq, kind, bytes } of reader.read(before + 1)) {
    if (!mirror.isReady) await mirror.ready();
    mirror.append({ seq, kind, bytes });
    if (seq % 1_000 === 0) onProgress(seq, reader.durable.seq);
  }
  await mirror.whenDurable(mirror.head.revision);
  const hash = await assertSameChain(reader, mirror, stream);
  const { revision, seq } = mirror.durable;
  return { stream, added: revision - before, records: revision + 1, seq, hash };
}

async function assertSameChain(reader: EventStoreReader, mirror: FileJournal, stream: string): Promise<string> {
  const { seq, revision } = mirror.durable;
  if (seq > reader.durable.seq || revision > reader.durable.revision) {
    throw new Error(`the mirror has ${seq} commands and the stream ${stream} only ${reader.durable.seq}: what was there is gone`);
  }
  const [mine, its] = [hex(await mirror.chainHash(seq)), hex(await reader.chainHash(seq))];
  if (mine !== its) throw new Error(`at seq ${seq} the mirror has the chain hash ${mine} and the stream ${stream} says ${its}`);
  return mine;
}

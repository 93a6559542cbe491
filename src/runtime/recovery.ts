import { ByteReader } from '../contract/bytes';
import { decodeRecord } from '../contract/record';
import { Engine } from '../engine/engine';
import { replay } from '../engine/replay';
import { readSnapshot } from '../engine/snapshot';
import { type FileJournal, type SkippedSnapshot, Snapshots } from '../journal';
import type { JournalReader, RecordBatch } from '../journal/port';
import { decodeControl } from './control';

/** How a start came to its state, to be said in the log. */
export interface Recovery {
  readonly engine: Engine;
  /** seq of the snapshot that was used; 0: none. */
  readonly snapshotSeq: number;
  readonly replayed: number;
  readonly skipped: readonly SkippedSnapshot[];
}

export interface NewEngine {
  readonly shard: number;
  readonly commandMemory: number;
}

/** Rebuilds the engine: newest valid snapshot of this journal, then the tail of its records (journal.md §2.5). */
export async function recover(journal: FileJournal, fallback: NewEngine): Promise<Recovery> {
  const { snapshot, skipped } = await new Snapshots(journal.snapshotsDirectory).newestValid(journal);
  if (snapshot === null) {
    const commandMemory = (await recordedMemory(journal)) ?? fallback.commandMemory;
    const engine = new Engine({ shard: fallback.shard, commandMemory });
    const replayed = await replayFrom(journal, engine, 0);
    return { engine, snapshotSeq: 0, replayed, skipped };
  }
  const engine = new Engine({}, readSnapshot(new ByteReader(snapshot.content)));
  const replayed = await replayFrom(journal, engine, snapshot.revision + 1);
  return { engine, snapshotSeq: snapshot.seq, replayed, skipped };
}

/** The memory of commandIds is part of the state: whoever began the journal decided its size (journal.md §1.4). */
async function recordedMemory(journal: JournalReader): Promise<number | undefined> {
  for await (const entry of journal.read(0)) return entry.kind === 'control' ? decodeControl(entry.bytes).commandMemory : undefined;
  return undefined;
}

/** Replays all durable commands from a revision on and returns how many there were. */
export async function replayFrom(journal: JournalReader, engine: Engine, revision: number): Promise<number> {
  let replayed = 0;
  for await (const batch of journal.readBatches(revision)) replayed += replayBatch(engine, batch);
  return replayed;
}

function replayBatch(engine: Engine, batch: RecordBatch): number {
  const reader = new ByteReader(batch.buffer);
  let replayed = 0;
  for (let place = 0; place < batch.count; place++) {
    if (batch.seqs[place] === 0) continue;
    reader.position = batch.starts[place] as number;
    reader.end = batch.ends[place] as number;
    replay(engine.state, decodeRecord(reader));
    replayed += 1;
  }
  return replayed;
}

import { ByteReader } from '../contract/bytes';
import { decodeReplayRecord } from '../contract/record';
import { Engine } from '../engine/engine';
import { replay } from '../engine/replay';
import { readSnapshot } from '../engine/snapshot/read';
import type { SkippedSnapshot, Snapshot, Snapshots } from '../journal';
import type { JournalReader, RecordBatch } from '../journal/port';
import { decodeControl } from './control';
import { InputPlace } from './inputPlace';

/** How a start came to its state, to be said in the log. */
export interface Recovery {
  readonly engine: Engine;
  readonly input: InputPlace;
  /** The last record that is in the engine; it moves on with it. */
  revision: number;
  /** seq of the snapshot that was used; 0: none. */
  readonly snapshotSeq: number;
  replayed: number;
  readonly skipped: readonly SkippedSnapshot[];
}

/** What a new engine is; one that continues must be the same where something is given. */
export interface NewEngine {
  readonly shard?: number;
  readonly commandMemory?: number;
}

/** Rebuilds the engine: newest valid snapshot of this journal, then the tail of its records (journal.md §2.5). */
export async function recover(journal: JournalReader, snapshots: Snapshots | undefined, wanted: NewEngine): Promise<Recovery> {
  const found = (await snapshots?.newestValid(journal)) ?? { snapshot: null, skipped: [] };
  const skipped = [...found.skipped];
  const snapshot = found.snapshot ?? undefined;
  const restored = snapshot && restore(snapshot, skipped);
  const commandMemory = restored?.state.memory.capacity ?? (await recordedMemory(journal)) ?? wanted.commandMemory;
  if (wanted.commandMemory !== undefined && wanted.commandMemory !== commandMemory) {
    throw new Error(
      `the journal was begun with a memory of ${commandMemory} commandIds, not ${wanted.commandMemory}: it is part of the state`,
    );
  }
  const engine = restored ?? new Engine({ shard: journal.meta.shard, commandMemory });
  const from = restored === undefined ? undefined : snapshot;
  const input = new InputPlace();
  const started = { engine, input, revision: from?.revision ?? -1, snapshotSeq: from?.seq ?? 0, replayed: 0, skipped };
  await goOn(started, journal);
  return started;
}

/** Replays what has become durable since, batch by batch: where a reading ends early, the next call goes on from there. */
export async function goOn(recovery: Recovery, journal: JournalReader): Promise<void> {
  const { engine, input } = recovery;
  const upTo = journal.durable.revision;
  for await (const batch of journal.readBatches(recovery.revision + 1)) {
    recovery.replayed += replayBatch(engine, input, batch);
    recovery.revision = batch.firstRevision + batch.count - 1;
  }
  recovery.revision = upTo;
}

/** Undefined for a snapshot in a format that this version does not read: the journal has it all. */
function restore({ seq, content }: Snapshot, skipped: SkippedSnapshot[]): Engine | undefined {
  try {
    return new Engine({}, readSnapshot(new ByteReader(content)));
  } catch (error) {
    skipped.push({ file: `at seq ${seq}`, reason: (error as Error).message });
    return undefined;
  }
}

/** The memory of commandIds is part of the state: whoever began the journal decided its size (journal.md §1.4). */
async function recordedMemory(journal: JournalReader): Promise<number | undefined> {
  for await (const { kind, bytes } of journal.read(0)) {
    const first = kind === 'control' ? decodeControl(bytes) : undefined;
    return first?.type === 'WriterStarted' ? first.commandMemory : undefined;
  }
  return undefined;
}

function replayBatch(engine: Engine, input: InputPlace, batch: RecordBatch): number {
  const reader = new ByteReader(batch.buffer);
  let replayed = 0;
  for (let place = 0; place < batch.count; place++) {
    const [start, end] = [batch.starts[place] as number, batch.ends[place] as number];
    if (batch.seqs[place] === 0) {
      const record = decodeControl(batch.buffer.subarray(start, end));
      if (record.type === 'JournalMoved')
        throw new Error(`this journal has been moved to ${record.to} at seq ${record.seq} and goes on there`);
      input.take(record);
      continue;
    }
    reader.position = start;
    reader.end = end;
    input.moveTo(replayRecord(engine, reader, batch.firstRevision + place));
    replayed += 1;
  }
  return replayed;
}

/** Returns the input's position, if the record says it. What the journal holds whole and the engine cannot follow is named by its place. */
function replayRecord(engine: Engine, reader: ByteReader, revision: number): number | undefined {
  try {
    const record = decodeReplayRecord(reader);
    replay(engine.state, record);
    return record.inputPosition;
  } catch (error) {
    throw new Error(`the record at revision ${revision} cannot be replayed: ${(error as Error).message}`, { cause: error });
  }
}

import { Engine } from '../../../src/engine/engine';
import { type Journal, type JournalReader, MemoryJournal, openFileJournal, type RecordBatch, Snapshots } from '../../../src/journal';
import { encodeControl } from '../../../src/runtime/control';
import { openFileNode } from '../../../src/runtime/fileNode';
import { InputPlace } from '../../../src/runtime/inputPlace';
import { EngineNode } from '../../../src/runtime/node';
import { goOn, type Recovery, recover } from '../../../src/runtime/recovery';
import { stateHash } from '../../../src/runtime/stateHash';
import { newDisk, openNode, PATH } from '../../simulation/node/life';
import { storyOf } from '../../support/eventstore/nodes';

const lock = async () => async () => undefined;

describe('recovery', () => {
  test('of an empty journal is a new engine', async () => {
    const node = await openNode(newDisk(), 10);
    expect(node.recovery).toMatchObject({ snapshotSeq: 0, replayed: 0, skipped: [] });
    expect([node.engine.state.seq, node.engine.state.memory.capacity]).toEqual([0, 1_000_000]);
    await node.close();
  });

  test('takes shard and memory from the journal, and refuses others', async () => {
    const fileSystem = newDisk();
    const open = async (shard?: number, commandMemory?: number) =>
      (await openFileNode({ dataDirectory: PATH, snapshotEvery: 10, shard, commandMemory, journal: { fileSystem, lock } })).node;
    await (await open(2, 7)).close();
    const again = await open();
    expect([again.engine.state.shard, again.engine.state.memory.capacity]).toEqual([2, 7]);
    await again.close();
    await expect(open(2, 8)).rejects.toThrow('a memory of 7 commandIds, not 8');
    await expect(open(1)).rejects.toThrow('belongs to shard 2');
    // A refused start gives the journal back.
    await (await open(2, 7)).close();
  });

  /** A snapshot that says what a journal had durably. */
  async function saySnapshot(snapshots: Snapshots, journal: Journal, seq: number): Promise<void> {
    await snapshots.write(journal.meta, { seq, revision: seq, chainHash: new Uint8Array(32), content: new Uint8Array(5) });
  }

  const fileOf = (seq: number) => `${String(seq).padStart(16, '0')}.snapshot`;

  test('stops where the journal ends before a snapshot that was made of it: acknowledged commands are missing', async () => {
    const fileSystem = newDisk();
    const node = await openNode(fileSystem, 1_000);
    for (const command of storyOf(3, 5)) node.submit(command, { kind: 'FILE' }, 'test');
    await node.close();
    const journal = await openFileJournal(PATH, { fileSystem, lock });
    const { seq } = journal.durable;
    const snapshots = new Snapshots(journal.snapshotsDirectory, fileSystem);
    for (const ahead of [80, 90]) await saySnapshot(snapshots, journal, ahead);
    await journal.close();
    const [newer, newest] = [80, 90].map((ahead) => `${journal.snapshotsDirectory}/${fileOf(ahead)}`) as [string, string];
    const way = `to go on without seq ${seq + 1} to 90, which were acknowledged, move away ${newest}, ${newer}`;
    await expect(openNode(fileSystem, 10)).rejects.toThrow(way);
    await fileSystem.remove(newest);
    await expect(openNode(fileSystem, 10)).rejects.toThrow(`seq ${seq + 1} to 80, which were acknowledged, move away ${newer} `);
    await fileSystem.remove(newer);
    const again = await openNode(fileSystem, 10);
    expect([again.recovery.snapshotSeq, again.engine.state.seq]).toEqual([seq, seq]);
    await again.close();
  });

  test('of a journal whose snapshots lie elsewhere stops there, too, and goes on when those that it names are gone', async () => {
    const fileSystem = newDisk();
    const snapshots = new Snapshots('/elsewhere', fileSystem);
    const journal = new MemoryJournal();
    await saySnapshot(snapshots, journal, 7);
    const open = () => EngineNode.open({ journal, snapshots, snapshotEvery: 10 });
    await expect(open()).rejects.toThrow(`move away /elsewhere/${fileOf(7)}`);
    await fileSystem.remove(`/elsewhere/${fileOf(7)}`);
    // A refused start closes its journal.
    const again = Object.assign(new MemoryJournal(), { meta: journal.meta });
    await (await EngineNode.open({ journal: again, snapshots, snapshotEvery: 10 })).close();
  });

  test('stops at a whole record that it cannot follow, and names its place', async () => {
    const fileSystem = newDisk();
    const journal = await openFileJournal(PATH, { fileSystem, lock });
    const started = { type: 'WriterStarted', writerId: 'w', engineVersion: '0', rulesVersion: 1, commandMemory: 5 } as const;
    journal.append({ seq: 0, kind: 'control', bytes: encodeControl(started) });
    await journal.whenDurable(journal.append({ seq: 1, kind: 'command', bytes: Uint8Array.of(1, 2, 3) }));
    const recovered = recover(journal, new Snapshots(journal.snapshotsDirectory, fileSystem), {});
    await expect(recovered).rejects.toThrow(/^the record at revision 1 cannot be replayed: /);
    await journal.close();
  });

  test('that a failing read ends midway goes on from the batch that it reached', async () => {
    const node = await openNode(newDisk(), 1_000);
    for (const command of storyOf(3, 30)) node.submit(command, { kind: 'FILE' }, 'test');
    await node.journal.whenDurable(node.journal.head.revision);
    const { journal } = node;
    const cutAfter = (batches: number) => ({
      ...readerOf(journal),
      async *readBatches(from?: number): AsyncGenerator<RecordBatch> {
        let left = batches;
        for await (const batch of onePerRecord(journal.readBatches(from))) {
          if (left-- === 0) throw new Error('the store is away');
          yield batch;
        }
      },
    });
    const followed: Recovery = { engine: new Engine({}), input: new InputPlace(), revision: -1, snapshotSeq: 0, replayed: 0, skipped: [] };
    await expect(goOn(followed, cutAfter(7))).rejects.toThrow('the store is away');
    expect(followed.revision).toBe(6);
    await expect(goOn(followed, cutAfter(5))).rejects.toThrow('the store is away');
    await goOn(followed, journal);
    expect(followed.revision).toBe(journal.durable.revision);
    expect(stateHash(followed.engine.state)).toBe(stateHash(node.engine.state));
    await node.close();
  });
});

function readerOf(journal: JournalReader): JournalReader {
  return {
    meta: journal.meta,
    durable: journal.durable,
    read: (from) => journal.read(from),
    readBatches: (from) => journal.readBatches(from),
    chainHash: (seq) => journal.chainHash(seq),
    close: async () => undefined,
  };
}

async function* onePerRecord(batches: AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch> {
  for await (const { firstRevision, count, buffer, starts, ends, seqs } of batches) {
    for (let place = 0; place < count; place++) {
      const one = <T extends { slice(from: number, to: number): T }>(column: T) => column.slice(place, place + 1);
      yield { firstRevision: firstRevision + place, count: 1, buffer, starts: one(starts), ends: one(ends), seqs: one(seqs) };
    }
  }
}

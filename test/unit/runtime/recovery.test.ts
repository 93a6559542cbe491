import { openFileJournal, Snapshots } from '../../../src/journal';
import { encodeControl } from '../../../src/runtime/control';
import { openFileNode } from '../../../src/runtime/fileNode';
import { recover } from '../../../src/runtime/recovery';
import { newDisk, openNode, PATH } from '../../simulation/node/life';

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

  test('stops where the journal ends before a snapshot that was made of it: acknowledged commands are missing', async () => {
    const fileSystem = newDisk();
    const journal = await openFileJournal(PATH, { fileSystem, lock });
    const snapshots = new Snapshots(journal.snapshotsDirectory, fileSystem);
    await snapshots.write(journal.meta, { seq: 90, revision: 90, chainHash: new Uint8Array(32), content: new Uint8Array(5) });
    await journal.close();
    await expect(openNode(fileSystem, 10)).rejects.toThrow(/records are missing from its end, for .* was made when it had seq 90 durably/);
    await fileSystem.remove(`${journal.snapshotsDirectory}/${'90'.padStart(16, '0')}.snapshot`);
    await (await openNode(fileSystem, 10)).close();
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
});

import { openFileJournal, Snapshots } from '../../../src/journal';
import { recover } from '../../../src/runtime/recovery';
import { stateHash } from '../../../src/runtime/stateHash';
import type { SimDisk } from '../journal/simDisk';
import { live, newDisk, openNode, PATH, submit, turn } from './life';

jest.setTimeout(120_000);

interface Restarted {
  readonly hash: string;
  readonly snapshotSeq: number;
  readonly replayed: number;
}

async function restart(disk: SimDisk): Promise<Restarted> {
  const journal = await openFileJournal(PATH, { fileSystem: disk, lock: async () => async () => undefined });
  const { engine, snapshotSeq, replayed } = await recover(journal, new Snapshots(journal.snapshotsDirectory, disk), {});
  await journal.close();
  return { hash: stateHash(engine.state), snapshotSeq, replayed };
}

async function withoutSnapshots(disk: SimDisk): Promise<SimDisk> {
  const bare = disk.afterKill();
  for (const path of bare.paths('.snapshot')) await bare.remove(path);
  return bare;
}

describe('a node that starts again', () => {
  test.each([1, 7, 50, 1_000])(
    'with a snapshot every %i commands: snapshot and tail, whole replay, live and memory agree at every cut',
    async (every) => {
      const { commands, hashes } = live(3, 260);
      const disk = newDisk();
      const node = await openNode(disk, every);
      const used = new Set<number>();
      let cuts = 0;
      for (const [place, command] of commands.entries()) {
        const revision = await submit(node, command);
        if (place % 6 !== 0 && place !== commands.length - 1) continue;
        await node.journal.whenDurable(revision);
        const { seq } = node.engine.state;
        const fromSnapshot = await restart(disk.afterKill());
        const fromStart = await restart(await withoutSnapshots(disk));
        expect([stateHash(node.engine.state), fromSnapshot.hash, fromStart.hash]).toEqual([hashes[seq], hashes[seq], hashes[seq]]);
        expect([fromSnapshot.snapshotSeq + fromSnapshot.replayed, fromStart.replayed]).toEqual([seq, seq]);
        used.add(fromSnapshot.snapshotSeq);
        cuts += 1;
        // Lets the snapshot that is being written get on, so that cuts fall before, in and after it.
        await turn();
      }
      await node.close();
      expect(cuts).toBeGreaterThan(40);
      expect(used.size).toBeGreaterThan(every === 1_000 ? 0 : 3);
      expect(await restart(disk)).toEqual({ hash: hashes.at(-1), snapshotSeq: hashes.length - 1, replayed: 0 });
    },
  );

  test('writes the same chain whatever the groups, the restarts and the snapshots were', async () => {
    const { commands, hashes } = live(4, 600);
    const chainOf = async (every: number, groupOf: number, restartAt: number): Promise<string> => {
      const disk = newDisk();
      let node = await openNode(disk, every);
      for (const [place, command] of commands.entries()) {
        const revision = await submit(node, command);
        if (place % groupOf === 0) await node.journal.whenDurable(revision);
        if (place !== restartAt) continue;
        await node.close();
        node = await openNode(disk, every);
      }
      const { seq } = node.journal.head;
      await node.journal.whenDurable(node.journal.head.revision);
      const hash = Buffer.from(await node.journal.chainHash(seq)).toString('hex');
      expect([seq, stateHash(node.engine.state)]).toEqual([hashes.length - 1, hashes.at(-1)]);
      await node.close();
      return hash;
    };
    const chains = [await chainOf(1_000, 1_000, -1), await chainOf(10, 1, -1), await chainOf(33, 13, 200), await chainOf(1_000, 5, 599)];
    expect(new Set(chains).size).toBe(1);
  });

  test('replays it all when the content of a snapshot is in a format of another version, and says so', async () => {
    const { commands, hashes } = live(5, 60);
    const disk = newDisk();
    const node = await openNode(disk, 1_000);
    for (const command of commands) await submit(node, command);
    await node.journal.whenDurable(node.journal.head.revision);
    const { seq, revision } = node.journal.head;
    const content = Uint8Array.of(255, 1, 2, 3);
    const chainHash = await node.journal.chainHash(seq);
    await new Snapshots(`${PATH}/snapshots`, disk).write(node.journal.meta, { seq, revision, chainHash, content });
    const again = await openNode(disk.afterKill(), 1_000);
    expect(stateHash(again.engine.state)).toBe(hashes.at(-1));
    expect(again.recovery).toMatchObject({ snapshotSeq: 0, replayed: seq, skipped: [{ file: `at seq ${seq}` }] });
    await again.close();
    await node.close();
  });
});

import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveSegments } from '../../../src/audit/archive';
import { verifyJournal } from '../../../src/audit/verify/verify';
import { openFileJournalReader } from '../../../src/journal';
import { openFileNode } from '../../../src/runtime/fileNode';
import { stateHash } from '../../../src/runtime/stateHash';
import { chainAt, makeJournal, newDirectory, removeDirectories } from '../../support/audit/journals';

afterAll(removeDirectories);

const verify = (directory: string) => verifyJournal(directory, { anchors: [], quick: true, onProgress: () => undefined });

const segments = (directory: string): string[] => readdirSync(join(directory, 'segments')).sort();

/** A journal of several segments. */
const journal = () => makeJournal({ seed: 41, commands: 600, segmentBytes: 25_000 });

describe('archived segments', () => {
  test('are moved, all but the last, and the journal is read, verified and continued as before', async () => {
    const [directory, archive] = [await journal(), newDirectory()];
    const before = await chainAt(directory);
    const names = segments(directory);
    expect(names.length).toBeGreaterThan(3);
    const { moved } = await archiveSegments(directory, archive, Number.MAX_SAFE_INTEGER);
    expect(moved).toHaveLength(names.length - 1);
    expect(segments(directory)).toEqual(names);
    const links = names.map((name) => lstatSync(join(directory, 'segments', name)).isSymbolicLink());
    expect(links).toEqual([...names.slice(1).map(() => true), false]);
    expect(await chainAt(directory)).toEqual(before);
    expect((await verify(directory)).firstDifference).toBeNull();

    // A node goes on, with and without its snapshot.
    const { node } = await openFileNode({ dataDirectory: directory, snapshotEvery: 1_000_000 });
    const hash = stateHash(node.engine.state);
    await node.close();
    await archiveSegments(directory, archive, Number.MAX_SAFE_INTEGER);
    for (const name of readdirSync(join(directory, 'snapshots'))) writeFileSync(join(directory, 'snapshots', name), 'gone');
    const again = await openFileNode({ dataDirectory: directory, snapshotEvery: 1_000_000 });
    expect(stateHash(again.node.engine.state)).toBe(hash);
    await again.node.close();
  });

  test('are a journal of their own, up to where they end', async () => {
    const [directory, archive] = [await journal(), newDirectory()];
    await archiveSegments(directory, archive, Number.MAX_SAFE_INTEGER);
    const { chain, firstDifference } = await verify(archive);
    expect(firstDifference).toBeNull();
    expect(chain).toEqual(await chainAt(directory, chain?.seq));
    expect(chain?.seq).toBeGreaterThan(300);
  });

  test('are those before a seq, when one is named, and a second time nothing is left to move', async () => {
    const [directory, archive] = [await journal(), newDirectory()];
    const reader = await openFileJournalReader(directory);
    const third = reader.segments[2]?.firstSeq as number;
    await reader.close();
    expect((await archiveSegments(directory, archive, third - 1)).moved).toHaveLength(1);
    expect((await archiveSegments(directory, archive, third)).moved).toHaveLength(1);
    expect((await archiveSegments(directory, archive, third)).moved).toHaveLength(0);
  });

  test('are missed by name when the archive is not there, and damage in it is found in place', async () => {
    const [directory, archive] = [await journal(), newDirectory()];
    const { moved } = await archiveSegments(directory, archive, Number.MAX_SAFE_INTEGER);
    const file = moved[1]?.file as string;
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000);
    writeFileSync(file, bytes);
    expect((await verify(directory)).firstDifference).toMatchObject({
      check: 'frames',
      field: expect.stringContaining(segments(directory)[1] as string),
    });
  });

  test('are not mixed with those of another journal', async () => {
    const [first, second, archive] = [await journal(), await journal(), newDirectory()];
    await archiveSegments(first, archive, Number.MAX_SAFE_INTEGER);
    await expect(archiveSegments(second, archive, Number.MAX_SAFE_INTEGER)).rejects.toThrow('archive of another journal');
  });
});

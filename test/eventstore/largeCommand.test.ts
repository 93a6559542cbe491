import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StandIn, startStandIn } from '../support/eventstore';
import { newStream, openOn, proofOf, sequenced, submitAll } from '../support/eventstore/nodes';
import { massLiquidation } from '../support/massLiquidation';

/** `BULKHEAD_EVERY_APPEND=1` dies after each append of 10,000 liquidations, which takes five minutes of processor time; else after the first, the last two and one between. */
const isEvery = process.env.BULKHEAD_EVERY_APPEND === '1';
const BLOCKS = isEvery ? 10_000 : 1_500;

jest.setTimeout(isEvery ? 3_600_000 : 600_000);

// The writer dies with a whole number of its appends done. They are cut off in the stand-in, whatever EVENTSTORE_URL names.
describe(`a tick that liquidates ${BLOCKS} blocks, its writer dead after any of its appends (on a stand-in for EventStoreDB)`, () => {
  let directory: string;
  let standIn: StandIn;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-large-'));
    standIn = await startStandIn();
  });

  afterAll(async () => {
    await standIn.close();
    await rm(directory, { recursive: true, force: true });
  });

  const contentsOf = (stream: string, upTo: number): string[] =>
    standIn.streams.all
      .filter((event) => event.stream === stream && event.revision <= upTo)
      .map(({ type, data }) => `${type} ${Buffer.from(data).toString('latin1')}`);

  test('is finished by the next one: the same events, the same chain', async () => {
    const stream = newStream();
    const snapshots = { snapshotsDirectory: join(directory, 'snapshots') };
    const { opening, tick } = massLiquidation(BLOCKS);
    const before = await openOn(standIn.url, stream, { packing: 'frame', ...snapshots });
    await submitAll(before, opening.map(sequenced));
    await before.close();

    const node = await openOn(standIn.url, stream);
    const start = standIn.streams.lastRevision(stream);
    const ends: number[] = [];
    const note = () => void ends.push(standIn.streams.lastRevision(stream));
    standIn.streams.on('appended', note);
    await submitAll(node, [sequenced(tick)]);
    standIn.streams.off('appended', note);
    const expected = await proofOf(node);
    await node.journal.close();
    const [last] = ends.slice(-1) as [number];
    expect(last - start).toBeGreaterThan(3 * BLOCKS);
    expect(ends.length).toBeGreaterThan(3);
    const whole = contentsOf(stream, last);

    const middle = 1 + Math.floor(Math.random() * (ends.length - 3));
    const chosen = isEvery ? ends.keys() : [0, middle, ends.length - 2, ends.length - 1];
    for (const append of chosen) {
      standIn.streams.cut(stream, ends[append] as number);
      const again = await openOn(standIn.url, stream, snapshots);
      // From the snapshot: all that is executed again is the tick. Behind its last append it is there whole, and is replayed.
      const replayed = append === ends.length - 1 ? 1 : 0;
      expect(again.recovery).toMatchObject({ snapshotSeq: expected.seq - 1, replayed });
      expect([append, await proofOf(again)]).toEqual([append, expected]);
      await again.journal.close();
      expect(contentsOf(stream, last)).toEqual(whole);
      if (isEvery) process.stderr.write(`killed after append ${append + 1} of ${ends.length}: finished\n`);
    }

    // A command is finished as it was begun, whatever its successor is told to write from then on.
    standIn.streams.cut(stream, ends[middle] as number);
    const packed = await openOn(standIn.url, stream, { packing: 'frame', ...snapshots });
    expect(await proofOf(packed)).toEqual(expected);
    expect(contentsOf(stream, last)).toEqual(whole);
    await submitAll(packed, [sequenced({ commandId: 'after', type: 'AdvanceTime', data: {} })]);
    const proof = await proofOf(packed);
    await packed.journal.close();
    expect(standIn.streams.all.filter((event) => event.stream === stream).at(-1)?.type).toBe('RecordFrame');
    const replaying = await openOn(standIn.url, stream, snapshots);
    expect(await proofOf(replaying)).toEqual(proof);
    await replaying.journal.close();
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCommand } from '../../../src/contract/decode';
import { History, HistoryError } from '../../../src/history';
import { Past } from '../../../src/history/past';
import { SourceReader } from '../../../src/history/source';
import { Bulkhead } from '../../../src/library/bulkhead';
import { openFileNode } from '../../../src/runtime/fileNode';
import type { EngineNode } from '../../../src/runtime/node';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';

jest.setTimeout(60_000);

const SEED = 7;
const json = (value: unknown) => JSON.parse(JSON.stringify(value));

interface Stood {
  readonly seq: number;
  readonly positions: unknown;
  readonly insurance: unknown;
}

/** Plays a seeded world on a journal and remembers what the views were after each command. */
async function play(directory: string, steps: number): Promise<{ node: EngineNode; stood: Stood[]; blocks: Map<string, string> }> {
  const { node } = await openFileNode({ dataDirectory: directory, shard: 0, snapshotEvery: 1e9 });
  const views = new Bulkhead(node.engine);
  const draw = new Draw(SEED);
  const generator = new Generator(SEED, views);
  const stood: Stood[] = [];
  const blocks = new Map<string, string>();
  const send = (command: unknown) => {
    const decoded = decodeCommand(command);
    if (!decoded.ok && decoded.kind === 'MALFORMED') return;
    const { outcome } = node.submit(decoded, { kind: 'LIBRARY' }, 'test');
    if (outcome.kind === 'DUPLICATE') return;
    for (const event of outcome.events) {
      if (event.type === 'IsolatedBlockLiquidated') blocks.set(`iso-${event.isolationId}`, 'LIQUIDATED');
      if (event.type === 'IsolatedBlockClosed') blocks.set(`iso-${event.isolationId}`, 'CLOSED');
    }
    stood.push({ seq: views.now().seq, positions: json(views.positions()), insurance: json(views.insurance()) });
  };
  for (const command of generator.opening()) send(command);
  for (let step = 0; step < steps; step++) send(generator.next(draw.below(2 ** 32)));
  await node.journal.whenDurable(node.journal.head.revision);
  return { node, stood, blocks };
}

interface Row {
  readonly distanceToLiquidation: string | null;
}

const byDistance = (positions: unknown): Row[] =>
  [...(positions as Row[])].sort((a, b) => Number(a.distanceToLiquidation ?? 1e300) - Number(b.distanceToLiquidation ?? 1e300));

describe('the past of a journal', () => {
  let directory: string;
  let played: Awaited<ReturnType<typeof play>>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-history-'));
    played = await play(directory, 600);
  }, 60_000);

  afterAll(async () => {
    await played.node.close();
    await rm(directory, { recursive: true });
  });

  test('every view is as it stood, whatever the order of the questions', async () => {
    const past = new Past(new SourceReader({ kind: 'directory', directory }), { spacing: 16 });
    const draw = new Draw(SEED);
    for (let times = 0; times < 200; times++) {
      const { seq, positions, insurance } = draw.pick(played.stood);
      const views = await past.at(seq);
      expect([seq, json(views.positions()), json(views.insurance())]).toEqual([seq, positions, insurance]);
    }
  });

  test('is answered by a thread, beside the writer', async () => {
    const history = new History({ source: { kind: 'directory', directory }, shard: 0, feed: played.node.journal });
    try {
      const { seq, positions } = played.stood[Math.floor(played.stood.length / 2)] as Stood;
      expect((await history.view({ view: 'positions', limit: 1_000 }, { at: seq })).rows).toEqual(byDistance(positions));
      const now = played.stood.at(-1) as Stood;
      expect(await history.view({ view: 'positions', limit: 1_000 }, { minSeq: now.seq })).toMatchObject({
        seq: now.seq,
        rows: byDistance(now.positions),
      });
      const beyond = history.view({ view: 'insurance' }, { at: 1_000_000 });
      await expect(beyond).rejects.toThrow(HistoryError);
      await expect(beyond).rejects.toMatchObject({ name: 'BeyondJournal' });
    } finally {
      await history.close();
    }
  });

  test("a block's life ends as it ended, and each step shows what the view showed then", async () => {
    const history = new History({ source: { kind: 'directory', directory }, shard: 0, feed: played.node.journal });
    const seq = (played.stood.at(-1) as Stood).seq;
    const ends = new Set<string>();
    try {
      for (const [isolationId, ended] of [...played.blocks].slice(0, 20)) {
        const life = await history.life(isolationId, { at: seq });
        expect([isolationId, life?.ended]).toEqual([isolationId, ended]);
        ends.add(ended);
        for (const { seq: at, position, events } of life?.entries ?? []) {
          expect(events.length).toBeGreaterThan(0);
          const then = played.stood.find((each) => each.seq === at)?.positions as { isolationId?: string }[];
          expect(position).toEqual(then.find((each) => each.isolationId === isolationId) ?? null);
        }
      }
      expect([...ends].sort()).toEqual(['CLOSED', 'LIQUIDATED']);
      expect(await history.life('iso-1', { at: seq })).toBeUndefined();
    } finally {
      await history.close();
    }
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteReader } from '../../../src/contract/bytes';
import { decodeCommand } from '../../../src/contract/decode';
import { decodeRecord } from '../../../src/contract/record';
import { History, HistoryError } from '../../../src/history';
import { eventsFrom } from '../../../src/history/events';
import { Past } from '../../../src/history/past';
import { PastViews } from '../../../src/history/pastViews';
import { SourceReader } from '../../../src/history/source';
import { Bulkhead } from '../../../src/library/bulkhead';
import { PublicEvents } from '../../../src/projections/publicEvents';
import { readView } from '../../../src/projections/readModel';
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

/** As the engine shows them too: `updatedSeq` counts there what no row shows. */
const shown = (positions: unknown) => (json(positions) as { updatedSeq?: number }[]).map(({ updatedSeq: _, ...row }) => row);

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

  test('the folds show it as the engine did, whatever the order of the questions', async () => {
    const past = new PastViews(new SourceReader({ kind: 'directory', directory }), { spacing: 16 });
    const draw = new Draw(SEED);
    for (let times = 0; times < 200; times++) {
      const { seq, positions, insurance } = draw.pick(played.stood);
      const model = await past.at(seq);
      expect([seq, shown(readView(model, 'positions', { limit: 1_000 }).rows), json(model.insurance())]).toEqual([
        seq,
        shown(positions),
        insurance,
      ]);
    }
  });

  test('is answered by a thread, beside the writer', async () => {
    const history = new History({ source: { kind: 'directory', directory }, shard: 0 });
    try {
      const { seq, positions } = played.stood[Math.floor(played.stood.length / 2)] as Stood;
      const answer = await history.view('positions', { limit: 1_000 }, seq);
      expect([answer.seq, shown(JSON.parse(answer.rows))]).toEqual([seq, shown(positions)]);
      const beyond = history.view('insurance', {}, 1_000_000);
      await expect(beyond).rejects.toThrow(HistoryError);
      await expect(beyond).rejects.toMatchObject({ name: 'BeyondJournal' });
      await expect(history.view('book', {}, seq)).rejects.toMatchObject({ name: 'UnknownQuestion', field: 'instrument' });
    } finally {
      await history.close();
    }
  });

  test("a block's life ends as it ended, and each step shows what the view showed then", async () => {
    const history = new History({ source: { kind: 'directory', directory }, shard: 0 });
    const seq = (played.stood.at(-1) as Stood).seq;
    const ends = new Set<string>();
    try {
      for (const [isolationId, ended] of [...played.blocks].slice(0, 20)) {
        const life = await history.life(isolationId, seq);
        expect([isolationId, life?.status, life?.balance]).toEqual([isolationId, ended, '0']);
        ends.add(ended);
        const rows = life?.rows ?? [];
        for (const [place, row] of rows.entries()) {
          if (rows[place + 1]?.seq === row.seq) continue;
          const then = played.stood.find((each) => each.seq === row.seq)?.positions as { isolationId?: string }[];
          const position = then.find((each) => each.isolationId === isolationId);
          const { cash, orderMargin, quantity, liquidationPrice } = row;
          const gone = { cash: '0', orderMargin: '0', quantity: '0', liquidationPrice: null };
          expect(position ?? gone).toMatchObject({ cash, orderMargin, quantity, liquidationPrice });
        }
      }
      expect([...ends].sort()).toEqual(['CLOSED', 'LIQUIDATED']);
      expect(await history.life('iso-1', seq)).toBeUndefined();
    } finally {
      await history.close();
    }
  });

  test('pages of events are the whole journal, dense in seq and index, wherever a page ends', async () => {
    const events = new PublicEvents(0);
    const all: unknown[] = [];
    for await (const { seq, bytes } of played.node.journal.read()) {
      if (seq === 0) continue;
      const record = decodeRecord(new ByteReader(bytes));
      events.take(record);
      all.push(events.command(record), ...record.events.map((event, place) => events.event(record, event, place + 1)));
    }
    const past = new Past(new SourceReader({ kind: 'directory', directory }), { spacing: 16 });
    const last = played.node.journal.durable.seq;
    const draw = new Draw(SEED);
    const rows: unknown[] = [];
    let [fromSeq, fromIndex] = [1, 0];
    let partsOfCommands = 0;
    for (;;) {
      const page = await eventsFrom(past, 0, { fromSeq, fromIndex, limit: 1 + draw.below(7) }, last);
      rows.push(...page.rows);
      if (page.next === undefined) break;
      [fromSeq, fromIndex] = page.next.split('-').map(Number) as [number, number];
      if (fromIndex > 0) partsOfCommands += 1;
    }
    expect(partsOfCommands).toBeGreaterThan(10);
    expect(json(rows)).toEqual(json(all));
    const one = await eventsFrom(past, 0, { fromSeq: 40, fromIndex: 0, toSeq: 40, limit: 1_000 }, last);
    expect(json(one)).toEqual(json({ rows: (all as { seq: number }[]).filter(({ seq }) => seq === 40) }));
    expect(await eventsFrom(past, 0, { fromSeq: last + 1, fromIndex: 0, limit: 5 }, last)).toEqual({ rows: [] });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import { ByteReader } from '../../../src/contract/bytes';
import { decodeCommand } from '../../../src/contract/decode';
import { decodeRecord } from '../../../src/contract/record';
import type { Sequenced } from '../../../src/engine/engine';
import { History, HistoryError } from '../../../src/history';
import { eventsFrom } from '../../../src/history/events';
import { BlockLives } from '../../../src/history/life';
import { Past } from '../../../src/history/past';
import { PastViews } from '../../../src/history/pastViews';
import { SourceReader } from '../../../src/history/source';
import { MemoryJournal } from '../../../src/journal';
import { Bulkhead } from '../../../src/library/bulkhead';
import { PublicEvents } from '../../../src/projections/publicEvents';
import { readView } from '../../../src/projections/readModel';
import { openFileNode } from '../../../src/runtime/fileNode';
import { EngineNode } from '../../../src/runtime/node';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';
import { smallMarket } from '../../support/serve/market';

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

  test("a block's life goes on from where it was last looked at, and is the same as read anew", async () => {
    const source = { kind: 'directory', directory } as const;
    const past = new Past(new SourceReader(source), { spacing: 16 });
    const lives = new BlockLives(past, 0);
    const walked = jest.spyOn(past, 'walk');
    const last = (played.stood.at(-1) as Stood).seq;
    const draw = new Draw(SEED);
    let goneOn = 0;
    for (const isolationId of [...played.blocks.keys()].slice(0, 12)) {
      for (let seq = Number(isolationId.slice(4)); seq < last; seq += 1 + draw.below(60)) {
        walked.mockClear();
        const life = await lives.upTo(isolationId, seq);
        const [first] = walked.mock.calls[0] ?? [];
        if (first !== undefined && first > Number(isolationId.slice(4))) goneOn += 1;
        const anew = new BlockLives(new Past(new SourceReader(source), { spacing: 16 }), 0);
        expect(json(life)).toEqual(json(await anew.upTo(isolationId, seq)));
        // Somebody else moves the past now and then.
        if (draw.below(6) === 0) await past.at(draw.below(last));
      }
    }
    expect(goneOn).toBeGreaterThan(10);
  });

  test('of a number that no order could open a block with, no more than its command is read', async () => {
    const past = new Past(new SourceReader({ kind: 'directory', directory }), { spacing: 16 });
    const lives = new BlockLives(past, 0);
    const last = (played.stood.at(-1) as Stood).seq;
    // The first commands list instruments and pay in.
    for (const seq of [3, 1, 2]) {
      expect(await lives.upTo(`iso-${seq}`, last)).toBeUndefined();
      expect(past.state.seq).toBe(seq);
    }
  });

  test('a block that a waiting order opened later than its number has its life; one whose order was cancelled is not looked for further', async () => {
    const journal = new MemoryJournal();
    const node = await EngineNode.open({ journal, snapshots: undefined, snapshotEvery: 1e9 });
    const stop = { accountId: 'alice', instrument: 'BTC-PERP', side: 'BUY', type: 'STOP_LOSS', quantity: '0.1', triggerPrice: '50500' };
    const isolated = { ...stop, triggerBy: 'MARK', marginMode: 'ISOLATED', leverage: '10' };
    const opening = smallMarket();
    const waiting = opening.length + 1;
    const commands = [
      ...opening,
      { commandId: 'waits', type: 'PlaceOrder', data: isolated },
      { commandId: 'ends', type: 'PlaceOrder', data: { ...isolated, accountId: 'maker' } },
      { commandId: 'end', type: 'CancelOrder', data: { accountId: 'maker', orderId: String(waiting + 1) } },
      { commandId: 'tick', type: 'MarkPriceTick', data: { instrument: 'BTC-PERP', markPrice: '50500' } },
      { commandId: 'after', type: 'Deposit', data: { accountId: 'bob', currency: 'USD', amount: '1' } },
    ];
    const codes = commands.map((command) => {
      const { outcome } = node.submit(decodeCommand(command) as Sequenced, { kind: 'LIBRARY' }, 'test');
      return outcome.kind === 'DUPLICATE' ? 'DUPLICATE' : outcome.refusal?.message;
    });
    expect(codes).toEqual(commands.map(() => undefined));
    await journal.whenDurable(journal.head.revision);
    const past = new Past({ upTo: async () => journal });
    const lives = new BlockLives(past, 0);
    const life = await lives.upTo(`iso-${waiting}`, commands.length);
    expect(life).toMatchObject({
      accountId: 'alice',
      status: 'OPEN',
      rows: expect.arrayContaining([expect.objectContaining({ seq: waiting + 3 })]),
    });
    expect(await lives.upTo(`iso-${waiting + 1}`, commands.length)).toBeUndefined();
    expect(past.state.seq).toBe(waiting + 2);
  });

  test("what a block's life sums up is what came in from outside and went out", async () => {
    const lives = new BlockLives(new Past(new SourceReader({ kind: 'directory', directory }), { spacing: 16 }), 0);
    const last = (played.stood.at(-1) as Stood).seq;
    let internal = 0;
    for (const isolationId of [...played.blocks.keys()].slice(0, 20)) {
      const life = await lives.upTo(isolationId, last);
      const own = [`block:${isolationId}`, `margin:${isolationId}`];
      const outside = new Map<string, { into: Decimal; outOf: Decimal }>();
      for (const { from, to, amount, reason } of life?.rows.flatMap(({ event }) => event.data.transfers ?? []) ?? []) {
        const [outOf, into] = [own.includes(from), own.includes(to)];
        if (outOf && into) internal += 1;
        if (outOf === into) continue;
        const sum = outside.get(reason) ?? { into: new Decimal(0), outOf: new Decimal(0) };
        outside.set(reason, into ? { ...sum, into: sum.into.plus(amount) } : { ...sum, outOf: sum.outOf.plus(amount) });
      }
      const expected = [...outside].map(([reason, { into, outOf }]) => ({ reason, into: into.toFixed(), outOf: outOf.toFixed() }));
      expect(life?.totals).toEqual(expected);
    }
    expect(internal).toBeGreaterThan(5);
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

import { readdirSync } from 'node:fs';
import { exportedCommands } from '../../../src/audit/read/commands';
import { explainBlock } from '../../../src/audit/read/explain';
import { ledgerOf } from '../../../src/audit/read/ledger';
import { commandMemoryOf, commandsFrom } from '../../../src/audit/read/records';
import { statementOf } from '../../../src/audit/read/statement';
import { States } from '../../../src/audit/read/states';
import { decodeCommand } from '../../../src/contract/decode';
import { Engine, type Sequenced } from '../../../src/engine/engine';
import { type FileJournalReader, openFileJournalReader, Snapshots } from '../../../src/journal';
import { Bulkhead } from '../../../src/library/bulkhead';
import { formatMoney, parseScaled } from '../../../src/num/decimal';
import { add, type Int, sub } from '../../../src/num/int';
import { stateHash } from '../../../src/runtime/stateHash';
import { makeJournal, newDirectory, removeDirectories } from '../../support/audit/journals';
import { Draw } from '../../support/generator/draw';

// Hundreds of questions to one journal.
jest.setTimeout(120_000);

/** What the node itself showed after each command, recorded while it ran. */
const live = new Map<number, { hash: string; time: number }>();
let directory: string;
let journal: FileJournalReader;

beforeAll(async () => {
  directory = await makeJournal({
    seed: 4,
    commands: 1_500,
    segmentBytes: 64 * 1024,
    snapshotEvery: 400,
    watch: ({ engine }) => live.set(engine.state.seq, { hash: stateHash(engine.state), time: engine.state.clock }),
  });
  journal = await openFileJournalReader(directory);
});
afterAll(async () => {
  await journal.close();
  removeDirectories();
});

const sources = () => [new Snapshots(`${directory}/snapshots`)];

describe('a state of the past', () => {
  test('has the hash that the live state had, at each of 1,000 random commands', async () => {
    const draw = new Draw(9);
    const seqs = [...live.keys()]
      .sort(() => draw.next() - 0.5)
      .slice(0, 1_000)
      .sort((a, b) => a - b);
    expect(seqs).toHaveLength(1_000);
    const wrong: number[] = [];
    let place = 0;
    for await (const { state } of new States(journal, { sources: [], kept: undefined }).each(seqs)) {
      const seq = seqs[place++] as number;
      if (state.seq !== seq || stateHash(state) !== live.get(seq)?.hash) wrong.push(seq);
    }
    expect([place, wrong]).toEqual([1_000, []]);
  });

  test('is the same from any kept state, which are made on the way', async () => {
    const kept = newDirectory();
    const draw = new Draw(2);
    for (let attempt = 0; attempt < 15; attempt++) {
      const states = new States(journal, { sources: [], kept: new Snapshots(kept, undefined, 1_000), everyEvents: 200 });
      const seq = 1 + draw.below(journal.durable.seq);
      const { engine, revision } = await states.at(seq);
      expect([engine.state.seq, stateHash(engine.state)]).toEqual([seq, live.get(seq)?.hash]);
      expect(revision).toBeGreaterThanOrEqual(seq);
    }
    expect(readdirSync(kept).length).toBeGreaterThan(3);
  });

  test('of a time is that after the last command up to it', async () => {
    const draw = new Draw(6);
    const states = new States(journal, { sources: sources(), kept: undefined });
    for (let attempt = 0; attempt < 15; attempt++) {
      const { time } = live.get(1 + draw.below(journal.durable.seq)) as { time: number };
      for (const asked of [time - 1, time, time + 1]) {
        const expected = Math.max(0, ...[...live].filter(([, at]) => at.time <= asked).map(([seq]) => seq));
        expect((await states.atTime(asked)).engine.state.seq).toBe(expected);
      }
    }
  });

  test('beyond the end is refused', async () => {
    await expect(new States(journal, { sources: [], kept: undefined }).at(1_000_000)).rejects.toThrow(RangeError);
  });
});

/** Ids of all blocks that there ever were. */
async function blockIds(): Promise<number[]> {
  const ids: number[] = [];
  for await (const { events } of commandsFrom(journal)) {
    for (const event of events) if (event.type === 'IsolatedBlockOpened') ids.push(event.isolationId);
  }
  return ids;
}

const money = (text: string): Int => parseScaled(text, 6) as Int;
const sumOf = (amounts: readonly string[]): Int => amounts.reduce<Int>((sum, amount) => add(sum, money(amount)), 0);

describe('the life of a block', () => {
  test('sums to what the engine holds of it, for every block of the journal', async () => {
    const states = new States(journal, { sources: sources(), kept: undefined });
    const { engine: final } = await states.at(journal.durable.seq);
    const ids = await blockIds();
    const found = { OPEN: 0, CLOSED: 0, LIQUIDATED: 0 };
    expect(ids.length).toBeGreaterThan(30);
    for (const id of ids) {
      const { engine, revision } = await states.at(id - 1);
      const life = await explainBlock(journal, engine, id, revision + 1);
      if (life === undefined) throw new Error(`no life of ${id}`);
      found[life.status] += 1;
      const last = life.rows.at(-1);
      const { blocks, positions } = final.state;
      const held = blocks.get(id);
      const [cash, orderMargin] = [positions.cash(held), positions.orderMargin(held)];
      expect([last?.cash, last?.orderMargin]).toEqual([formatMoney(cash), formatMoney(orderMargin)]);
      const moved = sub(sumOf(life.totals.map(({ into }) => into)), sumOf(life.totals.map(({ outOf }) => outOf)));
      expect(formatMoney(moved)).toBe(life.balance);
      expect(life.balance).toBe(formatMoney(add(cash, orderMargin)));
      expect(sumOf(life.rows.flatMap(({ cashChange, marginChange }) => [cashChange, marginChange]))).toBe(money(life.balance));
    }
    expect(Math.min(found.OPEN, found.CLOSED, found.LIQUIDATED)).toBeGreaterThan(0);
  });

  test('shows after each of its commands what the live engine showed', async () => {
    const states = new States(journal, { sources: [], kept: undefined });
    const [id] = (await blockIds()).slice(-8) as [number];
    const stand = await states.at(id - 1);
    const life = await explainBlock(journal, stand.engine, id, stand.revision + 1);
    for (const row of life?.rows ?? []) {
      const isLast = life?.rows.filter(({ seq }) => seq === row.seq).at(-1) === row;
      const { engine } = await states.at(row.seq);
      const view = new Bulkhead(engine).position(life?.accountId as string, life?.instrument as string, 'ISOLATED');
      if (!isLast || view?.marginMode !== 'ISOLATED' || view.isolationId !== life?.isolationId) continue;
      expect([view.cash, view.orderMargin]).toEqual([row.cash, row.orderMargin]);
    }
    expect(life?.rows.length).toBeGreaterThan(1);
  });

  test('of a block that never was is none', async () => {
    const { engine, revision } = await new States(journal, { sources: [], kept: undefined }).at(0);
    expect(await explainBlock(journal, engine, 1, revision + 1)).toBeUndefined();
  });
});

describe('a statement', () => {
  test('comes from opening and movements to the closing figures, for every account and any period', async () => {
    const draw = new Draw(8);
    const states = new States(journal, { sources: sources(), kept: undefined });
    const { accounts: opened } = (await states.at(journal.durable.seq)).engine.state;
    const accounts = [...opened].map((account) => opened.id(account));
    let movements = 0;
    for (let attempt = 0; attempt < 30; attempt++) {
      const bounds = [draw.below(journal.durable.seq), draw.below(journal.durable.seq)].sort((a, b) => a - b) as [number, number];
      const [opening, { engine: closing }] = [await states.at(bounds[0]), await states.at(bounds[1])];
      const statement = await statementOf(journal, draw.pick(accounts), { opening, closing });
      movements += statement.movements.length;
      for (const currency of ['USD', 'USDC'] as const) {
        const own = statement.movements.filter((movement) => movement.currency === currency).map(({ amount }) => amount);
        const [before, after] = [statement.opening[currency], statement.closing[currency]];
        expect(add(sumOf([before.main, before.isolated]), sumOf(own))).toBe(sumOf([after.main, after.isolated]));
      }
    }
    expect(movements).toBeGreaterThan(500);
  });
});

describe('an export', () => {
  test('of the ledger adds up to every balance of the engine', async () => {
    const balances = { USD: new Map<string, Int>(), USDC: new Map<string, Int>() };
    for await (const { from, to, currency, amount } of ledgerOf(journal)) {
      const book = balances[currency];
      book.set(from, sub(book.get(from) ?? 0, money(amount)));
      book.set(to, add(book.get(to) ?? 0, money(amount)));
    }
    const ledger = new Bulkhead((await new States(journal, { sources: [], kept: undefined }).at(journal.durable.seq)).engine).ledger();
    for (const currency of ['USD', 'USDC'] as const) {
      const rows = Object.entries(ledger[currency]).filter(([name]) => !['main', 'blocks', 'margins'].includes(name));
      expect(rows.filter(([name, amount]) => formatMoney(balances[currency].get(name) ?? 0) !== amount)).toEqual([]);
      const known = new Set(rows.map(([name]) => name));
      expect([...balances[currency]].filter(([name, amount]) => !known.has(name) && amount !== 0)).toEqual([]);
    }
  });

  test('of the commands gives the same state to whoever runs them, wrong commands included', async () => {
    const engine = new Engine({ shard: journal.meta.shard, commandMemory: await commandMemoryOf(journal) });
    let refused = 0;
    for await (const command of exportedCommands(journal)) {
      const decoded = decodeCommand(JSON.parse(JSON.stringify(command)));
      refused += decoded.ok ? 0 : 1;
      engine.execute(decoded as Sequenced);
    }
    expect(refused).toBeGreaterThan(5);
    expect(stateHash(engine.state)).toBe(live.get(journal.durable.seq)?.hash);
  });
});

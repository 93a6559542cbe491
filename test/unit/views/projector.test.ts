import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteReader } from '../../../src/contract/bytes';
import { decodeRecord } from '../../../src/contract/record';
import type { Topic } from '../../../src/contract/stream';
import { MemoryJournal } from '../../../src/journal/memoryJournal';
import { LedgerEntry } from '../../../src/projections/happened/ledger';
import { Folding, LocalViews, Projector, type ToldRows, UnknownQuestion } from '../../../src/views';
import { StoredHappened } from '../../../src/views/storedHappened';
import { plain, RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';

/** A journal with a generated sequence in it, and the same records folded in this thread. */
async function played(steps: number) {
  const source = new RecordedEngine();
  const journal = new MemoryJournal();
  const local = new LocalViews(0);
  const generator = new Generator(5, source.views);
  const draw = new Draw(5);
  const send = (command: Parameters<RecordedEngine['bytes']>[0]) => {
    const before = source.views.now().seq;
    const bytes = source.bytes(command);
    if (bytes === undefined || source.views.now().seq === before) return;
    journal.append({ seq: source.views.now().seq, kind: 'command', bytes });
    local.take(recordOf(bytes));
  };
  for (const command of generator.opening()) send(command);
  const go = (count: number) => {
    for (let step = 0; step < count; step++) send(generator.next(draw.below(0xffffffff)));
  };
  go(steps);
  await journal.whenDurable(journal.head.revision);
  return { journal, local, go };
}

const recordOf = (bytes: Uint8Array) => decodeRecord(new ByteReader(bytes));

/** From source, the thread compiles what it runs before it takes the first batch. */
async function caughtUp(projector: Projector, seq: number): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (projector.seq < seq && performance.now() < deadline) await new Promise((done) => setTimeout(done, 20));
}

jest.setTimeout(60_000);

async function everything(views: LocalViews | Projector, minSeq: number): Promise<unknown> {
  const { rows: accounts } = await views.read('accounts', { limit: 1000, minSeq });
  const { rows: instruments } = await views.read('instruments', {});
  const all: unknown[] = [accounts, instruments, (await views.read('insurance', {})).rows];
  for (const { accountId } of accounts) {
    all.push((await views.read('fills', { accountId, limit: 1000 })).rows, (await views.read('ledger', { accountId, limit: 7 })).rows);
  }
  for (const { instrument } of instruments) {
    all.push((await views.read('candles', { instrument, interval: '1h' })).rows, (await views.read('trades', { instrument })).rows);
  }
  all.push((await views.read('liquidations', {})).rows, (await views.read('funding', { limit: 5 })).rows);
  return plain(all);
}

describe('the projector', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bulkhead-views-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('answers from its thread what the same records give here, and tells of what comes', async () => {
    const { journal, local, go } = await played(150);
    const store = { path: join(directory, 'views'), version: 'a' };
    const projector = new Projector({ shard: 0, feed: journal, store });
    await caughtUp(projector, local.seq);
    expect(await everything(projector, local.seq)).toEqual(await everything(local, 0));
    const heard: ToldRows[] = [];
    const expected: ToldRows[] = [];
    const { rows: accounts } = await local.read('accounts', { limit: 1000 });
    for (const topic of [{ channel: 'positions' }, ...accounts.map(({ accountId }) => ({ channel: 'account', accountId }))] as Topic[])
      expect(await projector.watch(topic)).toEqual(await local.watch(topic));
    projector.onRows((told) => heard.push(told));
    local.onRows((told) => expected.push(told));
    go(60);
    expect(await everything(projector, local.seq)).toEqual(await everything(local, 0));
    expect(expected.length).toBeGreaterThan(20);
    expect(plain(heard)).toEqual(plain(expected));
    await expect(projector.read('fills', {})).rejects.toThrow(UnknownQuestion);
    await projector.close();
  });
});

describe('the store of what happened', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bulkhead-views-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const row = (at: number) =>
    new LedgerEntry(at, 0, 'alice', 1, 1_000, 'FundsDeposited', 'main', 'alice', 'external', '', 'USD', 5, 5, 'DEPOSIT');
  const places = (store: StoredHappened) => store.newest('ledger', 'alice', undefined, 10).map(({ at }) => at);

  test('holds after a crash what its checkpoint says and nothing more', async () => {
    const path = join(directory, 'views');
    const store = new StoredHappened(path, 'a');
    store.put(row(1));
    store.commit(1);
    store.put(row(2));
    await store.close();
    const again = new StoredHappened(path, 'a');
    expect({ seq: again.seq, places: places(again) }).toEqual({ seq: 1, places: [1] });
    await again.close();
  });

  test('begins anew when the folds that made it are others', async () => {
    const path = join(directory, 'views');
    const store = new StoredHappened(path, 'a');
    store.put(row(1));
    store.commit(1);
    await store.close();
    const other = new StoredHappened(path, 'b');
    expect({ seq: other.seq, places: places(other) }).toEqual({ seq: 0, places: [] });
    await other.close();
  });

  test('given a store from before, folding the journal again adds no row twice', async () => {
    const { journal, local } = await played(80);
    const store = { path: join(directory, 'views'), version: 'a' };
    for (let start = 0; start < 2; start++) {
      const folding = new Folding({ shard: 0, store });
      for await (const batch of journal.readBatches(0)) folding.take(batch);
      const newest = folding.model.happenedStore?.newest('liquidations', '', undefined, 1000) ?? [];
      const shown = newest.map(({ row: shownRow }) => shownRow);
      expect(plain(shown)).toEqual(plain((await local.read('liquidations', { limit: 1000 })).rows));
      await folding.close();
    }
  });
});

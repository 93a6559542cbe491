import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteReader } from '../../../src/contract/bytes';
import { decodeRecord } from '../../../src/contract/record';
import type { Topic } from '../../../src/contract/stream';
import { MemoryJournal, type RecordBatch, RUN_LENGTH } from '../../../src/journal';
import { MemoryHappened } from '../../../src/projections/happened';
import { LedgerEntry } from '../../../src/projections/happened/ledger';
import { ReadModel, readView } from '../../../src/projections/readModel';
import { type Begun, type DurableFeed, Folding, LocalViews, Projector, type ToldRows, UnknownQuestion } from '../../../src/views';
import { StoredHappened } from '../../../src/views/storedHappened';
import { plain, RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';
import { viewsHash } from '../../support/projections/viewsHash';
import { rowsOf } from '../../support/viewRows';

/** A journal with a generated sequence in it, and the same records folded in this thread. */
async function played(steps: number, seed = 5) {
  const source = new RecordedEngine();
  const journal = new MemoryJournal();
  const local = new LocalViews(0);
  const generator = new Generator(seed, source.views);
  const draw = new Draw(seed);
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
  const accounts = await rowsOf(views, 'accounts', { limit: 1000, minSeq });
  const instruments = await rowsOf(views, 'instruments', {});
  const all: unknown[] = [accounts, instruments, await rowsOf(views, 'insurance', {})];
  for (const { accountId } of accounts) {
    all.push(await rowsOf(views, 'fills', { accountId, limit: 1000 }), await rowsOf(views, 'ledger', { accountId, limit: 7 }));
  }
  for (const { instrument } of instruments) {
    all.push(await rowsOf(views, 'candles', { instrument, interval: '1h' }), await rowsOf(views, 'trades', { instrument }));
  }
  all.push(await rowsOf(views, 'liquidations', {}), await rowsOf(views, 'funding', { limit: 5 }));
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
    const accounts = await rowsOf(local, 'accounts', { limit: 1000 });
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

/** A feed that counts the commands which it hands on. */
class CountedFeed implements DurableFeed {
  commands = 0;

  constructor(private readonly journal: MemoryJournal) {}

  get durable() {
    return this.journal.durable;
  }

  chainHash(seq: number): Promise<Uint8Array> {
    return this.journal.chainHash(seq);
  }

  async *follow(fromRevision?: number, signal?: AbortSignal): AsyncGenerator<RecordBatch> {
    for await (const batch of this.journal.follow(fromRevision, signal)) {
      this.commands += batch.seqs.filter((seq) => seq > 0).length;
      yield batch;
    }
  }
}

describe('views that were kept', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bulkhead-views-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  type Played = Awaited<ReturnType<typeof played>>;

  async function started({ journal, local }: Pick<Played, 'journal' | 'local'>, version = 'a') {
    const feed = new CountedFeed(journal);
    const begun: Begun[] = [];
    const store = { path: join(directory, 'views'), version };
    const projector = new Projector({ shard: 0, feed, store, onBegun: (place) => begun.push(place) });
    await caughtUp(projector, local.seq);
    return { feed, projector, begun };
  }

  test('go on where they ended, and read the tail alone', async () => {
    const world = await played(200);
    const first = await started(world);
    expect(first.begun).toEqual([{ seq: 0, revision: 0, problem: undefined }]);
    await first.projector.close();
    const kept = world.local.seq;
    world.go(50);
    await world.journal.whenDurable(world.journal.head.revision);
    const { feed, projector, begun } = await started(world);
    expect(begun).toMatchObject([{ seq: kept, problem: undefined }]);
    // The chain is hashed from its last link on.
    expect(feed.commands).toBe(world.local.seq - (kept - (kept % RUN_LENGTH)));
    expect(await everything(projector, world.local.seq)).toEqual(await everything(world.local, 0));
    await projector.close();
  });

  test('are folded again where the journal has lost its end, or went another way, or the folds are others', async () => {
    const world = await played(150);
    await (await started(world)).projector.close();
    const shorter = await played(100);
    const ahead = await started(shorter);
    expect(ahead.begun).toMatchObject([{ seq: 0, revision: 0, problem: expect.stringMatching(/the journal ends at \d+$/) }]);
    expect(await everything(ahead.projector, shorter.local.seq)).toEqual(await everything(shorter.local, 0));
    await ahead.projector.close();
    const other = await played(150, 6);
    const elsewhere = await started(other);
    expect(elsewhere.begun).toMatchObject([{ seq: 0, problem: expect.stringContaining('the journal has another hash at its seq') }]);
    expect(await everything(elsewhere.projector, other.local.seq)).toEqual(await everything(other.local, 0));
    await elsewhere.projector.close();
    const others = await started(other, 'b');
    expect(others.begun).toMatchObject([{ seq: 0, problem: 'it is of another journal or of other folds' }]);
    expect(await everything(others.projector, other.local.seq)).toEqual(await everything(other.local, 0));
    await others.projector.close();
  });

  test('go on from the state that was kept last, wherever their writer ended', async () => {
    const { journal, local } = await played(400);
    const store = { path: join(directory, 'views'), version: 'a', saveEvery: 60 };
    const draw = new Draw(11);
    const begunAt: number[] = [];
    let saved = 0;
    for (let upTo = 30; upTo < local.seq + 60; upTo += 30 + draw.below(90)) {
      const folding = new Folding({ shard: 0, store });
      const { seq, revision } = folding.begin(undefined);
      begunAt.push(seq);
      expect(seq).toBe(saved);
      for await (const batch of journal.readBatches(revision)) {
        for (const part of partsOf(batch, upTo)) {
          folding.take(part);
          if (!folding.isSaveDue) continue;
          await folding.save(async () => undefined);
          saved = folding.model.seq;
        }
      }
      expect(folding.model.seq).toBe(Math.min(upTo, local.seq));
      const whole = new ReadModel(0, new MemoryHappened());
      for await (const { bytes } of journal.read()) if (whole.seq < folding.model.seq) whole.apply(recordOf(bytes));
      expect(viewsHash(folding.model)).toBe(viewsHash(whole));
      for (const { accountId } of whole.accounts) {
        const ledgers = [folding.model, whole].map((model) => plain(readView(model, 'ledger', { accountId, limit: 1000 })));
        expect(ledgers[0]).toEqual(ledgers[1]);
      }
      // What was folded since the last save is not saved, as when a writer is killed.
      await folding.close();
    }
    expect(new Set(begunAt).size).toBeGreaterThan(3);
  });
});

/** The commands of a batch up to a seq, a few at a time, as they come when a journal is written. */
function* partsOf(batch: RecordBatch, upToSeq: number): Iterable<RecordBatch> {
  const { firstRevision, buffer, starts, ends, seqs } = batch;
  for (let from = 0; from < batch.count; from += 7) {
    let to = from;
    while (to < Math.min(batch.count, from + 7) && (seqs[to] as number) <= upToSeq) to += 1;
    if (to === from) return;
    const [partStarts, partEnds, partSeqs] = [starts.slice(from, to), ends.slice(from, to), seqs.slice(from, to)];
    yield { firstRevision: firstRevision + from, count: to - from, buffer, starts: partStarts, ends: partEnds, seqs: partSeqs };
  }
}

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
    store.commit(1, '');
    store.put(row(2));
    await store.close();
    const again = new StoredHappened(path, 'a');
    expect({ seq: again.kept.seq, places: places(again) }).toEqual({ seq: 1, places: [1] });
    await again.close();
  });

  test('begins anew when the folds that made it are others', async () => {
    const path = join(directory, 'views');
    const store = new StoredHappened(path, 'a');
    store.put(row(1));
    store.commit(1, '');
    await store.close();
    const other = new StoredHappened(path, 'b');
    expect({ seq: other.kept.seq, places: places(other) }).toEqual({ seq: 0, places: [] });
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
      expect(plain(shown)).toEqual(plain(await rowsOf(local, 'liquidations', { limit: 1000 })));
      await folding.close();
    }
  });
});

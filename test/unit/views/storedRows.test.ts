import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteReader } from '../../../src/contract/bytes';
import { decodeFoldRecord } from '../../../src/contract/record';
import { type HappenedRow, MemoryHappened, type Place } from '../../../src/projections/happened';
import { ReadModel } from '../../../src/projections/readModel';
import { StoredHappened } from '../../../src/views/storedHappened';
import { plain, RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';

const COMMANDS_A_COMMIT = [1, 2, 400, 7];

/** A generated sequence whose rows go to a store and to memory; `lists` names every list that has rows. */
function stored(path: string, steps: number) {
  const [store, memory] = [new StoredHappened(path, 'a'), new MemoryHappened()];
  const lists = new Map<string, Pick<HappenedRow, 'view' | 'list'>>();
  const put = (row: HappenedRow) => {
    store.put(row);
    memory.put(row);
    lists.set(`${row.view} ${row.list}`, row);
  };
  const model = new ReadModel(0, { put, newest: () => [], isCut: () => false });
  const source = new RecordedEngine();
  const generator = new Generator(9, source.views);
  const draw = new Draw(9);
  let commits = 0;
  let due = 1;
  const send = (command: Parameters<RecordedEngine['bytes']>[0]) => {
    const bytes = source.bytes(command);
    if (bytes === undefined || source.views.now().seq === model.seq) return;
    model.apply(decodeFoldRecord(new ByteReader(bytes)));
    due -= 1;
    if (due > 0) return;
    store.commit(model.seq, '');
    due = COMMANDS_A_COMMIT[commits++ % COMMANDS_A_COMMIT.length] as number;
  };
  for (const command of generator.opening()) send(command);
  for (let step = 0; step < steps; step++) send(generator.next(draw.below(0xffffffff)));
  store.commit(model.seq, '');
  return { store, memory, lists: [...lists.values()] };
}

const shown = (rows: readonly HappenedRow[]) => plain(rows.map(({ at, n, row }) => ({ at, n, row })));

describe('rows in their store', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bulkhead-rows-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('are those that memory has, of every list, whatever was committed together', async () => {
    const { store, memory, lists } = stored(join(directory, 'views'), 1_500);
    expect(new Set(lists.map(({ view }) => view))).toEqual(
      new Set(['trades', 'fills', 'candles', 'funding', 'liquidations', 'ledger', 'commands']),
    );
    for (const { view, list } of lists) {
      // Of a commandId that came again the newest is asked for.
      const limit = view === 'commands' ? 1 : 10_000;
      expect(shown(store.newest(view, list, undefined, limit))).toEqual(shown(memory.newest(view, list, undefined, limit)));
    }
    await store.close();
  });

  test('come page by page, each once', async () => {
    const { store, memory, lists } = stored(join(directory, 'views'), 600);
    for (const { view, list } of lists.filter((one) => one.view !== 'commands')) {
      const paged: HappenedRow[] = [];
      let before: Place | undefined;
      for (;;) {
        const page = store.newest(view, list, before, 7);
        paged.push(...page);
        before = page.at(-1);
        if (page.length < 7) break;
      }
      expect(shown(paged)).toEqual(shown(memory.newest(view, list, undefined, 10_000)));
    }
    await store.close();
  });
});

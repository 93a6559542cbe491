import { ByteReader, ByteWriter } from '../../../src/contract/bytes';
import type { JournalRecord } from '../../../src/contract/record';
import { type HappenedRow, type HappenedStore, MemoryHappened } from '../../../src/projections/happened';
import { ReadModel } from '../../../src/projections/readModel';
import type { Command } from '../../support/engineApi';
import { RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';
import { massLiquidation } from '../../support/massLiquidation';
import { viewsHash } from '../../support/projections/viewsHash';

const WORLDS = 6;
const STEPS = 100;

function recordsOf(seed: number): JournalRecord[] {
  const source = new RecordedEngine();
  const generator = new Generator(seed, source.views);
  const draw = new Draw(seed * 104_729);
  const records: JournalRecord[] = [];
  const send = (command: Command) => {
    const record = source.record(command);
    if (record !== undefined) records.push(record);
  };
  for (const command of generator.opening()) send(command);
  for (let step = 0; step < STEPS; step++) send(generator.next(draw.below(0xffffffff)));
  return records;
}

function saved(model: ReadModel): Uint8Array {
  const writer = new ByteWriter(64);
  for (const _piece of model.save(writer));
  return writer.written().slice();
}

function restored(content: Uint8Array, store: HappenedStore): ReadModel {
  const model = new ReadModel(0, store);
  model.load(new ByteReader(content));
  return model;
}

/** Hears every row that is put. */
class HeardRows implements HappenedStore {
  readonly rows: string[] = [];
  put({ view, list, at, n, row }: HappenedRow): void {
    this.rows.push(JSON.stringify({ view, list, at, n, row }));
  }
  newest(): readonly HappenedRow[] {
    return [];
  }
  isCut(): boolean {
    return false;
  }
}

/** What a model folds: its views, what each record changed, and the rows it adds, after each record. */
function followed(model: ReadModel, heard: HeardRows, records: readonly JournalRecord[]): string[] {
  return records.map((record) => {
    heard.rows.length = 0;
    model.apply(record);
    return JSON.stringify([viewsHash(model), model.changes(), heard.rows]);
  });
}

function expectSameFrom(records: readonly JournalRecord[], places: readonly number[]): void {
  const heard = new HeardRows();
  const whole = new ReadModel(0, heard);
  const states: Uint8Array[] = [];
  const expected = records.map((record) => {
    states.push(saved(whole));
    return followed(whole, heard, [record])[0];
  });
  for (const place of places) {
    const rows = new HeardRows();
    const model = restored(states[place] as Uint8Array, rows);
    expect(Buffer.compare(saved(model), states[place] as Uint8Array)).toBe(0);
    const found = followed(model, rows, records.slice(place));
    expect([place, found]).toEqual([place, expected.slice(place)]);
  }
}

jest.setTimeout(120_000);

test('a model that goes on from what another saved, at any place, shows and tells the same ever after', () => {
  const seen = new Set<string>();
  for (let world = 1; world <= WORLDS; world++) {
    const records = recordsOf(world);
    const draw = new Draw(world * 7_919);
    for (const { events } of records) for (const { type } of events) seen.add(type);
    expectSameFrom(records, [1, draw.below(records.length), draw.below(records.length), records.length - 1]);
  }
  for (const type of ['IsolatedBlockLiquidated', 'TriggerOrderAccepted', 'FundingSettled', 'InstrumentUpdated', 'OrderAmended'])
    expect([...seen]).toContain(type);
});

test('it is the same before and after a fall that liquidates many, with the fund holding what nobody took', () => {
  const source = new RecordedEngine();
  const { opening, tick } = massLiquidation(20);
  const records = [...opening, tick].map((command) => source.record(command) as JournalRecord);
  const model = new ReadModel(0, new MemoryHappened());
  for (const record of records) model.apply(record);
  expect(viewsHash(restored(saved(model), new MemoryHappened()))).toBe(viewsHash(model));
  expectSameFrom(records, [records.length - 2, records.length - 1]);
});

test('what other folds have saved, or a part of it, is refused', () => {
  const model = new ReadModel(0, new MemoryHappened());
  const records = recordsOf(3);
  for (const record of records) model.apply(record);
  const content = saved(model);
  expect(() => restored(content.subarray(0, content.length - 1), new MemoryHappened())).toThrow();
  expect(() => restored(Buffer.concat([content, Buffer.from([0])]), new MemoryHappened())).toThrow('more was saved');
  const other = Buffer.from(content);
  const version = other.indexOf('positions-');
  other.write('x', version);
  expect(() => restored(other, new MemoryHappened())).toThrow('what was saved is of xositions-');
  expect(() => new ReadModel(0).load(new ByteReader(content))).toThrow('another store');
});

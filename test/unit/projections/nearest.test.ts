import { Market, openPair } from '../../../src/bench/market';
import { ByteReader, ByteWriter } from '../../../src/contract/bytes';
import { decodeFoldRecord, encodeRecord } from '../../../src/contract/record';
import { Engine, type Executed } from '../../../src/engine/engine';
import { ReadModel, readView, UnknownQuestion } from '../../../src/projections/readModel';
import { recordOf } from '../../../src/runtime/node';
import { RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';

const WORLDS = 12;
const STEPS = 250;
const SOME_OPEN = 6;

describe('positions nearest to their liquidation price', () => {
  test('are all that are open, in that order, those without such a price last', () => {
    const counts = { answers: 0, cross: 0, without: 0 };
    for (let world = 1; world <= WORLDS; world++) {
      const source = new RecordedEngine();
      const model = new ReadModel(0);
      const [draw, generator] = [new Draw(world), new Generator(world, source.views)];
      const commands = [...generator.opening(), ...Array<undefined>(STEPS).fill(undefined)];
      for (const opening of commands) {
        const record = source.record(opening ?? generator.next(draw.below(0xffffffff)));
        if (record !== undefined) model.apply(record);
        const { rows, total, next } = readView(model, 'positions', { order: 'nearest', limit: 1_000 });
        const inOrderOfOpening = readView(model, 'positions', { limit: 1_000 }).rows;
        expect([next, total]).toEqual([undefined, inOrderOfOpening.length]);
        expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(new Set(inOrderOfOpening.map((row) => JSON.stringify(row))));
        const distances = rows.map(({ distanceToLiquidation }) => Number(distanceToLiquidation ?? Number.POSITIVE_INFINITY));
        expect(distances).toEqual([...distances].sort((a, b) => a - b));
        const few = readView(model, 'positions', { order: 'nearest', limit: 3 });
        expect([few.total, few.rows]).toEqual([total, rows.slice(0, 3)]);
        if (rows.length >= SOME_OPEN) counts.answers += 1;
        counts.cross += rows.filter(({ marginMode }) => marginMode === 'CROSS').length;
        counts.without += rows.filter(({ liquidationPrice }) => liquidationPrice === null).length;
      }
    }
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(20);
  });

  test('are not looked for among more than 10,000', () => {
    const model = new ReadModel(0);
    const engine = new Engine();
    const writer = new ByteWriter(1 << 16);
    const market = new Market(engine, (command) => {
      const outcome = engine.execute(command) as Executed;
      writer.clear();
      encodeRecord(writer, recordOf(outcome, { kind: 'LIBRARY' }, 'test'));
      model.apply(decodeFoldRecord(new ByteReader(writer.written())));
      return outcome;
    });
    market.open();
    for (let pair = 0; pair < 5_000; pair++) openPair(market, pair);
    expect(market.openBlocks).toBe(10_000);
    const all = readView(model, 'positions', { order: 'nearest', limit: 5 });
    expect([all.total, all.rows.length]).toEqual([10_000, 5]);
    openPair(market, 5_000);
    expect(() => readView(model, 'positions', { order: 'nearest' })).toThrow(UnknownQuestion);
    expect(readView(model, 'positions', { order: 'nearest', accountId: 'l0' }).total).toBe(1);
    expect(() => readView(model, 'positions', { order: 'nearest', accountId: 'l0', cursor: '1' })).toThrow('cursor');
  });
});

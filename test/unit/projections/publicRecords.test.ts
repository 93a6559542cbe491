import type { JournalRecord } from '../../../src/contract/record';
import { MemoryHappened } from '../../../src/projections/happened';
import { PublicEvents } from '../../../src/projections/publicEvents';
import { PublicRecords, type PublishedEvent } from '../../../src/projections/publicRecords';
import { ReadModel, readView } from '../../../src/projections/readModel';
import type { Command } from '../../support/engineApi';
import { plain, RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';

/** A shard's records, with its partition of `bulkhead.events.v1` as a consumer gets it. */
function played(world: number, steps: number) {
  const source = new RecordedEngine();
  const events = new PublicEvents(0);
  const records: JournalRecord[] = [];
  const published: PublishedEvent[] = [];
  const send = (command: Command) => {
    const record = source.record(command);
    if (record === undefined) return;
    records.push(record);
    events.take(record);
    published.push(plain(events.command(record)), ...record.events.map((event, place) => plain(events.event(record, event, place + 1))));
  };
  const generator = new Generator(world, source.views);
  const draw = new Draw(world * 7);
  for (const command of generator.opening()) send(command);
  for (let step = 0; step < steps; step++) send(generator.next(draw.below(0xffffffff)));
  return { records, published };
}

function everything(model: ReadModel): unknown {
  const accounts = readView(model, 'accounts', { limit: 1000 }).rows;
  const lists = accounts.flatMap(({ accountId }) =>
    (['orders', 'fills', 'ledger'] as const).map((view) => readView(model, view, { accountId, limit: 1000 }).rows),
  );
  const others = (['positions', 'instruments', 'marks', 'insurance', 'liquidations', 'funding'] as const).map(
    (view) => readView(model, view, { limit: 1000 }).rows,
  );
  return plain({ seq: model.seq, time: model.time, accounts, lists, others });
}

describe('records put together from public events', () => {
  test('say what the journal says, and fold into the same views', () => {
    const types = new Set<string>();
    for (let world = 1; world <= 25; world++) {
      const { records, published } = played(world, 80);
      const reader = new PublicRecords();
      const [direct, consumed] = [new ReadModel(0, new MemoryHappened()), new ReadModel(0, new MemoryHappened())];
      const read = published.flatMap((event) => reader.take(event) ?? []);
      expect(read.map(({ seq }) => seq)).toEqual(records.map(({ seq }) => seq));
      for (const [place, record] of records.entries()) {
        for (const { type } of record.events) types.add(type);
        const { commandId, type } = record.command;
        const { seq, time, status, code, message, orderId, isolationId, events } = record;
        expect(read[place]).toEqual({ seq, time, status, code, message, orderId, isolationId, events, command: { commandId, type } });
        direct.apply(record);
        consumed.apply(read[place] as (typeof read)[number]);
      }
      expect(everything(consumed)).toEqual(everything(direct));
    }
    for (const type of ['InstrumentUpdated', 'PositionDeleveraged', 'PositionTakenOver', 'OrderTriggered', 'CrossAccountLiquidated']) {
      expect(types).toContain(type);
    }
  });

  test('pass over what came already, wherever a rewind begins and ends', () => {
    const { records, published } = played(3, 40);
    const draw = new Draw(11);
    const reader = new PublicRecords();
    const read: number[] = [];
    for (let place = 0; place < published.length; ) {
      const back = draw.below(3) === 0 ? draw.below(Math.min(place, 20) + 1) : 0;
      for (let at = place - back; at <= place; at++) {
        const record = reader.take(published[at] as PublishedEvent);
        if (record !== undefined) read.push(record.seq);
      }
      place += 1;
    }
    expect(read).toEqual(records.map(({ seq }) => seq));
  });

  test('refuse a gap: between commands, within one, at the beginning', () => {
    const { published } = played(4, 10);
    const large = published.findIndex(({ index }) => index === 2);
    const takeAll = (events: readonly PublishedEvent[]) => {
      const reader = new PublicRecords();
      for (const event of events) reader.take(event);
    };
    expect(() => takeAll(published.filter((_, at) => at !== large - 1))).toThrow('came after');
    expect(() => takeAll(published.filter(({ seq }) => seq !== 3))).toThrow('seq 4 came after seq 2');
    expect(() => takeAll(published.filter(({ seq }) => seq > 1))).toThrow('seq 2 came after seq 0');
  });

  test('refuse what no node publishes', () => {
    const [first] = played(4, 1).published as [PublishedEvent];
    const changed = (data: object) => () => new PublicRecords().take({ ...first, data: { ...first.data, ...data } });
    expect(changed({ eventCount: undefined })).toThrow('eventCount: must be the number of events that follow, not absent');
    expect(changed({ command: { type: 'PlaceOrdre' } })).not.toThrow();
    expect(changed({ eventCount: 0, command: { type: 'PlaceOrdre' } })).toThrow('command.type: must be the name of a command');
  });
});

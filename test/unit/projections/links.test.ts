import { createEngine } from '../../../src/index';
import type { Bulkhead } from '../../../src/library/bulkhead';
import type { Command, EngineEvent, Result, Row } from '../../support/engineApi';
import { Generator } from '../../support/generator/generator';
import { ProjectionServer } from '../../support/projections/projectionServer';

/** Whose money an event moves, by its transfers alone: a second opinion beside the fields that the projection reads. */
function moneyOf({ data }: EngineEvent): string[] {
  const accounts = (data.transfers ?? []).flatMap(({ from, to }) => [from, to]);
  return accounts.flatMap((account) => {
    const [kind, id] = account.split(':') as [string, string | undefined];
    if (id === undefined) return [];
    return kind === 'main' ? [`account-${id}`] : [`block-${id}`];
  });
}

function play(world: number, steps: number): EngineEvent[] {
  const engine: Bulkhead = createEngine();
  const generator = new Generator(world, engine);
  const events: EngineEvent[] = [];
  const send = (command: Command) => {
    try {
      events.push(...(engine.execute(command) as unknown as Result).events);
    } catch {
      // A message that is no command leaves no event.
    }
  };
  for (const command of generator.opening()) send(command);
  for (let step = 0; step < steps; step++) send(generator.next(world * 1000 + step));
  return events;
}

describe('stage 1', () => {
  test('links an event to every account and block whose money it moves, once, in the order of the stream', () => {
    let both = 0;
    for (let world = 1; world <= 25; world++) {
      const server = new ProjectionServer();
      for (const event of play(world, 60)) {
        const stored = server.append(event);
        const streams = [...server.linked].filter(([, events]) => events.includes(stored)).map(([stream]) => stream);
        expect(streams).toEqual(expect.arrayContaining(moneyOf(event)));
        both += streams.filter((stream) => stream.startsWith('block-')).length > 1 ? 1 : 0;
      }
      for (const events of server.linked.values()) {
        const places = events.map(({ sequenceNumber }) => sequenceNumber);
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      }
    }
    expect(both).toBeGreaterThan(20);
  });

  const sides: [string, Row][] = [
    ['TradeExecuted', { makerAccountId: 'ann', makerIsolationId: 'iso-3', takerAccountId: 'bob', takerIsolationId: 'iso-4' }],
    ['PositionDeleveraged', { accountId: 'ann', isolationId: 'iso-3', counterpartyAccountId: 'bob', counterpartyIsolationId: 'iso-4' }],
  ];
  test.each(sides)('links both sides of %s', (eventType, data) => {
    const { links } = new ProjectionServer();
    const event = { streamId: 'bulkhead-0', sequenceNumber: 0, eventType, isJson: true, metadataRaw: '{}' };
    const linked = links.handle({ ...event, bodyRaw: JSON.stringify(data) }, undefined, 'bulkhead').map(({ stream }) => stream);
    expect([...linked].sort()).toEqual(['account-ann', 'account-bob', 'block-iso-3', 'block-iso-4']);
  });

  test('links a command to the account that it names and the block of its result', () => {
    const server = new ProjectionServer();
    const command = { commandId: 'c', type: 'PlaceOrder', data: { accountId: 'ann', isolationId: 'iso-99' } };
    server.appendJson('CommandAccepted', { command, isolationId: 'iso-7' }, {});
    expect([...server.linked.keys()].sort()).toEqual(['account-ann', 'block-iso-7']);
  });

  test('passes over what a refused command calls a name', () => {
    const server = new ProjectionServer();
    const wrong: unknown[] = [null, 5, '', ' ', 'a b', '$ce-x', 'x'.repeat(65), { a: 1 }, ['ann']];
    for (const accountId of wrong) server.appendJson('CommandRejected', { command: { data: { accountId } }, isolationId: 'iso-x' }, {});
    for (const data of [null, 'text', 7, []]) server.appendJson('CommandRejected', { command: { data } }, {});
    expect(server.linked.size).toBe(0);
  });

  test('stops at an event with frame packing', () => {
    const server = new ProjectionServer();
    const frame = { eventType: 'Frame', isJson: false, bodyRaw: '\u0000', metadataRaw: '{}' };
    expect(() => server.see(frame)).toThrow('frame packing at 0');
  });

  test('keeps the streams of two shards apart', () => {
    const server = new ProjectionServer(3);
    const opened = { accountId: 'ann', instrument: 'BTC-PERP', isolationId: 'iso-1', marginCurrency: 'USD', leverage: '10' };
    server.appendJson('IsolatedBlockOpened', opened, {});
    expect(server.links.source).toEqual({ kind: 'fromStream', name: 'bulkhead-3' });
    expect([...server.linked.keys()].sort()).toEqual(['account-ann@3', 'block-iso-1@3']);
    expect(server.block('iso-1')).toMatchObject({ isolationId: 'iso-1', accountId: 'ann' });
  });
});

import fc from 'fast-check';
import { ByteWriter } from '../../../src/contract/bytes';
import { type EventType, eventTable } from '../../../src/contract/eventTable';
import { encodeEvent } from '../../../src/contract/generated/eventCodec';
import { eventData } from '../../../src/contract/generated/eventJson';
import { eventOfJson } from '../../../src/contract/generated/eventOfJson';
import type { DomainEvent } from '../../../src/contract/generated/events';
import { makeGrid } from '../../../src/contract/grid';
import { FieldFormatError } from '../../../src/contract/publicFields';
import { eventOf } from './arbitraries';

const grids = [
  makeGrid({ markTickSize: '0.25', lotSize: '0.001' }),
  makeGrid({ markTickSize: '50', lotSize: '10' }),
  makeGrid({ markTickSize: '0.00000001', lotSize: '1' }),
];
const eventTypes = Object.keys(eventTable) as EventType[];

function bytesOf(event: DomainEvent): string {
  const writer = new ByteWriter(1 << 12);
  encodeEvent(writer, event, event.time);
  return Buffer.from(writer.written()).toString('hex');
}

/** Ids have at most 15 digits outside, an event that names no instrument has no lots, and JSON has no −0. */
function publishable(event: DomainEvent): DomainEvent {
  const bounded = Object.entries(event).map(([field, value]) => {
    const unit = (eventTable[event.type] as Record<string, string>)[field];
    if (unit === 'block' || unit === 'order') return [field, (value as number) % 1e15 || 0];
    return [field, unit === 'json' ? JSON.parse(JSON.stringify(value)) : value];
  });
  const kept = Object.fromEntries(bounded) as DomainEvent;
  return kept.type === 'LiquidationStarted' && kept.instrument === undefined ? { ...kept, quantity: 0 } : kept;
}

describe('an event read back from its public JSON', () => {
  test.each(eventTypes)('%s is the same, byte by byte', (type) => {
    fc.assert(
      fc.property(eventOf(type), fc.constantFrom(...grids), (made, grid) => {
        const event = publishable(made);
        const {
          type: name,
          time,
          data,
        } = JSON.parse(JSON.stringify({ type: event.type, time: event.time, data: eventData(event, () => grid) }));
        expect(bytesOf(eventOfJson(name, time, data, () => grid))).toBe(bytesOf(event));
      }),
      { numRuns: 200 },
    );
  });

  const trade = {
    ...{ instrument: 'X', price: '100.25', quantity: '0.002', takerSide: 'SELL', value: '0.2005' },
    ...{ makerOrderId: '3', makerAccountId: 'm', makerClosed: '0', makerRealizedPnl: '0', makerFee: '0', makerMargin: '0' },
    ...{ takerOrderId: 'L4-1', takerClosed: '0', takerRealizedPnl: '0', takerFee: '1.5', takerMargin: '0' },
  };
  const read = (change: object) => eventOfJson('TradeExecuted', 5, { ...trade, ...change }, () => grids[0] as never);

  test('has the numbers of the engine', () => {
    expect(read({})).toMatchObject({ price: 401, quantity: 2, value: 200_500, takerOrderId: -(4 * 4_194_304 + 1), makerIsolationId: 0 });
  });

  test.each([
    ['a price between two ticks', { price: '100.3' }, 'price: must be a multiple of 0.25, not "100.3"'],
    ['a JSON number', { value: 1 }, 'value: must be a decimal string of at most 6 places, not 1'],
    ['too many places', { value: '0.0000001' }, 'value: must be a decimal string of at most 6 places'],
    ['an exponent', { value: '1e3' }, 'value: must be a decimal string'],
    ['lots past 2^53', { quantity: '9007199254740993' }, 'quantity: must be less than 2^53 units'],
    ['an unknown side', { takerSide: 'BOTH' }, 'takerSide: must be BUY or SELL, not "BOTH"'],
    ['an order that is none', { makerOrderId: 'x' }, 'makerOrderId: must be the id of an order, not "x"'],
    ['a block that is none', { makerIsolationId: '3' }, 'makerIsolationId: must be the id of a block, not "3"'],
    ['an absent field', { makerFee: undefined }, 'makerFee: must be a decimal string of at most 6 places, not absent'],
  ])('is refused with %s', (_, change, reason) => {
    expect(() => read(change)).toThrow(FieldFormatError);
    expect(() => read(change)).toThrow(reason);
  });

  test('is refused when its type is none', () => {
    expect(() => eventOfJson('TradeBusted', 5, trade, () => grids[0] as never)).toThrow('type: must be the name of an event');
  });
});

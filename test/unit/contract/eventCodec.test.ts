import fc from 'fast-check';
import { ByteReader, ByteWriter, FormatError } from '../../../src/contract/bytes';
import { type EventType, eventTable } from '../../../src/contract/eventTable';
import { decodeEvent, encodeEvent } from '../../../src/contract/generated/eventCodec';
import { eventOf } from './arbitraries';

function encoded(event: Parameters<typeof encodeEvent>[1], recordTime: number): Uint8Array {
  const writer = new ByteWriter(1);
  encodeEvent(writer, event, recordTime);
  return writer.written().slice();
}

describe('binary form of events', () => {
  const types = Object.keys(eventTable) as EventType[];

  test.each(types)('%s comes back as it was, and its bytes too', (type) => {
    fc.assert(
      fc.property(eventOf(type), fc.nat(), (event, delay) => {
        const bytes = encoded(event, event.time + delay);
        const reader = new ByteReader(bytes);
        const decoded = decodeEvent(reader, event.time + delay);
        expect(reader.position).toBe(bytes.length);
        expect(decoded).toEqual(event);
        expect(encoded(decoded, event.time + delay)).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  test('bytes of one trade, spelled out', () => {
    const bytes = encoded(
      {
        type: 'TradeExecuted',
        time: 1000,
        instrument: 'X',
        price: 100,
        quantity: 2,
        takerSide: 'SELL',
        value: 200_000_000,
        makerOrderId: 3,
        makerAccountId: 'm',
        makerIsolationId: 0,
        makerClosed: 0,
        makerRealizedPnl: -1,
        makerFee: 0,
        makerMargin: 0,
        takerOrderId: -4,
        takerAccountId: undefined,
        takerIsolationId: 0,
        takerClosed: 0,
        takerRealizedPnl: 2n ** 64n,
        takerFee: 0,
        takerMargin: 0,
      },
      1001,
    );
    const number = types.indexOf('TradeExecuted');
    expect([...bytes]).toEqual([
      number,
      2,
      0b01,
      1,
      88,
      0x80 | 72,
      1,
      4,
      0x80,
      0x88,
      0xde,
      0xbe,
      1,
      6,
      1,
      109,
      0,
      0,
      3,
      0,
      0,
      9,
      0,
      0,
      1,
      18,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
    ]);
  });

  test('flags that no field has are refused', () => {
    const bytes = encoded({ type: 'FundsDeposited', time: 0, accountId: 'a', currency: 'USDC', amount: 1 }, 0);
    bytes[2] = 0b11;
    expect(() => decodeEvent(new ByteReader(bytes), 0)).toThrow(FormatError);
    expect(() => decodeEvent(new ByteReader(new Uint8Array([200])), 0)).toThrow(FormatError);
  });
});

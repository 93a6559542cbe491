import fc from 'fast-check';
import { eventData } from '../../../src/contract/generated/eventJson';
import { formatPrice, formatQuantity, makeGrid } from '../../../src/contract/grid';
import { anyEvent } from './arbitraries';

const grid = makeGrid({ markTickSize: '0.25', lotSize: '0.0010' });
const gridOf = () => grid;

describe('public JSON of events', () => {
  test('prices and lots are exact multiples of the grid', () => {
    expect(formatPrice(grid, 3)).toBe('0.75');
    expect(formatPrice(grid, 2n ** 60n)).toBe('288230376151711744');
    expect(formatQuantity(grid, -1500)).toBe('-1.5');
    expect(formatPrice(makeGrid({ markTickSize: '50', lotSize: '10' }), 3)).toBe('150');
    expect(formatQuantity(makeGrid({ markTickSize: '50', lotSize: '10' }), 0)).toBe('0');
  });

  test('a trade', () => {
    const data = eventData(
      {
        type: 'TradeExecuted',
        time: 5,
        instrument: 'X',
        price: 401,
        quantity: 2,
        takerSide: 'SELL',
        value: 200_500,
        makerOrderId: 3,
        makerAccountId: 'm',
        makerIsolationId: 3,
        makerClosed: -1,
        makerRealizedPnl: -1,
        makerFee: 0,
        makerMargin: 0,
        takerOrderId: -(4 * 4_194_304 + 1),
        takerIsolationId: 0,
        takerClosed: 0,
        takerRealizedPnl: 0,
        takerFee: 1_500_000,
        takerMargin: 0,
      },
      gridOf,
    );
    expect(JSON.parse(JSON.stringify(data))).toEqual({
      instrument: 'X',
      price: '100.25',
      quantity: '0.002',
      takerSide: 'SELL',
      value: '0.2005',
      makerOrderId: '3',
      makerAccountId: 'm',
      makerIsolationId: 'iso-3',
      makerClosed: '-0.001',
      makerRealizedPnl: '-0.000001',
      makerFee: '0',
      makerMargin: '0',
      takerOrderId: 'L4-1',
      takerClosed: '0',
      takerRealizedPnl: '0',
      takerFee: '1.5',
      takerMargin: '0',
    });
  });

  test('the start of a cross liquidation has no instrument and no grid', () => {
    const data = eventData(
      {
        type: 'LiquidationStarted',
        time: 5,
        accountId: 'a',
        isolationId: 0,
        quantity: 0,
        equity: -5,
        maintenanceMargin: 1,
        bankruptcyPrice: undefined,
      },
      () => {
        throw new Error('asked for the grid of no instrument');
      },
    );
    expect(JSON.parse(JSON.stringify(data))).toEqual({ accountId: 'a', equity: '-0.000005', maintenanceMargin: '0.000001' });
  });

  test('a price that a block does not have is null; a cross position has none to name', () => {
    const settled = { type: 'FundingSettled', time: 5, instrument: 'A', accountId: 'a', rate: '0.01', payment: 1 } as const;
    expect(eventData({ ...settled, isolationId: 7 }, gridOf)).toMatchObject({ liquidationPriceBefore: null, liquidationPriceAfter: null });
    expect(JSON.parse(JSON.stringify(eventData({ ...settled, isolationId: 0 }, gridOf)))).not.toHaveProperty('liquidationPriceBefore');
  });

  test('holds no number but times, whatever the event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        for (const [field, value] of Object.entries(eventData(event, gridOf))) {
          if (field === 'spec' || /time|deadline/i.test(field)) continue;
          if (value !== null) expect(['string', 'boolean', 'undefined']).toContain(typeof value);
        }
      }),
      { numRuns: 500 },
    );
  });
});

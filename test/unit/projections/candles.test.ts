import { Decimal } from 'decimal.js';
import type { TradeExecuted } from '../../../src/contract/generated/events';
import { makeGrid } from '../../../src/contract/grid';
import type { CandleView } from '../../../src/contract/views';
import { CandlesFold, MemoryHappened } from '../../../src/projections/happened';
import { ReadModel, readView } from '../../../src/projections/readModel';
import type { Command, Row } from '../../support/engineApi';
import { RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';

const TERMS = {
  instrument: 'BTC-PERP',
  base: 'BTC',
  quote: 'USD',
  tickSize: '0.5',
  lotSize: '0.1',
  minQuantity: '0.1',
  maxQuantity: '1000',
  makerFeeRate: '0',
  takerFeeRate: '0',
  liquidationFeeRate: '0',
  tiers: [{ floor: '0', maxLeverage: '10', maintenanceRate: '0.01' }],
};

/** What an interval's trades come to, in decimals alone. */
function naive(trades: readonly { price: string; quantity: string }[]): Partial<CandleView> {
  const prices = trades.map(({ price }) => new Decimal(price));
  const volume = trades.reduce((sum, { quantity }) => sum.plus(quantity), new Decimal(0));
  const turnover = trades.reduce((sum, { price, quantity }) => sum.plus(new Decimal(price).times(quantity)), new Decimal(0));
  const [open, close] = [prices[0] as Decimal, prices.at(-1) as Decimal];
  const shown = { open, high: Decimal.max(...prices), low: Decimal.min(...prices), close, volume, turnover };
  const texts = Object.fromEntries(Object.entries(shown).map(([field, value]) => [field, value.toFixed()]));
  return { ...texts, trades: trades.length };
}

describe('a candle', () => {
  test('counts in one unit the trades on both sides of an UpdateInstrument that changes the grid', () => {
    const source = new RecordedEngine();
    const model = new ReadModel(0, new MemoryHappened());
    let sent = 0;
    const send = (type: string, data: Row) => {
      sent += 1;
      const command: Command = { commandId: `c-${sent}`, type, time: 3_600_000 + sent, data };
      const record = source.record(command);
      expect([type, record?.status]).toEqual([type, 'ACCEPTED']);
      model.apply(record as NonNullable<typeof record>);
    };
    const traded: { price: string; quantity: string }[] = [];
    const trade = (seller: string, price: string, quantity: string) => {
      for (const [accountId, side] of [
        [seller, 'SELL'],
        [seller === 'a' ? 'b' : 'a', 'BUY'],
      ] as const)
        send('PlaceOrder', { accountId, instrument: 'BTC-PERP', side, type: 'LIMIT', price, quantity });
      traded.push({ price, quantity });
    };
    send('ListInstrument', TERMS);
    for (const accountId of ['a', 'b']) send('Deposit', { accountId, currency: 'USD', amount: '100000' });
    send('MarkPriceTick', { instrument: 'BTC-PERP', markPrice: '100' });
    trade('a', '100.5', '2.5');
    trade('b', '99.5', '2.5');
    send('UpdateInstrument', { instrument: 'BTC-PERP', tickSize: '0.25', lotSize: '0.04', minQuantity: '0.04' });
    trade('a', '100.25', '0.04');
    trade('b', '100.75', '0.04');
    for (const interval of ['1h', '1d'] as const) {
      const [candle] = readView(model, 'candles', { instrument: 'BTC-PERP', interval }).rows;
      expect(candle).toMatchObject(naive(traded));
    }
  });

  test('is what its trades come to in decimals, whatever grids they were on', () => {
    const draw = new Draw(11);
    for (let round = 0; round < 60; round++) {
      const fold = new CandlesFold();
      const traded: { price: string; quantity: string }[] = [];
      for (let left = 1 + draw.below(12); left > 0; left--) {
        const [markTickSize, lotSize] = [draw.pick(['1', '0.5', '0.25', '0.003', '20']), draw.pick(['1', '0.1', '0.04', '10'])];
        const event = { instrument: 'X', time: 5, price: 1 + draw.below(9_000), quantity: 1 + draw.below(9_000) };
        const [price, quantity] = [new Decimal(markTickSize).times(event.price), new Decimal(lotSize).times(event.quantity)];
        const value = price.times(quantity).times(1e6).toNumber();
        const candles = fold.apply({ ...event, value } as TradeExecuted, makeGrid({ markTickSize, lotSize }));
        traded.push({ price: price.toFixed(), quantity: quantity.toFixed() });
        for (const { row } of candles) expect(row).toMatchObject(naive(traded));
      }
    }
  });
});

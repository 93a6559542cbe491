import type { Command } from './engineApi';

const INSTRUMENT = 'BTC-PERP';
const BEGUN = 1_700_000_000_000;

/** Commands that open so many isolated longs of one size, and the mark tick that liquidates them all at once. */
export function massLiquidation(blocks: number): { readonly opening: readonly Command[]; readonly tick: Command } {
  let count = 0;
  const command = (type: string, data: Record<string, unknown>): Command => {
    count += 1;
    return { commandId: `mass-${count}`, type, time: BEGUN + count, data } as Command;
  };
  const limit = { instrument: INSTRUMENT, type: 'LIMIT', price: '50000', quantity: '0.01' };
  const opening = [
    command('ListInstrument', {
      instrument: INSTRUMENT,
      base: 'BTC',
      quote: 'USD',
      tickSize: '0.5',
      lotSize: '0.001',
      minQuantity: '0.001',
      maxQuantity: '1000000',
      makerFeeRate: '0.0002',
      takerFeeRate: '0.0005',
      liquidationFeeRate: '0.005',
      tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }],
      maxOpenOrders: 1_000_000,
      priceBands: { aggressive: '0.5', passive: '0.9' },
    }),
    command('MarkPriceTick', { instrument: INSTRUMENT, markPrice: '50000' }),
    command('FundInsurance', { currency: 'USD', amount: '1000000000' }),
    command('Deposit', { accountId: 'maker', currency: 'USD', amount: '9000000000' }),
  ];
  for (let block = 0; block < blocks; block++) {
    const accountId = `trader-${block}`;
    opening.push(command('Deposit', { accountId, currency: 'USD', amount: '1000' }));
    opening.push(command('PlaceOrder', { accountId: 'maker', side: 'SELL', ...limit }));
    opening.push(command('PlaceOrder', { accountId, side: 'BUY', marginMode: 'ISOLATED', leverage: '50', ...limit }));
  }
  return { opening, tick: command('MarkPriceTick', { instrument: INSTRUMENT, markPrice: '45000', force: true }) };
}

import { createEngine } from '../../../src/library/bulkhead';
import type { Result } from '../engineApi';

const terms = {
  instrument: 'BTC-PERP',
  base: 'BTC',
  quote: 'USD',
  tickSize: '0.5',
  lotSize: '0.001',
  minQuantity: '0.002',
  maxQuantity: '100',
  makerFeeRate: '0',
  takerFeeRate: '0',
  liquidationFeeRate: '0',
  tiers: [{ floor: '0', maxLeverage: '50', maintenanceRate: '0.01' }],
};
const tier = (floor: string, maxLeverage: string, maintenanceRate: string) => ({ floor, maxLeverage, maintenanceRate });

/** Listings that contradict themselves, each in its own way. */
const listings: readonly object[] = [
  { tickSize: '0.0000000000000000001' },
  { tickSize: '9999999999999999999' },
  { minQuantity: '0.0015' },
  { tickSize: '900000000000', lotSize: '1000', minQuantity: '1000', maxQuantity: '1000' },
  { minQuantity: '100', maxQuantity: '1' },
  { insuranceLimit: '0.0000001' },
  { tiers: [tier('1', '50', '0.01')] },
  { tiers: [tier('0.0000001', '50', '0.01')] },
  { tiers: [tier('0', '50', '0.01'), tier('0', '40', '0.01')] },
  { tiers: [tier('0', '50', '0.01'), tier('100', '40', '0.005')] },
  { tiers: [tier('0', '50', '0.01'), tier('100', '60', '0.01')] },
  { feeReserveRate: '1' },
];

const order = {
  accountId: 'alice',
  instrument: 'BTC-PERP',
  side: 'BUY',
  type: 'LIMIT',
  quantity: '1',
  price: '100',
  clientOrderId: 'mine',
};

/** Refusals that random commands hardly meet. */
export function rareRefusals(): Result[] {
  const engine = createEngine();
  let count = 0;
  const send = (type: string, data: object) => engine.execute({ commandId: `rare-${++count}`, type, data });
  for (const change of listings) send('ListInstrument', { ...terms, ...change });
  const refused = listings.map((change) => send('ListInstrument', { ...terms, ...change }));
  send('ListInstrument', terms);
  send('ListInstrument', { ...terms, instrument: 'BIG', maxQuantity: '900000000', minQuantity: '1' });
  for (let times = 0; times < 4; times++) send('Deposit', { accountId: 'alice', currency: 'USD', amount: '9000000000' });
  for (const instrument of ['BTC-PERP', 'BIG']) send('MarkPriceTick', { instrument, markPrice: '100' });
  send('PlaceOrder', { ...order, type: 'STOP_LIMIT', triggerPrice: '101' });
  refused.push(send('AmendOrder', { accountId: 'alice', clientOrderId: 'mine', quantity: '0.001' }));
  refused.push(send('AmendOrder', { accountId: 'alice', clientOrderId: 'mine', quantity: '1000' }));
  const big = { ...order, instrument: 'BIG', clientOrderId: undefined };
  refused.push(send('PlaceOrder', { ...big, quantity: '100000000' }));
  send('PlaceOrder', { ...big, quantity: '60000000' });
  refused.push(send('PlaceOrder', { ...big, quantity: '60000000' }));
  return refused.filter(({ status }) => status === 'REJECTED') as unknown as Result[];
}

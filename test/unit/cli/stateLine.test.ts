import { stateLine } from '../../../src/cli/stateLine';
import { createEngine } from '../../../src/index';

const listing = {
  instrument: 'BTC-PERP',
  base: 'BTC',
  quote: 'USD',
  tickSize: '0.5',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '100',
  makerFeeRate: '0.0002',
  takerFeeRate: '0.0005',
  liquidationFeeRate: '0.005',
  tiers: [{ floor: '0', maxLeverage: '50', maintenanceRate: '0.01' }],
};

function engineWith(accounts: number) {
  const engine = createEngine();
  engine.execute({ commandId: 'list', type: 'ListInstrument', data: listing });
  engine.execute({ commandId: 'mark', type: 'MarkPriceTick', data: { instrument: 'BTC-PERP', markPrice: '100' } });
  for (let number = 0; number < accounts; number++) {
    engine.execute({ commandId: `d${number}`, type: 'Deposit', data: { accountId: `a${number}`, currency: 'USD', amount: '1000' } });
  }
  return engine;
}

test.each([0, 1, 3])('the pieces of the state of %i accounts are the one line of the contract', (accounts) => {
  const engine = engineWith(accounts);
  const expected = JSON.stringify({ state: { ...engine.state(), hash: 'abc' } });
  expect([...stateLine(engine, 'abc')].join('')).toBe(`${expected}\n`);
});

test('no piece grows with the number of accounts', () => {
  const longest = (accounts: number) => Math.max(...[...stateLine(engineWith(accounts), 'abc')].map((piece) => piece.length));
  expect(longest(300)).toBeLessThan(longest(3) + 10);
});

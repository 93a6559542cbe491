import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

/** bob is long 999,999.999 at 9,000 with 10x against a whale of 180e9: notional 8,999,999,991. */
function hugeLong(s: Scenario): void {
  s.given.marketAt(BTC, '9000');
  for (let n = 0; n < 20; n++) s.given.deposit('whale', '9000000000');
  s.given.deposit('bob', '1000000000');
  s.given.order('whale', BTC, 'SELL', '999999.999', { price: '9000' });
  s.given.isolated('bob', BTC, 'BUY', '999999.999', { price: '9000', leverage: '10' });
}

scenario('§1.14 profit, equity and margins past 2^53 micro-units are exact', (s) => {
  hugeLong(s);
  // 8999999991 × 0.1
  s.then.position('bob', BTC, 'ISOLATED', { cash: '899999999.1', bankruptcyPrice: '8100' });
  s.when.mark(BTC, '100000.5');
  s.then.accepted();
  s.then.position('bob', BTC, 'ISOLATED', {
    notional: '100000499899.9995',
    unrealizedPnl: '91000499908.9995',
    equity: '91900499908.0995',
    // ÷ 10 exactly, and × 0.005 = 500002499.4999975 up
    initialMargin: '10000049989.99995',
    maintenanceMargin: '500002499.499998',
    // cash − MM
    maxRemovable: '399997499.600002',
  });
  s.then.balance('whale', { cash: '180000000000' });
  s.when.removeMargin('bob', BTC, 'MAX');
  s.then.event('IsolatedMarginRemoved', { amount: '399997499.600002' });
});

scenario('§1.14 funding past 2^53 micro-units is exact', (s) => {
  hugeLong(s);
  s.given.mark(BTC, '100000.5');
  s.when.funding(BTC, '-0.1');
  s.then.accepted();
  // the short pays 10000049989.99995, the long receives it
  s.then.position('bob', BTC, 'ISOLATED', { cash: '10900049989.09995', fundingPaid: '-10000049989.99995' });
  s.then.balance('whale', { cash: '169999950010.00005' });
});

scenario('§1.14 a huge position is closed in admissible parts and its profit reaches the main account exactly', (s) => {
  hugeLong(s);
  s.given.mark(BTC, '100000.5');
  s.given.order('whale', BTC, 'BUY', '80000', { price: '100000.5' });
  // value 8000040000, fee 4000020; profit 80000 × 91000.5
  s.when.close('bob', BTC, 'ISOLATED', { quantity: '80000' });
  s.then.accepted();
  s.then.event('TradeExecuted', { takerRealizedPnl: '7280040000', takerFee: '4000020' });
  s.then.position('bob', BTC, 'ISOLATED', { quantity: '919999.999', cash: '8176039979.1', realizedPnl: '7280040000' });
});

scenario('§1.14 a huge block that is liquidated loses its own margin and no more', (s) => {
  hugeLong(s);
  s.when.mark(BTC, '8000');
  s.then.noPosition('bob', BTC, 'ISOLATED');
  // 1000000000 − 8999999991 × 0.1005
  s.then.balance('bob', { cash: '95500000.9045', isolated: '0' });
  // deleveraged at 8100: the whale has the 899999999.1
  s.then.balance('whale', { cash: '180899999999.1' });
  s.then.insurance({ balances: { USD: '0' }, deficit: '0' });
});

scenario("§1.13 a position's bound counts the orders that could fill into it", (s) => {
  s.given.marketAt(BTC, '9000');
  for (let n = 0; n < 4; n++) s.given.deposit('bob', '9000000000');
  s.given.isolated('bob', BTC, 'BUY', '999999.999', { price: '8999.5', leverage: '10' });
  s.when.isolated('bob', BTC, 'BUY', '999999.999', { price: '9000' });
  s.then.rejected('EXCEEDS_BOUNDS');
  s.when.isolated('bob', BTC, 'SELL', '999999.999', { price: '9000' });
  s.then.accepted();
});

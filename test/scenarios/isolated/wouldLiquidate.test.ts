import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

/** F of the list of attacks: fund 100; one tier 100x, 0.5 %; mark 100. */
function market(s: Scenario): void {
  s.given.marketAt(BTC, '100');
  s.given.fundInsurance('100');
}

scenario('§2.5 §A.1 attack: a BUY far above the mark that would be born bankrupt is rejected whole [A]', (s) => {
  market(s);
  s.given.deposit('bo', '1000');
  s.given.deposit('al', '10');
  s.given.order('bo', BTC, 'SELL', '5', { price: '104', as: 'bait' });
  s.when.isolated('al', BTC, 'BUY', '5', { price: '104', leverage: '100' });
  s.then.rejected('WOULD_LIQUIDATE_IMMEDIATELY');
  s.then.noPosition('al', BTC, 'ISOLATED');
  s.then.balance('al', { cash: '10', isolated: '0' });
  s.then.order('bait', { price: '104' });
  s.then.insurance({ balances: { USD: '100' } });
});

scenario('§2.5 a fill that leaves equity exactly at maintenance margin passes, one micro-unit less does not [A]', (s) => {
  market(s);
  s.given.deposit('al', '1000');
  s.given.maker('mm', BTC, 'SELL', '5', '104');
  // cash − 20 must reach MM 2.5; fee 520 × 0.0005 = 0.26
  s.when.isolated('al', BTC, 'BUY', '5', { price: '104', leverage: '100', isolatedMargin: '22.759999' });
  s.then.rejected('WOULD_LIQUIDATE_IMMEDIATELY', '2.5', '2.499999');
  s.when.isolated('al', BTC, 'BUY', '5', { price: '104', leverage: '100', isolatedMargin: '22.76' });
  s.then.accepted();
  s.then.position('al', BTC, 'ISOLATED', { cash: '22.5', equity: '2.5', maintenanceMargin: '2.5', liquidationPrice: '100' });
});

scenario('§2.5 one bad fill of a sweep rejects the whole order, the good ones included', (s) => {
  market(s);
  s.given.deposit('al', '1000');
  s.given.maker('mm', BTC, 'SELL', '1', '100');
  s.given.maker('mm', BTC, 'SELL', '5', '104');
  s.when.isolated('al', BTC, 'BUY', '6', { price: '104', leverage: '100' });
  s.then.rejected('WOULD_LIQUIDATE_IMMEDIATELY');
  s.then.book(BTC, {
    asks: [
      ['100', '1'],
      ['104', '5'],
    ],
  });
  s.then.balance('al', { cash: '1000' });
});

scenario('§2.5 a cross order whose fill would leave the account below maintenance is rejected', (s) => {
  market(s);
  s.given.deposit('al', '10');
  s.given.maker('mm', BTC, 'SELL', '5', '104');
  // 10 − 0.26 − 20 < 2.5
  s.when.order('al', BTC, 'BUY', '5', { price: '104' });
  s.then.rejected('WOULD_LIQUIDATE_IMMEDIATELY');
  s.then.balance('al', { cash: '10', available: '10' });
});

scenario('§2.5a a resting order that would be born bankrupt is cancelled and the taker goes on', (s) => {
  market(s);
  s.given.deposit('al', '1000');
  s.given.isolated('al', BTC, 'BUY', '5', { price: '100', leverage: '100', as: 'stale' });
  s.given.maker('mm', BTC, 'BUY', '5', '99');
  s.given.mark(BTC, '98');
  s.given.deposit('bo', '1000');
  // a fill at 100 would leave 5.25 − 10 < 2.45
  s.when.order('bo', BTC, 'SELL', '5', { price: '99' });
  s.then.accepted();
  s.then.trades(['99', '5']);
  s.then.event('OrderCanceled', { orderId: s.id('stale'), quantity: '5', returned: '5.25' });
  s.then.event('IsolatedBlockClosed', { isolationId: s.iso('stale') });
  s.then.balance('al', { cash: '1000', isolated: '0' });
});

scenario('§2.5a a resting cross order that its account cannot bear any more is cancelled likewise', (s) => {
  market(s);
  s.given.deposit('al', '6');
  s.given.order('al', BTC, 'BUY', '5', { price: '100', as: 'stale' });
  s.given.maker('mm', BTC, 'BUY', '5', '99');
  s.given.mark(BTC, '98');
  s.given.deposit('bo', '1000');
  // 6 − 10 < 2.45
  s.when.order('bo', BTC, 'SELL', '5', { price: '99' });
  s.then.trades(['99', '5']);
  s.then.noOrder('stale');
  s.then.noPosition('al', BTC, 'CROSS');
  s.then.balance('al', { cash: '6', available: '6' });
});

scenario('§2.5a a doomed order does not stop a MARKET order that finds nothing else', (s) => {
  market(s);
  s.given.deposit('al', '1000');
  s.given.isolated('al', BTC, 'BUY', '5', { price: '100', leverage: '100', as: 'stale' });
  s.given.mark(BTC, '98');
  s.given.deposit('bo', '1000');
  s.when.order('bo', BTC, 'SELL', '5');
  s.then.accepted();
  s.then.trades();
  s.then.noOrder('stale');
  s.then.event('OrderCanceled', { quantity: '5' });
});

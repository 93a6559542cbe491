import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

/** F of the list of attacks: fund 100; one tier 100x, 0.5 %; mark 100. */
function market(s: Scenario): void {
  s.given.marketAt(BTC, '100');
  s.given.fundInsurance('100');
}

/** Long 5 at 100 with 100x: moved 500 × 0.0105 = 5.25, fee 0.25, cash 5, bankruptcy at 99. */
function longAtHundred(s: Scenario, deposit = '1000'): void {
  market(s);
  s.given.deposit('alice', deposit);
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '100' });
  // 495 ÷ 4.975 = 99.497487437…
  s.then.position('alice', BTC, 'ISOLATED', { cash: '5', bankruptcyPrice: '99', liquidationPrice: '99.49748744' });
}

scenario('§A.3 §1.5 attack: a resting BUY at 60 does not prop up a losing long and its margin goes home', (s) => {
  longAtHundred(s);
  // 300 × 0.0105
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '60', as: 'prop' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '3.15', equity: '5', liquidationPrice: '99.49748744' });
  s.given.mark(BTC, '99.5');
  s.then.position('alice', BTC, 'ISOLATED', { equity: '2.5', maintenanceMargin: '2.4875' });
  s.when.mark(BTC, '99');
  s.then.event('OrderCanceled', { orderId: s.id('prop'), returned: '3.15' });
  s.then.noPosition('alice', BTC, 'ISOLATED');
  // the loss is the 5 of cash and the fee of 0.25
  s.then.balance('alice', { cash: '994.75', available: '994.75', isolated: '0' });
  s.then.insurance({ balances: { USD: '100' }, inventory: [{ instrument: BTC, quantity: '5', entryPrice: '99' }] });
});

scenario('§A.4 attack: a free SELL at 104 is not left to open at 104x when the long is closed by MARKET', (s) => {
  market(s);
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '1', '100', { leverage: '100' });
  s.given.isolated('alice', BTC, 'SELL', '1', { price: '104', as: 'free' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '1', orderMargin: '0' });
  s.given.maker('mm', BTC, 'BUY', '1', '100');
  s.when.isolated('alice', BTC, 'SELL', '1');
  s.then.accepted();
  s.then.trades(['100', '1']);
  s.then.noOrder('free');
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.balance('alice', { cash: '999.9', isolated: '0' });
});

scenario('§A.4 §2.8e a block with a surplus carries the displaced SELL with margin of its own', (s) => {
  market(s);
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '1', '100', { leverage: '100' });
  s.given.isolated('alice', BTC, 'SELL', '1', { price: '104', as: 'free' });
  s.given.addMargin('alice', BTC, '5');
  s.given.maker('mm', BTC, 'BUY', '1', '100');
  s.when.isolated('alice', BTC, 'SELL', '1');
  s.then.accepted();
  // 104 × 0.0105 out of the 5 that could be paid out; 6 − 1.092 − 0.05 returns
  s.then.order('free', { price: '104' });
  s.then.position('alice', BTC, 'ISOLATED', { status: 'PENDING', cash: '0', orderMargin: '1.092' });
  s.then.balance('alice', { cash: '998.808', isolated: '1.092' });
});

scenario("§A.6 attack: the trader's own bid does not stop his liquidation order", (s) => {
  longAtHundred(s);
  s.given.order('alice', BTC, 'BUY', '5', { price: '99', as: 'shield' });
  s.given.maker('mm', BTC, 'BUY', '5', '99');
  s.when.mark(BTC, '99');
  s.then.trades(['99', '5']);
  s.then.event('TradeExecuted', { makerAccountId: 'mm' });
  s.then.event('OrderCanceled', { orderId: s.id('shield') });
  s.then.noOrder('shield');
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.noPosition('alice', BTC, 'CROSS');
  s.then.balance('alice', { cash: '994.75', available: '994.75' });
  s.then.insurance({ balances: { USD: '100' }, inventory: [] });
});

scenario('§A.8 attack: a gap loss handed to a fund of 1 takes no more of it than it can carry', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.fundInsurance('1');
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '100' });
  s.when.mark(BTC, '90');
  // each coin at 99 costs the fund 9 and 0.45 of MM: 0.105 × 9.45 = 0.99225, 0.106 would be 1.0017
  s.then.event('PositionTakenOver', { accountId: 'alice', quantity: '0.105', value: '10.395' });
  s.then.event('PositionDeleveraged', { accountId: 'alice', quantity: '4.895', value: '484.605', counterpartyAccountId: 'mm' });
  s.then.insurance({
    balances: { USD: '1', USDC: '0' },
    deficit: '0',
    equity: '0.055',
    maintenanceMargin: '0.04725',
    inventory: [{ instrument: BTC, quantity: '0.105', entryPrice: '99' }],
  });
  s.then.balance('alice', { cash: '994.75', isolated: '0' });
  // mm keeps a short of 0.105 at 100; 4.895 were closed at 99
  s.then.position('mm', BTC, 'CROSS', { quantity: '-0.105' });
  s.then.ledger('main:mm', '1000000004.895');
});

scenario('§A.9 attack: a cross loss in B is not closed out of the traders of A', (s) => {
  s.given.marketAt('A-PERP', '100', { takerFeeRate: '0' });
  s.given.marketAt('B-PERP', '100', { takerFeeRate: '0' });
  s.given.deposit('carl', '20');
  s.given.maker('ma', 'A-PERP', 'SELL', '5', '100');
  s.given.maker('mb', 'B-PERP', 'SELL', '5', '100');
  s.given.order('carl', 'A-PERP', 'BUY', '5', { price: '100' });
  s.given.order('carl', 'B-PERP', 'BUY', '5', { price: '100' });
  s.when.mark('B-PERP', '90');
  // equity 20 − 50 = −30, all of it lost in B: B closes at 90 + 30 ÷ 5 = 96, A at its mark of 100
  s.then.noPosition('carl', 'A-PERP', 'CROSS');
  s.then.noPosition('carl', 'B-PERP', 'CROSS');
  s.then.balance('carl', { cash: '0', available: '0' });
  s.then.ledger('main:ma', '1000000000');
  s.then.ledger('main:mb', '1000000020');
  s.then.insurance({ balances: { USD: '0', USDC: '0' }, deficit: '0' });
});

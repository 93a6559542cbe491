import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

function market(s: Scenario, deposit = '1000'): void {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', deposit);
}

scenario('§2.7 the block of a single order closes when that order is cancelled [A]', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'entry' });
  s.when.cancel('alice', 'entry');
  s.then.accepted();
  s.then.event('OrderCanceled', { orderId: s.id('entry'), quantity: '5', returned: '50.25' });
  s.then.event('IsolatedBlockClosed', { isolationId: s.iso('entry') });
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.balance('alice', { cash: '1000', available: '1000', isolated: '0' });
});

scenario('§2.7 an isolated IOC that finds nothing opens a block and closes it in one command [A]', (s) => {
  market(s);
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', timeInForce: 'IOC' });
  s.then.accepted();
  s.then.events('IsolatedBlockOpened', 'OrderAccepted', 'OrderCanceled', 'IsolatedBlockClosed');
  s.then.balance('alice', { cash: '1000', isolated: '0' });
});

scenario('§2.7 a block lives while one of two opening orders does', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '1', { price: '100', leverage: '10', as: 'one' });
  s.given.isolated('alice', BTC, 'BUY', '1', { price: '90', as: 'two' });
  s.when.cancel('alice', 'one');
  s.then.position('alice', BTC, 'ISOLATED', { status: 'PENDING', isolationId: s.iso('one'), orderMargin: '9.045' });
  s.when.cancel('alice', 'two');
  s.then.event('IsolatedBlockClosed', { isolationId: s.iso('one') });
});

scenario('§1.3 an isolation id is never used again and a closed one is invalid', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'first' });
  s.given.cancel('alice', 'first');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', isolationId: s.iso('first') });
  s.then.rejected('INVALID_ISOLATION_ID', s.iso('first'));
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '20', as: 'second' });
  s.then.accepted();
  s.then.that(s.iso('second')).not.toBe(s.iso('first'));
  s.then.position('alice', BTC, 'ISOLATED', { isolationId: s.iso('second'), leverage: '20', orderMargin: '25.25' });
});

scenario('§1.3 the id of a liquidated block is invalid and the next block has another', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100', { as: 'first' });
  s.given.maker('mm', BTC, 'BUY', '5', '90');
  s.given.mark(BTC, '90');
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '80', leverage: '10', isolationId: s.iso('first') });
  s.then.rejected('INVALID_ISOLATION_ID', s.iso('first'));
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '80', leverage: '10', as: 'second' });
  s.then.accepted();
  s.then.that(s.iso('second')).not.toBe(s.iso('first'));
});

scenario('§2.7a margin can be added to a PENDING block and taken out again to the last digit', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.when.addMargin('alice', BTC, '20');
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { status: 'PENDING', cash: '20', orderMargin: '50.25', equity: '20', maxRemovable: '20' });
  s.when.removeMargin('alice', BTC, '20.000001');
  s.then.rejected('EXCEEDS_MAX_REMOVABLE', '20');
  s.when.removeMargin('alice', BTC, 'MAX');
  s.then.accepted();
  s.then.event('IsolatedMarginRemoved', { amount: '20' });
  s.then.position('alice', BTC, 'ISOLATED', { status: 'PENDING', cash: '0', orderMargin: '50.25' });
  s.then.balance('alice', { cash: '949.75', isolated: '50.25' });
});

scenario('§2.7a §4.3c set leverage works on a PENDING block: down re-margins its order, up leaves the reserve', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.when.leverage('alice', BTC, 'ISOLATED', '5');
  s.then.accepted();
  // 500 × 0.2005 = 100.25, 50 more
  s.then.event('LeverageChanged', { leverage: '5', transferred: '0', reserved: '50' });
  s.then.position('alice', BTC, 'ISOLATED', { status: 'PENDING', leverage: '5', orderMargin: '100.25' });
  s.when.leverage('alice', BTC, 'ISOLATED', '20');
  s.then.accepted();
  s.then.event('LeverageChanged', { leverage: '20', transferred: '0', reserved: '0' });
  s.then.position('alice', BTC, 'ISOLATED', { leverage: '20', orderMargin: '100.25' });
  s.then.balance('alice', { cash: '899.75', isolated: '100.25' });
});

scenario('§2.7b an amend re-enters the only order without closing the block in between', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'entry' });
  s.given.addMargin('alice', BTC, '20');
  s.when.amend('alice', 'entry', { price: '99' });
  s.then.accepted();
  s.then.noEvent('IsolatedBlockClosed');
  s.then.noEvent('IsolatedBlockOpened');
  // 495 × 0.1005
  s.then.position('alice', BTC, 'ISOLATED', { isolationId: s.iso('entry'), cash: '20', orderMargin: '49.7475' });
  s.then.balance('alice', { cash: '930.2525', isolated: '69.7475' });
  s.then.order('entry', { price: '99' });
});

scenario('§2.7b an amend may use the margin that the old order held', (s) => {
  market(s, '50.25');
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'entry' });
  s.when.amend('alice', 'entry', { price: '50', quantity: '10' });
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { isolationId: s.iso('entry'), orderMargin: '50.25' });
  s.when.amend('alice', 'entry', { price: '50.5' });
  // 505 × 0.1005 = 50.7525
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN');
  s.then.order('entry', { price: '50' });
});

scenario('§2.7d at zero the reduce-only and trigger orders of the block go and its cash returns at once', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100', { as: 'entry' });
  s.given.isolated('alice', BTC, 'SELL', '2', { price: '120', reduceOnly: true, as: 'target' });
  s.given.isolated('alice', BTC, 'SELL', '5', { type: 'STOP_LOSS', triggerPrice: '95', reduceOnly: true, as: 'stop' });
  s.given.maker('mm', BTC, 'BUY', '5', '100');
  s.when.close('alice', BTC, 'ISOLATED');
  s.then.accepted();
  s.then.event('OrderCanceled', { orderId: s.id('target') });
  s.then.event('OrderCanceled', { orderId: s.id('stop') });
  s.then.event('IsolatedBlockClosed', { isolationId: s.iso('entry') });
  s.then.noOrder('target');
  s.then.noOrder('stop');
  s.then.noPosition('alice', BTC, 'ISOLATED');
  // two fees of 0.25
  s.then.balance('alice', { cash: '999.5', isolated: '0' });
});

scenario('§2.7d an opening order keeps its reserve and the block when the position comes to zero', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100', { as: 'entry' });
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '90', as: 'again' });
  s.given.maker('mm', BTC, 'BUY', '5', '100');
  s.when.close('alice', BTC, 'ISOLATED');
  s.then.event('IsolatedCashReturned', { isolationId: s.iso('entry'), amount: '49.75' });
  s.then.noEvent('IsolatedBlockClosed');
  // 450 × 0.1005
  s.then.position('alice', BTC, 'ISOLATED', {
    isolationId: s.iso('entry'),
    status: 'PENDING',
    quantity: '0',
    cash: '0',
    orderMargin: '45.225',
  });
  // 1000 − 0.5 − 45.225
  s.then.balance('alice', { cash: '954.275', isolated: '45.225' });
});

scenario('§2.7e §5.3 a fill larger than the position closes it and opens the rest in the same block [A]', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100', { as: 'entry' });
  s.given.maker('mm', BTC, 'BUY', '8', '100');
  s.when.isolated('alice', BTC, 'SELL', '8', { price: '100', as: 'flip' });
  s.then.accepted();
  // margin for the 3 beyond the position: 300 × 0.1005
  s.then.event('OrderAccepted', { reserved: '30.15' });
  s.then.event('TradeExecuted', { takerClosed: '5', takerRealizedPnl: '0', takerFee: '0.4', takerMargin: '30.15' });
  s.then.noEvent('IsolatedBlockClosed');
  s.then.that(s.iso('flip')).toBe(s.iso('entry'));
  s.then.position('alice', BTC, 'ISOLATED', {
    isolationId: s.iso('entry'),
    status: 'ACTIVE',
    quantity: '-3',
    entryPrice: '100',
    // 50 + 30.15 − 0.4
    cash: '79.75',
    // (300 + 79.75) ÷ 3.015 = 125.953565505…
    liquidationPrice: '125.9535655',
  });
  s.then.balance('alice', { cash: '919.6', isolated: '79.75' });
});

scenario('§2.7e a flip in two fills returns the old cash at zero and goes on in the same block', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100', { as: 'entry' });
  s.given.maker('mm', BTC, 'BUY', '5', '100');
  s.given.maker('mm', BTC, 'BUY', '3', '100');
  s.when.isolated('alice', BTC, 'SELL', '8', { price: '100' });
  s.then.trades(['100', '5'], ['100', '3']);
  // 50 − 0.25 goes home between the fills; the second brings 30.15 − 0.15
  s.then.position('alice', BTC, 'ISOLATED', { isolationId: s.iso('entry'), quantity: '-3', cash: '30', orderMargin: '0' });
  s.then.balance('alice', { cash: '969.35', isolated: '30' });
});

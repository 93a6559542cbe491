import { scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

scenario('§1.13 a deposit of 9e9 is taken and one micro-unit more is EXCEEDS_BOUNDS', (s) => {
  s.when.deposit('alice', '9000000000');
  s.then.accepted();
  s.when.deposit('alice', '9000000000.000001');
  s.then.rejected('EXCEEDS_BOUNDS', '9000000000.000001');
  s.then.balance('alice', { cash: '9000000000' });
});

scenario('§1.13 an order whose notional no position may have is EXCEEDS_BOUNDS', (s) => {
  s.given.marketAt(BTC, '100', { maxQuantity: '1000000000000' });
  s.given.deposit('alice', '1000');
  s.when.order('alice', BTC, 'BUY', '1000000000000', { price: '100' });
  s.then.rejected('EXCEEDS_BOUNDS');
});

scenario('§1.14 a balance past 2^53 micro-units stays exact to the last digit', (s) => {
  s.given.deposit('alice', '9000000000');
  s.given.deposit('alice', '9000000000');
  s.when.deposit('alice', '0.000001');
  s.then.balance('alice', { cash: '18000000000.000001', available: '18000000000.000001', withdrawable: '18000000000.000001' });
  s.when.withdraw('alice', '0.000002');
  s.then.balance('alice', { cash: '17999999999.999999' });
  s.when.withdraw('alice', '17999999999.999999');
  s.then.accepted();
  s.then.balance('alice', { cash: '0' });
});

scenario('§1.14 a block holds, shows and pays out more than 2^53 micro-units exactly', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '9000000000');
  s.given.deposit('alice', '9000000000');
  s.given.maker('mm', BTC, 'SELL', '1', '100');
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '100', leverage: '1', isolatedMargin: '12000000000.000003' });
  s.then.accepted();
  // need 100.05, fee 0.05
  s.then.event('OrderAccepted', { reserved: '100.05', contributed: '11999999899.950003' });
  s.then.position('alice', BTC, 'ISOLATED', {
    cash: '11999999999.950003',
    equity: '11999999999.950003',
    liquidationPrice: null,
    maxRemovable: '11999999899.950003',
  });
  s.when.removeMargin('alice', BTC, 'MAX');
  s.then.event('IsolatedMarginRemoved', { amount: '11999999899.950003' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '100' });
  s.then.balance('alice', { cash: '17999999899.95', isolated: '100' });
  s.when.addMargin('alice', BTC, '15000000000.000001');
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { cash: '15000000100.000001' });
});

scenario('§1.14 a mark of absurd size is never refused and a credit past 2^53 is exact', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('whale', '9000000000');
  s.given.deposit('whale', '9000000000');
  s.given.deposit('whale', '0.000001');
  s.given.deposit('alice', '1000');
  s.given.order('whale', BTC, 'SELL', '1', { price: '100' });
  s.given.isolated('alice', BTC, 'BUY', '1', { price: '100', leverage: '10' });
  s.when.mark(BTC, '9000000000000000000');
  s.then.accepted();
  s.then.event('MarkPriceUpdated', { markPrice: '9000000000000000000' });
  // the whale can pay up to 18000000100.000001 a coin, 18000000100 on the grid; the book and the fund are empty
  s.then.event('PositionDeleveraged', { accountId: 'whale', counterpartyAccountId: 'alice', value: '18000000100' });
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.noPosition('whale', BTC, 'CROSS');
  // 1000 − 0.05 + 18000000000
  s.then.balance('alice', { cash: '18000000999.95' });
  s.then.balance('whale', { cash: '0.000001' });
});

scenario('§1.14 a position is valued exactly at a mark of absurd size', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.deposit('bob', '9000000000');
  s.given.order('bob', BTC, 'SELL', '0.001', { price: '100' });
  s.given.isolated('alice', BTC, 'BUY', '0.001', { price: '100', leverage: '10' });
  // bob's loss of 0.001 × (9007199254740.5 − 100) = 9007199254.6405 passes 2^53 micro-units and exceeds his 9e9
  s.given.deposit('bob', '9000000000');
  s.when.mark(BTC, '9007199254740.5');
  s.then.accepted();
  // notional ÷ 10 and × 0.005, rounded up
  s.then.position('alice', BTC, 'ISOLATED', {
    markPrice: '9007199254740.5',
    notional: '9007199254.7405',
    unrealizedPnl: '9007199254.6405',
    initialMargin: '900719925.47405',
    maintenanceMargin: '45035996.273703',
  });
  // 18e9 − 9007199254.6405 − IM at 100x
  s.then.position('bob', BTC, 'CROSS', { unrealizedPnl: '-9007199254.6405' });
  s.then.balance('bob', { cash: '18000000000', available: '8902728752.812095' });
});

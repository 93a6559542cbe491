import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

function longFive(s: Scenario): void {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100', { as: 'entry' });
}

scenario('§5.1 a full close in profit returns margin and realised PnL to the main account [A]', (s) => {
  longFive(s);
  s.given.mark(BTC, '104');
  s.given.maker('mm', BTC, 'BUY', '5', '104');
  s.when.close('alice', BTC, 'ISOLATED');
  s.then.accepted();
  s.then.event('TradeExecuted', { takerClosed: '5', takerRealizedPnl: '20', takerFee: '0.26' });
  // 50 + 20 − 0.26
  s.then.event('IsolatedBlockClosed', { isolationId: s.iso('entry'), returned: '69.74' });
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.balance('alice', { cash: '1019.49', available: '1019.49', withdrawable: '1019.49', isolated: '0' });
});

scenario('§5.1 a full close at a loss returns what is left [A]', (s) => {
  longFive(s);
  s.given.mark(BTC, '96');
  s.given.maker('mm', BTC, 'BUY', '5', '96');
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '96' });
  // 50 − 20 − 480 × 0.0005
  s.then.event('IsolatedBlockClosed', { returned: '29.76' });
  s.then.balance('alice', { cash: '979.51', isolated: '0' });
});

scenario('§5.2 a partial close realises PnL into block cash and the margin stays in the block [A]', (s) => {
  longFive(s);
  s.given.mark(BTC, '104');
  s.given.maker('mm', BTC, 'BUY', '2', '104');
  s.when.close('alice', BTC, 'ISOLATED', { quantity: '2' });
  s.then.accepted();
  s.then.event('TradeExecuted', { takerClosed: '2', takerRealizedPnl: '8', takerFee: '0.104' });
  s.then.position('alice', BTC, 'ISOLATED', {
    isolationId: s.iso('entry'),
    quantity: '3',
    entryPrice: '100',
    cash: '57.896',
    realizedPnl: '8',
    unrealizedPnl: '12',
    // (300 − 57.896) ÷ 2.985 = 81.106867671…
    liquidationPrice: '81.10686768',
  });
  s.then.balance('alice', { cash: '949.75', isolated: '57.896' });
});

scenario('§5.2 partial closes down to zero return everything only with the last [A]', (s) => {
  longFive(s);
  s.given.maker('mm', BTC, 'BUY', '5', '100');
  s.given.close('alice', BTC, 'ISOLATED', { quantity: '4.999' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '0.001', cash: '49.75005' });
  s.then.balance('alice', { cash: '949.75' });
  s.when.close('alice', BTC, 'ISOLATED');
  // two fees: 499.9 × 0.0005 and 0.1 × 0.0005
  s.then.event('IsolatedBlockClosed', { returned: '49.75' });
  s.then.balance('alice', { cash: '999.5', isolated: '0' });
});

scenario('§5.3 a flip realises the PnL of the old side and enters the new one at the fill price [A]', (s) => {
  longFive(s);
  s.given.mark(BTC, '104');
  s.given.maker('mm', BTC, 'BUY', '7', '104');
  s.when.isolated('alice', BTC, 'SELL', '7', { price: '104' });
  s.then.accepted();
  // 2 × 104 × 0.1005 = 20.904; fee 728 × 0.0005 = 0.364
  s.then.event('TradeExecuted', { takerClosed: '5', takerRealizedPnl: '20', takerFee: '0.364', takerMargin: '20.904' });
  s.then.position('alice', BTC, 'ISOLATED', {
    isolationId: s.iso('entry'),
    quantity: '-2',
    entryPrice: '104',
    realizedPnl: '20',
    unrealizedPnl: '0',
    // 50 + 20.904 + 20 − 0.364
    cash: '90.54',
  });
});

scenario('§5.4 a partial close of a long removes the floor of its share of the cost', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '1000');
  s.given.maker('mm', BTC, 'SELL', '0.001', '100');
  s.given.maker('mm', BTC, 'SELL', '0.002', '100.5');
  s.given.isolated('alice', BTC, 'BUY', '0.003', { price: '100.5', leverage: '10' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '0.003', entryPrice: '100.33333333' });
  s.given.mark(BTC, '101');
  s.given.maker('mm', BTC, 'BUY', '0.003', '101');
  // cost 0.301: ⌊301000 ÷ 3⌋ = 100333; 101000 − 100333
  s.when.close('alice', BTC, 'ISOLATED', { quantity: '0.001' });
  s.then.event('TradeExecuted', { takerRealizedPnl: '0.000667' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '0.002', entryPrice: '100.3335' });
  // ⌊200667 ÷ 2⌋ = 100333, the odd micro-unit stays with the last lot
  s.when.close('alice', BTC, 'ISOLATED', { quantity: '0.001' });
  s.then.event('TradeExecuted', { takerRealizedPnl: '0.000667' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '0.001', entryPrice: '100.334' });
  s.when.close('alice', BTC, 'ISOLATED');
  s.then.event('TradeExecuted', { takerRealizedPnl: '0.000666' });
  // 0.303 − 0.301
  s.then.balance('alice', { cash: '1000.002', isolated: '0' });
});

scenario('§5.4 a partial close of a short floors the size of its cost, sign kept', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '1000');
  s.given.maker('mm', BTC, 'BUY', '0.001', '100');
  s.given.maker('mm', BTC, 'BUY', '0.002', '99.5');
  s.given.isolated('alice', BTC, 'SELL', '0.003', { price: '99.5', leverage: '10' });
  s.given.mark(BTC, '99');
  s.given.maker('mm', BTC, 'SELL', '0.003', '99');
  // cost −0.299: ⌊299000 ÷ 3⌋ = 99666; 99666 − 99000
  s.when.close('alice', BTC, 'ISOLATED', { quantity: '0.001' });
  s.then.event('TradeExecuted', { takerRealizedPnl: '0.000666' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '-0.002', entryPrice: '99.667' });
  s.when.close('alice', BTC, 'ISOLATED');
  s.then.event('TradeExecuted', { takerRealizedPnl: '0.001334' });
  s.then.balance('alice', { cash: '1000.002', isolated: '0' });
});

scenario('§5.5 clearing is minus the signed entry cost of all open positions', (s) => {
  longFive(s);
  s.then.ledger('clearing', '0');
  s.given.mark(BTC, '104');
  s.given.deposit('bob', '1000');
  s.given.order('bob', BTC, 'BUY', '5', { price: '104' });
  s.when.close('alice', BTC, 'ISOLATED');
  // bob +520, mm −500
  s.then.ledger('clearing', '-20');
  s.given.maker('mm', BTC, 'BUY', '5', '104');
  s.when.close('bob', BTC, 'CROSS');
  s.then.ledger('clearing', '0');
  s.then.ledger('main:mm', '999999980');
});

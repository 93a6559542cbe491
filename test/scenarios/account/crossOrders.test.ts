import { scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

scenario('§7.1b an order that only reduces a cross position is taken though available is negative', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '20');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  s.given.mark(BTC, '97');
  // 19.75 − 15 − 4.85; MM is 2.425
  s.then.balance('alice', { available: '-0.1', withdrawable: '0' });
  s.when.order('alice', BTC, 'SELL', '2', { price: '98', as: 'part' });
  s.then.accepted();
  s.given.cancel('alice', 'part');
  s.given.maker('mm', BTC, 'BUY', '5', '97');
  s.when.close('alice', BTC, 'CROSS');
  s.then.accepted();
  // fee 485 × 0.0005
  s.then.balance('alice', { cash: '4.5075', available: '4.5075' });
});

scenario('§2.8g cross orders are cancelled newest first until available is not negative', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '10');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  s.given.order('alice', BTC, 'BUY', '2', { price: '90', as: 'older' });
  s.given.order('alice', BTC, 'BUY', '2', { price: '91', as: 'newer' });
  // 10 − 5 − 1.8 − 1.82
  s.then.balance('alice', { available: '1.38' });
  s.given.mark(BTC, '99.5');
  // a mark cancels nothing: 10 − 2.5 − 4.975 − 3.62
  s.then.balance('alice', { available: '-1.095' });
  s.then.order('newer', { price: '91' });
  s.given.maker('mm', BTC, 'BUY', '0.1', '99.5');
  s.when.order('alice', BTC, 'SELL', '0.1', { price: '99.5' });
  s.then.accepted();
  s.then.trades(['99.5', '0.1']);
  // 9.95 − 2.45 − 4.8755 − 3.62 < 0; without the newer 0.8245
  s.then.noOrder('newer');
  s.then.order('older', { price: '90' });
  s.then.balance('alice', { cash: '9.95', available: '0.8245' });
});

scenario('§2.8 cross order margin is the greater of buys and sells beyond the free lots', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '1000');
  s.given.leverage('alice', BTC, 'CROSS', '10');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  s.then.balance('alice', { available: '950' });
  s.given.order('alice', BTC, 'SELL', '8', { price: '110', as: 'sell' });
  // 3 × 110 ÷ 10
  s.then.balance('alice', { available: '917' });
  s.given.order('alice', BTC, 'BUY', '3', { price: '100' });
  s.then.balance('alice', { available: '917' });
  s.when.order('alice', BTC, 'BUY', '1', { price: '90' });
  // 30 + 9 > 33
  s.then.balance('alice', { available: '911' });
  s.when.cancel('alice', 'sell');
  s.then.balance('alice', { available: '911' });
});

scenario('§7.1 an isolated order draws on what cross orders leave available', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '100');
  s.given.leverage('alice', BTC, 'CROSS', '10');
  s.given.order('alice', BTC, 'BUY', '5', { price: '100' });
  s.then.balance('alice', { cash: '100', available: '50', withdrawable: '50' });
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '99', leverage: '9' });
  // 495 ÷ 9 = 55
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '55', '50');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '99', leverage: '9.9' });
  s.then.accepted();
  s.then.balance('alice', { cash: '50', available: '0', isolated: '50' });
});

scenario('§7.3 a USD block that was paid out of USDC comes back in USD', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '600');
  s.given.deposit('alice', '500', 'USDC');
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', isolatedMargin: '1000', as: 'entry' });
  s.when.cancel('alice', 'entry');
  s.then.balance('alice', { cash: '1000', available: '1100', isolated: '0' });
  s.then.balance('alice', { cash: '100', available: '1100' }, 'USDC');
});

scenario('§7.2b fees of a cross fill draw on USDC only for what USD lacks', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '0.1');
  s.given.deposit('alice', '100', 'USDC');
  s.given.maker('mm', BTC, 'SELL', '5', '100');
  s.when.order('alice', BTC, 'BUY', '5', { price: '100' });
  s.then.event('BalanceConverted', { accountId: 'alice', amount: '0.15' });
  s.then.balance('alice', { cash: '0', available: '94.85' });
  s.then.balance('alice', { cash: '99.85' }, 'USDC');
});

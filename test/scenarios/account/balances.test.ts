import { scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

scenario('§7.1 available is cash and cross PnL less fee reserve, initial margin and order margin [A]', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0', feeReserveRate: '0.001' });
  s.given.deposit('alice', '1000');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  // IM 500 ÷ 100, reserve 500 × 0.001
  s.then.balance('alice', { cash: '1000', available: '994.5', withdrawable: '994.5', isolated: '0' });
  s.given.mark(BTC, '102');
  // 1000 + 10 − 0.51 − 5.1: profit counts as available, but only cash can leave
  s.then.balance('alice', { cash: '1000', available: '1004.39', withdrawable: '1000' });
  s.given.mark(BTC, '98');
  // 1000 − 10 − 0.49 − 4.9
  s.then.balance('alice', { cash: '1000', available: '984.61', withdrawable: '984.61' });
  s.then.account('alice', { equity: '989.51', initialMargin: '4.9', maintenanceMargin: '2.45' });
});

scenario('§7.1 a resting cross order reserves its order margin and gives it back [A]', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '1000');
  s.given.order('alice', BTC, 'BUY', '5', { price: '90', as: 'low' });
  // 450 ÷ 100
  s.then.balance('alice', { cash: '1000', available: '995.5', withdrawable: '995.5' });
  s.when.cancel('alice', 'low');
  s.then.balance('alice', { cash: '1000', available: '1000' });
});

scenario('§7.1 cross leverage set to 10 makes order margin and initial margin ten times as large [A]', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '1000');
  s.given.leverage('alice', BTC, 'CROSS', '10');
  s.given.order('alice', BTC, 'BUY', '5', { price: '90' });
  s.then.balance('alice', { available: '955' });
  s.given.crossPosition('alice', BTC, 'BUY', '2', '100');
  s.then.balance('alice', { cash: '1000', available: '935' });
});

scenario('§7.1a margin inside a block counts in neither available nor withdrawable and is shown as isolated [A]', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '90' });
  s.given.addMargin('alice', BTC, '800');
  // 1000 − 50.25 − 45.225 − 800; block 850 and 45.225 beside
  s.then.balance('alice', { cash: '104.525', available: '104.525', withdrawable: '104.525', isolated: '895.225' });
  s.when.withdraw('alice', '104.525001');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '104.525');
  s.given.mark(BTC, '110');
  // profit and loss of the block are its own
  s.then.balance('alice', { cash: '104.525', available: '104.525', withdrawable: '104.525', isolated: '895.225' });
  s.when.withdraw('alice', '104.525');
  s.then.accepted();
  s.then.balance('alice', { cash: '0', available: '0', isolated: '895.225' });
});

scenario('§7.1a the account row sums cross only: equity leaves the block out [A]', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.crossPosition('alice', BTC, 'BUY', '2', '100');
  s.given.position('alice', BTC, 'SELL', '5', '100');
  s.given.mark(BTC, '104');
  // 1000 − 0.1 − 50.25 and +8 of the cross position; the block's −20 is its own
  s.then.account('alice', { equity: '957.65', initialMargin: '2.08', maintenanceMargin: '1.04' });
  s.then.balance('alice', { cash: '949.65', available: '955.57', withdrawable: '949.65', isolated: '50' });
});

scenario('§7.1b a cross order needs its order margin and taker fee available', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '5.249999');
  s.given.maker('mm', BTC, 'SELL', '5', '100');
  // 500 ÷ 100 + 0.25
  s.when.order('alice', BTC, 'BUY', '5', { price: '100' });
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '5.25', '5.249999');
  s.given.deposit('alice', '0.000001');
  s.when.order('alice', BTC, 'BUY', '5', { price: '100' });
  s.then.accepted();
  s.then.balance('alice', { cash: '5', available: '0' });
});

scenario('§7.1c unrealised profit cannot be withdrawn', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '100');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  s.given.mark(BTC, '150');
  // available 100 + 250 − 7.5
  s.then.balance('alice', { cash: '100', available: '342.5', withdrawable: '100' });
  s.when.withdraw('alice', '100.000001');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '100');
  s.when.withdraw('alice', '100');
  s.then.accepted();
  s.then.balance('alice', { cash: '0', available: '242.5', withdrawable: '0' });
});

scenario('§7.1c §A.5 attack: a cross profit of 500 cannot be moved into a block', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.marketAt('ETH-PERP', '100', { takerFeeRate: '0' });
  s.given.fundInsurance('100');
  s.given.deposit('alice', '160');
  s.given.crossPosition('alice', BTC, 'BUY', '10', '100');
  s.given.mark(BTC, '150');
  // available 160 + 500 − 15, transferable 160
  s.then.balance('alice', { cash: '160', available: '645', withdrawable: '160' });
  s.when.isolated('alice', 'ETH-PERP', 'BUY', '1', { price: '100', leverage: '10', isolatedMargin: '500' });
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '500', '160');
  s.given.isolated('alice', 'ETH-PERP', 'BUY', '1', { price: '100', leverage: '10' });
  s.when.addMargin('alice', 'ETH-PERP', '150.000001');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '150');
  s.when.addMargin('alice', 'ETH-PERP', '150');
  s.then.accepted();
  s.when.mark(BTC, '100');
  // equity 0 against an MM of 5: the position is gone, and nothing is owed
  s.then.noPosition('alice', BTC, 'CROSS');
  s.then.insurance({ deficit: '0' });
});

scenario('§7.4 a withdrawal names its currency and leaves the margin of cross positions behind', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '100');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  s.when.withdraw('alice', '95.000001');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '95.000001', '95');
  s.when.withdraw('alice', '95', 'USDC');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN');
  s.when.withdraw('alice', '95');
  s.then.accepted();
  s.then.event('FundsWithdrawn', { accountId: 'alice', currency: 'USD', amount: '95' });
  s.then.balance('alice', { cash: '5', available: '0' });
  s.then.ledger('external', '-1000000005');
});

scenario('§7.4 a cross loss past the cash makes nothing withdrawable', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '20');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  s.given.mark(BTC, '97');
  // 20 − 15 − 4.85
  s.then.balance('alice', { cash: '20', available: '0.15', withdrawable: '0.15' });
  s.given.mark(BTC, '96.5');
  // 20 − 17.5 − 4.825: available is negative, nobody is liquidated above MM 2.4125
  s.then.balance('alice', { cash: '20', available: '-2.325', withdrawable: '0' });
  s.when.withdraw('alice', '0.000001');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN');
});

scenario('§7.4a AdjustBalance books both ways against external with its reason', (s) => {
  s.given.deposit('alice', '100');
  s.when.adjust('alice', '5.5', 'USD', 'missed rebate', 'CASE-7');
  s.then.event('BalanceAdjusted', { accountId: 'alice', currency: 'USD', amount: '5.5', reason: 'missed rebate', reference: 'CASE-7' });
  s.when.adjust('alice', '-0.5', 'USD');
  s.then.accepted();
  s.then.balance('alice', { cash: '105' });
  s.then.ledger('external', '-105');
});

scenario('§7.4a AdjustBalance that would make USDC negative is rejected', (s) => {
  s.given.deposit('alice', '100');
  s.given.deposit('alice', '10', 'USDC');
  s.when.adjust('alice', '-10.000001', 'USDC');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '10');
  s.when.adjust('alice', '-10', 'USDC');
  s.then.accepted();
  s.then.balance('alice', { cash: '0' }, 'USDC');
  s.then.balance('alice', { cash: '100' });
});

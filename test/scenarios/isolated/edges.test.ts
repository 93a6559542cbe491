import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

function market(s: Scenario, changes: Record<string, unknown> = {}): void {
  s.given.marketAt(BTC, '100', changes);
  s.given.deposit('alice', '1000');
}

scenario('§2.8d §2.8f a fill on the side that the greater side hid takes its own lots whole', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'buy' });
  s.given.isolated('alice', BTC, 'SELL', '4', { price: '110', as: 'sell' });
  s.given.mark(BTC, '110');
  s.given.deposit('mm', '100000');
  s.when.order('mm', BTC, 'BUY', '4', { price: '110' });
  s.then.trades(['110', '4']);
  // 440 × 0.1005 of the 50.25 become cash; the fifth lot of the buy would need 10.05, 6.03 is left. The block
  // pays what it can, 44.22 − 44 = 0.22, and that is not enough: the buy goes and 6.25 with it
  s.then.event('TradeExecuted', { makerMargin: '44.22' });
  s.then.noOrder('buy');
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '-4', cash: '44', orderMargin: '0', initialMargin: '44' });
  s.then.balance('alice', { cash: '956', isolated: '44' });
});

scenario('§2.8c a rate that is no decimal: the need is rounded up once and keeps adding up through fills', (s) => {
  market(s);
  s.when.isolated('alice', BTC, 'BUY', '3', { price: '100', leverage: '7', as: 'entry' });
  // 300 ÷ 7 + 0.15 = 43.007142857…
  s.then.event('OrderAccepted', { reserved: '43.007143' });
  s.given.deposit('mm', '100000');
  s.when.order('mm', BTC, 'SELL', '1', { price: '100' });
  // 200 ÷ 7 + 0.1 = 28.671428571… stays reserved
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '1', cash: '14.335714', orderMargin: '28.671429', initialMargin: '14.285715' });
  s.when.cancel('alice', 'entry');
  s.then.event('OrderCanceled', { returned: '28.671429' });
  s.then.balance('alice', { cash: '985.664286', isolated: '14.335714' });
});

scenario('§2.1e isolatedMargin on an opening order that the other side hides goes to cash', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.when.isolated('alice', BTC, 'SELL', '4', { price: '110', isolatedMargin: '3' });
  s.then.accepted();
  s.then.event('OrderAccepted', { reserved: '0', contributed: '3' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '3', orderMargin: '50.25' });
});

scenario('§2.1c what an unfilled IOC brought beyond its need stays in the cash of a living block', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.when.isolated('alice', BTC, 'BUY', '1', { price: '99', timeInForce: 'IOC', isolatedMargin: '12' });
  s.then.accepted();
  // 99 × 0.1005 comes back
  s.then.event('OrderAccepted', { reserved: '9.9495', contributed: '2.0505' });
  s.then.event('OrderCanceled', { returned: '9.9495' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '52.0505', orderMargin: '0' });
  s.then.balance('alice', { cash: '947.6995', isolated: '52.0505' });
});

scenario('§2.2 a first order that FOK or postOnly refuses leaves neither block nor transfer', (s) => {
  market(s);
  s.given.maker('mm', BTC, 'SELL', '1', '100');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', timeInForce: 'FOK' });
  s.then.rejected('FILL_OR_KILL_UNFILLED');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', postOnly: true });
  s.then.rejected('POST_ONLY_WOULD_TAKE');
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.balance('alice', { cash: '1000', isolated: '0' });
});

scenario('§2.5 a flip whose new side would be born below maintenance is rejected whole', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '100' });
  s.given.maker('mm', BTC, 'BUY', '10', '99');
  // 5 − 5 + 5.25 − fee, and a short from 99 that is 5 behind the mark
  s.when.isolated('alice', BTC, 'SELL', '10', { price: '99' });
  s.then.rejected('WOULD_LIQUIDATE_IMMEDIATELY');
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '5', cash: '5', orderMargin: '0' });
  s.then.balance('alice', { cash: '994.75' });
});

scenario('§2.5 a reducing order is not refused though the account has nothing and the loss is real', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '20' });
  s.given.maker('mm', BTC, 'BUY', '5', '96');
  // cash 25 − 20 − 480 × 0.0005
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '96' });
  s.then.accepted();
  s.then.balance('alice', { cash: '979.51', isolated: '0' });
});

scenario('§2.4c two fills of one close share what remains above the bankruptcy price', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '50', isolatedMargin: '10.35' });
  s.given.maker('mm', BTC, 'BUY', '2', '98');
  s.given.maker('md', BTC, 'BUY', '3', '98');
  s.given.deposit('bob', '1');
  const before = s.engine.ledger().USD.fees;
  s.when.close('alice', BTC, 'ISOLATED');
  s.then.trades(['98', '2'], ['98', '3']);
  // 0.098 + 0.147 would be due, 0.1 is there; the first fee was 0.25
  s.then.that(before).toBe('0.25');
  s.then.ledger('fees', '0.35');
  s.then.balance('alice', { cash: '989.65', isolated: '0' });
});

scenario('§2.6 a rebate goes into the block', (s) => {
  market(s, { makerFeeRate: '-0.0001' });
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.given.deposit('mm', '100000');
  s.when.order('mm', BTC, 'SELL', '5', { price: '100' });
  s.then.event('TradeExecuted', { makerFee: '-0.05', takerFee: '0.25' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50.3', feesPaid: '-0.05' });
  s.then.ledger('fees', '0.2');
});

scenario('§2.6 two isolated blocks trade with each other and each keeps its own books', (s) => {
  market(s);
  s.given.deposit('bob', '1000');
  s.given.isolated('bob', BTC, 'SELL', '4', { price: '101', leverage: '5', as: 'ask' });
  s.when.isolated('alice', BTC, 'BUY', '4', { price: '102', leverage: '20', as: 'bid' });
  s.then.accepted();
  s.then.trades(['101', '4']);
  // bob 404 × 0.2005 = 81.002; alice 408 × 0.0505 = 20.604 less 404 × 0.0005
  s.then.event('TradeExecuted', {
    makerIsolationId: s.iso('ask'),
    makerMargin: '81.002',
    takerIsolationId: s.iso('bid'),
    takerMargin: '20.604',
    takerFee: '0.202',
  });
  s.then.position('bob', BTC, 'ISOLATED', { quantity: '-4', entryPrice: '101', cash: '81.002', unrealizedPnl: '4' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '4', entryPrice: '101', cash: '20.402', unrealizedPnl: '-4', equity: '16.402' });
});

scenario('§2.8c an amend moves the rise of the need and a decrease returns its fall', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'entry' });
  s.when.amend('alice', 'entry', { quantity: '8' });
  s.then.event('OrderAmended', { quantity: '8', keepsPriority: false, reserved: '30.15' });
  s.when.amend('alice', 'entry', { quantity: '6' });
  s.then.event('OrderAmended', { quantity: '6', keepsPriority: true });
  s.then.balance('alice', { cash: '939.7', isolated: '60.3' });
  s.given.deposit('mm', '100000');
  s.given.order('mm', BTC, 'SELL', '2', { price: '100' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '2', cash: '20.1', orderMargin: '40.2' });
  // the total includes the 2 that are filled
  s.when.amend('alice', 'entry', { quantity: '3' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '10.05' });
  s.when.amend('alice', 'entry', { quantity: '2' });
  s.then.event('OrderCanceled', { quantity: '1', returned: '10.05' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '2', cash: '20.1', orderMargin: '0' });
  s.then.balance('alice', { cash: '979.9', isolated: '20.1' });
});

scenario('§2.8e a block with negative cash covers nothing and pays out nothing', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.mark(BTC, '110');
  s.given.removeMargin('alice', BTC, '45');
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '112', as: 'free' });
  // 550 × 0.02 = 11 out of a cash of 5, carried by a profit of 50
  s.given.funding(BTC, '0.02');
  s.then.position('alice', BTC, 'ISOLATED', { cash: '-6', equity: '44', maxRemovable: '0' });
  s.when.removeMargin('alice', BTC, '0.000001');
  s.then.rejected('EXCEEDS_MAX_REMOVABLE');
  s.when.isolated('alice', BTC, 'SELL', '1', { price: '111' });
  s.then.noOrder('free');
  s.then.position('alice', BTC, 'ISOLATED', { cash: '-6', orderMargin: '0' });
});

scenario('§5.1 closing a block whose cash is negative returns what its profit leaves [A]', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.mark(BTC, '110');
  s.given.removeMargin('alice', BTC, '45');
  s.given.funding(BTC, '0.02');
  s.given.maker('mm', BTC, 'BUY', '5', '110');
  s.when.close('alice', BTC, 'ISOLATED');
  // −6 + 50 − 550 × 0.0005
  s.then.event('IsolatedBlockClosed', { returned: '43.725' });
  s.then.balance('alice', { cash: '1038.475', isolated: '0' });
});

scenario('§2.8e the cover after a partial close comes out of the margin that the closed part set free', (s) => {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '110', as: 'target' });
  s.given.maker('mm', BTC, 'BUY', '2', '100');
  // the incoming 2 displace 2 of the 5 first: need 220 × 0.1005 = 22.11 and nothing to pay it with
  s.when.close('alice', BTC, 'ISOLATED', { quantity: '2' });
  s.then.accepted();
  s.then.noOrder('target');
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '3', cash: '49.9', orderMargin: '0' });
});

scenario('§3.3 §2.8a several orders of the size of the position open beyond it, and each counts', (s) => {
  s.given.marketAt(BTC, '100', {
    tiers: [
      { floor: '0', maxLeverage: '100', maintenanceRate: '0.005' },
      { floor: '1000', maxLeverage: '50', maintenanceRate: '0.01' },
    ],
  });
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '80' });
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '110' });
  // from −0 to −5, then to −10: 1000 at mark is the 50x tier
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '111' });
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '112' });
  s.then.rejected('EXCEEDS_MAX_LEVERAGE', '80', '50');
});

scenario('§2.8a the position limit counts orders that only look like reducing ones', (s) => {
  s.given.marketAt(BTC, '100', { positionLimit: '8' });
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '110' });
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '111' });
  // 5 − 15 would be −10
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '112' });
  s.then.rejected('EXCEEDS_POSITION_LIMIT', '10', '8');
  s.given.maker('md', BTC, 'SELL', '5', '100');
  s.given.order('alice', BTC, 'BUY', '5', { price: '100' });
  s.given.order('alice', BTC, 'SELL', '5', { price: '110' });
  s.given.order('alice', BTC, 'SELL', '5', { price: '111' });
  s.when.order('alice', BTC, 'SELL', '5', { price: '112' });
  s.then.rejected('EXCEEDS_POSITION_LIMIT', '10', '8');
});

scenario('§2.1b a SELL is margined at a mark that lies between two ticks', (s) => {
  market(s, { markTickSize: '0.001' });
  s.given.mark(BTC, '100.123');
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '100', leverage: '10', as: 'ask' });
  // 500.615 × 0.1005 = 50.3118075, up
  s.then.event('OrderAccepted', { reserved: '50.311808' });
  s.given.deposit('mm', '100000');
  s.when.order('mm', BTC, 'BUY', '5', { price: '100' });
  s.then.position('alice', BTC, 'ISOLATED', { entryPrice: '100', cash: '50.311808', unrealizedPnl: '-0.615', orderMargin: '0' });
});

scenario('§4.3c lowering leverage after it was raised gives back what the orders reserved at an even lower one', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '5', as: 'entry' });
  s.given.leverage('alice', BTC, 'ISOLATED', '20');
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '100.25' });
  s.when.leverage('alice', BTC, 'ISOLATED', '10');
  s.then.accepted();
  // re-margined at 0.1005
  s.then.position('alice', BTC, 'ISOLATED', { leverage: '10', orderMargin: '50.25' });
  s.then.balance('alice', { cash: '949.75', isolated: '50.25' });
});

scenario('§2.3 blocks of two accounts on one instrument have ids of their own and neither sees the other', (s) => {
  market(s);
  s.given.deposit('bob', '1000');
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '90', leverage: '10', as: 'alices' });
  s.when.isolated('bob', BTC, 'BUY', '5', { price: '90', leverage: '20', as: 'bobs' });
  s.then.accepted();
  s.then.that(s.iso('bobs')).not.toBe(s.iso('alices'));
  s.then.balance('alice', { isolated: '45.225' });
  s.then.balance('bob', { isolated: '22.725' });
  s.when.cancel('bob', 'alices');
  s.then.rejected('ORDER_NOT_FOUND');
});

import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

/** At 10x a lot's rate is 1/10 + 0.0005 = 0.1005. */
function market(s: Scenario): void {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
}

/** alice is long 5 at 100 with 10x: block cash 50, main 949.75. */
function longFive(s: Scenario): void {
  market(s);
  s.given.position('alice', BTC, 'BUY', '5', '100');
}

scenario('§2.8 the order margin of a block is the greater of its buys and its sells', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'buy' });
  // 440 × 0.1005 = 44.22 hides behind the 50.25 of the buy
  s.when.isolated('alice', BTC, 'SELL', '4', { price: '110', as: 'sell' });
  s.then.event('OrderAccepted', { reserved: '0' });
  // sells 44.22 + 224 × 0.1005 = 66.732
  s.when.isolated('alice', BTC, 'SELL', '2', { price: '112' });
  s.then.event('OrderAccepted', { reserved: '16.482' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '66.732' });
  s.when.cancel('alice', 'sell');
  s.then.event('OrderCanceled', { returned: '16.482' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '50.25' });
  s.when.cancel('alice', 'buy');
  s.then.event('OrderCanceled', { returned: '27.738' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '22.512' });
  s.then.balance('alice', { cash: '977.488', isolated: '22.512' });
});

scenario('§2.8a best price first, the first 5 lots against a long of 5 are free', (s) => {
  longFive(s);
  s.when.isolated('alice', BTC, 'SELL', '3', { price: '110' });
  s.then.event('OrderAccepted', { reserved: '0' });
  // two of the four are beyond the position: 240 × 0.1005
  s.when.isolated('alice', BTC, 'SELL', '4', { price: '120' });
  s.then.event('OrderAccepted', { reserved: '24.12' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50', orderMargin: '24.12' });
});

scenario('§2.8a the better price takes the free lots though it came later', (s) => {
  longFive(s);
  s.given.isolated('alice', BTC, 'SELL', '3', { price: '110', as: 'old' });
  s.when.isolated('alice', BTC, 'SELL', '8', { price: '105', as: 'new' });
  s.then.accepted();
  // a new opening order pays the whole rise: 3 of its own at 105 and the 3 it displaced at 110, 645 × 0.1005
  s.then.event('OrderAccepted', { reserved: '64.8225' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50', orderMargin: '64.8225' });
  s.then.order('old', { price: '110' });
});

scenario('§2.8b reduce-only orders use up the free lots first, at whatever price', (s) => {
  longFive(s);
  s.given.isolated('alice', BTC, 'SELL', '3', { price: '120', reduceOnly: true });
  // of the 4 at 110 only 2 are free: 220 × 0.1005
  s.when.isolated('alice', BTC, 'SELL', '4', { price: '110' });
  s.then.event('OrderAccepted', { reserved: '22.11' });
});

scenario('§2.8e §2.8f a reduce-only order that displaces a free one of a block without surplus cancels it', (s) => {
  longFive(s);
  s.given.isolated('alice', BTC, 'SELL', '4', { price: '110', as: 'free' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '0', maxRemovable: '0' });
  s.when.isolated('alice', BTC, 'SELL', '3', { price: '120', reduceOnly: true, as: 'target' });
  s.then.accepted();
  s.then.noOrder('free');
  s.then.order('target', { price: '120' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50', orderMargin: '0' });
  s.then.balance('alice', { cash: '949.75' });
});

scenario('§2.8e a displaced free order is covered out of what the block could pay out', (s) => {
  longFive(s);
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '110', as: 'free' });
  s.given.addMargin('alice', BTC, '30');
  s.when.isolated('alice', BTC, 'SELL', '2', { price: '105', as: 'new' });
  s.then.accepted();
  // two of the five at 110 are beyond the position now: 220 × 0.1005
  s.then.event('OrderMarginCovered', { amount: '22.11' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '57.89', orderMargin: '22.11', equity: '57.89' });
  s.then.balance('alice', { cash: '919.75', isolated: '80' });
  s.when.cancel('alice', 'new');
  // a fall of the need goes to the main account, never back to block cash
  s.then.event('OrderCanceled', { returned: '22.11' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '57.89', orderMargin: '0' });
  s.then.balance('alice', { cash: '941.86', isolated: '57.89' });
});

scenario('§2.8e PROFIT_ONLY does not keep the cover back', (s) => {
  s.given.marketAt(BTC, '100', { marginRemoval: 'PROFIT_ONLY' });
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '110' });
  s.given.addMargin('alice', BTC, '30');
  s.when.isolated('alice', BTC, 'SELL', '2', { price: '105' });
  s.then.event('OrderMarginCovered', { amount: '22.11' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '57.89', orderMargin: '22.11' });
});

scenario('§2.8f the newest opening order goes first and an older one stays', (s) => {
  longFive(s);
  s.given.isolated('alice', BTC, 'BUY', '2', { price: '90', as: 'older' });
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '110', as: 'newer' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '18.09' });
  // three of the five lots at 110 would need 33.165, 15.075 above the 18.09 of the buy
  s.when.isolated('alice', BTC, 'SELL', '3', { price: '130', reduceOnly: true });
  s.then.accepted();
  s.then.noOrder('newer');
  s.then.order('older', { price: '90' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50', orderMargin: '18.09' });
  s.then.balance('alice', { cash: '931.66', isolated: '68.09' });
});

scenario('§2.8f a newer opening order goes first even when it is on the other side', (s) => {
  longFive(s);
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '110', as: 'older' });
  s.given.isolated('alice', BTC, 'BUY', '2', { price: '90', as: 'newer' });
  s.when.isolated('alice', BTC, 'SELL', '3', { price: '130', reduceOnly: true, as: 'target' });
  s.then.accepted();
  s.then.noOrder('newer');
  s.then.noOrder('older');
  s.then.order('target', { price: '130' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '50', orderMargin: '0' });
  s.then.balance('alice', { cash: '949.75', isolated: '50' });
});

scenario('§2.8c each lot keeps the rate of the moment when its order was accepted', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', as: 'ten' });
  s.given.leverage('alice', BTC, 'ISOLATED', '20');
  // 450 × 0.0505
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '90', as: 'twenty' });
  s.then.event('OrderAccepted', { reserved: '22.725' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '72.975' });
  s.given.deposit('mm', '100000');
  s.when.order('mm', BTC, 'SELL', '2', { price: '100' });
  s.then.event('TradeExecuted', { makerMargin: '20.1' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '2', cash: '20.1', orderMargin: '52.875' });
  s.when.cancel('alice', 'ten');
  s.then.event('OrderCanceled', { returned: '30.15' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '22.725' });
});

scenario('§2.8d a fill takes its own lots from the reserve and leaves the rest of the need', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.given.isolated('alice', BTC, 'SELL', '4', { price: '110' });
  s.given.deposit('mm', '100000');
  s.when.order('mm', BTC, 'SELL', '2', { price: '100' });
  // buys left 3 × 100 × 0.1005; of the sells 2 are free now, 2 × 110 × 0.1005 = 22.11
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '2', cash: '20.1', orderMargin: '30.15' });
  s.then.noEvent('OrderMarginReleased');
  s.then.balance('alice', { cash: '949.75', isolated: '50.25' });
});

scenario('§2.8d a fall of the need that no fill took goes to the main account at once', (s) => {
  longFive(s);
  s.given.isolated('alice', BTC, 'SELL', '8', { price: '110' });
  // 3 × 110 × 0.1005
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '33.165' });
  s.given.maker('mm', BTC, 'SELL', '2', '100');
  // the buy of 2 needs 20.1, less than the sells: no rise
  s.when.isolated('alice', BTC, 'BUY', '2', { price: '100' });
  s.then.event('OrderAccepted', { reserved: '0' });
  // its own 20.1 becomes cash; of 13.065 left 11.055 is needed for the one lot beyond 7
  s.then.event('TradeExecuted', { takerMargin: '20.1', takerFee: '0.1' });
  s.then.event('OrderMarginReleased', { amount: '2.01' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '7', cash: '70', orderMargin: '11.055' });
  // 949.75 − 33.165 + 2.01
  s.then.balance('alice', { cash: '918.595', isolated: '81.055' });
});

scenario('§2.8h after each fill reduce-only orders are cut before the next one', (s) => {
  longFive(s);
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '100.5', reduceOnly: true, as: 'target' });
  s.given.isolated('alice', BTC, 'SELL', '3', { price: '100', as: 'plain' });
  s.then.position('alice', BTC, 'ISOLATED', { orderMargin: '30.15' });
  s.given.deposit('taker', '100000');
  s.when.order('taker', BTC, 'BUY', '8', { price: '101' });
  s.then.trades(['100', '3'], ['100.5', '2']);
  s.then.event('OrderReduced', { orderId: s.id('target'), quantity: '2' });
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.book(BTC, { bids: [['101', '3']], asks: [] });
  // 1000 − 0.25 + 2 × 0.5
  s.then.balance('alice', { cash: '1000.75', isolated: '0' });
});

scenario('§2.8i a FOK dry run leaves out a resting order whose fill would be refused, and moves nothing', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '100', leverage: '100', as: 'doomed' });
  s.given.mark(BTC, '102');
  s.given.deposit('bob', '1000');
  s.when.order('bob', BTC, 'BUY', '5', { price: '100', timeInForce: 'FOK' });
  s.then.rejected('FILL_OR_KILL_UNFILLED');
  s.then.order('doomed', { price: '100' });
  s.given.maker('mm', BTC, 'SELL', '5', '101');
  s.when.order('bob', BTC, 'BUY', '5', { price: '101', timeInForce: 'FOK' });
  s.then.accepted();
  s.then.trades(['101', '5']);
  s.then.noOrder('doomed');
  s.then.balance('alice', { cash: '1000', isolated: '0' });
});

scenario('§2.8i postOnly looks at prices alone, though the order it meets could not fill', (s) => {
  market(s);
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '100', leverage: '100', as: 'doomed' });
  s.given.mark(BTC, '102');
  s.given.deposit('bob', '1000');
  s.when.order('bob', BTC, 'BUY', '5', { price: '100', postOnly: true });
  s.then.rejected('POST_ONLY_WOULD_TAKE');
  s.then.order('doomed', { price: '100' });
  s.when.order('bob', BTC, 'BUY', '5', { price: '99.5', postOnly: true });
  s.then.accepted();
});

scenario('§2.8g a cross order that was free and can no longer be carried after a close is cancelled', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '5');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  s.given.order('alice', BTC, 'SELL', '5', { price: '104', as: 'free' });
  // available 5 − 500 ÷ 100; after the close the sell would need 520 ÷ 100 = 5.2
  s.then.balance('alice', { cash: '5', available: '0' });
  s.given.maker('mm', BTC, 'BUY', '5', '100');
  s.when.close('alice', BTC, 'CROSS');
  s.then.accepted();
  s.then.noOrder('free');
  s.then.noPosition('alice', BTC, 'CROSS');
  s.then.balance('alice', { cash: '5', available: '5' });
});

scenario('§2.8g a cross order that was free stays when the account can carry it as an opening one', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '5.2');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  s.given.order('alice', BTC, 'SELL', '5', { price: '104', as: 'free' });
  s.given.maker('mm', BTC, 'BUY', '5', '100');
  s.when.close('alice', BTC, 'CROSS');
  s.then.order('free', { price: '104' });
  s.then.balance('alice', { cash: '5.2', available: '0' });
});

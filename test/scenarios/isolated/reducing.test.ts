import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

function market(s: Scenario, deposit: string): void {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', deposit);
}

/** Long 5 at 100 with 50x: moved 500 × 0.0205 = 10.25, fee 0.25, cash 10, bankruptcy at 98. */
function longAtFifty(s: Scenario): void {
  market(s, '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '50' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '10', bankruptcyPrice: '98' });
}

scenario('§2.4 an account with nothing left can still place orders that only reduce [A]', (s) => {
  market(s, '50.25');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.then.balance('alice', { cash: '0', available: '0' });
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '120', as: 'target' });
  s.then.accepted();
  s.then.event('OrderAccepted', { reserved: '0', contributed: '0' });
  s.given.cancel('alice', 'target');
  s.given.maker('mm', BTC, 'BUY', '5', '100');
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '100' });
  s.then.accepted();
  s.then.event('TradeExecuted', { takerFee: '0.25', takerClosed: '5' });
  s.then.balance('alice', { cash: '49.75', isolated: '0' });
});

scenario('§2.4a an order larger than the position needs margin for the part beyond it', (s) => {
  market(s, '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.when.isolated('alice', BTC, 'SELL', '8', { price: '110' });
  // 3 × 110 × 0.1005
  s.then.event('OrderAccepted', { reserved: '33.165' });
});

scenario('§2.4a the part beyond the position is refused without margin though the rest is free', (s) => {
  market(s, '83.414999');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.when.isolated('alice', BTC, 'SELL', '8', { price: '110' });
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '33.165', '33.164999');
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '110' });
  s.then.accepted();
});

scenario('§2.4b §A.2 attack: a reduce-only MARKET sell stops at the bankruptcy price of 98 and never fills at 95', (s) => {
  longAtFifty(s);
  s.given.fundInsurance('100');
  s.given.maker('mm', BTC, 'BUY', '2', '98');
  s.given.maker('mm', BTC, 'BUY', '5', '95');
  s.when.isolated('alice', BTC, 'SELL', '5', { reduceOnly: true });
  s.then.accepted();
  s.then.trades(['98', '2']);
  // nothing remains above 98, so the fee is zero
  s.then.event('TradeExecuted', { takerRealizedPnl: '-4', takerFee: '0' });
  s.then.event('OrderCanceled', { quantity: '3' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '3', cash: '6', bankruptcyPrice: '98' });
  s.then.insurance({ balances: { USD: '100', USDC: '0' } });
  s.then.book(BTC, { bids: [['95', '5']] });
});

scenario('§2.4b a plain order that reduces stops there as well', (s) => {
  longAtFifty(s);
  s.given.maker('mm', BTC, 'BUY', '5', '97.5');
  s.when.isolated('alice', BTC, 'SELL', '5', { price: '97' });
  s.then.accepted();
  s.then.trades();
  s.then.event('OrderCanceled', { quantity: '5' });
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '5', cash: '10' });
});

scenario('§2.4b a resting reducing order beyond the bankruptcy price is cancelled when it is met', (s) => {
  longAtFifty(s);
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '97.5', as: 'low' });
  s.given.deposit('bob', '1000');
  s.when.order('bob', BTC, 'BUY', '5', { price: '97.5' });
  s.then.accepted();
  s.then.trades();
  s.then.noOrder('low');
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '5', cash: '10' });
  s.then.book(BTC, { bids: [['97.5', '5']], asks: [] });
});

scenario('§2.4b a short is never bought back above its bankruptcy price', (s) => {
  market(s, '1000');
  s.given.position('alice', BTC, 'SELL', '5', '100', { leverage: '50' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '10', bankruptcyPrice: '102' });
  s.given.maker('mm', BTC, 'SELL', '2', '102');
  s.given.maker('mm', BTC, 'SELL', '5', '102.5');
  s.when.close('alice', BTC, 'ISOLATED');
  s.then.trades(['102', '2']);
  s.then.position('alice', BTC, 'ISOLATED', { quantity: '-3', cash: '6', bankruptcyPrice: '102' });
});

scenario('§2.4c the fee of a close is capped at what remains above the bankruptcy price', (s) => {
  market(s, '1000');
  // 0.1 more than the need of 10.25: cash 10.1, bankruptcy at 97.98
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '50', isolatedMargin: '10.35' });
  s.then.position('alice', BTC, 'ISOLATED', { cash: '10.1', bankruptcyPrice: '97.98' });
  s.given.maker('mm', BTC, 'BUY', '5', '98');
  s.when.close('alice', BTC, 'ISOLATED');
  // 490 × 0.0005 = 0.245, but only 5 × 0.02 = 0.1 is there
  s.then.event('TradeExecuted', { takerRealizedPnl: '-10', takerFee: '0.1' });
  s.then.noPosition('alice', BTC, 'ISOLATED');
  s.then.balance('alice', { cash: '989.65', isolated: '0' });
});

scenario('§2.4c the fee of a maker is capped in the same way', (s) => {
  s.given.marketAt(BTC, '100', { makerFeeRate: '0.0005' });
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100', { leverage: '50', isolatedMargin: '10.35' });
  s.given.isolated('alice', BTC, 'SELL', '5', { price: '98', reduceOnly: true });
  s.given.deposit('bob', '1000');
  s.when.order('bob', BTC, 'BUY', '5', { price: '98' });
  s.then.event('TradeExecuted', { makerRealizedPnl: '-10', makerFee: '0.1', takerFee: '0.245' });
  s.then.balance('alice', { cash: '989.65', isolated: '0' });
});

import { market, rich, X } from '../../support/liquidation';
import { type Scenario, scenario } from '../../support/scenario';

/** Al and bo bid 1@99 in this order. */
function queue(s: Scenario): void {
  market(s);
  rich(s, 'al', 'bo', 'mm');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'first' });
  s.given.order('bo', X, 'BUY', '1', { price: '99', as: 'second' });
}

scenario('§9.8a a pure decrease keeps the priority', (s) => {
  queue(s);
  s.when.amend('al', 'first', { quantity: '0.4' });
  s.then.event('OrderAmended', { orderId: s.id('first'), quantity: '0.4', keepsPriority: true });
  s.when.order('mm', X, 'SELL', '1', { price: '99' });
  s.then.eventsOf('TradeExecuted', { makerOrderId: s.id('first'), quantity: '0.4' }, { makerOrderId: s.id('second'), quantity: '0.6' });
});

scenario('§9.8a an increase loses it', (s) => {
  queue(s);
  s.when.amend('al', 'first', { quantity: '1.5' });
  s.then.event('OrderAmended', { orderId: s.id('first'), quantity: '1.5', keepsPriority: false });
  s.when.order('mm', X, 'SELL', '1.2', { price: '99' });
  s.then.eventsOf('TradeExecuted', { makerOrderId: s.id('second'), quantity: '1' }, { makerOrderId: s.id('first'), quantity: '0.2' });
});

scenario('§9.8a a new price is a new entry under the same ids, which takes if it crosses', (s) => {
  queue(s);
  s.given.order('mm', X, 'SELL', '0.4', { price: '101' });
  s.when.amend('al', 'first', { price: '101' });
  s.then.accepted();
  s.then.eventsOf('TradeExecuted', { takerOrderId: s.id('first'), price: '101', quantity: '0.4' });
  s.then.order('first', { price: '101' });
  s.then.book(X, {
    bids: [
      ['101', '0.6'],
      ['99', '1'],
    ],
  });
});

scenario('§9.8a a price that comes back has lost its place', (s) => {
  queue(s);
  s.given.amend('al', 'first', { price: '98' });
  s.given.amend('al', 'first', { price: '99' });
  s.when.order('mm', X, 'SELL', '1', { price: '99' });
  s.then.eventsOf('TradeExecuted', { makerOrderId: s.id('second'), quantity: '1' });
});

scenario('§9.8 the quantity is the new total, filled included', (s) => {
  queue(s);
  s.given.order('mm', X, 'SELL', '0.4', { price: '99' });
  s.when.amend('al', 'first', { quantity: '0.6' });
  s.then.book(X, { bids: [['99', '1.2']] });
  // 0.4 are filled already: the rest is canceled.
  s.when.amend('al', 'first', { quantity: '0.4' });
  s.then.accepted();
  s.then.noOrder('first');
  s.then.book(X, { bids: [['99', '1']] });
});

scenario('§9.8 a total below what is filled cancels the rest as well', (s) => {
  queue(s);
  s.given.order('mm', X, 'SELL', '0.4', { price: '99' });
  s.when.amend('al', 'first', { quantity: '0.1' });
  s.then.accepted();
  s.then.noOrder('first');
  s.then.position('al', X, 'CROSS', { quantity: '0.4' });
});

scenario('§9.8b an amend refused for margin leaves the order, its place and its reserve', (s) => {
  market(s);
  rich(s, 'bo', 'mm');
  s.given.deposit('al', '20');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'first' });
  s.given.order('bo', X, 'BUY', '1', { price: '99' });
  s.when.amend('al', 'first', { quantity: '1.1' });
  // 1.1 × 99 ÷ 5 = 21.78.
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN');
  s.then.events();
  s.then.balance('al', { available: '0.2' });
  s.when.order('mm', X, 'SELL', '1', { price: '99' });
  s.then.eventsOf('TradeExecuted', { makerOrderId: s.id('first'), quantity: '1' });
});

scenario('§9.8b refused by the book, the grid or the band it stays as it was', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('al', X, 'BUY', '1', { price: '99', postOnly: true, as: 'first' });
  s.given.order('mm', X, 'SELL', '1', { price: '101' });
  for (const [changes, code] of [
    [{ price: '101' }, 'POST_ONLY_WOULD_TAKE'],
    [{ price: '99.05' }, 'INVALID_TICK'],
    [{ quantity: '1.005' }, 'INVALID_LOT'],
    [{ price: '49.9' }, 'PRICE_OUTSIDE_BAND'],
    [{ quantity: '1000000.01' }, 'EXCEEDS_MAX_QUANTITY'],
  ] as const) {
    s.when.amend('al', 'first', changes);
    s.then.rejected(code);
    s.then.book(X, { bids: [['99', '1']], asks: [['101', '1']] });
  }
});

scenario('§9.8a §2.7b an isolated order re-enters with its new need and its block lives on', (s) => {
  market(s);
  s.given.deposit('al', '30');
  s.given.isolated('al', X, 'BUY', '1', { price: '100', leverage: '5', as: 'entry' });
  const id = s.iso('entry');
  s.then.position('al', X, 'ISOLATED', { isolationId: id, status: 'PENDING', orderMargin: '20' });
  s.when.amend('al', 'entry', { price: '90' });
  s.then.noEvent('IsolatedBlockClosed');
  s.then.position('al', X, 'ISOLATED', { isolationId: id, status: 'PENDING', orderMargin: '18' });
  s.then.balance('al', { cash: '12', isolated: '18' });
  s.when.amend('al', 'entry', { price: '105', quantity: '1.4' });
  // 105 × 1.4 ÷ 5 = 29.4.
  s.then.position('al', X, 'ISOLATED', { isolationId: id, orderMargin: '29.4' });
  s.then.balance('al', { cash: '0.6', isolated: '29.4' });
  s.when.amend('al', 'entry', { quantity: '0.7' });
  s.then.balance('al', { cash: '15.3', isolated: '14.7' });
});

scenario('§9.8 §9.9 an order is amended and canceled by its clientOrderId', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '99', clientOrderId: 'mine', as: 'bid' });
  s.when.command('AmendOrder', { accountId: 'al', clientOrderId: 'mine', price: '98' });
  s.then.accepted();
  s.then.order('bid', { price: '98' });
  s.when.command('CancelOrder', { accountId: 'al', clientOrderId: 'mine' });
  s.then.event('OrderCanceled', { orderId: s.id('bid'), quantity: '1' });
  s.then.noOrder('bid');
});

scenario('§9.8a an amend that meets an own order is a self-trade, and refused', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.given.order('al', X, 'SELL', '1', { price: '101' });
  s.when.amend('al', 'bid', { price: '101' });
  s.then.rejected('SELF_TRADE_PREVENTED');
  s.then.book(X, { bids: [['99', '1']], asks: [['101', '1']] });
});

scenario('§9.8a an increase of a partly filled order keeps what is filled', (s) => {
  queue(s);
  s.given.order('mm', X, 'SELL', '0.4', { price: '99' });
  s.when.amend('al', 'first', { quantity: '2', price: '98' });
  s.then.book(X, {
    bids: [
      ['99', '1'],
      ['98', '1.6'],
    ],
  });
});

import { HOUR, market, rich, X, Y } from '../../support/liquidation';
import { START, scenario } from '../../support/scenario';

scenario('§9.9 a clientOrderId is unique among live orders, triggers included', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'al', 'bo');
  s.given.order('al', X, 'BUY', '1', { price: '99', clientOrderId: 'a', as: 'book' });
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104', clientOrderId: 'b', as: 'trigger' });
  for (const clientOrderId of ['a', 'b']) {
    s.when.order('al', Y, 'BUY', '1', { price: '99', clientOrderId });
    s.then.rejected('DUPLICATE_CLIENT_ORDER_ID', clientOrderId);
    s.when.isolated('al', Y, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104', leverage: '5', clientOrderId });
    s.then.rejected('DUPLICATE_CLIENT_ORDER_ID', clientOrderId);
  }
  s.when.order('bo', X, 'BUY', '1', { price: '99', clientOrderId: 'a' });
  s.then.accepted();
});

scenario('§9.9 it is free again when its order was filled, canceled or refused', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  const place = (price: string) => s.when.order('al', X, 'BUY', '1', { price, clientOrderId: 'a', as: 'order' });
  place('10');
  s.then.rejected('PRICE_OUTSIDE_BAND');
  place('99');
  s.then.accepted();
  s.given.cancel('al', 'order');
  place('100');
  s.then.accepted();
  s.given.order('mm', X, 'SELL', '1', { price: '100' });
  place('99');
  s.then.accepted();
});

scenario('§9.9a maxOpenOrders counts book and trigger orders, cross and isolated, per account and instrument', (s) => {
  market(s, { maxOpenOrders: 3 });
  market(s, {}, Y);
  rich(s, 'al', 'bo');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'cross' });
  s.given.isolated('al', X, 'BUY', '1', { price: '99', leverage: '5' });
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104' });
  s.when.order('al', X, 'BUY', '1', { price: '98' });
  s.then.rejected('TOO_MANY_OPEN_ORDERS', '3');
  s.when.isolated('al', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '96' });
  s.then.rejected('TOO_MANY_OPEN_ORDERS', '3');
  s.when.order('al', Y, 'BUY', '1', { price: '98' });
  s.then.accepted();
  s.when.order('bo', X, 'BUY', '1', { price: '98' });
  s.then.accepted();
  s.given.cancel('al', 'cross');
  s.when.order('al', X, 'BUY', '1', { price: '98' });
  s.then.accepted();
});

scenario('§9.9b positionLimit applies to cross and block separately, with the opening orders of the side', (s) => {
  // At a price of 1 a limit in quantity and one in notional are the same.
  market(s, { positionLimit: '10' }, X, '1');
  rich(s, 'al', 'mm');
  s.given.order('mm', X, 'SELL', '4', { price: '1' });
  s.given.order('al', X, 'BUY', '4', { price: '1' });
  s.given.order('al', X, 'BUY', '5', { price: '1' });
  s.when.order('al', X, 'BUY', '1.01', { price: '1' });
  s.then.rejected('EXCEEDS_POSITION_LIMIT', '10');
  s.when.order('al', X, 'BUY', '1', { price: '1' });
  s.then.accepted();
  s.when.isolated('al', X, 'BUY', '10', { price: '1', leverage: '5' });
  s.then.accepted();
  // From long 4 fourteen sold are a short of 10.
  s.when.order('al', X, 'SELL', '14.01', { price: '1.1' });
  s.then.rejected('EXCEEDS_POSITION_LIMIT', '10');
  s.when.order('al', X, 'SELL', '14', { price: '1.1' });
  s.then.accepted();
});

scenario('§9.9c CancelAllOrders is accepted even with nothing to cancel, and cancels in order of placement', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'al');
  s.when.cancelAll('al');
  s.then.accepted();
  s.then.events();
  s.given.order('al', Y, 'BUY', '1', { price: '99', as: '1' });
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104', as: '2' });
  s.given.isolated('al', X, 'BUY', '1', { price: '98', leverage: '5', as: '3' });
  s.given.order('al', X, 'BUY', '1', { price: '99', as: '4' });
  s.when.cancelAll('al');
  s.then.eventsOf('OrderCanceled', ...['1', '2', '3', '4'].map((label) => ({ orderId: s.id(label) })));
  s.then.noPosition('al', X, 'ISOLATED');
  s.then.balance('al', { cash: '10000', available: '10000', isolated: '0' });
});

scenario('§9.9c it takes an instrument, a margin mode and a kind', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'al');
  s.given.order('al', Y, 'BUY', '1', { price: '99', as: 'other' });
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104', as: 'trigger' });
  s.given.isolated('al', X, 'BUY', '1', { price: '98', leverage: '5', as: 'isolated' });
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'cross' });
  s.when.cancelAll('al', { instrument: X, kind: 'TRIGGER' });
  s.then.eventsOf('OrderCanceled', { orderId: s.id('trigger') });
  s.when.cancelAll('al', { instrument: X, marginMode: 'ISOLATED' });
  s.then.eventsOf('OrderCanceled', { orderId: s.id('isolated') });
  s.when.cancelAll('al', { kind: 'LIMIT' });
  s.then.eventsOf('OrderCanceled', { orderId: s.id('other') }, { orderId: s.id('cross') });
});

scenario('§9.13 CancelAllAfter cancels everything at its deadline, by whatever command crosses it', (s) => {
  market(s);
  rich(s, 'al', 'bo');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104', as: 'stop' });
  s.given.order('bo', X, 'BUY', '1', { price: '98', as: "bo's" });
  s.given.cancelAllAfter('al', 5000);
  s.at(START + 4999).when.deposit('bo', '1');
  s.then.order('bid', { quantity: '1' });
  s.at(START + 5001).when.deposit('bo', '1');
  s.then.eventsOf('OrderCanceled', { orderId: s.id('bid') }, { orderId: s.id('stop') });
  s.then.event('CancelAllAfterExpired', { accountId: 'al' });
  const canceled = s.last.events.filter((event) => event.type === 'OrderCanceled');
  s.then.that(canceled.map((event) => event.time)).toEqual([START + 5000, START + 5000]);
  s.then.order("bo's", { quantity: '1' });
  // It has gone off once; a new order is not in danger.
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'new' });
  s.given.advance(HOUR);
  s.then.order('new', { quantity: '1' });
});

scenario('§9.13 a later CancelAllAfter moves the deadline, 0 clears it', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.given.cancelAllAfter('al', 5000);
  s.at(START + 3000).given.cancelAllAfter('al', 5000);
  s.at(START + 7999).given.command('AdvanceTime', {});
  s.then.order('bid', { quantity: '1' });
  s.given.cancelAllAfter('al', 0);
  s.at(START + 20000).when.command('AdvanceTime', {});
  s.then.events();
  s.then.order('bid', { quantity: '1' });
});

scenario('§9.13 an order that would fill after the deadline does not', (s) => {
  market(s);
  rich(s, 'al', 'bo');
  s.given.order('al', X, 'BUY', '1', { price: '99' });
  s.given.cancelAllAfter('al', 5000);
  s.at(START + 5000).when.order('bo', X, 'SELL', '1', { price: '99' });
  s.then.trades();
  s.then.book(X, { bids: [], asks: [['99', '1']] });
});

import { block, eventsOf, market, rich, trade, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§9.7 a trigger order rests outside the book, reserves nothing and opens no block', (s) => {
  market(s);
  s.given.deposit('al', '1');
  s.when.order('al', X, 'BUY', '1', { type: 'STOP_LIMIT', triggerPrice: '103', price: '104', as: 'cross' });
  s.then.accepted();
  s.then.events('TriggerOrderAccepted');
  s.when.isolated('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '103', leverage: '5', as: 'isolated' });
  s.then.events('TriggerOrderAccepted');
  s.then.noPosition('al', X, 'ISOLATED');
  s.then.book(X, { bids: [], asks: [] });
  s.then.balance('al', { cash: '1', available: '1', isolated: '0' });
  s.then.order('cross', { triggerPrice: '103', price: '104', quantity: '1' });
});

scenario('§9.7b what is refused when it fires is an OrderCanceled with that code', (s) => {
  market(s);
  s.given.deposit('al', '1');
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '103', as: 'cross' });
  s.given.isolated('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '103', leverage: '5', as: 'isolated' });
  s.given.order('al', X, 'SELL', '0.01', { type: 'TAKE_PROFIT', triggerPrice: '103', reduceOnly: true, as: 'reducing' });
  s.when.mark(X, '103');
  s.then.accepted();
  s.then.eventsOf(
    'OrderCanceled',
    { orderId: s.id('cross'), reason: 'INSUFFICIENT_AVAILABLE_MARGIN' },
    { orderId: s.id('isolated'), reason: 'INSUFFICIENT_AVAILABLE_MARGIN' },
    { orderId: s.id('reducing'), reason: 'REDUCE_ONLY_REJECTED' },
  );
  s.then.noEvent('OrderAccepted');
  for (const order of ['cross', 'isolated', 'reducing']) s.then.noOrder(order);
  s.then.balance('al', { cash: '1', available: '1', isolated: '0' });
});

scenario('§9.7c one whose condition already holds is refused, equality included', (s) => {
  market(s);
  rich(s, 'al');
  for (const [side, type, triggerPrice] of [
    ['BUY', 'STOP_LOSS', '100'],
    ['BUY', 'STOP_LOSS', '99'],
    ['SELL', 'STOP_LOSS', '100'],
    ['SELL', 'STOP_LOSS', '101'],
    ['BUY', 'TAKE_PROFIT', '100'],
    ['BUY', 'TAKE_PROFIT', '101'],
    ['SELL', 'TAKE_PROFIT', '100'],
    ['SELL', 'TAKE_PROFIT', '99'],
  ] as const) {
    s.when.order('al', X, side, '1', { type, triggerPrice });
    s.then.rejected('WOULD_TRIGGER_IMMEDIATELY', triggerPrice, '100');
  }
});

scenario('§9.7d stops fire with the market, take-profits against it, at the trigger price itself', (s) => {
  market(s);
  rich(s, 'al');
  const place = (side: 'BUY' | 'SELL', type: string, triggerPrice: string, as: string) =>
    s.given.order('al', X, side, '1', { type, triggerPrice, as });
  place('BUY', 'STOP_LOSS', '104', 'stop buy');
  place('SELL', 'TAKE_PROFIT', '104', 'profit sell');
  place('SELL', 'STOP_LOSS', '96', 'stop sell');
  place('BUY', 'TAKE_PROFIT', '96', 'profit buy');
  s.when.mark(X, '103.9');
  s.then.noEvent('OrderTriggered');
  s.when.mark(X, '104');
  s.then.eventsOf('OrderTriggered', { orderId: s.id('stop buy'), referencePrice: '104' }, { orderId: s.id('profit sell') });
  s.when.mark(X, '96.1');
  s.then.noEvent('OrderTriggered');
  s.when.mark(X, '95');
  s.then.eventsOf('OrderTriggered', { orderId: s.id('stop sell'), referencePrice: '95' }, { orderId: s.id('profit buy') });
});

scenario('§9.7d INDEX triggers look at the index price, MARK triggers at the mark', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104', triggerBy: 'INDEX', as: 'index' });
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104', as: 'mark' });
  s.when.mark(X, '100', { indexPrice: '104' });
  s.then.eventsOf('OrderTriggered', { orderId: s.id('index'), referencePrice: '104' });
  s.when.mark(X, '104', { indexPrice: '100' });
  s.then.eventsOf('OrderTriggered', { orderId: s.id('mark') });
});

scenario('§9.7d §6.9f LAST triggers fire at the end of the command that traded', (s) => {
  market(s);
  rich(s, 'al', 'mm', 'bo');
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '103', triggerBy: 'LAST', as: 'last' });
  s.when.mark(X, '103.5');
  s.then.noEvent('OrderTriggered');
  s.given.order('mm', X, 'SELL', '1', { price: '103' });
  s.given.order('mm', X, 'SELL', '2', { price: '104' });
  s.when.order('bo', X, 'BUY', '1.5', { price: '104' });
  // Bo's fills at 103 and 104 come first, then al's stop.
  s.then.trades(['103', '1'], ['104', '0.5'], ['104', '1']);
  s.then.eventsOf('OrderTriggered', { orderId: s.id('last'), referencePrice: '104' });
  s.then.position('al', X, 'CROSS', { quantity: '1', entryPrice: '104' });
});

scenario('§9.7b a fired STOP_LIMIT rests at its limit under its own id', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'SELL', '1', { type: 'STOP_LIMIT', triggerPrice: '97', price: '98', as: 'stop', clientOrderId: 'mine' });
  s.when.mark(X, '97');
  s.then.event('OrderTriggered', { orderId: s.id('stop') });
  s.then.event('OrderAccepted', { orderId: s.id('stop'), price: '98', quantity: '1', clientOrderId: 'mine' });
  s.then.book(X, { asks: [['98', '1']] });
  s.when.command('CancelOrder', { accountId: 'al', clientOrderId: 'mine' });
  s.then.accepted();
  s.then.book(X, { asks: [] });
});

scenario('§9.7a a trigger placed without a block opens one when it fires', (s) => {
  market(s);
  rich(s, 'mm');
  s.given.deposit('al', '30');
  s.given.isolated('al', X, 'BUY', '1', { type: 'STOP_LIMIT', triggerPrice: '103', price: '104', leverage: '5', as: 'entry' });
  s.given.order('mm', X, 'SELL', '1', { price: '104' });
  s.when.mark(X, '103');
  s.then.event('IsolatedBlockOpened', { accountId: 'al', leverage: '5' });
  s.then.trades(['104', '1']);
  // 104 ÷ 5.
  s.then.position('al', X, 'ISOLATED', { quantity: '1', entryPrice: '104', cash: '20.8' });
  s.then.balance('al', { cash: '9.2', isolated: '20.8' });
});

scenario('§9.7a a trigger placed without a block joins the one that is open when it fires', (s) => {
  market(s);
  rich(s, 'mm', 'al');
  s.given.isolated('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '103', leverage: '5', as: 'add' });
  trade(s, '1', '100', block('al', '28', { as: 'entry' }), 'mm');
  s.given.order('mm', X, 'SELL', '1', { price: '103' });
  s.when.mark(X, '103');
  s.then.noEvent('IsolatedBlockOpened');
  s.then.position('al', X, 'ISOLATED', { isolationId: s.iso('entry'), quantity: '2' });
});

scenario('§9.7a a trigger belongs to the block that was open when it was placed and dies with it', (s) => {
  market(s);
  rich(s, 'mm', 'al');
  s.given.isolated('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104', leverage: '5', as: 'before' });
  trade(s, '1', '100', block('al', '28'), 'mm');
  s.given.isolated('al', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '90', reduceOnly: true, as: 'stop' });
  s.given.isolated('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104', as: 'after' });
  s.given.order('mm', X, 'BUY', '1', { price: '100' });
  s.when.close('al', X, 'ISOLATED');
  s.then.eventsOf('OrderCanceled', { orderId: s.id('stop') }, { orderId: s.id('after') });
  s.then.noOrder('stop');
  s.then.noOrder('after');
  s.then.order('before', { triggerPrice: '104' });
});

scenario('§9.7b a stop closes an isolated position inside its block', (s) => {
  market(s);
  rich(s, 'mm');
  s.given.deposit('al', '30');
  trade(s, '1', '100', block('al', '28', { as: 'entry' }), 'mm');
  s.given.isolated('al', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '95', reduceOnly: true });
  s.given.order('mm', X, 'BUY', '1', { price: '94' });
  s.when.mark(X, '95');
  s.then.trades(['94', '1']);
  const types = eventsOf(s, 'OrderTriggered', 'TradeExecuted', 'IsolatedBlockClosed').map((event) => event.type);
  s.then.that(types).toEqual(['OrderTriggered', 'TradeExecuted', 'IsolatedBlockClosed']);
  s.then.balance('al', { cash: '24', isolated: '0' });
});

scenario('§2.7d §9.7a at position zero the triggers of the block go even where an opening order keeps it alive', (s) => {
  market(s);
  rich(s, 'mm', 'al');
  trade(s, '1', '100', block('al', '28', { as: 'entry' }), 'mm');
  s.given.isolated('al', X, 'BUY', '1', { price: '90', as: 'bid' });
  s.given.isolated('al', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '85', reduceOnly: true, as: 'stop' });
  s.given.order('mm', X, 'BUY', '1', { price: '99' });
  s.when.close('al', X, 'ISOLATED');
  s.then.eventsOf('OrderCanceled', { orderId: s.id('stop') });
  s.then.position('al', X, 'ISOLATED', { isolationId: s.iso('entry'), status: 'PENDING', quantity: '0', cash: '0', orderMargin: '18' });
  s.then.balance('al', { cash: '9981', isolated: '18' });
});

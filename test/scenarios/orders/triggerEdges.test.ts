import { block, HOUR, market, rich, trade, X } from '../../support/liquidation';
import { START, scenario } from '../../support/scenario';

scenario('§9.9a a trigger that fires does not count twice against maxOpenOrders', (s) => {
  market(s, { maxOpenOrders: 1 });
  rich(s, 'al');
  s.given.order('al', X, 'SELL', '1', { type: 'STOP_LIMIT', triggerPrice: '97', price: '98', as: 'stop' });
  s.when.mark(X, '97');
  s.then.event('OrderAccepted', { orderId: s.id('stop') });
  s.then.book(X, { asks: [['98', '1']] });
});

scenario('§9.7b a fired reduce-only trigger is cut to the position', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  s.given.order('al', X, 'SELL', '3', { type: 'TAKE_PROFIT_LIMIT', triggerPrice: '104', price: '104', reduceOnly: true, as: 'profit' });
  s.when.mark(X, '104');
  s.then.event('OrderAccepted', { orderId: s.id('profit'), quantity: '1' });
  s.then.book(X, { asks: [['104', '1']] });
});

scenario('§9.7b what postOnly or FOK refuse when it fires is canceled with their code', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('mm', X, 'BUY', '0.5', { price: '99' });
  const stop = { type: 'STOP_LIMIT', triggerPrice: '97', price: '98' };
  s.given.order('al', X, 'SELL', '1', { ...stop, postOnly: true, as: 'maker' });
  s.given.order('al', X, 'SELL', '1', { ...stop, timeInForce: 'FOK', as: 'fok' });
  s.given.order('al', X, 'SELL', '1', { ...stop, timeInForce: 'IOC', as: 'ioc' });
  s.when.mark(X, '97');
  s.then.event('OrderCanceled', { orderId: s.id('maker'), reason: 'POST_ONLY_WOULD_TAKE' });
  s.then.event('OrderCanceled', { orderId: s.id('fok'), reason: 'FILL_OR_KILL_UNFILLED' });
  s.then.trades(['99', '0.5']);
  s.then.event('OrderCanceled', { orderId: s.id('ioc'), quantity: '0.5' });
  s.then.book(X, { bids: [], asks: [] });
});

scenario('§9.7b one that meets an own order first is canceled as a self-trade', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '96', as: 'bid' });
  s.given.order('al', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '97', as: 'stop' });
  s.when.mark(X, '97');
  s.then.event('OrderCanceled', { orderId: s.id('stop'), reason: 'SELF_TRADE_PREVENTED' });
  s.then.order('bid', { quantity: '1' });
});

scenario('§9.7b leverage that no longer fits is found when it fires', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.isolated('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '103', leverage: '4', as: 'add' });
  trade(s, '1', '100', block('al', '28'), 'mm');
  s.when.mark(X, '103');
  s.then.event('OrderCanceled', { orderId: s.id('add'), reason: 'LEVERAGE_MISMATCH' });
});

scenario('§9.7c a LAST trigger is judged by the last trade, an INDEX trigger by the last index price', (s) => {
  market(s);
  rich(s, 'al', 'mm', 'bo');
  const buyStop = (triggerBy: string, triggerPrice: string) =>
    s.when.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice, triggerBy });
  // Nothing traded and no index price yet: no condition can hold.
  buyStop('LAST', '90');
  s.then.accepted();
  buyStop('INDEX', '90');
  s.then.accepted();
  s.given.cancelAll('al');
  trade(s, '1', '101', 'mm', 'bo');
  s.given.mark(X, '100', { indexPrice: '99' });
  buyStop('LAST', '101');
  s.then.rejected('WOULD_TRIGGER_IMMEDIATELY', '101');
  buyStop('LAST', '101.1');
  s.then.accepted();
  buyStop('INDEX', '99');
  s.then.rejected('WOULD_TRIGGER_IMMEDIATELY', '99');
  buyStop('INDEX', '99.1');
  s.then.accepted();
});

scenario('§9.8 a trigger is amended where it waits', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'SELL', '1', { type: 'STOP_LIMIT', triggerPrice: '97', price: '98', as: 'stop' });
  s.when.amend('al', 'stop', { price: '97.5', quantity: '2' });
  s.then.accepted();
  s.then.event('TriggerOrderAmended', { orderId: s.id('stop'), price: '97.5', quantity: '2' });
  s.given.mark(X, '97');
  s.then.book(X, { asks: [['97.5', '2']] });
});

scenario('§9.7 a trigger chain: the fill of one LAST trigger fires the next', (s) => {
  market(s);
  rich(s, 'al', 'bo', 'mm', 'cy');
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '101', triggerBy: 'LAST', as: 'first' });
  s.given.order('bo', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '102', triggerBy: 'LAST', as: 'second' });
  s.given.order('mm', X, 'SELL', '1', { price: '101' });
  s.given.order('mm', X, 'SELL', '1', { price: '102' });
  s.given.order('mm', X, 'SELL', '1', { price: '103' });
  s.when.order('cy', X, 'BUY', '1', { price: '101' });
  s.then.trades(['101', '1'], ['102', '1'], ['103', '1']);
  s.then.eventsOf('OrderTriggered', { orderId: s.id('first') }, { orderId: s.id('second') });
});

scenario('§9.13 §9.10 the dead man’s switch works while the instrument is halted', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.given.cancelAllAfter('al', 1000);
  s.given.halt(X);
  s.at(START + HOUR).when.command('AdvanceTime', {});
  s.then.event('OrderCanceled', { orderId: s.id('bid') });
});

// A rejected command moves nothing (§10), so that one which cancels a resting order is accepted.
scenario('§9.6a §10.2 CANCEL_BOTH that meets its own order first is accepted and cancels both', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '100', as: 'bid' });
  s.when.order('al', X, 'SELL', '1', { price: '100', selfTradePrevention: 'CANCEL_BOTH', as: 'taker' });
  s.then.accepted();
  s.then.trades();
  s.then.eventsOf('OrderCanceled', { orderId: s.id('bid'), quantity: '1' }, { orderId: s.id('taker'), quantity: '1' });
  s.then.book(X, { bids: [], asks: [] });
});

scenario('§9.6c §9.6d an FOK that meets its own order before any fill is a self-trade', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('al', X, 'BUY', '1', { price: '100', as: 'bid' });
  s.given.order('mm', X, 'BUY', '1', { price: '99' });
  s.when.order('al', X, 'SELL', '1', { price: '99', timeInForce: 'FOK' });
  s.then.rejected('SELF_TRADE_PREVENTED');
  s.then.order('bid', { quantity: '1' });
});

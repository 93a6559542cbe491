import { block, market, rich, trade, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§9.5b on entry a reduce-only order is cut to the position', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  s.when.order('al', X, 'SELL', '3', { price: '104', reduceOnly: true });
  s.then.accepted();
  s.then.book(X, { asks: [['104', '1']] });
});

scenario('§9.5b where nothing can be reduced it is rejected', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.when.order('al', X, 'SELL', '1', { price: '104', reduceOnly: true });
  s.then.rejected('REDUCE_ONLY_REJECTED');
  trade(s, '1', '100', block('al', '28'), 'mm');
  // The position is the block's, not the account's.
  s.when.order('al', X, 'SELL', '1', { price: '104', reduceOnly: true });
  s.then.rejected('REDUCE_ONLY_REJECTED');
  s.when.isolated('al', X, 'BUY', '1', { price: '99', reduceOnly: true });
  s.then.rejected('REDUCE_ONLY_REJECTED');
  s.when.isolated('al', X, 'SELL', '1', { price: '104', reduceOnly: true });
  s.then.accepted();
});

scenario('§9.5 each is cut to what is left of the position, singly, and never grows again', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  s.given.order('al', X, 'SELL', '1', { price: '103', reduceOnly: true, as: 'near' });
  s.given.order('al', X, 'SELL', '0.8', { price: '104', reduceOnly: true, as: 'far' });
  s.given.order('mm', X, 'BUY', '0.5', { price: '100' });
  s.when.order('al', X, 'SELL', '0.5', { price: '100' });
  s.then.eventsOf('OrderReduced', { orderId: s.id('near'), quantity: '0.5' }, { orderId: s.id('far'), quantity: '0.5' });
  s.then.book(X, {
    asks: [
      ['103', '0.5'],
      ['104', '0.5'],
    ],
  });
  s.given.order('mm', X, 'SELL', '0.3', { price: '100' });
  s.when.order('al', X, 'BUY', '0.3', { price: '100' });
  s.then.position('al', X, 'CROSS', { quantity: '0.8' });
  s.then.book(X, {
    asks: [
      ['103', '0.5'],
      ['104', '0.5'],
    ],
  });
});

scenario('§9.5 a cut keeps the priority', (s) => {
  market(s);
  rich(s, 'al', 'mm', 'cy');
  trade(s, '1', '100', 'al', 'mm');
  s.given.order('al', X, 'SELL', '1', { price: '104', reduceOnly: true, as: 'mine' });
  s.given.order('cy', X, 'SELL', '1', { price: '104' });
  s.given.order('mm', X, 'BUY', '0.5', { price: '100' });
  s.given.order('al', X, 'SELL', '0.5', { price: '100' });
  s.when.order('mm', X, 'BUY', '0.7', { price: '104' });
  s.then.eventsOf('TradeExecuted', { makerOrderId: s.id('mine'), quantity: '0.5' }, { makerAccountId: 'cy', quantity: '0.2' });
});

scenario('§9.5a at zero they are canceled', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  s.given.order('al', X, 'SELL', '1', { price: '104', reduceOnly: true, as: 'target' });
  s.given.order('mm', X, 'BUY', '1', { price: '100' });
  s.when.order('al', X, 'SELL', '1', { price: '100' });
  s.then.event('OrderCanceled', { orderId: s.id('target'), quantity: '1' });
  s.then.noOrder('target');
});

scenario('§9.5a when the sign changes they are canceled', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  s.given.order('al', X, 'SELL', '1', { price: '104', reduceOnly: true, as: 'target' });
  s.given.order('mm', X, 'BUY', '3', { price: '100' });
  s.when.order('al', X, 'SELL', '3', { price: '100' });
  s.then.noOrder('target');
  s.then.position('al', X, 'CROSS', { quantity: '-2' });
  s.then.book(X, { bids: [], asks: [] });
});

scenario('§9.5 two reduce-only makers of one position are cut between the fills of one taker', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  s.given.order('al', X, 'SELL', '1', { price: '103', reduceOnly: true });
  s.given.order('al', X, 'SELL', '1', { price: '104', reduceOnly: true });
  s.when.order('mm', X, 'BUY', '2', { price: '104', timeInForce: 'IOC' });
  s.then.trades(['103', '1']);
  s.then.noPosition('al', X, 'CROSS');
  s.then.book(X, { bids: [], asks: [] });
});

scenario('§9.5c closing the whole rest is exempt from minQuantity', (s) => {
  market(s, { minQuantity: '0.5' });
  rich(s, 'al', 'mm');
  trade(s, '0.7', '100', 'al', 'mm');
  s.given.order('mm', X, 'BUY', '2', { price: '100' });
  s.given.order('al', X, 'SELL', '0.5', { price: '100' });
  s.when.order('al', X, 'SELL', '0.1', { price: '100', reduceOnly: true });
  s.then.rejected('BELOW_MIN_QUANTITY', '0.1', '0.5');
  s.when.order('al', X, 'SELL', '0.2', { price: '100', reduceOnly: true });
  s.then.trades(['100', '0.2']);
  s.then.noPosition('al', X, 'CROSS');
});

scenario('§9.5c ClosePosition is reduce-only: it closes what there is and no more', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', block('al', '28'), 'mm');
  s.given.order('mm', X, 'BUY', '5', { price: '99' });
  s.when.close('al', X, 'ISOLATED', { quantity: '0.4' });
  s.then.trades(['99', '0.4']);
  s.then.position('al', X, 'ISOLATED', { quantity: '0.6', cash: '27.6' });
  s.when.close('al', X, 'ISOLATED', { quantity: '3' });
  s.then.trades(['99', '0.6']);
  s.then.noPosition('al', X, 'ISOLATED');
  s.then.balance('al', { cash: '9999', isolated: '0' });
});

scenario('§9.5c a ClosePosition with a limit rests as a reduce-only order', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  s.when.close('al', X, 'CROSS', { price: '104' });
  s.then.accepted();
  s.then.event('OrderAccepted', { side: 'SELL', price: '104', quantity: '1', reduceOnly: true });
  s.given.order('mm', X, 'BUY', '1', { price: '100' });
  s.when.order('al', X, 'SELL', '1', { price: '100' });
  s.then.book(X, { bids: [], asks: [] });
});

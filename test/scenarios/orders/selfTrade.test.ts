import { market, rich, trade, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§9.6 §9.6c CANCEL_TAKER is the default: an order that meets its own account first is rejected', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '100', as: 'bid' });
  s.when.order('al', X, 'SELL', '1', { price: '100' });
  s.then.rejected('SELF_TRADE_PREVENTED');
  s.then.events();
  s.then.book(X, { bids: [['100', '1']], asks: [] });
});

scenario('§9.6 cross and isolated orders of one account are alike its own', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '100' });
  s.when.isolated('al', X, 'SELL', '1', { price: '100', leverage: '5' });
  s.then.rejected('SELF_TRADE_PREVENTED');
  s.then.noPosition('al', X, 'ISOLATED');
  s.then.balance('al', { cash: '10000', isolated: '0' });
});

scenario('§9.6c fills before the meeting stand, the rest is canceled', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('mm', X, 'BUY', '0.4', { price: '100.5' });
  s.given.order('al', X, 'BUY', '1', { price: '100', as: 'bid' });
  s.when.order('al', X, 'SELL', '1', { price: '100', as: 'taker' });
  s.then.accepted();
  s.then.trades(['100.5', '0.4']);
  s.then.event('OrderCanceled', { orderId: s.id('taker'), quantity: '0.6' });
  s.then.order('bid', { quantity: '1' });
  s.then.position('al', X, 'CROSS', { quantity: '-0.4' });
});

scenario('§9.6a CANCEL_MAKER cancels the own resting order and goes on', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('al', X, 'BUY', '1', { price: '100', as: 'bid' });
  s.given.order('mm', X, 'BUY', '0.4', { price: '99.5' });
  s.when.order('al', X, 'SELL', '1', { price: '99.5', selfTradePrevention: 'CANCEL_MAKER' });
  s.then.accepted();
  s.then.trades(['99.5', '0.4']);
  s.then.noOrder('bid');
  s.then.book(X, { bids: [], asks: [['99.5', '0.6']] });
});

scenario('§9.6a CANCEL_BOTH cancels both after the fills before the meeting', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('mm', X, 'BUY', '0.4', { price: '100.5' });
  s.given.order('al', X, 'BUY', '1', { price: '100', as: 'bid' });
  s.when.order('al', X, 'SELL', '1', { price: '100', selfTradePrevention: 'CANCEL_BOTH', as: 'taker' });
  s.then.accepted();
  s.then.trades(['100.5', '0.4']);
  s.then.event('OrderCanceled', { orderId: s.id('taker'), quantity: '0.6' });
  s.then.event('OrderCanceled', { orderId: s.id('bid'), quantity: '1' });
  s.then.book(X, { bids: [], asks: [] });
});

scenario("§9.6a only the incoming order's mode counts", (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '100', selfTradePrevention: 'CANCEL_MAKER' });
  s.when.order('al', X, 'SELL', '1', { price: '100', selfTradePrevention: 'CANCEL_TAKER' });
  s.then.rejected('SELF_TRADE_PREVENTED');
  s.then.book(X, { bids: [['100', '1']] });
});

scenario('§9.6b ClosePosition cancels the own order in its way', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  s.given.order('al', X, 'BUY', '1', { price: '100', as: 'bid' });
  s.given.order('mm', X, 'BUY', '1', { price: '99' });
  s.when.close('al', X, 'CROSS');
  s.then.trades(['99', '1']);
  s.then.noOrder('bid');
  s.then.noPosition('al', X, 'CROSS');
});

scenario("§9.6d FOK's dry run skips own orders with CANCEL_MAKER", (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('al', X, 'BUY', '1', { price: '100', as: 'bid' });
  s.given.order('mm', X, 'BUY', '1', { price: '99' });
  s.when.order('al', X, 'SELL', '1.5', { price: '99', timeInForce: 'FOK', selfTradePrevention: 'CANCEL_MAKER' });
  s.then.rejected('FILL_OR_KILL_UNFILLED');
  s.then.order('bid', { quantity: '1' });
  s.when.order('al', X, 'SELL', '1', { price: '99', timeInForce: 'FOK', selfTradePrevention: 'CANCEL_MAKER' });
  s.then.accepted();
  s.then.trades(['99', '1']);
  s.then.noOrder('bid');
});

scenario("§9.6d FOK's dry run ends at own orders with CANCEL_TAKER", (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('mm', X, 'BUY', '0.4', { price: '100.5' });
  s.given.order('al', X, 'BUY', '1', { price: '100', as: 'bid' });
  s.given.order('mm', X, 'BUY', '1', { price: '99.5' });
  s.when.order('al', X, 'SELL', '1', { price: '99.5', timeInForce: 'FOK' });
  s.then.rejected('FILL_OR_KILL_UNFILLED');
  s.then.events();
  s.then.noPosition('al', X, 'CROSS');
  s.then.order('bid', { quantity: '1' });
});

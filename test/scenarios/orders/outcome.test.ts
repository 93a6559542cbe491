import { market, rich, trade, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§9.1 better prices first, then earlier orders, at the price of the resting order', (s) => {
  market(s);
  rich(s, 'a', 'b', 'c', 'taker');
  s.given.order('a', X, 'SELL', '1', { price: '101' });
  s.given.order('b', X, 'SELL', '1', { price: '100.5', as: 'early' });
  s.given.order('c', X, 'SELL', '1', { price: '100.5', as: 'late' });
  s.when.order('taker', X, 'BUY', '2.5', { price: '102' });
  s.then.eventsOf(
    'TradeExecuted',
    { price: '100.5', quantity: '1', makerOrderId: s.id('early'), makerAccountId: 'b', takerSide: 'BUY' },
    { price: '100.5', quantity: '1', makerOrderId: s.id('late'), makerAccountId: 'c' },
    { price: '101', quantity: '0.5', makerAccountId: 'a', takerAccountId: 'taker' },
  );
  s.then.position('taker', X, 'CROSS', { quantity: '2.5', entryPrice: '100.6' });
  s.then.book(X, { bids: [], asks: [['101', '0.5']] });
});

scenario('§9.2 an IOC that finds nothing is accepted and then canceled', (s) => {
  market(s);
  rich(s, 'al');
  s.when.order('al', X, 'BUY', '1', { price: '100', timeInForce: 'IOC', as: 'ioc' });
  s.then.accepted();
  s.then.events('OrderAccepted', 'OrderCanceled');
  s.then.event('OrderCanceled', { orderId: s.id('ioc'), quantity: '1' });
  s.then.book(X, { bids: [], asks: [] });
  s.then.balance('al', { cash: '10000', available: '10000' });
});

scenario('§9.2 the rest of a partly filled IOC is canceled', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('mm', X, 'SELL', '0.4', { price: '100' });
  s.when.order('al', X, 'BUY', '1', { price: '100', timeInForce: 'IOC', as: 'ioc' });
  s.then.accepted();
  s.then.trades(['100', '0.4']);
  s.then.event('OrderCanceled', { orderId: s.id('ioc'), quantity: '0.6' });
  s.then.noOrder('ioc');
});

scenario('§9.2 a MARKET order into an empty book is accepted and canceled, and the block opened for it closes', (s) => {
  market(s);
  s.given.deposit('al', '30');
  s.when.isolated('al', X, 'BUY', '1', { leverage: '5', as: 'entry' });
  s.then.accepted();
  s.then.event('IsolatedBlockOpened', { isolationId: s.iso('entry'), leverage: '5' });
  s.then.event('OrderCanceled', { orderId: s.id('entry'), quantity: '1' });
  s.then.event('IsolatedBlockClosed', { isolationId: s.iso('entry') });
  s.then.noPosition('al', X, 'ISOLATED');
  s.then.balance('al', { cash: '30', available: '30', isolated: '0' });
});

scenario('§9.2a an FOK that the book cannot fill whole within its limit moves nothing', (s) => {
  market(s);
  rich(s, 'mm');
  s.given.deposit('al', '100');
  s.given.order('mm', X, 'SELL', '0.6', { price: '100' });
  s.given.order('mm', X, 'SELL', '1', { price: '101' });
  s.when.isolated('al', X, 'BUY', '1', { price: '100.9', leverage: '5', timeInForce: 'FOK' });
  s.then.rejected('FILL_OR_KILL_UNFILLED');
  s.then.events();
  s.then.noPosition('al', X, 'ISOLATED');
  s.then.balance('al', { cash: '100', isolated: '0' });
  s.when.isolated('al', X, 'BUY', '1', { price: '101', leverage: '5', timeInForce: 'FOK' });
  s.then.accepted();
  s.then.trades(['100', '0.6'], ['101', '0.4']);
});

scenario('§9.2b a postOnly order that would take is rejected, one that would not rests', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('mm', X, 'SELL', '1', { price: '100.5' });
  s.when.order('al', X, 'BUY', '1', { price: '100.5', postOnly: true });
  s.then.rejected('POST_ONLY_WOULD_TAKE');
  s.then.events();
  s.when.order('al', X, 'BUY', '1', { price: '100.4', postOnly: true });
  s.then.accepted();
  s.then.book(X, { bids: [['100.4', '1']], asks: [['100.5', '1']] });
});

scenario('§9.2b postOnly is for GTC only', (s) => {
  market(s);
  rich(s, 'al');
  for (const timeInForce of ['IOC', 'FOK']) {
    s.when.order('al', X, 'BUY', '1', { price: '100', postOnly: true, timeInForce });
    s.then.rejected('INVALID_COMMAND', 'postOnly');
  }
});

scenario("§9.2b postOnly looks at prices alone: the account's own ask is enough", (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'SELL', '1', { price: '100.5' });
  s.when.order('al', X, 'BUY', '1', { price: '100.5', postOnly: true, selfTradePrevention: 'CANCEL_MAKER' });
  s.then.rejected('POST_ONLY_WOULD_TAKE');
  s.then.book(X, { asks: [['100.5', '1']] });
});

scenario('§9.14 taker and maker fees are on notional, rounded up', (s) => {
  market(s, { makerFeeRate: '0.0001', takerFeeRate: '0.0005' });
  rich(s, 'mm', 'al');
  s.given.order('mm', X, 'SELL', '0.01', { price: '100.1' });
  s.when.order('al', X, 'BUY', '0.01', { price: '100.1' });
  // Notional 1.001: 500.5 and 100.1 micro-units.
  s.then.event('TradeExecuted', { takerFee: '0.000501', makerFee: '0.000101' });
  s.then.ledger('fees', '0.000602');
  s.then.ledger('main:al', '9999.999499');
  s.then.ledger('main:mm', '9999.999899');
});

scenario('§9.14 a rebate is rounded down and paid to the maker from fees', (s) => {
  market(s, { makerFeeRate: '-0.0002', takerFeeRate: '0.0005' });
  rich(s, 'mm', 'al');
  s.given.order('mm', X, 'SELL', '0.01', { price: '100.1' });
  s.when.order('al', X, 'BUY', '0.01', { price: '100.1' });
  // 200.2 micro-units.
  s.then.event('TradeExecuted', { takerFee: '0.000501', makerFee: '-0.0002' });
  s.then.ledger('fees', '0.000301');
  s.then.ledger('main:mm', '10000.0002');
});

scenario('§9.14a a rebate larger than the taker fee is no instrument', (s) => {
  s.when.market(X, { makerFeeRate: '-0.0006', takerFeeRate: '0.0005' });
  s.then.rejected('INVALID_INSTRUMENT');
  s.when.market(X, { makerFeeRate: '-0.0005', takerFeeRate: '0.0005' });
  s.then.accepted();
});

scenario('§9.1 a trade closes, reduces and flips a cross position at the average entry price', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  trade(s, '1', '101', 'al', 'mm');
  s.then.position('al', X, 'CROSS', { quantity: '2', entryPrice: '100.5' });
  trade(s, '3', '102', 'mm', 'al');
  // 2 × 1.5 realised, short 1 from 102.
  s.then.position('al', X, 'CROSS', { quantity: '-1', entryPrice: '102' });
  s.then.ledger('main:al', '10003');
  s.then.ledger('main:mm', '9997');
});

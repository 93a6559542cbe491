import { block, eventsOf, market, rich, trade, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§9.10 a halt admits cancels, AddIsolatedMargin and operator commands only', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', block('al', '40'), 'mm');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.given.order('al', X, 'BUY', '1', { price: '98', as: 'other' });
  s.given.halt(X);
  s.then.market(X, { halted: 'ALL' });
  const refused = [
    () => s.when.order('al', X, 'BUY', '1', { price: '99' }),
    () => s.when.isolated('al', X, 'SELL', '1', { price: '100', reduceOnly: true }),
    () => s.when.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104' }),
    () => s.when.amend('al', 'bid', { quantity: '0.5' }),
    () => s.when.close('al', X, 'ISOLATED'),
    () => s.when.removeMargin('al', X, '1'),
    () => s.when.leverage('al', X, 'ISOLATED', '2'),
    () => s.when.leverage('al', X, 'CROSS', '2'),
    () => s.when.funding(X, '0.0001'),
  ];
  for (const command of refused) {
    command();
    s.then.rejected('INSTRUMENT_HALTED', X);
  }
  s.when.addMargin('al', X, '1');
  s.then.accepted();
  s.when.cancel('al', 'bid');
  s.then.accepted();
  s.when.cancelAll('al', { instrument: X });
  s.then.event('OrderCanceled', { orderId: s.id('other') });
  s.when.update(X, { takerFeeRate: '0.001' });
  s.then.accepted();
  s.when.mark(X, '101');
  s.then.accepted();
});

scenario('§9.10a §9.10c a halted mark is stored; Resume runs the pass, then triggers', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.order('cy', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '95', as: 'stop' });
  s.given.halt(X);
  s.when.mark(X, '79.9');
  s.then.events('MarkPriceUpdated');
  s.then.position('al', X, 'ISOLATED', { status: 'ACTIVE', markPrice: '79.9', equity: '7.9' });
  s.then.order('stop', { triggerPrice: '95' });
  s.when.resume(X);
  const types = eventsOf(s, 'InstrumentResumed', 'IsolatedBlockLiquidated', 'OrderTriggered').map((event) => event.type);
  s.then.that(types).toEqual(['InstrumentResumed', 'IsolatedBlockLiquidated', 'OrderTriggered']);
  s.then.noPosition('al', X, 'ISOLATED');
});

scenario('§9.10a a mark that came back before Resume liquidates nobody and fires nothing', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.order('cy', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '95', as: 'stop' });
  s.given.halt(X);
  s.given.mark(X, '10');
  s.given.mark(X, '99');
  s.when.resume(X);
  s.then.events('InstrumentResumed');
});

scenario("§9.10a the fund's inventory is not worked off while halted", (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.fundInsurance('1000');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '79.9');
  s.given.order('cy', X, 'BUY', '1', { price: '80' });
  s.given.halt(X);
  s.when.mark(X, '79.8');
  s.then.events('MarkPriceUpdated');
  s.given.resume(X);
  s.when.mark(X, '79.8');
  s.then.trades(['80', '0.1']);
});

scenario('§9.10b cross accounts still value a halted position at its mark', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '100');
  trade(s, '1', '100', 'al', 'bo');
  s.given.halt(X);
  s.when.mark(X, '90');
  // 100 − 10 − 18.
  s.then.balance('al', { cash: '100', available: '72' });
  s.when.withdraw('al', '72.000001');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '72');
});

scenario('§9.10d a REDUCE_ONLY halt admits what reduces and refuses what opens', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', block('al', '28'), 'mm');
  s.given.order('mm', X, 'BUY', '1', { price: '99' });
  s.given.halt(X, 'REDUCE_ONLY');
  s.when.order('al', X, 'BUY', '1', { price: '98' });
  s.then.rejected('INSTRUMENT_HALTED');
  s.when.isolated('al', X, 'BUY', '1', { price: '98' });
  s.then.rejected('INSTRUMENT_HALTED');
  s.when.isolated('al', X, 'SELL', '0.4', { price: '99', reduceOnly: true });
  s.then.trades(['99', '0.4']);
  s.when.close('al', X, 'ISOLATED');
  s.then.trades(['99', '0.6']);
});

scenario('§9.10d it liquidates, and fires triggers subject to admission', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.order('cy', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '95', as: 'opening' });
  s.given.order('bo', X, 'BUY', '0.5', { type: 'TAKE_PROFIT', triggerPrice: '95', reduceOnly: true, as: 'reducing' });
  s.given.halt(X, 'REDUCE_ONLY');
  s.when.mark(X, '94');
  s.then.event('OrderCanceled', { orderId: s.id('opening'), reason: 'INSTRUMENT_HALTED' });
  s.then.event('OrderAccepted', { orderId: s.id('reducing'), reduceOnly: true });
  s.when.mark(X, '79.9');
  s.then.event('IsolatedBlockLiquidated', { accountId: 'al' });
});

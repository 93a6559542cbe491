import { block, market, rich, trade, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§9.4 both edges of both sides are inclusive', (s) => {
  market(s);
  rich(s, 'al', 'bo');
  for (const [side, low, high] of [
    ['BUY', '50', '105'],
    ['SELL', '95', '150'],
  ] as const) {
    for (const price of [low, high]) {
      s.when.order('al', X, side, '1', { price, postOnly: true });
      s.then.accepted();
      s.given.cancelAll('al');
    }
  }
  for (const [side, below, above] of [
    ['BUY', '49.9', '105.1'],
    ['SELL', '94.9', '150.1'],
  ] as const) {
    for (const price of [below, above]) {
      s.when.order('al', X, side, '1', { price });
      s.then.rejected('PRICE_OUTSIDE_BAND', price);
    }
  }
});

scenario('§9.4 an edge between ticks admits the ticks inside it', (s) => {
  market(s, {}, X, '100.1');
  rich(s, 'al');
  // BUY in [50.05, 105.105], SELL in [95.095, 150.15].
  for (const [side, price, verdict] of [
    ['BUY', '50', 'REJECTED'],
    ['BUY', '50.1', 'ACCEPTED'],
    ['BUY', '105.1', 'ACCEPTED'],
    ['BUY', '105.2', 'REJECTED'],
    ['SELL', '95', 'REJECTED'],
    ['SELL', '95.1', 'ACCEPTED'],
    ['SELL', '150.1', 'ACCEPTED'],
    ['SELL', '150.2', 'REJECTED'],
  ] as const) {
    s.when.order('al', X, side, '1', { price });
    s.then.that([price, s.last.status]).toEqual([price, verdict]);
    s.given.cancelAll('al');
  }
});

scenario('§9.4b a MARKET order takes up to the aggressive edge rounded inward', (s) => {
  market(s, {}, X, '100.1');
  rich(s, 'al', 'mm');
  s.given.order('mm', X, 'SELL', '0.1', { price: '105.1' });
  s.given.order('mm', X, 'SELL', '0.1', { price: '105.2' });
  s.when.order('al', X, 'BUY', '0.2', { as: 'market' });
  s.then.trades(['105.1', '0.1']);
  s.then.event('OrderCanceled', { orderId: s.id('market'), quantity: '0.1' });
  s.given.order('mm', X, 'BUY', '0.1', { price: '95.1' });
  s.given.order('mm', X, 'BUY', '0.1', { price: '95' });
  s.when.order('al', X, 'SELL', '0.2');
  s.then.trades(['95.1', '0.1']);
});

scenario('§9.4c bands may be zero: then nothing may take beyond the mark', (s) => {
  market(s, { priceBands: { aggressive: '0', passive: '0' } });
  rich(s, 'al', 'mm');
  for (const price of ['100.1', '99.9']) {
    s.when.order('al', X, 'BUY', '1', { price });
    s.then.rejected('PRICE_OUTSIDE_BAND');
  }
  s.given.order('mm', X, 'SELL', '1', { price: '100' });
  s.when.order('al', X, 'BUY', '1');
  s.then.trades(['100', '1']);
});

scenario('§9.4c an edge below one tick counts as one tick', (s) => {
  market(s, { priceBands: { aggressive: '1.5', passive: '2.5' } });
  rich(s, 'al', 'mm');
  // BUY in [−150, 250], SELL in [−50, 350]: both from 0.1 on.
  s.when.order('mm', X, 'BUY', '1', { price: '0.1' });
  s.then.accepted();
  s.when.order('mm', X, 'SELL', '1', { price: '350.1' });
  s.then.rejected('PRICE_OUTSIDE_BAND', '350.1');
  trade(s, '0.01', '100', 'al', 'mm');
  s.when.order('al', X, 'SELL', '0.01');
  s.then.trades(['0.1', '0.01']);
});

scenario('§9.4a bands are not checked while an order rests', (s) => {
  market(s);
  rich(s, 'al', 'bo');
  s.given.order('al', X, 'BUY', '1', { price: '60', as: 'bid' });
  s.when.mark(X, '140');
  s.then.order('bid', { price: '60', quantity: '1' });
  // A pure decrease is no price amend; a new price is one: BUY in [70, 147].
  s.when.amend('al', 'bid', { quantity: '0.5' });
  s.then.accepted();
  s.when.amend('al', 'bid', { price: '61' });
  s.then.rejected('PRICE_OUTSIDE_BAND', '61');
  s.then.order('bid', { price: '60', quantity: '0.5' });
  s.then.book(X, { bids: [['60', '0.5']] });
  s.given.mark(X, '63');
  s.when.order('bo', X, 'SELL', '0.5', { price: '60' });
  s.then.trades(['60', '0.5']);
});

scenario('§9.4a §9.7b a trigger is checked against the band when it fires', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LIMIT', triggerPrice: '104', price: '104', as: 'stop' });
  s.when.mark(X, '300');
  // BUY in [150, 315].
  s.then.event('OrderTriggered', { orderId: s.id('stop') });
  s.then.event('OrderCanceled', { orderId: s.id('stop'), reason: 'PRICE_OUTSIDE_BAND' });
  s.then.noOrder('stop');
});

scenario('§9.4d reducing orders obey the bands', (s) => {
  market(s);
  rich(s, 'al', 'bo');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.when.isolated('al', X, 'SELL', '1', { price: '94.9', reduceOnly: true });
  s.then.rejected('PRICE_OUTSIDE_BAND', '94.9');
  s.when.close('al', X, 'ISOLATED', { price: '94.9' });
  s.then.rejected('PRICE_OUTSIDE_BAND', '94.9');
});

scenario('§9.4d take-over and deleveraging do not', (s) => {
  market(s, { insuranceLimit: '40' });
  rich(s, 'al', 'bo');
  s.given.fundInsurance('1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.when.mark(X, '79.9');
  // 72 is outside [75.905, 119.85].
  s.then.event('PositionTakenOver', { quantity: '0.5', value: '36' });
  s.then.event('PositionDeleveraged', { quantity: '0.5', value: '36' });
});

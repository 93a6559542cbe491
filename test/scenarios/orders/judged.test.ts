import { market, PLAIN, rich, trade, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

const REBATES = {
  makerFeeRate: '-0.0005',
  takerFeeRate: '0.0005',
  tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }],
};

scenario('§9.14 a rebate is no more than what the taker pays: closing at a bankruptcy price drains no fees', (s) => {
  s.given.marketAt('R', '100', {
    ...PLAIN,
    tickSize: '1',
    lotSize: '1',
    minQuantity: '1',
    ...REBATES,
  });
  rich(s, 'bo', 'al');
  for (let round = 0; round < 3; round++) {
    s.given.order('bo', 'R', 'SELL', '100', { price: '100' });
    s.given.isolated('al', 'R', 'BUY', '100', { price: '100', leverage: '20', isolatedMargin: '505' });
    s.given.order('bo', 'R', 'BUY', '100', { price: '95' });
    s.when.isolated('al', 'R', 'SELL', '100', { price: '95', reduceOnly: true });
    s.then.accepted();
    s.then.ledger('fees', '0');
  }
});

scenario('§9.11a a mark that a coarser grid would round to nothing becomes one step of it', (s) => {
  s.given.marketAt('C', '0.4', { ...PLAIN, tickSize: '0.01', lotSize: '1', minQuantity: '1' });
  s.when.update('C', { tickSize: '1' });
  s.then.accepted();
  s.then.market('C', { markPrice: '1' });
});

scenario('§1.14 §11.4 what a price level holds stays exact past 2^53', (s) => {
  s.given.market('W', { ...PLAIN, tickSize: '0.000001', lotSize: '1', minQuantity: '1', maxQuantity: '9000000000000000' });
  s.given.mark('W', '0.000001');
  for (const id of ['p', 'q', 'r']) {
    s.given.deposit(id, '9000000000');
    s.given.order(id, 'W', 'BUY', '8999999999999999', { price: '0.000001', as: id });
  }
  s.then.book('W', { bids: [['0.000001', '26999999999999997']] });
  s.when.cancel('p', 'p');
  s.then.book('W', { bids: [['0.000001', '17999999999999998']] });
});

scenario('§9.8a an amend meets the checks of entry: isolated-only, a halt, the minimum', (s) => {
  market(s, { minQuantity: '1' });
  rich(s, 'al', 'mm');
  s.given.order('al', X, 'BUY', '2', { price: '98', as: 'bid' });
  s.given.order('al', X, 'BUY', '2', { type: 'STOP_LIMIT', triggerPrice: '104', price: '104', as: 'stop' });
  s.given.update(X, { isolatedOnly: true });
  s.when.amend('al', 'bid', { price: '99' });
  s.then.rejected('ISOLATED_ONLY_INSTRUMENT');
  s.when.amend('al', 'stop', { quantity: '3' });
  s.then.rejected('ISOLATED_ONLY_INSTRUMENT');
  s.given.update(X, { isolatedOnly: false });
  s.given.halt(X, 'REDUCE_ONLY');
  s.when.amend('al', 'stop', { quantity: '3' });
  s.then.rejected('INSTRUMENT_HALTED', 'REDUCE_ONLY');
  s.when.amend('al', 'stop', { quantity: '1' });
  s.then.accepted();
});

scenario('§9.5c a waiting order for the whole rest stays exempt from minQuantity when it is amended', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '2', '100', 'al', 'mm');
  s.given.update(X, { minQuantity: '3' });
  s.given.order('al', X, 'SELL', '2', { type: 'STOP_LIMIT', triggerPrice: '97', price: '97', reduceOnly: true, as: 'stop' });
  s.when.amend('al', 'stop', { price: '96' });
  s.then.accepted();
});

scenario('§9.3 a trigger price off the grid before isolated-only, a reduce-only halt before ids and grid', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '99', clientOrderId: 'mine' });
  s.given.update(X, { isolatedOnly: true });
  s.when.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104.05' });
  s.then.rejected('INVALID_TICK', '104.05');
  s.given.halt(X, 'REDUCE_ONLY');
  s.when.order('al', X, 'BUY', '1', { price: '99', clientOrderId: 'mine' });
  s.then.rejected('INSTRUMENT_HALTED');
  s.when.order('al', X, 'BUY', '1', { price: '99.05' });
  s.then.rejected('INSTRUMENT_HALTED');
});

scenario('§8.2 a cap of 0 is a rate of 0, without a sign', (s) => {
  s.given.marketAt('Z', '100', { ...PLAIN, fundingRateCap: '0' });
  s.when.funding('Z', '-0.01');
  s.then.event('FundingRateSet', { rate: '0' });
});

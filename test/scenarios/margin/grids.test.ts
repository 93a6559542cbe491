import { scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

scenario('§1.7 a price off the tick is INVALID_TICK and a quantity off the lot INVALID_LOT', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.when.order('alice', BTC, 'BUY', '1', { price: '99.75' });
  s.then.rejected('INVALID_TICK', '99.75', '0.5');
  s.when.order('alice', BTC, 'BUY', '1.0005', { price: '99.5' });
  s.then.rejected('INVALID_LOT', '1.0005', '0.001');
  s.when.order('alice', BTC, 'BUY', '1.001', { price: '99.5' });
  s.then.accepted();
});

scenario('§1.8 marks finer than markTickSize are rounded half up and the event says what was taken', (s) => {
  s.given.market(BTC, { markTickSize: '0.1' });
  const steps: [string, string][] = [
    ['100.04999', '100'],
    ['100.05', '100.1'],
    ['100.1', '100.1'],
    ['100.149999999999999999', '100.1'],
    ['100.15', '100.2'],
  ];
  for (const [given, taken] of steps) {
    s.when.mark(BTC, given, { indexPrice: given });
    s.then.accepted();
    s.then.event('MarkPriceUpdated', { markPrice: taken, indexPrice: taken });
    s.then.market(BTC, { markPrice: taken, indexPrice: taken });
  }
});

scenario('§1.8 markTickSize is the tick by default and must divide it', (s) => {
  s.given.market(BTC);
  s.when.mark(BTC, '100.25');
  s.then.event('MarkPriceUpdated', { markPrice: '100.5' });
  s.when.mark(BTC, '100.24');
  s.then.event('MarkPriceUpdated', { markPrice: '100' });
  s.when.market('ETH-PERP', { markTickSize: '0.3' });
  s.then.rejected('INVALID_INSTRUMENT');
  s.when.market('ETH-PERP', { markTickSize: '1' });
  s.then.rejected('INVALID_INSTRUMENT');
});

scenario('§1.8 a position is valued exactly at a mark between two ticks', (s) => {
  s.given.marketAt(BTC, '100', { markTickSize: '0.001' });
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '0.007', '100');
  s.when.mark(BTC, '100.123');
  s.then.position('alice', BTC, 'ISOLATED', { markPrice: '100.123', notional: '0.700861', unrealizedPnl: '0.000861' });
});

scenario('§1.9 a grid whose product is finer than a micro-unit is INVALID_INSTRUMENT', (s) => {
  s.when.market(BTC, { tickSize: '0.01', lotSize: '0.00001', minQuantity: '0.00001' });
  s.then.rejected('INVALID_INSTRUMENT');
  s.when.market(BTC, { tickSize: '0.01', markTickSize: '0.001', lotSize: '0.0001', minQuantity: '0.0001' });
  s.then.rejected('INVALID_INSTRUMENT');
  s.when.market(BTC, { tickSize: '0.01', lotSize: '0.0001', minQuantity: '0.0001' });
  s.then.accepted();
});

scenario('§1.10 margins and fees round up, a rebate rounds down', (s) => {
  s.given.market(BTC, {
    tickSize: '0.01',
    lotSize: '0.0001',
    minQuantity: '0.0001',
    makerFeeRate: '-0.0001',
    feeReserveRate: '0.0001',
  });
  s.given.mark(BTC, '100.01');
  s.given.deposit('alice', '1000');
  s.given.maker('mm', BTC, 'SELL', '0.0003', '100.01');
  s.when.isolated('alice', BTC, 'BUY', '0.0003', { price: '100.01', leverage: '10' });
  // notional 0.030003: need ⌈0.0030183018⌉, fee ⌈0.0000150015⌉, rebate ⌊0.0000030003⌋
  s.then.event('OrderAccepted', { reserved: '0.003019' });
  s.then.event('TradeExecuted', { takerFee: '0.000016', makerFee: '-0.000003' });
  s.then.position('alice', BTC, 'ISOLATED', {
    cash: '0.003003',
    // reserve ⌈0.0000030003⌉ = 0.000004
    equity: '0.002999',
    // ⌈0.0030003⌉, ⌈0.000150015⌉
    initialMargin: '0.003001',
    maintenanceMargin: '0.000151',
    maxRemovable: '0',
  });
  s.then.ledger('fees', '0.000013');
});

scenario('§1.11 a shown average price has 8 places, half up', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.position('alice', BTC, 'BUY', '1', '100');
  s.given.position('alice', BTC, 'BUY', '2', '100.5');
  // 301 ÷ 3
  s.then.position('alice', BTC, 'ISOLATED', { entryPrice: '100.33333333' });
  s.given.position('alice', BTC, 'BUY', '3', '100');
  // 601 ÷ 6 = 100.1666…
  s.then.position('alice', BTC, 'ISOLATED', { entryPrice: '100.16666667' });
});

scenario('§1.12 a shown liquidation price is rounded toward safety: up for a long, down for a short', (s) => {
  s.given.marketAt(BTC, '100');
  s.given.deposit('alice', '1000');
  s.given.deposit('bob', '1000');
  s.given.position('alice', BTC, 'BUY', '5', '100');
  s.given.position('bob', BTC, 'SELL', '5', '100');
  // 450 ÷ 4.975 = 90.452261306…, 550 ÷ 5.025 = 109.452736318…
  s.then.position('alice', BTC, 'ISOLATED', { liquidationPrice: '90.45226131' });
  s.then.position('bob', BTC, 'ISOLATED', { liquidationPrice: '109.45273631' });
});

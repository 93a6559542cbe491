import { block, market, PLAIN, rich, trade, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

const GRIDS = [{ tickSize: '0.5' }, { lotSize: '0.02', minQuantity: '0.02' }, { markTickSize: '0.01' }, { base: 'Z' }];

scenario('§9.11 grids and base cannot change while an order rests', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  for (const change of GRIDS) {
    s.when.update(X, change);
    s.then.rejected('INVALID_INSTRUMENT');
  }
  s.given.cancel('al', 'bid');
  s.when.update(X, { tickSize: '0.5' });
  s.then.accepted();
  s.when.order('al', X, 'BUY', '1', { price: '99.1' });
  s.then.rejected('INVALID_TICK', '99.1', '0.5');
});

scenario('§9.11 nor while a trigger or a position is there', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.order('al', X, 'BUY', '1', { type: 'STOP_LOSS', triggerPrice: '104' });
  s.when.update(X, { tickSize: '0.5' });
  s.then.rejected('INVALID_INSTRUMENT');
  s.given.cancelAll('al');
  trade(s, '1', '100', 'al', 'mm');
  s.when.update(X, { lotSize: '0.02', minQuantity: '0.02' });
  s.then.rejected('INVALID_INSTRUMENT');
});

scenario('§9.11a a higher maintenance rate liquidates in the same command', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '85');
  // Equity 13: above 8.5, below 17.
  s.when.update(X, { tiers: [{ floor: '0', maxLeverage: '4', maintenanceRate: '0.2' }] });
  s.then.accepted();
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '13', maintenanceMargin: '17' });
  s.then.noPosition('al', X, 'ISOLATED');
  s.then.ledger('main:al', '972');
});

scenario('§9.11a a lower maintenance rate moves the liquidation price at once', (s) => {
  market(s);
  rich(s, 'bo', 'al');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.when.update(X, { tiers: [{ floor: '0', maxLeverage: '5', maintenanceRate: '0.04' }] });
  // 72 ÷ 0.96.
  s.then.position('al', X, 'ISOLATED', { liquidationPrice: '75', maintenanceMargin: '4' });
  s.when.mark(X, '75');
  s.then.noEvent('LiquidationStarted');
});

scenario('§9.11a resting orders keep their price and reserve, new ones follow the new terms', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  s.given.isolated('al', X, 'BUY', '1', { price: '60', leverage: '5', as: 'old' });
  s.when.update(X, { takerFeeRate: '0.001', priceBands: { aggressive: '0.05', passive: '0.2' } });
  s.then.accepted();
  s.then.order('old', { price: '60' });
  s.then.position('al', X, 'ISOLATED', { orderMargin: '12' });
  s.when.order('al', X, 'BUY', '1', { price: '60' });
  s.then.rejected('PRICE_OUTSIDE_BAND', '60', '80');
  s.given.order('mm', X, 'SELL', '1', { price: '100' });
  s.when.order('al', X, 'BUY', '1', { price: '100' });
  s.then.event('TradeExecuted', { takerFee: '0.1' });
});

scenario('§9.11 an update must itself be a valid instrument', (s) => {
  market(s);
  s.when.update(X, { tiers: [{ floor: '0', maxLeverage: '10', maintenanceRate: '0.1' }] });
  s.then.rejected('INVALID_INSTRUMENT');
  s.when.update('NONE', { takerFeeRate: '0.001' });
  s.then.rejected('UNKNOWN_INSTRUMENT');
});

scenario('§9.12 a mark beyond maxMarkMove is refused, at it is taken, force overrides', (s) => {
  market(s, { maxMarkMove: '0.1' });
  s.when.mark(X, '110.1');
  s.then.rejected('MARK_MOVE_TOO_LARGE', '110.1', '100');
  s.when.mark(X, '89.9');
  s.then.rejected('MARK_MOVE_TOO_LARGE', '89.9');
  s.then.market(X, { markPrice: '100' });
  s.when.mark(X, '110');
  s.then.accepted();
  s.when.mark(X, '99');
  s.then.accepted();
  s.when.mark(X, '50', { force: true });
  s.then.accepted();
  s.then.market(X, { markPrice: '50' });
});

scenario('§9.12 a refused mark liquidates nobody', (s) => {
  market(s, { maxMarkMove: '0.1' });
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.when.mark(X, '10');
  s.then.rejected('MARK_MOVE_TOO_LARGE');
  s.then.position('al', X, 'ISOLATED', { status: 'ACTIVE', markPrice: '100' });
  s.when.mark(X, '10', { force: true });
  s.then.event('IsolatedBlockLiquidated', { accountId: 'al' });
});

scenario('§10.5 an instrument that is listed already, or quoted otherwise, is refused', (s) => {
  market(s);
  s.when.market(X, PLAIN);
  s.then.rejected('INVALID_INSTRUMENT', X);
  s.when.market('Z-PERP', { ...PLAIN, quote: 'EUR' });
  s.then.that(s.last.code).toMatch(/^INVALID_(INSTRUMENT|COMMAND)$/);
  s.when.market('Z-PERP', { ...PLAIN, tickSize: '0.001', lotSize: '0.0001' });
  s.then.rejected('INVALID_INSTRUMENT');
});

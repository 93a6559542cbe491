import { market, PLAIN, rich, trade, X } from '../../support/liquidation';
import { type Scenario, scenario } from '../../support/scenario';

/** Each pair names two faults of one order: the code is that of the earlier check (rules.md §9, "Which code"). */
scenario('§9.3 schema before instrument, instrument before everything of it', (s) => {
  rich(s, 'al');
  s.when.order('al', 'NONE', 'BUY', '1', { price: '100', leverege: '5' });
  s.then.rejected('INVALID_COMMAND', 'leverege', 'leverage');
  s.when.order('al', 'NONE', 'BUY', '1', { price: '100' });
  s.then.rejected('UNKNOWN_INSTRUMENT', 'NONE');
});

scenario('§9.3 halt before ids, ids before grid', (s) => {
  market(s);
  rich(s, 'al');
  s.given.order('al', X, 'BUY', '1', { price: '99', clientOrderId: 'mine' });
  s.when.order('al', X, 'BUY', '1', { price: '99.05', clientOrderId: 'mine' });
  s.then.rejected('DUPLICATE_CLIENT_ORDER_ID', 'mine');
  s.given.halt(X);
  s.when.order('al', X, 'BUY', '1', { price: '99.05', clientOrderId: 'mine' });
  s.then.rejected('INSTRUMENT_HALTED');
});

scenario('§9.3 grid and min/max before isolated-only, isolated-only before band', (s) => {
  market(s, { isolatedOnly: true, minQuantity: '0.5', maxQuantity: '10' });
  rich(s, 'al');
  s.when.order('al', X, 'BUY', '1', { price: '99.05' });
  s.then.rejected('INVALID_TICK', '99.05');
  s.when.order('al', X, 'BUY', '1.005', { price: '99' });
  s.then.rejected('INVALID_LOT', '1.005');
  s.when.order('al', X, 'BUY', '0.49', { price: '99' });
  s.then.rejected('BELOW_MIN_QUANTITY', '0.49', '0.5');
  s.when.order('al', X, 'BUY', '10.01', { price: '99' });
  s.then.rejected('EXCEEDS_MAX_QUANTITY', '10.01', '10');
  s.when.order('al', X, 'BUY', '1', { price: '10' });
  s.then.rejected('ISOLATED_ONLY_INSTRUMENT');
});

scenario('§9.3 isolationId before currency before leverage match before reduce-only', (s) => {
  market(s);
  rich(s, 'al');
  s.given.isolated('al', X, 'BUY', '1', { price: '99', leverage: '5', as: 'first' });
  const faults = { price: '99', leverage: '4', marginCurrency: 'USDC', reduceOnly: true };
  s.when.isolated('al', X, 'BUY', '1', { ...faults, isolationId: 'iso-999' });
  s.then.rejected('INVALID_ISOLATION_ID', X, s.iso('first'));
  s.when.isolated('al', X, 'BUY', '1', { ...faults, isolationId: s.iso('first') });
  s.then.that(s.last.code).toMatch(/CURRENCY/);
  s.when.isolated('al', X, 'BUY', '1', { ...faults, marginCurrency: 'USD' });
  s.then.rejected('LEVERAGE_MISMATCH', '4', '5');
  s.when.isolated('al', X, 'BUY', '1', { ...faults, marginCurrency: 'USD', leverage: '5' });
  s.then.rejected('REDUCE_ONLY_REJECTED');
});

scenario('§9.3 reduce-only before mark, mark before margin', (s) => {
  s.given.market(X, PLAIN);
  s.given.deposit('al', '1');
  s.when.order('al', X, 'BUY', '1', { price: '100', reduceOnly: true });
  s.then.rejected('REDUCE_ONLY_REJECTED');
  s.when.order('al', X, 'BUY', '1', { price: '100' });
  s.then.rejected('NO_MARK_PRICE', X);
});

scenario('§9.3 band before open orders before position limit before max leverage before margin', (s) => {
  // At a price of 1 the limit is the same in quantity and in notional.
  market(s, { maxOpenOrders: 2, positionLimit: '10' }, X, '1');
  s.given.deposit('al', '2');
  const order = (price: string, quantity: string) => s.when.isolated('al', X, 'BUY', quantity, { price, leverage: '6' });
  s.given.order('al', X, 'SELL', '0.1', { price: '1.2' });
  s.given.order('al', X, 'SELL', '0.1', { price: '1.2' });
  order('1.1', '11');
  s.then.rejected('PRICE_OUTSIDE_BAND', '1.1');
  order('1', '11');
  s.then.rejected('TOO_MANY_OPEN_ORDERS', '2');
  s.given.cancelAll('al');
  order('1', '10.01');
  s.then.rejected('EXCEEDS_POSITION_LIMIT', '10');
  order('1', '10');
  s.then.rejected('EXCEEDS_MAX_LEVERAGE', '6', '5');
  s.when.isolated('al', X, 'BUY', '10', { price: '1', leverage: '4' });
  // 10 ÷ 4 = 2.5.
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '2.5', '2');
});

scenario('§9.3 margin before would-liquidate before book', (s) => {
  market(s, { tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }] });
  rich(s, 'bo');
  s.given.deposit('poor', '1');
  s.given.deposit('al', '100');
  s.given.order('bo', X, 'SELL', '2', { price: '104' });
  const entry = { price: '104', leverage: '100', timeInForce: 'FOK' };
  s.when.isolated('poor', X, 'BUY', '5', entry);
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '5.2', '1');
  // Filled at 104 with the mark at 100: a unit has 1.04 − 4.
  s.when.isolated('al', X, 'BUY', '5', entry);
  s.then.rejected('WOULD_LIQUIDATE_IMMEDIATELY');
  s.when.isolated('al', X, 'BUY', '5', { ...entry, price: '100' });
  s.then.rejected('FILL_OR_KILL_UNFILLED');
});

scenario('§9.3 the margin code comes before POST_ONLY_WOULD_TAKE and SELF_TRADE_PREVENTED', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '25');
  s.given.order('bo', X, 'SELL', '1', { price: '100.2' });
  s.when.order('al', X, 'BUY', '2', { price: '100.2', postOnly: true });
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN');
  s.given.order('al', X, 'SELL', '0.5', { price: '100.1' });
  s.when.order('al', X, 'BUY', '2', { price: '100.1' });
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN');
});

function codes(s: Scenario, ...cases: [string, () => unknown][]): void {
  for (const [code, act] of cases) {
    act();
    s.then.rejected(code);
    s.then.events();
  }
}

scenario('§10.5 codes of things that do not exist', (s) => {
  market(s);
  rich(s, 'al');
  codes(
    s,
    ['ORDER_NOT_FOUND', () => s.when.cancel('al', '999')],
    ['ORDER_NOT_FOUND', () => s.when.amend('al', '999', { price: '99' })],
    ['ORDER_NOT_FOUND', () => s.when.command('CancelOrder', { accountId: 'al', clientOrderId: 'never' })],
    ['POSITION_NOT_FOUND', () => s.when.close('al', X, 'CROSS')],
    ['POSITION_NOT_FOUND', () => s.when.close('al', X, 'ISOLATED')],
    ['POSITION_NOT_FOUND', () => s.when.addMargin('al', X, '1')],
    ['POSITION_NOT_FOUND', () => s.when.removeMargin('al', X, '1')],
    ['POSITION_NOT_FOUND', () => s.when.leverage('al', X, 'ISOLATED', '2')],
    ['UNKNOWN_INSTRUMENT', () => s.when.mark('NONE', '1')],
    ['UNKNOWN_INSTRUMENT', () => s.when.funding('NONE', '0.01')],
    ['UNKNOWN_INSTRUMENT', () => s.when.halt('NONE')],
  );
});

scenario("§10.5 another account's order is not found", (s) => {
  market(s);
  rich(s, 'al', 'bo');
  s.given.order('al', X, 'BUY', '1', { price: '99', as: 'bid' });
  s.when.cancel('bo', 'bid');
  s.then.rejected('ORDER_NOT_FOUND', s.id('bid'));
  s.then.order('bid', { quantity: '1' });
});

scenario('§10.1 the sentence names the numbers that decided', (s) => {
  market(s);
  rich(s, 'mm');
  s.given.deposit('al', '999.99');
  s.when.isolated('al', X, 'BUY', '50', { price: '100', leverage: '5' });
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', /1,?000/, '999.99');
  s.when.withdraw('al', '1000');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', /1,?000/, '999.99');
  trade(s, '1', '100', 'al', 'mm');
  s.when.close('al', X, 'CROSS', { price: '94.9' });
  s.then.rejected('PRICE_OUTSIDE_BAND', '94.9', '95');
});

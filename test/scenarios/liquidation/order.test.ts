import { block, dataOf, market, rich, sequence, trade, WIDE, X } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§6.9b longs are liquidated by highest liquidation price', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('10000');
  for (const account of ['m28', 'm30', 'm26']) s.given.deposit(account, '100');
  // Triggers (100 − m) ÷ 0.9: 80, 77.8, 82.2.
  trade(s, '1', '100', block('m28', '28'), 'bo');
  trade(s, '1', '100', block('m30', '30'), 'bo');
  trade(s, '1', '100', block('m26', '26'), 'bo');
  s.when.mark(X, '70');
  s.then.that(sequence(s, 'LiquidationStarted', 'accountId')).toEqual(['m26', 'm28', 'm30']);
  s.then.that(sequence(s, 'IsolatedBlockLiquidated', 'accountId')).toEqual(['m26', 'm28', 'm30']);
});

scenario('§6.9b shorts are liquidated by lowest liquidation price', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('10000');
  for (const account of ['m28', 'm30', 'm26']) s.given.deposit(account, '100');
  trade(s, '1', '100', 'bo', block('m28', '28'));
  trade(s, '1', '100', 'bo', block('m30', '30'));
  trade(s, '1', '100', 'bo', block('m26', '26'));
  s.when.mark(X, '125');
  s.then.that(sequence(s, 'LiquidationStarted', 'accountId')).toEqual(['m26', 'm28', 'm30']);
});

scenario('§6.9b equal liquidation prices go by opening of the block', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('10000');
  for (const account of ['b', 'c', 'a']) s.given.deposit(account, '100');
  for (const account of ['c', 'a', 'b']) trade(s, '1', '100', block(account, '28'), 'bo');
  s.when.mark(X, '70');
  s.then.that(sequence(s, 'LiquidationStarted', 'accountId')).toEqual(['c', 'a', 'b']);
});

scenario('§6.9b a block is checked again at its turn: what the first liquidation sold to it may have saved it', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '100');
  s.given.deposit('cy', '100');
  trade(s, '1', '100', block('al', '28'), 'bo');
  trade(s, '1', '100', block('cy', '28'), 'bo');
  s.given.isolated('cy', X, 'BUY', '1', { price: '77' });
  s.when.mark(X, '79.9');
  s.then.trades(['77', '1']);
  s.then.eventsOf('LiquidationStarted', { accountId: 'al' });
  // 28 + 15.4 of order margin; 2 × 79.9 − 177 = −17.2: 26.2 against 15.98.
  s.then.position('cy', X, 'ISOLATED', { quantity: '2', cash: '43.4', equity: '26.2', maintenanceMargin: '15.98' });
  s.then.ledger('insurance', '5');
});

scenario('§6.9c cross accounts follow the blocks, by creation', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('10000');
  s.given.deposit('em', '25');
  s.given.deposit('al', '25');
  s.given.deposit('cy', '28');
  trade(s, '1', '100', 'al', 'bo');
  trade(s, '1', '100', 'em', 'bo');
  trade(s, '1', '100', block('cy', '28'), 'bo');
  s.when.mark(X, '79.9');
  s.then.that(sequence(s, 'LiquidationStarted', 'accountId')).toEqual(['cy', 'em', 'al']);
});

scenario("§6.9d the fund's work-off comes before triggers, triggers by placement", (s) => {
  market(s);
  rich(s, 'bo', 'cy', 'dee');
  s.given.fundInsurance('1000');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '79.9');
  s.given.order('dee', X, 'BUY', '1', { price: '80' });
  s.given.order('cy', X, 'SELL', '0.2', { type: 'STOP_LOSS', triggerPrice: '78', as: 'first' });
  s.given.order('cy', X, 'SELL', '0.3', { type: 'STOP_LOSS', triggerPrice: '79', as: 'second' });
  s.when.mark(X, '77.9');
  s.then.trades(['80', '0.1'], ['80', '0.2'], ['80', '0.3']);
  s.then.that(sequence(s, 'OrderTriggered', 'orderId')).toEqual([s.id('first'), s.id('second')]);
});

scenario('§6.9d triggers fire by placement, whatever their price, side, kind or source', (s) => {
  market(s);
  rich(s, 'al');
  const labels = ['1', '2', '3', '4', '5', '6'];
  for (const [as, side, type, triggerPrice, triggerBy] of [
    ['1', 'SELL', 'STOP_LOSS', '97', 'MARK'],
    ['2', 'BUY', 'TAKE_PROFIT', '98', 'INDEX'],
    ['3', 'SELL', 'STOP_LOSS', '99', 'MARK'],
    ['4', 'SELL', 'STOP_LOSS', '98', 'INDEX'],
    ['5', 'BUY', 'TAKE_PROFIT', '96.5', 'MARK'],
    ['6', 'SELL', 'STOP_LOSS', '98', 'MARK'],
  ] as const) {
    s.given.order('al', X, side, '1', { type, triggerPrice, triggerBy, as });
  }
  s.when.mark(X, '96', { indexPrice: '96' });
  s.then.that(sequence(s, 'OrderTriggered', 'orderId')).toEqual(labels.map((label) => s.id(label)));
});

scenario('§6.9d each trigger is followed by the pass before the next one fires', (s) => {
  market(s, WIDE);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '26');
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('cy', X, 'BUY', '0.5', { price: '65' });
  s.given.order('al', X, 'SELL', '0.5', { type: 'STOP_LOSS', triggerPrice: '91', as: 'first' });
  s.given.order('al', X, 'SELL', '0.1', { type: 'STOP_LOSS', triggerPrice: '91', as: 'second' });
  s.when.mark(X, '91');
  // Equity 26 − 9 = 17 is enough; half sold at 65 costs 13 more: 4 against 4.55, and the liquidation cancels the second.
  s.then.that(sequence(s, 'OrderTriggered', 'orderId')).toEqual([s.id('first')]);
  s.then.that(dataOf(s, 'TradeExecuted')[0]).toMatchObject({ price: '65', quantity: '0.5' });
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '4', maintenanceMargin: '4.55' });
  s.then.event('OrderCanceled', { orderId: s.id('second') });
});

scenario('§6.9f a command ends with the pass over what it touched: a correction liquidates at once', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '30');
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '100' });
  s.when.adjust('al', '-20');
  s.then.accepted();
  // 10 against 10 is safe.
  s.then.noEvent('LiquidationStarted');
  s.when.adjust('al', '-1');
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '9', maintenanceMargin: '10' });
  // 9 ≥ 0.11 × (100 − n): n = 19.
  s.then.trades(['100', '0.19']);
  s.then.that(dataOf(s, 'MarkPriceUpdated')).toEqual([]);
});

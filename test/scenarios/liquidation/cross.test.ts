import { block, dataOf, market, rich, trade, X, Y } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§6.7 §6.7b the fewest lots that restore 1.1 times MM are sold, after all orders and triggers are cancelled [A]', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '30');
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('al', X, 'BUY', '0.1', { price: '60', as: 'bid' });
  s.given.order('al', X, 'SELL', '1', { price: '120', as: 'ask' });
  s.given.order('al', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '70', as: 'stop' });
  s.given.order('cy', X, 'BUY', '1', { price: '77' });
  // 30 − 22.2 = 7.8 against 7.78: not yet.
  s.when.mark(X, '77.8');
  s.then.noEvent('LiquidationStarted');
  s.when.mark(X, '77');
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '7', maintenanceMargin: '7.7' });
  // 7 ≥ 1.1 × 0.077 × (100 − n) lots: n = 18.
  s.then.trades(['77', '0.18']);
  for (const order of ['bid', 'ask', 'stop']) s.then.noOrder(order);
  s.then.position('al', X, 'CROSS', { quantity: '0.82', maintenanceMargin: '6.314' });
  // 30 − 0.18 × 23.
  s.then.balance('al', { cash: '25.86' });
  s.then.account('al', { equity: '7' });
});

scenario('§6.7c the limit lies below the mark by the equity that the position may cost, and bands do not apply', (s) => {
  market(s, { priceBands: { aggressive: '0.01', passive: '0.5' } });
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '30');
  trade(s, '1', '100', 'al', 'bo');
  // 77 − 7 × (7.7 ÷ 7.7) ÷ 1 = 70.
  s.given.order('cy', X, 'BUY', '0.1', { price: '76' });
  s.given.order('cy', X, 'BUY', '1', { price: '70' });
  s.when.mark(X, '77');
  s.then.that(dataOf(s, 'TradeExecuted').slice(0, 2)).toMatchObject([
    { price: '76', quantity: '0.1' },
    { price: '70', quantity: '0.08' },
  ]);
});

scenario('§6.7c §6.7f below the limit nothing is sold: the lots are deleveraged at the limit, again and again', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '30');
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '69.9' });
  s.when.mark(X, '77');
  s.then.trades();
  // Each lot at 70 costs its share of the equity, so that equity stays 7 a unit, below 7.7: all of it goes at 70.
  s.then.noPosition('al', X, 'CROSS');
  s.then.ledger('main:al', '0');
  s.then.ledger('main:bo', '10030');
  s.then.that(dataOf(s, 'PositionDeleveraged')[0]).toMatchObject({ quantity: '0.18', value: '12.6', counterpartyAccountId: 'bo' });
  s.then.book(X, { bids: [['69.9', '1']] });
});

scenario('§6.7f unfilled lots go to the fund as far as it can carry them, the rest is deleveraged', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('15');
  s.given.deposit('al', '20');
  trade(s, '1', '100', 'al', 'bo');
  s.when.mark(X, '70');
  // Equity −10: the price is 80. A lot costs the fund 0.1 and 0.07 of MM: ⌊15 ÷ 0.17⌋ = 88.
  s.then.eventsOf('PositionTakenOver', { accountId: 'al', quantity: '0.88', value: '70.4' });
  s.then.eventsOf('PositionDeleveraged', { accountId: 'al', quantity: '0.12', value: '9.6', counterpartyAccountId: 'bo' });
  s.then.insurance({
    balances: { USD: '15', USDC: '0' },
    deficit: '0',
    inventory: [{ instrument: X, quantity: '0.88', entryPrice: '80' }],
  });
  s.then.ledger('main:al', '0');
});

scenario("§6.7d with negative equity the price moves in the account's favour by the shortfall", (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '20');
  trade(s, '1', '100', 'al', 'bo');
  // Equity −10: sold at 70 + 10 or better; a bid of 79.9 is not enough.
  s.given.order('cy', X, 'BUY', '0.3', { price: '80' });
  s.given.order('cy', X, 'BUY', '1', { price: '79.9' });
  s.when.mark(X, '70');
  s.then.trades(['80', '0.3']);
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.7', value: '56', counterpartyAccountId: 'bo' });
  s.then.noPosition('al', X, 'CROSS');
  s.then.ledger('main:al', '0');
  s.then.insurance({ deficit: '0' });
});

scenario('§6.7d a short with negative equity is bought back that much lower', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '20');
  trade(s, '1', '100', 'bo', 'al');
  s.when.mark(X, '130');
  // Equity −10: 130 − 10.
  s.then.eventsOf('PositionDeleveraged', { accountId: 'al', quantity: '-1', value: '120', counterpartyAccountId: 'bo' });
  s.then.ledger('main:al', '0');
  s.then.ledger('main:bo', '10020');
});

scenario('§6.7d a loss in one instrument never lands on traders of another', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '40');
  trade(s, '1', '100', 'al', 'bo');
  trade(s, '1', '100', 'al', 'cy', Y);
  s.when.mark(X, '40');
  // Equity −20, all of it X's: Y has the larger MM and goes first, at its mark; X at 40 + 20.
  s.then.eventsOf(
    'PositionDeleveraged',
    { instrument: Y, quantity: '1', value: '100', counterpartyAccountId: 'cy', counterpartyRealizedPnl: '0' },
    { instrument: X, quantity: '1', value: '60', counterpartyAccountId: 'bo', counterpartyRealizedPnl: '40' },
  );
  s.then.ledger('main:cy', '10000');
  s.then.ledger('main:bo', '10040');
  s.then.ledger('main:al', '0');
  s.then.insurance({ deficit: '0' });
});

scenario('§6.7d two losing positions share the shortfall by their unrealised losses', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '40');
  trade(s, '1', '100', 'al', 'bo');
  trade(s, '1', '100', 'al', 'cy', Y);
  s.given.mark(Y, '80');
  s.when.mark(X, '40');
  // Equity 40 − 60 − 20 = −40: Y bears 10, X 30.
  s.then.eventsOf(
    'PositionDeleveraged',
    { instrument: Y, value: '90', counterpartyAccountId: 'cy', counterpartyRealizedPnl: '10' },
    { instrument: X, value: '70', counterpartyAccountId: 'bo', counterpartyRealizedPnl: '30' },
  );
  s.then.ledger('main:al', '0');
});

scenario('§6.7g a negative balance with no position left is paid by the fund', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('100');
  s.given.deposit('al', '30');
  trade(s, '1', '100', 'al', 'bo');
  // Cash −20 and no unrealised loss to share it: the position goes at its mark, which is its entry price.
  s.when.adjust('al', '-50');
  s.then.accepted();
  s.then.eventsOf('PositionTakenOver', { accountId: 'al', quantity: '1', value: '100', realizedPnl: '0' });
  s.then.event('ShortfallCovered', { accountId: 'al', amount: '20' });
  s.then.ledger('main:al', '0');
  s.then.insurance({ balances: { USD: '80', USDC: '0' }, deficit: '0' });
});

scenario('§6.7g §6.6c what the fund cannot pay of it is deficit, and no price moves past the entry', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('5');
  s.given.deposit('al', '30');
  trade(s, '1', '100', 'al', 'bo');
  s.given.mark(X, '95');
  s.when.adjust('al', '-50');
  // Equity −25, unrealised loss 5: the price is 100, not 120. A lot costs the fund 0.05 and 0.095 of MM: ⌊5 ÷ 0.145⌋ = 34.
  s.then.eventsOf('PositionTakenOver', { quantity: '0.34', value: '34' });
  s.then.that(dataOf(s, 'PositionDeleveraged')[0]).toMatchObject({ accountId: 'al', quantity: '0.66', value: '66' });
  s.then.event('ShortfallCovered', { accountId: 'al', amount: '20' });
  s.then.ledger('main:al', '0');
  // 5 − 20 = −15; then the fund, at 0 − 1.7, is deleveraged at 95: −1.7 more.
  s.then.that(dataOf(s, 'PositionDeleveraged')[1]).toMatchObject({ quantity: '0.34', value: '32.3', counterpartyAccountId: 'bo' });
  s.then.insurance({ balances: { USD: '0', USDC: '0' }, deficit: '16.7', inventory: [] });
  // Bo: 0.66 × 0 + 0.34 × 5.
  s.then.ledger('main:bo', '10001.7');
});

scenario('§6.7e fees are capped with the limit in place of BP', (s) => {
  market(s, { takerFeeRate: '0.001', liquidationFeeRate: '0.01', priceBands: { aggressive: '0.5', passive: '0.5' } });
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '30');
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '70.1' });
  s.when.mark(X, '77');
  // After fees of 1.1 % at mark, 0.00847 a lot: 7 − 0.00847 n ≥ 0.0847 × (100 − n): n = 20. Cap 0.2 × (70.1 − 70);
  // taker 0.2 × 0.0701, the rest of the 0.02 is the liquidation fee.
  s.then.that(dataOf(s, 'TradeExecuted')[0]).toMatchObject({ price: '70.1', quantity: '0.2' });
  s.then.that(dataOf(s, 'LiquidationFeesCharged')[0]).toMatchObject({ takerFee: '0.01402', liquidationFee: '0.00598' });
  // 70.1 less the cap is 70 for each lot: equity stays 7 a unit until all of it is sold. Bo paid 0.1 as taker.
  s.then.noPosition('al', X, 'CROSS');
  s.then.ledger('main:al', '0');
  s.then.ledger('fees', '0.1701');
  s.then.ledger('insurance', '0.0299');
});

scenario('§6.7a the position with the largest MM goes first, and no further than needed', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '60');
  trade(s, '1', '100', 'al', 'bo');
  trade(s, '2', '100', 'al', 'bo', Y);
  s.given.order('cy', X, 'BUY', '1', { price: '77' });
  s.given.order('cy', Y, 'BUY', '1', { price: '94' });
  s.given.mark(X, '77');
  s.when.mark(Y, '94');
  // Equity 60 − 23 − 12 = 25, MM 7.7 + 18.8. 25 ≥ 1.1 × (7.7 + 0.094 × (200 − n)): n = 41.
  s.then.eventsOf('TradeExecuted', { instrument: Y, price: '94', quantity: '0.41' });
  s.then.position('al', X, 'CROSS', { quantity: '1' });
  s.then.position('al', Y, 'CROSS', { quantity: '1.59' });
  // 60 − 0.41 × 6.
  s.then.balance('al', { cash: '57.54' });
});

scenario("§6.7c a position's limit takes its share of the equity and rounds in the account's favour", (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '60');
  trade(s, '1', '100', 'al', 'bo');
  trade(s, '2', '100', 'al', 'bo', Y);
  s.given.mark(X, '77');
  // 94 − 25 × (18.8 ÷ 26.5) ÷ 2 = 85.132…: 85.2. A bid of 85.1 is too low, and the 41 lots are deleveraged at 85.2.
  s.given.order('cy', Y, 'BUY', '0.1', { price: '85.1' });
  s.when.mark(Y, '94');
  s.then.that(dataOf(s, 'PositionDeleveraged')[0]).toMatchObject({ instrument: Y, quantity: '0.41', value: '34.932' });
});

scenario('§6.7a equal MMs go by listing', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '45');
  trade(s, '1', '100', 'al', 'bo', Y);
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '80' });
  s.given.order('cy', Y, 'BUY', '1', { price: '80' });
  s.given.mark(X, '80');
  s.when.mark(Y, '80');
  // Equity 5, MM 8 + 8. X whole (1.1 × 8 = 8.8 > 5 even so); then of Y: 5 ≥ 1.1 × 0.08 × (100 − n): n = 44.
  s.then.eventsOf('TradeExecuted', { instrument: X, price: '80', quantity: '1' }, { instrument: Y, price: '80', quantity: '0.44' });
  s.then.account('al', { equity: '5', maintenanceMargin: '4.48' });
});

scenario('§6.7a §9.10b a halted instrument is skipped, though its mark still values the account', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '60');
  trade(s, '1', '100', 'al', 'bo');
  trade(s, '1', '100', 'al', 'bo', Y);
  s.given.order('cy', X, 'BUY', '1', { price: '60' });
  s.given.order('cy', Y, 'BUY', '1', { price: '100' });
  s.given.halt(X);
  s.when.mark(X, '50');
  s.then.noEvent('LiquidationStarted');
  s.then.account('al', { equity: '10', maintenanceMargin: '15' });
  s.when.mark(Y, '100');
  // 10 ≥ 1.1 × (5 + 0.1 × (100 − n)): n = 60.
  s.then.eventsOf('TradeExecuted', { instrument: Y, price: '100', quantity: '0.6' });
  s.then.position('al', X, 'CROSS', { quantity: '1' });
  s.then.account('al', { equity: '10', maintenanceMargin: '9' });
});

scenario('§6.7h isolated blocks are untouched by the cross liquidation and their cash never counts [A]', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo');
  s.given.deposit('al', '530');
  trade(s, '1', '100', block('al', '500'), 'bo', Y);
  s.given.isolated('al', Y, 'SELL', '1', { price: '120', reduceOnly: true, as: 'target' });
  trade(s, '1', '100', 'al', 'bo');
  const before = s.engine.position('al', Y, 'ISOLATED');
  // 30 in the main account: 500 in the block do not help it.
  s.when.mark(X, '77');
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '7' });
  s.then.noPosition('al', X, 'CROSS');
  s.then.that(s.engine.position('al', Y, 'ISOLATED')).toEqual(before);
  s.then.order('target', { quantity: '1' });
  s.then.balance('al', { cash: '0', isolated: '500' });
});

scenario('§6.8 the cross liquidation price moves this mark alone', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo');
  s.given.deposit('al', '60');
  trade(s, '1', '100', 'al', 'bo');
  // 60 + P − 100 = 0.1 P.
  s.then.position('al', X, 'CROSS', { liquidationPrice: '44.44444445' });
  trade(s, '1', '100', 'al', 'bo', Y);
  // 60 + P − 100 = 0.1 P + 10.
  s.then.position('al', X, 'CROSS', { liquidationPrice: '55.55555556' });
  s.when.mark(Y, '95');
  // 55 + P − 100 = 0.1 P + 9.5: 54.5 ÷ 0.9.
  s.then.position('al', X, 'CROSS', { liquidationPrice: '60.55555556' });
});

scenario('§6.4c §6.7h a cross account is not deleveraged against its own block of the same instrument [A]', (s) => {
  market(s);
  rich(s, 'bo', 'dee');
  s.given.deposit('al', '51');
  trade(s, '1', '100', 'al', 'bo');
  // The block's short ranks far above bo's.
  trade(s, '1', '100', 'dee', block('al', '21'));
  s.when.mark(X, '77');
  s.then.noPosition('al', X, 'CROSS');
  s.then.position('al', X, 'ISOLATED', { quantity: '-1', cash: '21', entryPrice: '100' });
  s.then.noPosition('bo', X, 'CROSS');
  s.then.that(dataOf(s, 'PositionDeleveraged').map((data) => data.counterpartyAccountId)).not.toContain('al');
});

import { block, dataOf, market, PLAIN, rich, trade, X, Y } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§6.1 §3.5 the trigger holds the fee reserve at that very mark, the bankruptcy price does not [A]', (s) => {
  market(s, { feeReserveRate: '0.01' });
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  // 28 + P − 100 − 0.01 P = 0.1 P: 72 ÷ 0.89.
  s.then.position('al', X, 'ISOLATED', { liquidationPrice: '80.89887641', bankruptcyPrice: '72', equity: '27' });
  s.when.mark(X, '80.9');
  s.then.noEvent('LiquidationStarted');
  s.when.mark(X, '80.8');
  // 28 − 19.2 − 0.808.
  s.then.event('LiquidationStarted', { equity: '7.992', maintenanceMargin: '8.08', bankruptcyPrice: '72' });
});

scenario('§6.1 tiers: the MM of a large position is continuous, and so is its trigger [A]', (s) => {
  market(s, {
    tiers: [
      { floor: '0', maxLeverage: '5', maintenanceRate: '0.1' },
      { floor: '1000', maxLeverage: '4', maintenanceRate: '0.2' },
    ],
  });
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '20', '100', block('al', '560', { leverage: '4' }), 'bo');
  // MM = 0.2 × 20 P − 100 above a notional of 1,000: 560 + 20 P − 2,000 = 4 P − 100 → P = 83.75.
  s.then.position('al', X, 'ISOLATED', { maintenanceMargin: '300', liquidationPrice: '83.75', bankruptcyPrice: '72' });
  s.when.mark(X, '83.8');
  s.then.noEvent('LiquidationStarted');
  s.when.mark(X, '83.7');
  s.then.event('LiquidationStarted', { equity: '234', maintenanceMargin: '234.8' });
});

scenario('§6.2 §2.5a a resting order that the fill would ruin is canceled, and the liquidation order goes on', (s) => {
  market(s);
  rich(s, 'bo', 'dee');
  s.given.deposit('al', '1000');
  s.given.deposit('cy', '30');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.isolated('cy', X, 'BUY', '1', { price: '96', leverage: '5', as: 'bid' });
  s.given.order('dee', X, 'BUY', '1', { price: '77' });
  s.when.mark(X, '79.9');
  // Filled at 96, cy's block would have 19.2 − 16.1 = 3.1 against 7.99.
  s.then.event('OrderCanceled', { orderId: s.id('bid'), returned: '19.2', reason: 'WOULD_LIQUIDATE_IMMEDIATELY' });
  s.then.trades(['77', '1']);
  s.then.balance('cy', { cash: '30', isolated: '0' });
  s.then.ledger('insurance', '5');
});

scenario('§6.2 orders that the engine makes have ids of their own', (s) => {
  market(s);
  rich(s, 'bo', 'dee');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.order('dee', X, 'BUY', '1', { price: '77' });
  s.when.mark(X, '79.9');
  s.then.that(dataOf(s, 'TradeExecuted')[0]?.takerOrderId).toMatch(new RegExp(`^L${s.last.seq}-\\d+$`));
});

scenario('§6.3 opposite inventory smaller than the position is netted, the rest is taken over', (s) => {
  market(s);
  rich(s, 'bo', 'cy', 'dee');
  s.given.fundInsurance('1000');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '79.9');
  trade(s, '2', '80', 'dee', block('cy', '56'));
  s.when.mark(X, '98.2');
  // Long 1 from 72 is closed at 108, + 36, and a short of 1 at 108 is left, 9.8 in profit.
  s.then.insurance({ balances: { USD: '1036', USDC: '0' } });
  s.then.insurance({ inventory: [{ instrument: X, quantity: '-1', entryPrice: '108', unrealizedPnl: '9.8' }] });
  s.then.noEvent('PositionDeleveraged');
});

scenario('§6.3 §7.3b a USDC block taken over at BP is left without a hole in either currency', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('1000');
  s.given.deposit('al', '28', 'USDC');
  trade(s, '1', '100', block('al', '28', { marginCurrency: 'USDC' }), 'bo');
  s.when.mark(X, '75');
  s.then.event('PositionTakenOver', { quantity: '1', value: '72', realizedPnl: '-28' });
  s.then.ledger('conversion', '28', 'USDC');
  s.then.ledger('conversion', '-28');
  s.then.insurance({ balances: { USD: '1000', USDC: '0' } });
  s.then.balance('al', { cash: '0', isolated: '0' }, 'USDC');
});

scenario('§6.4d a counterparty block pays from its cash for an order that the deleveraging turned into an opening one', (s) => {
  market(s);
  rich(s, 'em');
  s.given.deposit('al', '1000');
  s.given.deposit('cy', '6');
  trade(s, '0.2', '100', block('al', '5.6'), block('cy', '4'));
  trade(s, '0.1', '100', 'em', block('cy', '2'));
  s.given.isolated('cy', X, 'BUY', '0.3', { price: '70', as: 'bid' });
  s.then.position('cy', X, 'ISOLATED', { quantity: '-0.3', cash: '6', orderMargin: '0' });
  s.when.mark(X, '79.9');
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.2', counterpartyAccountId: 'cy', counterpartyRealizedPnl: '5.6' });
  // Of the bid 0.1 still reduces; 0.2 × 70 ÷ 5 = 2.8 of the 11.6.
  s.then.event('OrderMarginCovered', { accountId: 'cy', amount: '2.8' });
  s.then.position('cy', X, 'ISOLATED', { quantity: '-0.1', cash: '8.8', orderMargin: '2.8' });
  s.then.order('bid', { quantity: '0.3' });
});

scenario('§6.4d a counterparty block that is closed keeps its opening order and returns the cash beside it', (s) => {
  market(s);
  s.given.deposit('al', '1000');
  s.given.deposit('cy', '6');
  trade(s, '0.3', '100', block('al', '8.4'), block('cy', '6'));
  s.given.isolated('cy', X, 'BUY', '0.3', { price: '70', as: 'bid' });
  s.when.mark(X, '79.9');
  // 6 + 8.4 = 14.4, of which the bid needs 0.3 × 70 ÷ 5 = 4.2.
  s.then.position('cy', X, 'ISOLATED', { status: 'PENDING', quantity: '0', cash: '0', orderMargin: '4.2' });
  s.then.balance('cy', { cash: '10.2', isolated: '4.2' });
});

scenario('§6.4a §6.4e §6.7f an account with equity ≤ 0 is passed over, and netted with the fund at its own turn', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'cy');
  s.given.deposit('al', '28');
  s.given.deposit('bo', '40');
  trade(s, '1', '100', block('al', '28'), 'bo');
  trade(s, '1', '100', 'bo', 'cy', Y);
  s.given.halt(Y);
  s.given.mark(Y, '38');
  // Bo: 40 − 62 + 20.1 = −1.9 at 79.9. Closed at 72 he would have 6 again, above Y's MM of 3.8, but he is passed over.
  // Nobody else is short, so the fund takes al's long at 72 with nothing;
  // then bo's short, in profit, goes at its mark against it: the fund makes 7.9.
  s.when.mark(X, '79.9');
  s.then.event('PositionTakenOver', { accountId: 'al', quantity: '1', value: '72' });
  s.then.event('PositionTakenOver', { accountId: 'bo', quantity: '-1', value: '79.9', fundClosed: '1', fundRealizedPnl: '7.9' });
  s.then.noEvent('PositionDeleveraged');
  s.then.insurance({ balances: { USD: '7.9', USDC: '0' }, deficit: '0', inventory: [] });
  // What is halted stays.
  s.then.ledger('main:bo', '60.1');
  s.then.position('bo', Y, 'CROSS', { quantity: '1' });
  s.then.account('bo', { equity: '-1.9' });
});

scenario('§6.6 a short inventory is bought back at the mark rounded down, at the part that the instrument names', (s) => {
  market(s, { markTickSize: '0.01', insuranceUnwindPart: '0.33' });
  rich(s, 'bo', 'cy');
  s.given.fundInsurance('1000');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', 'bo', block('al', '28'));
  s.given.mark(X, '117');
  s.given.order('cy', X, 'SELL', '1', { price: '117.1' });
  s.when.mark(X, '117.09');
  s.then.trades();
  s.given.order('cy', X, 'SELL', '1', { price: '117' });
  s.when.mark(X, '117.09');
  s.then.trades(['117', '0.33']);
  // 128 − 117 on 0.33; ⌈0.33 × 67⌉ = 23 next.
  s.then.insurance({ balances: { USD: '1003.63', USDC: '0' }, inventory: [{ quantity: '-0.67', entryPrice: '128' }] });
  s.when.mark(X, '117.09');
  s.then.trades(['117', '0.23']);
});

scenario('§6.6d a liquidation remainder repays the deficit before it is balance', (s) => {
  market(s);
  rich(s, 'bo', 'cy', 'dee');
  s.given.fundInsurance('10');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '79.9');
  s.given.mark(X, '55');
  s.then.insurance({ balances: { USD: '0', USDC: '0' }, deficit: '7' });
  // Trigger 40 ÷ 0.9 = 44.44…, sold at 44: 15 − 11 = 4.
  trade(s, '1', '55', block('cy', '15'), 'dee');
  s.given.order('bo', X, 'BUY', '1', { price: '44' });
  s.when.mark(X, '44.4');
  s.then.trades(['44', '1']);
  s.then.event('DeficitRepaid', { amount: '4' });
  s.then.insurance({ balances: { USD: '0', USDC: '0' }, deficit: '3' });
});

scenario('§6.6d §6.6e a credit in USDC repays the deficit at par', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('10');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '79.9');
  s.given.mark(X, '55');
  s.when.fundInsurance('9', 'USDC');
  s.then.event('DeficitRepaid', { amount: '7' });
  s.then.insurance({ balances: { USD: '0', USDC: '2' }, deficit: '0' });
});

scenario('§6.7g §6.9e funding that a cross account cannot bear is paid in full, and the fund pays the shortfall', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('100');
  s.given.deposit('al', '25');
  trade(s, '1', '100', 'al', 'bo');
  s.when.funding(X, '0.3');
  s.then.event('FundingSettled', { accountId: 'al', payment: '30' });
  s.then.event('FundingSettled', { accountId: 'bo', payment: '-30' });
  // Equity −5 without an unrealised loss: taken over at the mark.
  s.then.eventsOf('PositionTakenOver', { accountId: 'al', quantity: '1', value: '100' });
  s.then.event('ShortfallCovered', { accountId: 'al', amount: '5' });
  s.then.ledger('main:al', '0');
  s.then.insurance({ balances: { USD: '95', USDC: '0' }, deficit: '0' });
});

scenario('§6.7h resting isolated orders and their margin are untouched by a cross liquidation [A]', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo');
  s.given.deposit('al', '50');
  s.given.isolated('al', Y, 'BUY', '1', { price: '100', leverage: '5', as: 'pending' });
  trade(s, '1', '100', 'al', 'bo');
  s.when.mark(X, '77');
  s.then.noPosition('al', X, 'CROSS');
  s.then.position('al', Y, 'ISOLATED', { status: 'PENDING', orderMargin: '20' });
  s.then.balance('al', { cash: '0', isolated: '20' });
  s.then.order('pending', { quantity: '1' });
});

scenario('§6.7 the USDC of a cross account counts at par before it is liquidated [A]', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '10');
  s.given.deposit('al', '20', 'USDC');
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '77' });
  s.when.mark(X, '77.8');
  s.then.noEvent('LiquidationStarted');
  s.when.mark(X, '77');
  s.then.trades(['77', '0.18']);
  // 10 − 0.18 × 23 = 5.86; USDC is drawn on only after USD.
  s.then.balance('al', { cash: '5.86' });
  s.then.balance('al', { cash: '20' }, 'USDC');
});

scenario('§6.5 §1.1 the block and the cross position of one instrument, in opposite directions: only the block falls [A]', (s) => {
  market(s);
  rich(s, 'bo', 'dee');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  trade(s, '2', '100', 'dee', 'al');
  s.given.order('al', X, 'BUY', '2', { price: '70', reduceOnly: true, as: 'target' });
  s.when.mark(X, '70.1');
  s.then.event('IsolatedBlockLiquidated', { accountId: 'al' });
  s.then.position('al', X, 'CROSS', { quantity: '-2', entryPrice: '100', unrealizedPnl: '59.8' });
  s.then.order('target', { quantity: '2' });
  s.then.ledger('main:al', '972');
});

scenario('§6.1 a new block after a liquidation has a new id [A]', (s) => {
  market(s, PLAIN);
  rich(s, 'bo', 'al');
  trade(s, '1', '100', block('al', '28', { as: 'first' }), 'bo');
  s.given.mark(X, '79.9');
  trade(s, '1', '80', block('al', '28', { as: 'second' }), 'bo');
  s.then.that(s.iso('second')).not.toBe(s.iso('first'));
  s.when.isolated('al', X, 'BUY', '1', { price: '79', isolationId: s.iso('first') });
  s.then.rejected('INVALID_ISOLATION_ID');
});

scenario("§11.8 a trader's own bad close does not lower the fund's equity at mark", (s) => {
  market(s, { tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }] });
  rich(s, 'bo', 'accomplice');
  s.given.fundInsurance('100');
  s.given.deposit('al', '1');
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('accomplice', X, 'BUY', '0.9', { price: '95' });
  // 0.9 × 5 = 4.5 out of an equity of 1.
  s.when.order('al', X, 'SELL', '0.9', { price: '95' });
  s.then.that(Number(s.engine.insurance().equity)).toBeGreaterThanOrEqual(100);
  s.then.noEvent('ShortfallCovered');
  s.then.insurance({ deficit: '0' });
});

scenario('§11.8 a cross close past the equity of the account ends there', (s) => {
  market(s, { tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }] });
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1.1');
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('cy', X, 'BUY', '0.2', { price: '97' });
  s.given.order('cy', X, 'BUY', '0.8', { price: '95' });
  // 0.2 × 3 = 0.6 of 1.1 is there; 0.8 × 5 is not.
  s.when.order('al', X, 'SELL', '1', { price: '95', as: 'close' });
  s.then.accepted();
  s.then.trades(['97', '0.2']);
  s.then.event('OrderCanceled', { orderId: s.id('close'), quantity: '0.8' });
  // 0.5 against 0.4.
  s.then.position('al', X, 'CROSS', { quantity: '0.8' });
  s.then.account('al', { equity: '0.5', maintenanceMargin: '0.4' });
});

import { block, market, rich, trade, WIDE, X, Y } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§6.1 a block whose equity equals its maintenance margin is left alone [A]', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.when.mark(X, '80');
  s.then.accepted();
  s.then.noEvent('LiquidationStarted');
  // 28 + (80 − 100) = 8 = 10 % of 80.
  s.then.position('al', X, 'ISOLATED', {
    status: 'ACTIVE',
    equity: '8',
    maintenanceMargin: '8',
    liquidationPrice: '80',
    bankruptcyPrice: '72',
  });
});

scenario('§6.1 §6.1b one tick further the whole position goes at the bankruptcy price [A]', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28', { as: 'entry' }), 'bo');
  const id = s.iso('entry');
  s.when.mark(X, '79.9');
  s.then.event('LiquidationStarted', {
    accountId: 'al',
    instrument: X,
    isolationId: id,
    quantity: '1',
    equity: '7.9',
    maintenanceMargin: '7.99',
    bankruptcyPrice: '72',
  });
  s.then.event('IsolatedBlockLiquidated', { accountId: 'al', instrument: X, isolationId: id });
  s.then.noPosition('al', X, 'ISOLATED');
  s.then.noPosition('bo', X, 'CROSS');
  s.then.balance('al', { cash: '972', available: '972', withdrawable: '972', isolated: '0' });
  s.then.ledger(`block:${id}`, '0');
  // Bo's short was closed at 72: + 28, exactly what the block lost.
  s.then.ledger('main:bo', '10028');
  s.then.ledger('insurance', '0');
  s.then.market(X, { openInterest: '0' });
});

scenario('§6.5 §11.3 a flooded block touches nothing else of its trader to the last digit [A]', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo');
  // The twin does everything that al does, the flooded block aside, with the 28 less that al's margin cost.
  for (const [account, cash] of [
    ['al', '1000.000001'],
    ['twin', '972.000001'],
  ] as const) {
    s.given.deposit(account, cash);
    s.given.deposit(account, '50.000003', 'USDC');
    trade(s, '1.37', '100', account, 'bo');
    trade(s, '0.73', '99.9', block(account, '19.777777'), 'bo', Y);
    s.given.order(account, X, 'BUY', '0.11', { price: '60', as: `bid of ${account}` });
    s.given.order(account, X, 'SELL', '0.5', { type: 'STOP_LOSS', triggerPrice: '55', as: `stop of ${account}` });
  }
  trade(s, '1', '100', block('al', '28', { as: 'flooded' }), 'bo');
  const blockY = s.engine.position('al', Y, 'ISOLATED');
  s.when.mark(X, '79.9');
  s.then.event('IsolatedBlockLiquidated', { isolationId: s.iso('flooded') });
  s.then.eventsOf('IsolatedBlockLiquidated', { accountId: 'al' });
  s.then.that(s.engine.position('al', Y, 'ISOLATED')).toEqual(blockY);
  s.then.position('al', X, 'CROSS', { quantity: '1.37', entryPrice: '100' });
  s.then.order('bid of al', { quantity: '0.11', price: '60' });
  s.then.order('stop of al', { triggerPrice: '55' });
  const al = s.engine.account('al');
  const twin = s.engine.account('twin');
  for (const field of ['balances', 'equity', 'initialMargin', 'maintenanceMargin']) {
    s.then.that(al?.[field]).toEqual(twin?.[field]);
  }
  s.then.ledger('main:al', s.engine.ledger().USD['main:twin'] ?? 'absent');
  s.then.ledger('main:al', '50.000003', 'USDC');
});

scenario('§6.1a open orders are cancelled and their reserved margin returns before the block is lost [A]', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.isolated('al', X, 'BUY', '1', { price: '60', as: 'bid' });
  s.given.isolated('al', X, 'SELL', '1', { price: '120', reduceOnly: true, as: 'target' });
  s.given.isolated('al', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '70', reduceOnly: true, as: 'stop' });
  // 60 ÷ 5 = 12 lies beside the cash of 28.
  s.then.position('al', X, 'ISOLATED', { cash: '28', orderMargin: '12', liquidationPrice: '80', bankruptcyPrice: '72' });
  s.then.balance('al', { cash: '960', isolated: '40' });
  s.when.mark(X, '79.9');
  s.then.event('OrderCanceled', { orderId: s.id('bid'), returned: '12' });
  for (const order of ['bid', 'target', 'stop']) s.then.noOrder(order);
  s.then.balance('al', { cash: '972', isolated: '0' });
  s.then.ledger('main:bo', '10028');
});

scenario('§6.5 what the book left of the margin goes to the insurance fund [A]', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28', { as: 'entry' }), 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '77' });
  s.when.mark(X, '79.9');
  s.then.trades(['77', '1']);
  // 28 + (77 − 100) = 5.
  s.then.event('InsuranceFundCredited', { currency: 'USD', amount: '5', isolationId: s.iso('entry') });
  s.then.ledger('insurance', '5');
  s.then.balance('al', { cash: '972', isolated: '0' });
  s.then.noEvent('PositionDeleveraged');
  s.then.noEvent('PositionTakenOver');
});

scenario('§6.5a a gap far below the bankruptcy price costs no more than the margin allocated [A]', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.when.mark(X, '10');
  s.then.balance('al', { cash: '972', isolated: '0' });
  // Bo gives up 62 of his unrealised 90: nobody else can pay them.
  s.then.ledger('main:bo', '10028');
  s.then.insurance({ deficit: '0' });
});

scenario('§6.2 the order is limited by the aggressive edge where that is better than BP', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  // 79.9 × 0.95 = 75.905, inward to 76.
  s.given.order('cy', X, 'BUY', '0.4', { price: '76' });
  s.given.order('cy', X, 'BUY', '1', { price: '75.9', as: 'below' });
  s.when.mark(X, '79.9');
  s.then.trades(['76', '0.4']);
  s.then.book(X, { bids: [['75.9', '1']] });
  // The other 0.6 at 72; the fund, with nothing, may not take lots whose MM of 7.99 exceeds their gain of 7.9.
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.6', value: '43.2', counterpartyAccountId: 'bo' });
  // 28 − 0.4 × 24 − 0.6 × 28 = 1.6.
  s.then.ledger('insurance', '1.6');
});

scenario('§6.2 the order of a short is limited by the aggressive edge mirrored', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', 'bo', block('al', '28'));
  // Trigger 128 ÷ 1.1 = 116.36…; edge 116.4 × 1.05 = 122.22, inward to 122.2; BP 128.
  s.given.order('cy', X, 'SELL', '0.4', { price: '122.2' });
  s.given.order('cy', X, 'SELL', '1', { price: '122.3' });
  s.when.mark(X, '116.3');
  s.then.noEvent('LiquidationStarted');
  s.when.mark(X, '116.4');
  s.then.trades(['122.2', '0.4']);
  s.then.book(X, { asks: [['122.3', '1']] });
  s.then.eventsOf('PositionDeleveraged', { quantity: '-0.6', value: '76.8', counterpartyAccountId: 'bo' });
  // 28 − 0.4 × 22.2 − 0.6 × 28 = 2.32.
  s.then.ledger('insurance', '2.32');
});

scenario("§6.2 a bankruptcy price between ticks is rounded in the block's favour", (s) => {
  market(s, WIDE);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  // BP 71.97 → 72; the rest is deleveraged at 71.97 itself.
  trade(s, '1', '100', block('al', '28.03'), 'bo');
  s.given.order('cy', X, 'BUY', '0.5', { price: '72' });
  s.given.order('cy', X, 'BUY', '0.5', { price: '71.9' });
  s.when.mark(X, '79.9');
  s.then.trades(['72', '0.5']);
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.5', value: '35.985', realizedPnl: '-14.015' });
  // 0.5 × (72 − 71.97).
  s.then.ledger('insurance', '0.015');
});

const FEES = { ...WIDE, takerFeeRate: '0.001', liquidationFeeRate: '0.005' };

scenario('§6.2a taker fee and liquidation fee in full where the fills are far enough above BP', (s) => {
  market(s, FEES);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '78' });
  s.when.mark(X, '79.9');
  s.then.event('LiquidationFeesCharged', { accountId: 'al', takerFee: '0.078', liquidationFee: '0.39' });
  // Bo's taker fee on 100, and the block's.
  s.then.ledger('fees', '0.178');
  // 0.39 + (28 − 22 − 0.468).
  s.then.ledger('insurance', '5.922');
  s.then.ledger('main:al', '972');
});

scenario('§6.2a both fees together are capped at what the fills left above BP, the taker fee first', (s) => {
  market(s, FEES);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '72.1' });
  s.when.mark(X, '79.9');
  // Cap 0.1; 72.1 × 0.001 = 0.0721 leaves 0.0279 of the 0.3605.
  s.then.event('LiquidationFeesCharged', { takerFee: '0.0721', liquidationFee: '0.0279' });
  s.then.ledger('fees', '0.1721');
  s.then.ledger('insurance', '0.0279');
});

scenario('§6.2a a cap below the taker fee leaves no liquidation fee', (s) => {
  market(s, FEES);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28.03'), 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '72' });
  s.when.mark(X, '79.9');
  s.then.event('LiquidationFeesCharged', { takerFee: '0.03', liquidationFee: '0' });
  s.then.ledger('fees', '0.13');
  s.then.ledger('insurance', '0');
});

scenario('§6.2a §6.3a the cap counts the filled lots only, so that the rest goes over at BP without a hole', (s) => {
  market(s, FEES);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.order('cy', X, 'BUY', '0.5', { price: '72.1' });
  s.when.mark(X, '79.9');
  // Cap 0.5 × 0.1 = 0.05; taker 0.5 × 0.0721 = 0.03605.
  s.then.event('LiquidationFeesCharged', { takerFee: '0.03605', liquidationFee: '0.01395' });
  // Those 0.01395 carry ⌊0.01395 ÷ (0.0799 − 0.079)⌋ = 15 lots of the fund.
  s.then.eventsOf('PositionTakenOver', { quantity: '0.15', value: '10.8' });
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.35', value: '25.2' });
  s.then.ledger('fees', '0.13605');
  s.then.ledger('insurance', '0.01395');
  s.then.ledger('main:al', '972');
});

scenario("§9.6b §6.9g the trader's own bid does not stop his liquidation, which moves no mark", (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.order('al', X, 'BUY', '1', { price: '78', as: 'own' });
  s.given.order('cy', X, 'BUY', '1', { price: '77' });
  s.when.mark(X, '79.9');
  s.then.trades(['77', '1']);
  s.then.noOrder('own');
  s.then.ledger('insurance', '5');
  s.then.balance('al', { cash: '972', available: '972' });
  s.then.market(X, { markPrice: '79.9', lastPrice: '77' });
});

import { block, dataOf, market, rich, trade, X, Y } from '../../support/liquidation';
import { type Scenario, scenario } from '../../support/scenario';

/** The fund holds 1 of X, taken over at 72 with the mark at 79.9, and bo is short 1 against it. */
function inventory(s: Scenario, fund: string, changes = {}): void {
  market(s, changes);
  rich(s, 'bo', 'cy', 'dee');
  s.given.fundInsurance(fund);
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '79.9');
}

scenario('§6.3 the fund takes over at the bankruptcy price what the book does not take', (s) => {
  inventory(s, '1000');
  s.then.event('PositionTakenOver', { accountId: 'al', quantity: '1', value: '72', realizedPnl: '-28', fundClosed: '0' });
  s.then.noEvent('PositionDeleveraged');
  s.then.insurance({ balances: { USD: '1000', USDC: '0' }, deficit: '0', maintenanceMargin: '7.99' });
  s.then.insurance({ inventory: [{ instrument: X, quantity: '1', entryPrice: '72', unrealizedPnl: '7.9' }] });
  s.then.position('bo', X, 'CROSS', { quantity: '-1' });
  s.then.market(X, { openInterest: '1' });
});

scenario('§6.3 opposite inventory of the fund is netted first', (s) => {
  inventory(s, '1000');
  // A short 1@80 with 28: trigger 108 ÷ 1.1 = 98.18…, BP 108.
  trade(s, '1', '80', 'dee', block('cy', '28'));
  s.when.mark(X, '98.2');
  s.then.eventsOf('PositionTakenOver', { accountId: 'cy', quantity: '-1', value: '108', fundClosed: '1', fundRealizedPnl: '36' });
  s.then.noEvent('PositionDeleveraged');
  s.then.insurance({ balances: { USD: '1036', USDC: '0' }, inventory: [] });
  s.then.position('bo', X, 'CROSS', { quantity: '-1' });
  s.then.position('dee', X, 'CROSS', { quantity: '1' });
});

scenario('§6.3a a fund of 1 takes only the lots of a gap that it can carry', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('1');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.when.mark(X, '60');
  // A lot costs 0.12 at mark and 0.06 of MM: ⌊1 ÷ 0.18⌋ = 5.
  s.then.eventsOf('PositionTakenOver', { quantity: '0.05', value: '3.6' });
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.95', value: '68.4', counterpartyAccountId: 'bo' });
  s.then.insurance({ balances: { USD: '1', USDC: '0' }, deficit: '0', maintenanceMargin: '0.3' });
  s.then.balance('al', { cash: '972' });
});

scenario("§6.3a the MM of the fund's whole inventory counts, other instruments included", (s) => {
  inventory(s, '10');
  market(s, {}, Y);
  trade(s, '1', '100', block('cy', '28'), 'dee', Y);
  s.when.mark(Y, '60');
  // 10 + 7.9 − 7.99 = 9.91 are free; a lot of Y needs 0.18: 55 lots (9.90).
  s.then.eventsOf('PositionTakenOver', { instrument: Y, quantity: '0.55', value: '39.6' });
  s.then.eventsOf('PositionDeleveraged', { instrument: Y, quantity: '0.45', counterpartyAccountId: 'dee' });
});

scenario('§6.3b insuranceLimit bounds the notional of the inventory', (s) => {
  inventory(s, '1000', { insuranceLimit: '40' });
  // At 79.9 fifty lots are 39.95.
  s.then.eventsOf('PositionTakenOver', { quantity: '0.5', value: '36' });
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.5', value: '36', counterpartyAccountId: 'bo' });
  s.then.insurance({ inventory: [{ instrument: X, quantity: '0.5', entryPrice: '72' }] });
});

scenario('§6.3c parts of a long are rounded down and the last one takes the remainder', (s) => {
  market(s, { insuranceLimit: '1' });
  rich(s, 'bo');
  s.given.fundInsurance('1000');
  s.given.deposit('al', '1000');
  // Worth 3 − 0.840001 = 2.159999 at BP: a lot 0.719999666…; the limit admits one lot (0.799) to the fund.
  trade(s, '0.03', '100', block('al', '0.840001'), 'bo');
  s.when.mark(X, '79.9');
  s.then.eventsOf('PositionTakenOver', { quantity: '0.01', value: '0.719999', realizedPnl: '-0.280001' });
  s.then.eventsOf('PositionDeleveraged', {
    quantity: '0.02',
    value: '1.44',
    realizedPnl: '-0.56',
    counterpartyAccountId: 'bo',
    counterpartyRealizedPnl: '0.56',
  });
  s.then.ledger('insurance', '1000');
  s.then.ledger('main:al', '999.159999');
});

scenario('§6.3c parts of a short are rounded up and the last one takes the remainder', (s) => {
  market(s, { insuranceLimit: '2' });
  rich(s, 'bo');
  s.given.fundInsurance('1000');
  s.given.deposit('al', '1000');
  // Worth 3 + 0.840001 = 3.840001 at BP: a lot 1.280000333….
  trade(s, '0.03', '100', 'bo', block('al', '0.840001'));
  s.when.mark(X, '117');
  s.then.eventsOf('PositionTakenOver', { quantity: '-0.01', value: '1.280001', realizedPnl: '-0.280001' });
  s.then.eventsOf('PositionDeleveraged', { quantity: '-0.02', value: '2.56', realizedPnl: '-0.56', counterpartyRealizedPnl: '0.56' });
  s.then.ledger('insurance', '1000');
  s.then.ledger('main:al', '999.159999');
});

scenario('§6.3c each of three deleveraged parts is rounded by itself, the remainder is the last one’s', (s) => {
  market(s);
  for (const [account, cash] of [
    ['bo', '1000'],
    ['cy', '2000'],
    ['dee', '3000'],
  ] as const) {
    s.given.deposit(account, cash);
  }
  s.given.deposit('al', '1000');
  s.given.isolated('al', X, 'BUY', '0.03', { price: '100', leverage: '5', isolatedMargin: '0.840001' });
  for (const account of ['dee', 'cy', 'bo']) s.given.order(account, X, 'SELL', '0.01', { price: '100' });
  s.when.mark(X, '79.9');
  s.then.eventsOf(
    'PositionDeleveraged',
    { counterpartyAccountId: 'bo', value: '0.719999' },
    { counterpartyAccountId: 'cy', value: '0.719999' },
    { counterpartyAccountId: 'dee', value: '0.720001' },
  );
  s.then.ledger('main:al', '999.159999');
  s.then.ledger('insurance', '0');
});

scenario('§6.6 each later mark tick works off a tenth of the inventory, rounded up, without fee', (s) => {
  inventory(s, '1000', { takerFeeRate: '0.001' });
  s.then.trades();
  // Bo's taker fee on 100; nothing is added to it below.
  s.then.ledger('fees', '0.1');
  s.given.order('cy', X, 'BUY', '0.5', { price: '80' });
  for (const [lots, balance, left] of [
    ['0.1', '1000.8', '0.9'],
    ['0.09', '1001.52', '0.81'],
    ['0.09', '1002.24', '0.72'],
  ] as const) {
    s.when.mark(X, '79.9');
    s.then.trades(['80', lots]);
    s.then.insurance({ balances: { USD: balance, USDC: '0' }, inventory: [{ instrument: X, quantity: left }] });
  }
  s.then.ledger('fees', '0.1');
  s.then.market(X, { markPrice: '79.9', lastPrice: '80' });
});

scenario("§6.6 the work-off's limit is the mark, rounded to a tick in the fund's favour", (s) => {
  market(s, { markTickSize: '0.01', insuranceUnwindPart: '0.04' });
  rich(s, 'bo', 'cy');
  s.given.fundInsurance('1000');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '79.85');
  s.given.order('cy', X, 'BUY', '1', { price: '79.8' });
  s.when.mark(X, '79.85');
  s.then.trades();
  s.given.order('cy', X, 'BUY', '1', { price: '79.9' });
  s.when.mark(X, '79.85');
  s.then.trades(['79.9', '0.04']);
  s.then.book(X, {
    bids: [
      ['79.9', '0.96'],
      ['79.8', '1'],
    ],
  });
});

scenario("§6.6 a mark tick of another instrument works nothing off, nor does a trader's command", (s) => {
  inventory(s, '1000');
  market(s, {}, Y);
  s.when.order('cy', X, 'BUY', '0.5', { price: '80' });
  s.then.trades();
  s.when.mark(Y, '101');
  s.then.trades();
  s.then.insurance({ inventory: [{ instrument: X, quantity: '1' }] });
});

scenario("§6.6a a fund below its inventory's MM is deleveraged at mark", (s) => {
  inventory(s, '10');
  s.when.mark(X, '66.6');
  // 10 − 5.4 = 4.6 < 6.66.
  s.then.eventsOf('PositionDeleveraged', { instrument: X, quantity: '1', value: '66.6', counterpartyAccountId: 'bo' });
  s.then.that(dataOf(s, 'PositionDeleveraged')[0]?.accountId).toBeUndefined();
  s.then.noEvent('DeficitRecorded');
  s.then.insurance({ balances: { USD: '4.6', USDC: '0' }, inventory: [], deficit: '0' });
  // Bo: 100 − 66.6.
  s.then.ledger('main:bo', '10033.4');
});

scenario("§6.6a a fund whose equity equals its inventory's MM keeps it", (s) => {
  inventory(s, '0.18');
  // 0.18 + 7.8 = 7.98 = MM at 79.8.
  s.when.mark(X, '79.8');
  s.then.noEvent('PositionDeleveraged');
  s.then.insurance({ inventory: [{ instrument: X, quantity: '1' }] });
  s.when.mark(X, '79.7');
  s.then.event('PositionDeleveraged', { value: '79.7' });
  s.then.insurance({ balances: { USD: '7.88', USDC: '0' }, inventory: [] });
});

scenario("§6.6c §6.6d what would make the fund's cash negative is the deficit, and later credits repay it first", (s) => {
  inventory(s, '10');
  s.when.mark(X, '55');
  // 10 + (55 − 72) = −7.
  s.then.event('DeficitRecorded', { amount: '7' });
  s.then.insurance({ balances: { USD: '0', USDC: '0' }, deficit: '7', inventory: [] });
  s.when.fundInsurance('5');
  s.then.event('DeficitRepaid', { amount: '5' });
  s.then.insurance({ balances: { USD: '0', USDC: '0' }, deficit: '2' });
  s.when.fundInsurance('3');
  s.then.event('DeficitRepaid', { amount: '2' });
  s.then.insurance({ balances: { USD: '1', USDC: '0' }, deficit: '0' });
});

scenario("§6.6e the fund's USD and USDC count together, and a loss draws USDC at par after USD", (s) => {
  market(s);
  rich(s, 'bo');
  s.given.fundInsurance('5');
  s.given.fundInsurance('5', 'USDC');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '79.9');
  s.then.insurance({ inventory: [{ instrument: X, quantity: '1' }] });
  s.when.mark(X, '65');
  // 5 − 7 = −2: two of the five USDC.
  s.then.insurance({ balances: { USD: '0', USDC: '3' }, deficit: '0', inventory: [] });
});

scenario('§6.6a halted instruments of the inventory are skipped until they resume', (s) => {
  inventory(s, '10');
  s.given.halt(X);
  s.when.mark(X, '55');
  s.then.noEvent('PositionDeleveraged');
  s.then.insurance({ balances: { USD: '10', USDC: '0' }, inventory: [{ instrument: X, quantity: '1' }] });
  s.when.resume(X);
  s.then.event('PositionDeleveraged', { value: '55' });
  s.then.insurance({ balances: { USD: '0', USDC: '0' }, deficit: '7', inventory: [] });
});

scenario('§6.6a §6.6b what nobody can take stays with the fund, even below its MM, and waits for the next pass', (s) => {
  inventory(s, '20');
  market(s, {}, Y);
  trade(s, '1', '100', block('cy', '28'), 'dee', Y);
  s.given.mark(Y, '79.9');
  s.given.halt(X);
  s.given.mark(X, '40');
  // 20 − 32 + 7.9 < 4 + 7.99: Y's inventory goes at its mark, X's cannot.
  s.when.mark(Y, '79.9');
  s.then.insurance({ balances: { USD: '27.9', USDC: '0' }, equity: '-4.1', deficit: '0', inventory: [{ instrument: X, quantity: '1' }] });
  s.when.deposit('bo', '1');
  s.then.noEvent('PositionDeleveraged');
  s.when.resume(X);
  s.then.eventsOf('PositionDeleveraged', { instrument: X, quantity: '1', value: '40' });
  s.then.insurance({ balances: { USD: '0', USDC: '0' }, deficit: '4.1', inventory: [] });
});

scenario('§6.6a §6.6d the inventory goes instrument by instrument in the order of listing', (s) => {
  market(s, {}, Y);
  inventory(s, '20');
  trade(s, '1', '100', block('cy', '28'), 'dee', Y);
  s.given.mark(Y, '79.9');
  // 20 − 22 + 7.9 = 5.9 < 5 + 7.99. Y was listed first: + 7.9, then X: − 22 with 27.9 there.
  s.when.mark(X, '50');
  s.then.eventsOf('PositionDeleveraged', { instrument: Y, value: '79.9' }, { instrument: X, value: '50' });
  s.then.noEvent('DeficitRecorded');
  s.then.insurance({ balances: { USD: '5.9', USDC: '0' }, deficit: '0', inventory: [] });
});

scenario('§6.6c §6.6d the deficit is recorded at once and repaid by the gain that follows', (s) => {
  inventory(s, '20');
  market(s, {}, Y);
  trade(s, '1', '100', block('cy', '28'), 'dee', Y);
  s.given.mark(Y, '79.9');
  // X was listed first: 20 − 22 = −2 is recorded before Y brings 7.9.
  s.when.mark(X, '50');
  s.then.eventsOf('PositionDeleveraged', { instrument: X, value: '50' }, { instrument: Y, value: '79.9' });
  s.then.event('DeficitRecorded', { amount: '2' });
  s.then.event('DeficitRepaid', { amount: '2' });
  s.then.insurance({ balances: { USD: '5.9', USDC: '0' }, deficit: '0', inventory: [] });
});

scenario('§7.3a a USDC block pays its remainder to the fund in USDC, its PnL through conversion [A]', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '1000', 'USDC');
  trade(s, '1', '100', block('al', '28', { marginCurrency: 'USDC' }), 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '77' });
  s.when.mark(X, '79.9');
  s.then.insurance({ balances: { USD: '0', USDC: '5' } });
  s.then.balance('al', { cash: '972' }, 'USDC');
  // The loss of 23 left the block in USDC and reached clearing in USD.
  s.then.ledger('conversion', '23', 'USDC');
  s.then.ledger('conversion', '-23');
});

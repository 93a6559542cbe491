import { block, market, rich, trade, X, Y } from '../../support/liquidation';
import { scenario } from '../../support/scenario';

scenario('§6.4 §6.4d deleveraging takes the highest rank first, whole or in part, inside isolated blocks', (s) => {
  market(s);
  rich(s, 'bo', 'em');
  for (const account of ['al', 'cy', 'dee']) s.given.deposit(account, '1000');
  s.given.isolated('al', X, 'BUY', '0.5', { price: '100', leverage: '5', isolatedMargin: '14' });
  s.given.order('em', X, 'BUY', '0.5', { price: '100' });
  // Shorts in the order of opening: bo, dee, cy. At 79.9 uPnL ÷ IM is the same for all, so notional ÷ equity ranks:
  // bo 23.97 ÷ 10,006.03, dee 31.96 ÷ (40 + 8.04), cy 23.97 ÷ (6 + 6.03).
  s.given.order('bo', X, 'SELL', '0.3', { price: '100' });
  s.given.isolated('dee', X, 'SELL', '0.4', { price: '100', leverage: '5', isolatedMargin: '40' });
  s.given.isolated('cy', X, 'SELL', '0.3', { price: '100', leverage: '5', isolatedMargin: '6' });
  s.when.mark(X, '79.9');
  s.then.eventsOf(
    'PositionDeleveraged',
    { accountId: 'al', quantity: '0.3', value: '21.6', realizedPnl: '-8.4', counterpartyAccountId: 'cy', counterpartyRealizedPnl: '8.4' },
    { accountId: 'al', quantity: '0.2', value: '14.4', realizedPnl: '-5.6', counterpartyAccountId: 'dee', counterpartyRealizedPnl: '5.6' },
  );
  // Cy's block is closed and goes home with its 6 + 8.4; dee's stays with 40 + 5.6.
  s.then.noPosition('cy', X, 'ISOLATED');
  s.then.balance('cy', { cash: '1008.4', isolated: '0' });
  s.then.position('dee', X, 'ISOLATED', { quantity: '-0.2', cash: '45.6', entryPrice: '100' });
  s.then.balance('dee', { cash: '960', isolated: '45.6' });
  s.then.position('bo', X, 'CROSS', { quantity: '-0.3' });
});

scenario('§6.4 the leverage of a block raises its rank through its own IM', (s) => {
  market(s);
  rich(s, 'al', 'cy', 'dee');
  s.given.isolated('al', X, 'BUY', '0.3', { price: '100', leverage: '5', isolatedMargin: '8.4' });
  s.given.order('cy', X, 'BUY', '0.3', { price: '100' });
  // Equal but for the leverage: uPnL ÷ IM is 6.03 ÷ 11.985 at 2x and 6.03 ÷ 4.794 at 5x.
  s.given.deposit('low', '100');
  s.given.deposit('high', '100');
  s.given.isolated('low', X, 'SELL', '0.3', { price: '100', leverage: '2', isolatedMargin: '40' });
  s.given.isolated('high', X, 'SELL', '0.3', { price: '100', leverage: '5', isolatedMargin: '40' });
  s.when.mark(X, '79.9');
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.3', counterpartyAccountId: 'high' });
  s.then.position('low', X, 'ISOLATED', { quantity: '-0.3' });
});

scenario('§6.4 a cross counterparty ranks by the equity of its whole account', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'al', 'em');
  s.given.deposit('first', '1000');
  s.given.deposit('second', '1000');
  trade(s, '0.3', '100', 'em', 'first');
  trade(s, '0.3', '100', block('al', '8.4'), 'second');
  // Second loses 400 on Y: 600 are left to it, 1,000 to first.
  trade(s, '40', '100', 'second', 'em', Y);
  s.given.mark(Y, '90');
  s.when.mark(X, '79.9');
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.3', counterpartyAccountId: 'second' });
  s.then.position('first', X, 'CROSS', { quantity: '-0.3' });
});

scenario('§6.4a losers come after winners, the smallest relative loss first', (s) => {
  market(s, {}, X, '78');
  rich(s, 'al', 'bo', 'cy', 'dee', 'em');
  trade(s, '0.1', '75', 'em', 'cy');
  trade(s, '0.1', '78', 'em', 'dee');
  s.given.mark(X, '100');
  s.given.isolated('al', X, 'BUY', '0.25', { price: '100', leverage: '5', isolatedMargin: '7' });
  s.given.order('bo', X, 'SELL', '0.1', { price: '100' });
  s.given.order('em', X, 'SELL', '0.15', { price: '100' });
  // At 79.9 bo has gained, dee lost 1.9 and cy 4.9 a unit of 79.9.
  s.when.mark(X, '79.9');
  s.then.eventsOf(
    'PositionDeleveraged',
    { quantity: '0.1', counterpartyAccountId: 'bo', counterpartyRealizedPnl: '2.8' },
    { quantity: '0.1', counterpartyAccountId: 'dee', counterpartyRealizedPnl: '0.6' },
    { quantity: '0.05', counterpartyAccountId: 'cy', counterpartyRealizedPnl: '0.15' },
  );
  s.then.position('cy', X, 'CROSS', { quantity: '-0.05' });
});

scenario('§6.4a a tie goes to the position that left zero first, counted from its last opening', (s) => {
  market(s);
  rich(s, 'em');
  for (const account of ['al', 'bo', 'cy']) s.given.deposit(account, '1000');
  trade(s, '0.1', '100', 'em', 'bo');
  trade(s, '0.1', '100', 'em', 'cy');
  // Bo was first, but went through zero and opened again after cy.
  trade(s, '0.1', '100', 'bo', 'em');
  trade(s, '0.1', '100', block('al', '2.8'), 'bo');
  s.when.mark(X, '79.9');
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.1', counterpartyAccountId: 'cy' });
  s.then.position('bo', X, 'CROSS', { quantity: '-0.1' });
});

scenario('§6.4a a tie goes to the earlier opening, later increases aside', (s) => {
  market(s);
  rich(s, 'em');
  for (const account of ['al', 'bo', 'cy']) s.given.deposit(account, '1000');
  trade(s, '0.05', '100', 'em', 'bo');
  trade(s, '0.1', '100', 'em', 'cy');
  trade(s, '0.05', '100', block('al', '1.4'), 'bo');
  s.when.mark(X, '79.9');
  s.then.eventsOf('PositionDeleveraged', { quantity: '0.05', counterpartyAccountId: 'bo' });
  s.then.position('cy', X, 'CROSS', { quantity: '-0.1' });
});

scenario('§6.4c never from another position of the liquidated account', (s) => {
  market(s);
  rich(s, 'bo', 'dee');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  // Al's cross short of the same size ranks above bo's: its account has a tenth of bo's equity.
  trade(s, '1', '100', 'dee', 'al');
  s.when.mark(X, '79.9');
  s.then.eventsOf('PositionDeleveraged', { accountId: 'al', quantity: '1', counterpartyAccountId: 'bo' });
  s.then.position('al', X, 'CROSS', { quantity: '-1', entryPrice: '100' });
  s.then.ledger('main:al', '972');
});

scenario("§6.4 a counterparty's reduce-only orders are cut as after any change of its position", (s) => {
  market(s);
  rich(s, 'bo', 'em');
  s.given.deposit('al', '1000');
  trade(s, '0.6', '100', block('al', '16.8'), 'bo');
  trade(s, '0.4', '100', 'em', 'bo');
  s.given.order('bo', X, 'BUY', '1', { price: '55', reduceOnly: true, as: 'target' });
  s.when.mark(X, '79.9');
  s.then.event('PositionDeleveraged', { quantity: '0.6', counterpartyAccountId: 'bo' });
  s.then.position('bo', X, 'CROSS', { quantity: '-0.4' });
  s.then.book(X, { bids: [['55', '0.4']] });
});

scenario('§6.4b §6.4e §6.6a §6.6c from each the most lots that leave it equity ≥ MM; the rest is the fund’s whatever its balance', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'cy');
  s.given.deposit('al', '28');
  s.given.deposit('bo', '20');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.halt(X);
  // Nothing is liquidated, but bo's account is valued at 60: 20 + 40, of which 12 are IM of X.
  s.given.mark(X, '60');
  trade(s, '2', '100', 'bo', 'cy', Y);
  s.given.mark(Y, '84');
  // Bo: equity 20 + 40 − 32 = 28, MM 6 + 16.8.
  s.then.account('bo', { equity: '28', maintenanceMargin: '22.8' });
  s.when.resume(X);
  // A lot at 72 with the mark at 60 costs bo 0.12 and frees 0.06 of MM:
  // 28 − 0.12 n ≥ 22.8 − 0.06 n up to n = 86. The other 14 lots go to a fund that has nothing;
  // its equity of −1.68 is below MM, so that they are deleveraged at 60, which leaves bo's equity where it is.
  s.then.eventsOf('PositionTakenOver', { accountId: 'al', quantity: '0.14', value: '10.08' });
  s.then.eventsOf(
    'PositionDeleveraged',
    { accountId: 'al', quantity: '0.86', value: '61.92', counterpartyAccountId: 'bo', counterpartyRealizedPnl: '24.08' },
    { quantity: '0.14', value: '8.4', counterpartyAccountId: 'bo', counterpartyRealizedPnl: '5.6' },
  );
  s.then.event('DeficitRecorded', { amount: '1.68' });
  s.then.insurance({ balances: { USD: '0', USDC: '0' }, deficit: '1.68', inventory: [] });
  // 20 + 24.08 + 5.6.
  s.then.ledger('main:bo', '49.68');
  s.then.position('bo', Y, 'CROSS', { quantity: '2' });
  s.then.ledger('main:al', '0');
});

scenario('§6.4 ranks follow deposits and leverage settings between two deleveragings at one mark', (s) => {
  market(s);
  rich(s, 'em');
  s.given.deposit('bo', '1000');
  s.given.deposit('cy', '2000');
  trade(s, '0.2', '100', 'em', 'bo');
  trade(s, '0.2', '100', 'em', 'cy');
  // 8 a unit is MM at 80; each funding below takes the next block under it.
  for (const [account, margin] of [
    ['first', '2.8'],
    ['second', '2.805'],
    ['third', '2.815'],
  ] as const) {
    s.given.deposit(account, '10');
    trade(s, '0.1', '100', block(account, margin), 'em');
  }
  s.given.mark(X, '80');
  // 2.8 − 0.0008 − 2 = 0.7992 < 0.8. Equities of bo and cy are about 1,004 and 2,004.
  s.when.funding(X, '0.0001');
  s.then.eventsOf('PositionDeleveraged', { accountId: 'first', counterpartyAccountId: 'bo' });
  s.given.deposit('bo', '5000');
  // 2.805 − 0.0088 − 2 = 0.7962; 6,004 against 2,004 now.
  s.when.funding(X, '0.001');
  s.then.eventsOf('PositionDeleveraged', { accountId: 'second', counterpartyAccountId: 'cy' });
  // At 1x cy's own IM is five times as large: (1 ÷ 5) ÷ 2,004 against 1 ÷ 6,004.
  s.given.leverage('cy', X, 'CROSS', '1');
  s.when.funding(X, '0.001');
  s.then.eventsOf('PositionDeleveraged', { accountId: 'third', counterpartyAccountId: 'bo' });
});

import { type Scenario, scenario } from '../../support/scenario';

const BTC = 'BTC-PERP';

function market(s: Scenario, usd: string, usdc: string): void {
  s.given.marketAt(BTC, '100');
  if (usd !== '0') s.given.deposit('alice', usd);
  if (usdc !== '0') s.given.deposit('alice', usdc, 'USDC');
}

scenario('§7.2 §7.2a USD and USDC both serve as margin at par; available is one figure in both rows [A]', (s) => {
  market(s, '600', '500');
  s.then.balance('alice', { cash: '600', available: '1100', withdrawable: '1100', isolated: '0' });
  s.then.balance('alice', { cash: '500', available: '1100', withdrawable: '500', isolated: '0' }, 'USDC');
});

scenario('§7.2 a cross position may be carried by USDC alone, its fee is converted [A]', (s) => {
  market(s, '0', '10');
  s.given.maker('mm', BTC, 'SELL', '5', '100');
  s.when.order('alice', BTC, 'BUY', '5', { price: '100' });
  s.then.accepted();
  // the fee of 0.25 would leave USD at −0.25
  s.then.event('BalanceConverted', { accountId: 'alice', amount: '0.25' });
  s.then.balance('alice', { cash: '0', available: '4.75', withdrawable: '4.75' });
  s.then.balance('alice', { cash: '9.75', available: '4.75', withdrawable: '4.75' }, 'USDC');
});

scenario('§7.2b what is needed in USD uses USD up first and converts the rest from USDC at once', (s) => {
  market(s, '600', '500');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', isolatedMargin: '1000' });
  s.then.accepted();
  s.then.event('BalanceConverted', { accountId: 'alice', amount: '400' });
  s.then.balance('alice', { cash: '0', available: '100', withdrawable: '100', isolated: '1000' });
  s.then.balance('alice', { cash: '100', available: '100', withdrawable: '100', isolated: '0' }, 'USDC');
  s.then.ledger('conversion', '-400');
  s.then.ledger('conversion', '400', 'USDC');
});

scenario('§7.2b a USD withdrawal draws on USDC after USD', (s) => {
  market(s, '600', '500');
  s.when.withdraw('alice', '1100.000001');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '1100');
  s.when.withdraw('alice', '1000');
  s.then.accepted();
  s.then.event('BalanceConverted', { amount: '400' });
  s.then.balance('alice', { cash: '0', withdrawable: '100' });
  s.then.balance('alice', { cash: '100', withdrawable: '100' }, 'USDC');
  s.then.ledger('external', '400');
  s.then.ledger('external', '-500', 'USDC');
});

scenario('§7.2a what is needed in USDC draws on USDC only', (s) => {
  market(s, '600', '50');
  s.when.withdraw('alice', '50.000001', 'USDC');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '50');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', marginCurrency: 'USDC' });
  // 50.25 in USDC are not there
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '50.25', '50');
  s.when.withdraw('alice', '50', 'USDC');
  s.then.accepted();
});

scenario('§7.2a cross initial margin limits what can leave in either currency', (s) => {
  s.given.marketAt(BTC, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '3');
  s.given.deposit('alice', '10', 'USDC');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  // available 13 − 5
  s.then.balance('alice', { cash: '3', available: '8', withdrawable: '8' });
  s.then.balance('alice', { cash: '10', available: '8', withdrawable: '8' }, 'USDC');
  s.when.withdraw('alice', '8', 'USDC');
  s.then.accepted();
  s.then.balance('alice', { cash: '3', available: '0', withdrawable: '0' });
  s.then.balance('alice', { cash: '2', available: '0', withdrawable: '0' }, 'USDC');
});

scenario('§7.2c a USD balance that a loss makes negative is converted from USDC at once', (s) => {
  market(s, '10', '100');
  s.given.crossPosition('alice', BTC, 'BUY', '5', '100');
  s.given.mark(BTC, '96');
  s.given.maker('mm', BTC, 'BUY', '5', '96');
  s.when.close('alice', BTC, 'CROSS');
  // 10 − 0.25 − 20 − 0.24 = −10.49
  s.then.event('BalanceConverted', { accountId: 'alice', amount: '10.49' });
  s.then.balance('alice', { cash: '0', available: '89.51' });
  s.then.balance('alice', { cash: '89.51', withdrawable: '89.51' }, 'USDC');
});

scenario('§7.2c AdjustBalance of USD below zero draws on USDC', (s) => {
  market(s, '10', '50');
  s.when.adjust('alice', '-30');
  s.then.accepted();
  s.then.event('BalanceConverted', { amount: '20' });
  s.then.balance('alice', { cash: '0' });
  s.then.balance('alice', { cash: '30' }, 'USDC');
});

scenario('§7.3 §7.3a §7.3b a USDC block takes, pays and returns USDC; its PnL passes through conversion', (s) => {
  market(s, '0', '1000');
  s.given.maker('mm', BTC, 'SELL', '5', '100');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', marginCurrency: 'USDC' });
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { marginCurrency: 'USDC', cash: '50', liquidationPrice: '90.45226131' });
  s.then.balance('alice', { cash: '949.75', isolated: '50' }, 'USDC');
  s.then.balance('alice', { cash: '0', isolated: '0' });
  s.then.ledger('fees', '0.25', 'USDC');
  s.then.ledger('fees', '0');
  s.given.mark(BTC, '104');
  s.given.maker('mm', BTC, 'BUY', '5', '104');
  s.when.close('alice', BTC, 'ISOLATED');
  // 949.75 + 50 + 20 − 0.26
  s.then.balance('alice', { cash: '1019.49', isolated: '0' }, 'USDC');
  s.then.balance('alice', { cash: '0' });
  s.then.ledger('fees', '0.51', 'USDC');
  s.then.ledger('conversion', '20');
  s.then.ledger('conversion', '-20', 'USDC');
  s.then.ledger('clearing', '0');
});

scenario('§7.3 the margin of a block is in USD unless it says otherwise', (s) => {
  market(s, '1000', '1000');
  s.when.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10' });
  s.then.event('IsolatedBlockOpened', { marginCurrency: 'USD' });
  s.then.balance('alice', { cash: '949.75', isolated: '50.25' });
  s.then.balance('alice', { cash: '1000', isolated: '0' }, 'USDC');
});

scenario('§7.3 added and removed margin of a USDC block moves in USDC', (s) => {
  market(s, '1000', '100');
  s.given.maker('mm', BTC, 'SELL', '5', '100');
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', marginCurrency: 'USDC' });
  s.when.addMargin('alice', BTC, '49.750001');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN', '49.75');
  s.when.addMargin('alice', BTC, '49.75');
  s.then.accepted();
  s.then.balance('alice', { cash: '0', isolated: '99.75' }, 'USDC');
  s.when.removeMargin('alice', BTC, 'MAX');
  s.then.event('IsolatedMarginRemoved', { amount: '49.75' });
  s.then.balance('alice', { cash: '49.75', isolated: '50' }, 'USDC');
  s.then.balance('alice', { cash: '1000', isolated: '0' });
});

scenario('§7.3a the remainder of a liquidated USDC block goes to insurance in USDC', (s) => {
  market(s, '0', '1000');
  s.given.maker('mm', BTC, 'SELL', '5', '100');
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', marginCurrency: 'USDC' });
  s.given.maker('mm', BTC, 'BUY', '5', '90.5');
  s.when.mark(BTC, '90');
  // 50 − 47.5 − 452.5 × 0.0005
  s.then.event('InsuranceFundCredited', { currency: 'USDC', amount: '2.27375' });
  s.then.insurance({ balances: { USD: '0', USDC: '2.27375' }, deficit: '0' });
  s.then.ledger('fees', '0.47625', 'USDC');
  s.then.ledger('conversion', '-47.5');
  s.then.ledger('conversion', '47.5', 'USDC');
  s.then.balance('alice', { cash: '949.75', isolated: '0' }, 'USDC');
});

scenario('§7.3b funding of a USDC block passes through conversion', (s) => {
  market(s, '0', '1000');
  s.given.maker('mm', BTC, 'SELL', '5', '100');
  s.given.isolated('alice', BTC, 'BUY', '5', { price: '100', leverage: '10', marginCurrency: 'USDC' });
  s.when.funding(BTC, '0.001');
  s.then.accepted();
  s.then.position('alice', BTC, 'ISOLATED', { cash: '49.5', fundingPaid: '0.5' });
  s.then.ledger('conversion', '-0.5');
  s.then.ledger('conversion', '0.5', 'USDC');
  s.then.ledger('main:mm', '1000000000.5');
});

/** alice owes 40 USD after a realised loss, carried by a cross profit; her USDC is in an isolated order. */
function negativeUsd(s: Scenario): void {
  for (const market of ['A-PERP', 'B-PERP', 'C-PERP']) s.given.marketAt(market, '100', { takerFeeRate: '0' });
  s.given.deposit('alice', '60');
  s.given.deposit('alice', '150', 'USDC');
  s.given.crossPosition('alice', 'A-PERP', 'BUY', '10', '100');
  s.given.mark('A-PERP', '150');
  s.given.crossPosition('alice', 'B-PERP', 'BUY', '5', '100');
  s.given.isolated('alice', 'C-PERP', 'BUY', '10', {
    price: '100',
    leverage: '10',
    marginCurrency: 'USDC',
    isolatedMargin: '150',
    as: 'usdc',
  });
  s.given.mark('B-PERP', '80');
  s.given.maker('mm', 'B-PERP', 'BUY', '5', '80');
  s.given.close('alice', 'B-PERP', 'CROSS');
  s.then.balance('alice', { cash: '-40', withdrawable: '0' });
  s.then.balance('alice', { cash: '0', isolated: '150' }, 'USDC');
}

scenario('§7.2c USDC that comes home from a cancelled order pays a negative USD at once', (s) => {
  negativeUsd(s);
  s.when.cancel('alice', 'usdc');
  s.then.accepted();
  s.then.event('BalanceConverted', { accountId: 'alice', amount: '40' });
  s.then.balance('alice', { cash: '0' });
  s.then.balance('alice', { cash: '110', isolated: '0' }, 'USDC');
});

scenario('§7.2c USDC removed from a block pays a negative USD at once', (s) => {
  negativeUsd(s);
  // the 50 beyond the need lie in block cash
  s.when.removeMargin('alice', 'C-PERP', 'MAX');
  s.then.event('IsolatedMarginRemoved', { amount: '50' });
  s.then.event('BalanceConverted', { accountId: 'alice', amount: '40' });
  s.then.balance('alice', { cash: '0' });
  s.then.balance('alice', { cash: '10', isolated: '100' }, 'USDC');
});

scenario('§7.2c USDC that a closed block returns pays a negative USD at once', (s) => {
  negativeUsd(s);
  s.given.order('mm', 'C-PERP', 'SELL', '10', { price: '100' });
  s.given.order('mm', 'C-PERP', 'BUY', '10', { price: '99.5' });
  // 150 − 5
  s.when.close('alice', 'C-PERP', 'ISOLATED');
  s.then.event('BalanceConverted', { accountId: 'alice', amount: '40' });
  s.then.balance('alice', { cash: '0' });
  s.then.balance('alice', { cash: '105', isolated: '0' }, 'USDC');
});

scenario('§7.2c a deposit of USDC pays a negative USD at once', (s) => {
  negativeUsd(s);
  s.when.deposit('alice', '30', 'USDC');
  s.then.event('BalanceConverted', { accountId: 'alice', amount: '30' });
  s.then.balance('alice', { cash: '-10' });
  s.then.balance('alice', { cash: '0' }, 'USDC');
});

scenario('§7.2c USDC that an amend releases pays a negative USD at once', (s) => {
  negativeUsd(s);
  // 500 × 0.1 stays reserved, 50 comes home
  s.when.amend('alice', 'usdc', { quantity: '5' });
  s.then.event('BalanceConverted', { accountId: 'alice', amount: '40' });
  s.then.balance('alice', { cash: '0' });
  s.then.balance('alice', { cash: '10', isolated: '100' }, 'USDC');
});

scenario('§7.2c USDC that comes home from a liquidated block pays a negative USD at once', (s) => {
  negativeUsd(s);
  s.given.order('mm', 'C-PERP', 'SELL', '5', { price: '100' });
  s.then.position('alice', 'C-PERP', 'ISOLATED', { quantity: '5', cash: '100', orderMargin: '50' });
  // 100 − 5 × 20 = 0: liquidated, and the reserve of the other 5 lots comes home
  s.when.mark('C-PERP', '80');
  s.then.noPosition('alice', 'C-PERP', 'ISOLATED');
  s.then.balance('alice', { cash: '0' });
  s.then.balance('alice', { cash: '10', isolated: '0' }, 'USDC');
});

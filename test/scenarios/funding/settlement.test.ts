import { block, dataOf, eventsOf, market, rich, trade, X } from '../../support/liquidation';
import { type Scenario, scenario } from '../../support/scenario';

/** Al's isolated long 1@100 with the margin, bo's cross short against it. */
function pair(s: Scenario, margin = '28', changes = {}): void {
  market(s, changes);
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', margin), 'bo');
}

scenario('§8.1 longs pay the rate on notional at mark when it is positive [A]', (s) => {
  pair(s);
  s.given.mark(X, '120');
  s.when.funding(X, '0.0001');
  s.then.accepted();
  s.then.event('FundingRateSet', { instrument: X, rate: '0.0001', markPrice: '120' });
  // 120 at mark, not 100 at entry.
  s.then.event('FundingSettled', { accountId: 'al', rate: '0.0001', payment: '0.012' });
  s.then.event('FundingSettled', { accountId: 'bo', payment: '-0.012' });
  s.then.position('al', X, 'ISOLATED', { cash: '27.988', fundingPaid: '0.012' });
  s.then.ledger('main:bo', '10000.012');
  s.then.ledger('insurance', '0');
});

scenario('§8.1 shorts pay when it is negative [A]', (s) => {
  pair(s);
  s.when.funding(X, '-0.0001');
  s.then.event('FundingSettled', { accountId: 'bo', payment: '0.01' });
  s.then.position('al', X, 'ISOLATED', { cash: '28.01', fundingPaid: '-0.01' });
  s.then.ledger('main:bo', '9999.99');
});

scenario('§8.1 every open position is settled: cross and isolated of one account each by itself', (s) => {
  pair(s);
  trade(s, '0.5', '100', 'al', block('bo', '20'));
  s.when.funding(X, '0.01');
  // Al pays 1 from the block and 0.5 from the main account; bo receives 1 in the account and 0.5 in the block.
  s.then.position('al', X, 'ISOLATED', { cash: '27' });
  s.then.ledger('main:al', '971.5');
  s.then.ledger('main:bo', '9981');
  s.then.position('bo', X, 'ISOLATED', { cash: '20.5' });
  s.then.that(dataOf(s, 'FundingSettled')).toHaveLength(4);
});

scenario('§8.1d payments round up, receipts round down, the difference is the fund’s', (s) => {
  market(s);
  rich(s, 'al', 'bo');
  trade(s, '0.01', '100', block('al', '1'), 'bo');
  // 1 × 0.0000015 = 1.5 micro-units.
  s.when.funding(X, '0.0000015');
  s.then.event('FundingSettled', { accountId: 'al', payment: '0.000002' });
  s.then.event('FundingSettled', { accountId: 'bo', payment: '-0.000001' });
  s.then.ledger('insurance', '0.000001');
  s.when.funding(X, '-0.0000015');
  s.then.event('FundingSettled', { accountId: 'bo', payment: '0.000002' });
  s.then.event('FundingSettled', { accountId: 'al', payment: '-0.000001' });
  s.then.ledger('insurance', '0.000002');
});

scenario('§8.1b §8.1d a block pays at most what it has, and the fund makes up the difference [A]', (s) => {
  pair(s, '20');
  s.given.fundInsurance('100');
  s.when.funding(X, '0.3');
  s.then.event('FundingSettled', { accountId: 'al', payment: '20' });
  s.then.event('FundingSettled', { accountId: 'bo', payment: '-30' });
  s.then.ledger('main:bo', '10030');
  s.then.ledger('main:al', '980');
  // The drained block is taken over at 100 by a fund of 90.
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '0', bankruptcyPrice: '100' });
  s.then.insurance({ balances: { USD: '90', USDC: '0' }, inventory: [{ instrument: X, quantity: '1', entryPrice: '100' }] });
});

scenario('§8.1b an unrealised loss lowers what a block can pay [A]', (s) => {
  pair(s, '28');
  s.given.fundInsurance('100');
  s.given.mark(X, '90');
  // 28 − 10 = 18 of the 27 that are due.
  s.when.funding(X, '0.3');
  s.then.event('FundingSettled', { accountId: 'al', payment: '18' });
  s.then.event('FundingSettled', { accountId: 'bo', payment: '-27' });
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '0', bankruptcyPrice: '90' });
});

scenario('§8.1e receipts are scaled down only as far as payments and fund fall short', (s) => {
  market(s);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '20');
  s.given.fundInsurance('4.000001');
  s.given.isolated('al', X, 'BUY', '1', { price: '100', leverage: '5' });
  s.given.order('bo', X, 'SELL', '0.75', { price: '100' });
  s.given.order('cy', X, 'SELL', '0.25', { price: '100' });
  s.when.funding(X, '0.3');
  // 20 paid + 4.000001 for the 22.5 and 7.5 that are due: ⌊18.00000075⌋ and ⌊6.00000025⌋ micro-units.
  s.then.event('FundingSettled', { accountId: 'bo', payment: '-18' });
  s.then.event('FundingSettled', { accountId: 'cy', payment: '-6' });
  s.then.ledger('main:bo', '10018');
  s.then.ledger('main:cy', '10006');
  s.then.insurance({ balances: { USD: '0.000001', USDC: '0' }, deficit: '0' });
});

scenario('§8.1c block cash may turn negative while unrealised PnL carries it', (s) => {
  pair(s, '20');
  s.given.mark(X, '150');
  s.when.funding(X, '0.2');
  // 150 × 0.2 = 30 from a cash of 20 with 50 of unrealised profit.
  s.then.event('FundingSettled', { accountId: 'al', payment: '30' });
  s.then.noEvent('LiquidationStarted');
  s.then.position('al', X, 'ISOLATED', { status: 'ACTIVE', cash: '-10', equity: '40', maintenanceMargin: '15' });
  s.then.ledger('main:al', '980');
});

scenario("§8.1a the fund's inventory pays and receives", (s) => {
  pair(s);
  s.given.fundInsurance('1000');
  s.given.mark(X, '79.9');
  s.given.mark(X, '80');
  s.when.funding(X, '0.01');
  // The fund is long 1.
  s.then.insurance({ balances: { USD: '999.2', USDC: '0' } });
  // 10,000 + 0.8.
  s.then.ledger('main:bo', '10000.8');
  s.when.funding(X, '-0.02');
  s.then.insurance({ balances: { USD: '1000.8', USDC: '0' } });
  s.then.ledger('main:bo', '9999.2');
});

scenario('§8.2 the rate is clamped to fundingRateCap on both sides', (s) => {
  pair(s, '28', { fundingRateCap: '0.001' });
  s.when.funding(X, '0.01');
  s.then.event('FundingRateSet', { rate: '0.001' });
  s.then.event('FundingSettled', { accountId: 'al', rate: '0.001', payment: '0.1' });
  s.when.funding(X, '-0.01');
  s.then.event('FundingRateSet', { rate: '-0.001' });
  s.then.event('FundingSettled', { accountId: 'bo', payment: '0.1' });
  s.then.position('al', X, 'ISOLATED', { cash: '28' });
});

scenario('§8.1 each settlement names the liquidation price before and after', (s) => {
  pair(s);
  s.when.funding(X, '0.01');
  // Cash 27: 73 ÷ 0.9 = 81.1…, up for a long.
  s.then.event('FundingSettled', { accountId: 'al', liquidationPriceBefore: '80', liquidationPriceAfter: '81.11111112' });
  s.then.position('al', X, 'ISOLATED', { liquidationPrice: '81.11111112', bankruptcyPrice: '73' });
});

scenario('§8.1 §7.2c a cross account with USDC alone pays through conversion at par', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '100', 'USDC');
  trade(s, '1', '100', 'al', 'bo');
  s.when.funding(X, '0.01');
  s.then.balance('al', { cash: '0' });
  s.then.balance('al', { cash: '99' }, 'USDC');
  s.then.ledger('main:bo', '10001');
});

scenario('§8.1 §7.3b a USDC block pays and receives in USDC through conversion', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '100', 'USDC');
  trade(s, '1', '100', block('al', '28', { marginCurrency: 'USDC' }), 'bo');
  s.when.funding(X, '0.01');
  s.then.position('al', X, 'ISOLATED', { marginCurrency: 'USDC', cash: '27' });
  s.then.ledger('conversion', '1', 'USDC');
  s.then.ledger('conversion', '-1');
  s.then.ledger('main:bo', '10001');
  s.when.funding(X, '-0.03');
  s.then.position('al', X, 'ISOLATED', { cash: '30' });
  s.then.ledger('conversion', '-2', 'USDC');
  s.then.ledger('conversion', '2');
});

scenario('§6.9e a FundingTick makes all payments, then the pass', (s) => {
  pair(s);
  rich(s, 'cy');
  s.given.deposit('dee', '28');
  trade(s, '1', '100', block('dee', '28'), 'cy');
  s.given.mark(X, '80');
  // Both blocks stand at 8 = MM; 0.008 are too much.
  s.when.funding(X, '0.0001');
  const types = eventsOf(s, 'FundingSettled', 'LiquidationStarted').map((event) => event.type);
  s.then.that(types).toEqual([...Array(4).fill('FundingSettled'), ...Array(2).fill('LiquidationStarted')]);
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '7.992', maintenanceMargin: '8' });
  s.then.noPosition('al', X, 'ISOLATED');
  s.then.ledger('main:al', '972');
});

scenario('§8.1 a FundingTick without a mark is refused', (s) => {
  s.given.market(X);
  s.when.funding(X, '0.0001');
  s.then.rejected('NO_MARK_PRICE');
});

import { block, eventsOf, HOUR, market, rich, trade, X, Y } from '../../support/liquidation';
import { type Scenario, START, scenario } from '../../support/scenario';

const DUE = START + 8 * HOUR;

/** An 8 h market that starts at 08:00 UTC, with al's isolated long 1@100 against bo's cross short; no sample yet. */
function eightHours(s: Scenario, changes = {}): void {
  market(s, { fundingIntervalHours: 8, ...changes });
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
}

scenario('§8.3 the rate is the mean premium pulled toward interest by at most 0.0005, 8 places toward zero', (s) => {
  eightHours(s);
  s.given.mark(X, '100.1', { indexPrice: '99.9' });
  s.given.mark(X, '100.1', { indexPrice: '100' });
  s.when.advance(8 * HOUR);
  // Samples 0.2 ÷ 99.9 = 0.002002002… and 0.001: mean 0.001501001001…, less 0.0005.
  s.then.event('FundingRateSet', { rate: '0.001001', markPrice: '100.1' });
  // 100.1 × 0.001001 = 0.1002001: up for the payer, down for the receiver.
  s.then.event('FundingSettled', { accountId: 'al', payment: '0.100201' });
  s.then.event('FundingSettled', { accountId: 'bo', payment: '-0.1002' });
  s.then.ledger('insurance', '0.000001');
});

scenario('§8.3 a negative rate is cut toward zero, not down', (s) => {
  eightHours(s);
  s.given.mark(X, '99.9', { indexPrice: '100.1' });
  s.when.advance(8 * HOUR);
  // −0.2 ÷ 100.1 = −0.001998001998…, plus 0.0005: −0.001498001998….
  s.then.event('FundingRateSet', { rate: '-0.001498' });
  // 99.9 × 0.001498 = 0.1496502.
  s.then.event('FundingSettled', { accountId: 'bo', payment: '0.149651' });
  s.then.event('FundingSettled', { accountId: 'al', payment: '-0.14965' });
});

scenario('§8.3 a mean within 0.0005 of the interest rate gives the interest rate', (s) => {
  eightHours(s, { markTickSize: '0.01' });
  // 0.0006 is the last such mean.
  s.given.mark(X, '100.06', { indexPrice: '100' });
  s.when.advance(8 * HOUR);
  s.then.event('FundingRateSet', { rate: '0.0001' });
  s.given.mark(X, '100.07', { indexPrice: '100' });
  s.when.advance(8 * HOUR);
  s.then.event('FundingRateSet', { rate: '0.0002' });
});

scenario('§8.3c the interest rate is the instrument’s, 0.0001 by default', (s) => {
  eightHours(s, { interestRate: '0.0003' });
  market(s, { fundingIntervalHours: 8 }, Y);
  s.given.mark(X, '100', { indexPrice: '100' });
  s.given.mark(Y, '100', { indexPrice: '100' });
  s.when.advance(8 * HOUR);
  s.then.eventsOf('FundingRateSet', { instrument: X, rate: '0.0003' }, { instrument: Y, rate: '0.0001' });
});

scenario('§8.2 the cap clamps the rate that the engine makes', (s) => {
  eightHours(s, { fundingRateCap: '0.0004' });
  s.given.mark(X, '100.1', { indexPrice: '100' });
  s.when.advance(8 * HOUR);
  s.then.event('FundingRateSet', { rate: '0.0004' });
});

scenario('§8.3 a mark tick without an index price is no sample; one with it samples at its own mark', (s) => {
  eightHours(s);
  s.given.mark(X, '100.2', { indexPrice: '100' });
  s.given.mark(X, '104');
  s.when.advance(8 * HOUR);
  // 0.002 − 0.0005, on the present mark: 104 × 0.0015.
  s.then.event('FundingRateSet', { rate: '0.0015', markPrice: '104' });
  s.then.event('FundingSettled', { accountId: 'al', payment: '0.156' });
});

scenario('§8.3b without a sample nothing settles', (s) => {
  eightHours(s);
  s.when.advance(8 * HOUR);
  s.then.accepted();
  s.then.eventsOf('FundingSkipped', { instrument: X, nextFundingTime: DUE + 8 * HOUR });
  s.then.noEvent('FundingSettled');
  s.then.position('al', X, 'ISOLATED', { cash: '28' });
});

scenario('§8.3b a FundingTick discards the samples so far', (s) => {
  eightHours(s);
  s.given.mark(X, '100', { indexPrice: '100' });
  s.given.funding(X, '0.01');
  s.when.advance(8 * HOUR);
  s.then.noEvent('FundingSettled');
  s.then.event('FundingSkipped', { instrument: X });
  s.then.position('al', X, 'ISOLATED', { cash: '27' });
});

scenario('§8.3a it settles at UTC multiples of the interval, not a millisecond before', (s) => {
  // Listed at 10:30, the 8 h interval still ends at 16:00.
  s.at(START + 2.5 * HOUR);
  eightHours(s);
  s.then.market(X, { nextFundingTime: DUE });
  s.given.mark(X, '100', { indexPrice: '100' });
  s.at(DUE - 1).when.command('AdvanceTime', {});
  s.then.events();
  s.at(DUE).when.command('AdvanceTime', {});
  s.then.event('FundingRateSet', { rate: '0.0001', nextFundingTime: DUE + 8 * HOUR });
  s.then.event('FundingSettled', { accountId: 'al', payment: '0.01' });
  s.then.market(X, { nextFundingTime: DUE + 8 * HOUR });
});

scenario('§8.3a §6.9a two ends crossed at once settle one after the other, each at its own time', (s) => {
  eightHours(s);
  s.given.mark(X, '100', { indexPrice: '100' });
  s.when.advance(20 * HOUR);
  s.then.that(s.last.time).toBe(START + 20 * HOUR);
  const times = eventsOf(s, 'FundingRateSet', 'FundingSettled', 'FundingSkipped').map((event) => [event.type, event.time]);
  s.then.that(times).toEqual([
    ['FundingRateSet', DUE],
    ['FundingSettled', DUE],
    ['FundingSettled', DUE],
    ['FundingSkipped', DUE + 8 * HOUR],
  ]);
});

scenario('§8.3a the tick that crosses the end comes after it: settled at the old mark, sampled for the next interval', (s) => {
  eightHours(s);
  s.given.mark(X, '100', { indexPrice: '100' });
  s.at(DUE).when.mark(X, '110', { indexPrice: '109.89' });
  // At 100, not 110.
  s.then.event('FundingSettled', { accountId: 'al', payment: '0.01' });
  s.then.that(s.last.events[s.last.events.length - 1]?.type).toBe('MarkPriceUpdated');
  s.when.advance(8 * HOUR);
  // 109.89 is taken as 109.9: 0.1 ÷ 109.9 = 0.00090991…, − 0.0005.
  s.then.event('FundingRateSet', { rate: '0.00040991' });
});

scenario('§6.9 §10.2 timers run before a command that is then rejected', (s) => {
  eightHours(s);
  s.given.mark(X, '100', { indexPrice: '100' });
  s.at(DUE + 5).when.order('al', 'NONE', 'BUY', '1', { price: '100' });
  s.then.rejected('UNKNOWN_INSTRUMENT');
  s.then.that(s.last.time).toBe(DUE + 5);
  s.then.event('FundingSettled', { accountId: 'al', payment: '0.01' });
  s.then.that([...new Set(s.last.events.map((event) => event.time))]).toEqual([DUE]);
  s.then.position('al', X, 'ISOLATED', { cash: '27.99' });
});

scenario('§6.9 §4.4 due funding is settled before margin is managed', (s) => {
  eightHours(s);
  s.given.mark(X, '100', { indexPrice: '100' });
  s.at(DUE).when.addMargin('al', X, '1');
  const types = eventsOf(s, 'FundingSettled', 'IsolatedMarginAdded').map((event) => event.type);
  s.then.that(types).toEqual(['FundingSettled', 'FundingSettled', 'IsolatedMarginAdded']);
  // Cash 27.99: 72.01 ÷ 0.9; then 28.99: 71.01 ÷ 0.9.
  s.then.event('IsolatedMarginAdded', { amount: '1', liquidationPriceBefore: '80.01111112', liquidationPriceAfter: '78.9' });
});

scenario('§6.9 each timer is followed by the pass', (s) => {
  eightHours(s);
  s.given.mark(X, '80', { indexPrice: '80' });
  s.when.advance(8 * HOUR);
  // 8 = MM before, 7.992 after 0.0001 × 80.
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '7.992' });
  s.then.that([...new Set(s.last.events.map((event) => event.time))]).toEqual([DUE]);
  s.then.noPosition('al', X, 'ISOLATED');
});

scenario('§9.10a an interval that ends while halted is dropped with its samples', (s) => {
  eightHours(s);
  s.given.mark(X, '100', { indexPrice: '100' });
  s.given.halt(X);
  s.when.advance(8 * HOUR);
  s.then.event('FundingSkipped', { instrument: X, nextFundingTime: DUE + 8 * HOUR });
  s.then.noEvent('FundingSettled');
  s.given.resume(X);
  s.when.advance(8 * HOUR);
  s.then.event('FundingSkipped', { instrument: X });
  s.then.position('al', X, 'ISOLATED', { cash: '28' });
});

scenario('§9.10d a REDUCE_ONLY halt funds as usual', (s) => {
  eightHours(s);
  s.given.mark(X, '100', { indexPrice: '100' });
  s.given.halt(X, 'REDUCE_ONLY');
  s.when.advance(8 * HOUR);
  s.then.event('FundingSettled', { accountId: 'al', payment: '0.01' });
});

scenario('§6.9a timers run by due time, funding by listing before CancelAllAfter by account creation', (s) => {
  market(s, { fundingIntervalHours: 8 }, Y);
  market(s, { fundingIntervalHours: 8 });
  rich(s, 'zoe', 'ann', 'kim');
  s.given.cancelAllAfter('ann', 8 * HOUR);
  s.given.cancelAllAfter('zoe', 8 * HOUR);
  s.given.cancelAllAfter('kim', HOUR);
  s.when.advance(9 * HOUR);
  const order = s.last.events.map(({ type, time, data }) => [type, time, data.instrument ?? data.accountId]);
  s.then.that(order).toEqual([
    ['CancelAllAfterExpired', START + HOUR, 'kim'],
    ['FundingSkipped', DUE, Y],
    ['FundingSkipped', DUE, X],
    ['CancelAllAfterExpired', DUE, 'zoe'],
    ['CancelAllAfterExpired', DUE, 'ann'],
  ]);
});

scenario('§8.3 §9.12 a refused mark is no sample', (s) => {
  eightHours(s, { maxMarkMove: '0.1' });
  s.given.mark(X, '100', { indexPrice: '100' });
  s.when.mark(X, '120', { indexPrice: '100' });
  s.then.rejected('MARK_MOVE_TOO_LARGE');
  s.when.advance(8 * HOUR);
  s.then.event('FundingRateSet', { rate: '0.0001', markPrice: '100' });
});

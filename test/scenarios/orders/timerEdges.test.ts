import { restoreEngine } from '../../support/engineApi';
import { block, HOUR, market, rich, trade, X, Y } from '../../support/liquidation';
import { type Scenario, START, scenario } from '../../support/scenario';

const DUE = START + 8 * HOUR;

/** Al's block stands at its MM when funding is due; its liquidation will trade at 77, below zoe's LAST stop. */
function aboutToFall(s: Scenario): void {
  market(s, { fundingIntervalHours: 8 });
  rich(s, 'bo', 'cy', 'zoe');
  s.given.deposit('al', '28');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '80', { indexPrice: '80' });
  s.given.order('cy', X, 'BUY', '1', { price: '77' });
  s.given.order('cy', X, 'BUY', '1', { price: '76.5' });
  s.given.order('zoe', X, 'SELL', '1', { type: 'STOP_LOSS', triggerPrice: '78', triggerBy: 'LAST', as: 'stop' });
}

scenario('§6.9f a LAST trigger that a timer reached fires at the end of the command', (s) => {
  aboutToFall(s);
  s.at(DUE).when.command('AdvanceTime', {});
  s.then.event('IsolatedBlockLiquidated', { accountId: 'al' });
  s.then.event('OrderTriggered', { orderId: s.id('stop'), referencePrice: '77' });
  s.then.trades(['77', '1'], ['76.5', '1']);
});

scenario('§6.9f §10.2 one that a timer reached before a rejected command fires with the next accepted one', (s) => {
  aboutToFall(s);
  s.at(DUE).when.withdraw('al', '1');
  s.then.rejected('INSUFFICIENT_AVAILABLE_MARGIN');
  s.then.event('IsolatedBlockLiquidated', { accountId: 'al' });
  const restored = restoreEngine(s.engine.snapshot());
  const next = { commandId: 'next', type: 'AdvanceTime', time: DUE + 1, data: {} };
  const result = s.given.command(next.type, next.data, { commandId: next.commandId, time: next.time });
  s.then.event('OrderTriggered', { orderId: s.id('stop') });
  s.then.noOrder('stop');
  // A snapshot taken in between has forgotten nothing.
  s.then.that(restored.execute(next)).toEqual(result);
});

scenario('§9.11a a new funding interval begins at the next UTC multiple of it', (s) => {
  s.at(START + HOUR / 6);
  market(s);
  rich(s, 'al', 'bo');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.update(X, { fundingIntervalHours: 1 });
  s.then.market(X, { nextFundingTime: START + HOUR });
  s.given.mark(X, '100', { indexPrice: '100' });
  s.at(START + HOUR).when.command('AdvanceTime', {});
  s.then.event('FundingSettled', { accountId: 'al', payment: '0.01' });
  s.given.update(X, { fundingIntervalHours: 4 });
  s.then.market(X, { nextFundingTime: START + 4 * HOUR });
});

scenario('§9.11a a higher rate or fee reserve liquidates a cross account in the same command', (s) => {
  market(s);
  market(s, {}, Y);
  rich(s, 'bo', 'cy');
  s.given.deposit('al', '30');
  trade(s, '1', '100', 'al', 'bo');
  s.given.order('cy', X, 'BUY', '1', { price: '100' });
  s.when.update(X, { feeReserveRate: '0.2' });
  // 30 − 20 = 10 = MM.
  s.then.noEvent('LiquidationStarted');
  s.when.update(X, { feeReserveRate: '0.21' });
  s.then.event('LiquidationStarted', { accountId: 'al', equity: '9', maintenanceMargin: '10' });
  // 9 + 0.21 n ≥ 0.11 × (100 − n): 0.32 n ≥ 2, n = 7.
  s.then.trades(['100', '0.07']);
});

scenario('§9.10d §6.9f from a full halt to REDUCE_ONLY: what is below MM is liquidated in that command', (s) => {
  market(s);
  rich(s, 'bo');
  s.given.deposit('al', '1000');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.halt(X);
  s.given.mark(X, '79.9');
  s.when.halt(X, 'REDUCE_ONLY');
  s.then.accepted();
  s.then.event('IsolatedBlockLiquidated', { accountId: 'al' });
  s.then.noPosition('al', X, 'ISOLATED');
});

scenario('§10.1 decimals come out without trailing zeros or a negative zero', (s) => {
  market(s, { fundingRateCap: '0.0100' });
  rich(s, 'bo', 'al');
  trade(s, '1.00', '100.0', block('al', '28.00', { leverage: '5.0' }), 'bo');
  s.then.position('al', X, 'ISOLATED', { leverage: '5', quantity: '1', cash: '28' });
  s.when.funding(X, '0.00010');
  s.then.event('FundingRateSet', { rate: '0.0001' });
  s.then.event('FundingSettled', { accountId: 'al', rate: '0.0001', payment: '0.01' });
  s.when.funding(X, '-0.0500');
  s.then.event('FundingRateSet', { rate: '-0.01' });
  s.when.funding(X, '-0.000');
  s.then.event('FundingRateSet', { rate: '0' });
});

scenario('§2.3a leverage is compared by value, not by its digits', (s) => {
  market(s);
  rich(s, 'al');
  s.when.isolated('al', X, 'BUY', '1', { price: '99', leverage: '5.00' });
  s.then.event('IsolatedBlockOpened', { leverage: '5' });
  s.when.isolated('al', X, 'BUY', '1', { price: '98', leverage: '5' });
  s.then.accepted();
});

scenario('§9.5b a reduce-only FOK is cut to the position before it is asked to fill', (s) => {
  market(s);
  rich(s, 'al', 'mm');
  trade(s, '1', '100', 'al', 'mm');
  s.given.order('mm', X, 'BUY', '1', { price: '99' });
  s.when.order('al', X, 'SELL', '3', { price: '99', timeInForce: 'FOK', reduceOnly: true });
  s.then.accepted();
  s.then.trades(['99', '1']);
});

scenario('§6.4 §7.2c a deleveraged loss of a cross account without USD is converted from its USDC at once', (s) => {
  market(s, {}, X, '71');
  rich(s, 'em');
  s.given.deposit('al', '28');
  s.given.deposit('cy', '1000', 'USDC');
  trade(s, '1', '71', 'em', 'cy');
  s.given.mark(X, '100');
  trade(s, '1', '100', block('al', '28'), 'em');
  // Em is flat; cy's short from 71 is the only one. At 79.9 it is closed at 72: − 1.
  s.when.mark(X, '79.9');
  s.then.eventsOf('PositionDeleveraged', { counterpartyAccountId: 'cy', counterpartyRealizedPnl: '-1' });
  s.then.balance('cy', { cash: '0' });
  s.then.balance('cy', { cash: '999' }, 'USDC');
});

scenario('§9.13 a deadline within a long jump comes before the funding that follows it', (s) => {
  market(s, { fundingIntervalHours: 8 });
  rich(s, 'al', 'bo');
  trade(s, '1', '100', block('al', '28'), 'bo');
  s.given.mark(X, '100', { indexPrice: '100' });
  s.given.isolated('al', X, 'BUY', '1', { price: '60', as: 'bid' });
  s.given.cancelAllAfter('al', 9 * HOUR);
  s.when.advance(20 * HOUR);
  const times = s.last.events.map(({ type, time }) => [type, (time - START) / HOUR]);
  s.then.that(times).toEqual([
    ['FundingRateSet', 8],
    ['FundingSettled', 8],
    ['FundingSettled', 8],
    ['CancelAllAfterExpired', 9],
    ['OrderCanceled', 9],
    ['FundingSkipped', 16],
  ]);
});

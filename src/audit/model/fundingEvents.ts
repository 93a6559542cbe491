import { withLiquidationPrices } from './blockEvents';
import type { EventContext, Handler } from './context';
import { decimal, show, ZERO } from './decimal';
import { clampedRate, dropSamples, fundingPayments, rateFromSamples } from './funding';
import type { Instrument } from './instrument';
import { creditUsd } from './settlement';
import { holderKey } from './state';

/** The rate comes from the command, or from the samples where an interval ended (rules.md §8). */
const rateSet: Handler = (event) => {
  const name = event.text('instrument');
  const instrument = event.state.instrument(name);
  event.expectOrNull('markPrice', instrument.mark, 'rules.md §8 notional at mark');
  const given = event.text('source') === 'TICK' ? decimal(String(event.command.data?.rate)) : null;
  const expected = given === null ? rateFromSamples(instrument) : clampedRate(given, instrument.spec.fundingRateCap);
  event.expectOrNull('rate', expected, 'rules.md §8 the rate');
  requireNextTime(event, instrument);
  dropSamples(instrument);
  requireSettled(event);
  event.state.expectedFunding = fundingPayments(event.state, name, expected ?? ZERO);
};

/** Intervals end at UTC multiples; a FundingTick names no next one (rules.md §8). */
function requireNextTime(event: EventContext, instrument: Instrument): void {
  const next = event.event.data.nextFundingTime;
  const interval = instrument.spec.fundingIntervalMs;
  if (next === undefined || next === null) return;
  const holds = typeof next === 'number' && interval !== null && next % interval === 0 && next > (event.event.time ?? 0);
  event.require(holds, 'nextFundingTime', `the next multiple of ${interval} ms`, String(next), 'rules.md §8 UTC multiples of the interval');
}

/** Nothing that an earlier settlement owed may be missing. */
export function requireSettled(event: EventContext): void {
  for (const [key, payment] of event.state.expectedFunding) {
    event.require(payment.isZero(), `FundingSettled of ${key}`, show(payment), 'absent', 'rules.md §8 settles for every open position');
  }
  event.state.expectedFunding = new Map();
}

const skipped: Handler = (event) => {
  const instrument = event.state.instrument(event.text('instrument'));
  const kept = instrument.halted !== 'ALL' && instrument.premiumCount > 0;
  event.require(!kept, 'instrument', 'a settlement', `${instrument.premiumCount} samples dropped`, 'rules.md §8 no sample, no settlement');
  requireNextTime(event, instrument);
  dropSamples(instrument);
};

const settled: Handler = (event) => {
  const holder = event.holder();
  const key = holderKey(holder);
  const payment = event.state.expectedFunding.get(key) ?? ZERO;
  event.state.expectedFunding.delete(key);
  event.expect('payment', payment, 'rules.md §8 funding payment');
  const pay = () => creditUsd(event.state, holder, 'insurance', payment.negated());
  if (holder.block === null) pay();
  else withLiquidationPrices(event, holder.block, pay);
};

export const fundingHandlers: Readonly<Record<string, Handler>> = {
  FundingRateSet: rateSet,
  FundingSkipped: skipped,
  FundingSettled: settled,
};

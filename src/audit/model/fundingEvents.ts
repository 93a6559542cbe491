import { crossLiquidationPrice } from './accountFigures';
import { blockLiquidationPrice } from './blockFigures';
import type { EventContext, Handler } from './context';
import { decimal, show, ZERO } from './decimal';
import { clampedRate, dropSamples, fundingPayments, rateFromSamples } from './funding';
import { creditUsd } from './settlement';
import { type Holder, holderKey } from './state';

/** The rate comes from the command, or from the samples where an interval ended (rules.md §8). */
const rateSet: Handler = (event) => {
  const name = event.text('instrument');
  const instrument = event.state.instrument(name);
  event.expectOrNull('markPrice', instrument.mark, 'rules.md §8 notional at mark');
  const given = isGiven(event) ? decimal(String(event.command.data?.rate)) : null;
  const expected = given === null ? rateFromSamples(instrument) : clampedRate(given, instrument.spec.fundingRateCap);
  event.expectOrNull('rate', expected, 'rules.md §8 the rate');
  dropSamples(instrument);
  requireSettled(event);
  event.state.expectedFunding = fundingPayments(event.state, name, expected ?? ZERO);
};

/** Whether the rate is the command's own: a FundingTick for this instrument, not an interval's end before it. */
function isGiven(event: EventContext): boolean {
  return event.text('source') !== 'INTERVAL';
}

/** Nothing that an earlier settlement owed may be missing. */
export function requireSettled(event: EventContext): void {
  for (const [key, payment] of event.state.expectedFunding) {
    event.require(payment.isZero(), `FundingSettled of ${key}`, show(payment), 'absent', 'rules.md §8 settles for every open position');
  }
  event.state.expectedFunding = new Map();
}

const skipped: Handler = (event) => {
  dropSamples(event.state.instrument(event.text('instrument')));
};

function shownLiquidationPrice(event: EventContext, holder: Holder) {
  if (holder.block !== null) return blockLiquidationPrice(event.state, holder.block);
  return crossLiquidationPrice(event.state, event.text('accountId'), event.text('instrument'));
}

const settled: Handler = (event) => {
  const holder = event.holder();
  const key = holderKey(holder);
  const payment = event.state.expectedFunding.get(key) ?? ZERO;
  event.state.expectedFunding.delete(key);
  event.expect('payment', payment, 'rules.md §8 funding payment');
  const rule = 'rules.md §4 liquidation price before and after';
  event.expectOrNull('liquidationPriceBefore', shownLiquidationPrice(event, holder), rule);
  creditUsd(event.state, holder, 'insurance', payment.negated());
  event.expectOrNull('liquidationPriceAfter', shownLiquidationPrice(event, holder), rule);
};

export const fundingHandlers: Readonly<Record<string, Handler>> = {
  FundingRateSet: rateSet,
  FundingSkipped: skipped,
  FundingSettled: settled,
};

import { clamp, Decimal, decimal, maxOf, minOf, moneyCeil, moneyFloor, ZERO } from './decimal';
import type { Instrument } from './instrument';
import { markOf, notionalAt, unrealizedAt } from './positions';
import { type Holder, holderKey, type ModelState } from './state';

/** How far the interest term may move the rate away from the mean premium (rules.md §8). */
const INTEREST_CLAMP = decimal('0.0005');
const RATE_PLACES = 8;

export function clampedRate(rate: Decimal, cap: Decimal | null): Decimal {
  return cap === null ? rate : clamp(rate, cap);
}

export function samplePremium(instrument: Instrument, mark: Decimal, index: Decimal): void {
  instrument.premiumSum = instrument.premiumSum.plus(mark.minus(index).dividedBy(index));
  instrument.premiumCount += 1;
}

export function dropSamples(instrument: Instrument): void {
  instrument.premiumSum = ZERO;
  instrument.premiumCount = 0;
}

/** mean + clamp(interestRate − mean, ±0.0005), clamped to the cap, 8 places toward zero; null without a sample. */
export function rateFromSamples(instrument: Instrument): Decimal | null {
  if (instrument.premiumCount === 0) return null;
  const mean = instrument.premiumSum.dividedBy(instrument.premiumCount);
  const gap = instrument.spec.interestRate.minus(mean);
  // Within the clamp the mean cancels out: said outright, since a recurring mean would leave its last digit behind.
  const rate = gap.abs().lessThanOrEqualTo(INTEREST_CLAMP) ? instrument.spec.interestRate : mean.plus(clamp(gap, INTEREST_CLAMP));
  return clampedRate(rate, instrument.spec.fundingRateCap).toDecimalPlaces(RATE_PLACES, Decimal.ROUND_DOWN);
}

/**
 * What each holder but the fund pays (positive) or receives (negative) at a rate
 * (rules.md §8): a block pays at most max(0, cash + unrealised PnL), receivers are
 * scaled down only when payments plus the fund's balance fall short.
 */
export function fundingPayments(state: ModelState, name: string, rate: Decimal): Map<string, Decimal> {
  const instrument = state.instrument(name);
  const mark = markOf(instrument);
  const payments = new Map<string, Decimal>();
  const receipts: { key: string; amount: Decimal }[] = [];
  let collected = ZERO;
  for (const [position, holder] of state.openPositions(name)) {
    if (holder.accountId === null) continue;
    const due = notionalAt(position, mark)
      .times(rate)
      .times(position.quantity.lessThan(0) ? -1 : 1);
    if (due.greaterThan(0)) {
      const payment = minOf(moneyCeil(due), mostPayable(state, holder, unrealizedAt(position, mark)));
      payments.set(holderKey(holder), payment);
      collected = collected.plus(payment);
    } else if (due.lessThan(0)) {
      receipts.push({ key: holderKey(holder), amount: moneyFloor(due.negated()) });
    }
  }
  scaleReceipts(payments, receipts, collected.plus(state.fundCash()));
  return payments;
}

function mostPayable(state: ModelState, holder: Holder, unrealizedPnl: Decimal): Decimal {
  if (holder.block === null) return new Decimal('1e40');
  return maxOf(ZERO, state.blockCash(holder.block).plus(unrealizedPnl));
}

function scaleReceipts(payments: Map<string, Decimal>, receipts: readonly { key: string; amount: Decimal }[], at: Decimal): void {
  const total = receipts.reduce((sum, { amount }) => sum.plus(amount), ZERO);
  for (const { key, amount } of receipts) {
    const paid = total.greaterThan(at) ? moneyFloor(amount.times(at).dividedBy(total)) : amount;
    payments.set(key, paid.negated());
  }
}

import { formatScaled, parseFraction, SHOWN_PLACES } from '../../num/decimal';
import { compareFractions, type Fraction, timesCeil, timesFloor } from '../../num/fraction';
import { add, type Int, max, min, mulDivFloor, negate, sign, sub } from '../../num/int';
import { settleFund, settleNegativeUsd } from '../accounts/balances';
import type { InstrumentSpec } from '../instruments/spec';
import { blockLiquidationPrice, blockValuation } from '../isolated/figures';
import { notionalAt } from '../margin/margin';
import type { Recorder } from '../recorder';
import type { Instrument } from '../state/model';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { clampRate, rateFromPremium } from './premium';

interface Receipt {
  readonly position: PositionRow;
  readonly amount: Int;
}

/** A rate from outside, clamped to fundingRateCap, as it goes on record (rules.md §8). */
export function clampedRateText(spec: InstrumentSpec, text: string): string {
  const rate = parseFraction(text);
  if (compareFractions(clampRate(spec, rate), rate) === 0) return text;
  const cap = spec.terms.fundingRateCap as string;
  return rate.n < 0 && spec.fundingRateCap?.n !== 0 ? `-${cap}` : cap;
}

/** Settles an interval's end with the rate made from its samples; without samples or while halted nothing settles. */
export function settleInterval(rec: Recorder, instrument: Instrument, now: number): void {
  const { spec, nextFundingTime: due } = instrument;
  const rate = instrument.halt === 'ALL' || instrument.mark === undefined ? undefined : rateFromPremium(spec, instrument.samples);
  if (rate === undefined) {
    // Every further end up to now would find no sample either.
    const skipped = Math.floor((now - due) / spec.fundingInterval) + 1;
    const nextFundingTime = due + skipped * spec.fundingInterval;
    rec.emit({ type: 'FundingSkipped', time: due, instrument: instrument.name, nextFundingTime });
    return;
  }
  settleFunding(rec, instrument, formatScaled(rate, SHOWN_PLACES), 'PREMIUM', due + spec.fundingInterval);
}

/**
 * rate × notional at mark for every open position (rules.md §8): payers first, each
 * into the insurance fund, then receivers out of it, scaled down only when payments
 * plus the fund's balance fall short. The fund's own inventory is its own counterpart.
 */
export function settleFunding(
  rec: Recorder,
  instrument: Instrument,
  rateText: string,
  source: 'TICK' | 'PREMIUM',
  nextFundingTime: number | undefined,
): void {
  const rate = parseFraction(rateText);
  const markPrice = instrument.mark as Int;
  rec.emit({ type: 'FundingRateSet', time: rec.time, instrument: instrument.name, rate: rateText, markPrice, source, nextFundingTime });
  if (rate.n === 0) return;
  const size: Fraction = { n: rate.n < 0 ? negate(rate.n) : rate.n, d: rate.d };
  const { state } = rec;
  const { accounts, positions } = state;
  const payers: PositionRow[] = [];
  const receipts: Receipt[] = [];
  let receivable: Int = 0;
  for (let position = instrument.firstOpen; position !== NO_POSITION; position = positions.nextOpen(position)) {
    if (positions.account(position) === accounts.fund) continue;
    const quantity = positions.quantity(position);
    if (sign(quantity) === sign(rate.n)) {
      payers.push(position);
    } else {
      const amount = timesFloor(notionalAt(instrument.spec, quantity, markPrice), size);
      receipts.push({ position, amount });
      receivable = add(receivable, amount);
    }
  }
  for (const payer of payers) pay(rec, payer, rateText, paymentOf(state, payer, size));
  const pool = accounts.cash(accounts.fund);
  for (const { position, amount } of receipts) {
    const paid = receivable > pool ? mulDivFloor(amount, max(0, pool), receivable) : amount;
    pay(rec, position, rateText, negate(paid));
  }
  settleFund(rec);
}

/** ⌈rate × notional⌉; a block pays at most max(0, cash + unrealised PnL). */
function paymentOf(state: State, position: PositionRow, rate: Fraction): Int {
  const { positions } = state;
  const { spec, mark } = state.instrumentOf(position);
  const payment = timesCeil(notionalAt(spec, positions.quantity(position), mark as Int), rate);
  if (!positions.isIsolated(position)) return payment;
  return min(payment, max(0, add(positions.cash(position), blockValuation(state, position).unrealizedPnl)));
}

function pay(rec: Recorder, position: PositionRow, rate: string, payment: Int): void {
  if (payment === 0) return;
  const { state } = rec;
  const { positions } = state;
  const isolated = positions.isIsolated(position);
  rec.emit({
    type: 'FundingSettled',
    time: rec.time,
    instrument: state.instrumentOf(position).name,
    accountId: state.ownerId(position),
    isolationId: positions.isolationId(position),
    rate,
    payment,
    liquidationPriceBefore: isolated ? blockLiquidationPrice(state, position) : undefined,
    liquidationPriceAfter: isolated ? blockLiquidationPrice(state, position, sub(0, payment)) : undefined,
  });
  if (!isolated) settleNegativeUsd(rec, positions.account(position));
}

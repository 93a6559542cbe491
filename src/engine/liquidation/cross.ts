import { compareFractions, type Fraction, fraction, timesCeil } from '../../num/fraction';
import { abs, add, divCeil, divFloor, type Int, isSafe, max, mul, negate, sub } from '../../num/int';
import { settleFund, settleNegativeUsd } from '../accounts/balances';
import { type CrossRisk, crossRisk } from '../accounts/figures';
import { feeReserve, maintenanceMargin, notionalAt, valueAt } from '../margin/margin';
import { cancelWhere, marginModeOf } from '../orders/cancelCommands';
import type { Recorder } from '../recorder';
import type { AccountRow } from '../state/accounts';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { disposeOfRemainder } from './dispose';
import { chargeLiquidationFees, sendEngineOrder } from './order';
import { kinksOfReducing, smallestFitting } from './search';

/** Liquidation stops where equity ≥ MM × 1.1 would hold (rules.md §6, cross). */
const TARGET: Fraction = fraction(11, 10);
/** Two fees and two fee reserves count ten times, two margins eleven times: each is rounded by less than one micro-unit. */
const NOISE = 62;

/**
 * Liquidation of a cross account (rules.md §6): its orders go, then per position,
 * largest MM first, the fewest lots that restore it, until it is safe or nothing that
 * may be sold is left. False when nothing could be done.
 */
export function liquidateCrossAccount(rec: Recorder, account: AccountRow): boolean {
  const { state } = rec;
  if (largestPosition(state, account) === NO_POSITION) return false;
  const accountId = state.accounts.id(account);
  const before = crossRisk(state, account);
  rec.emit({
    type: 'LiquidationStarted',
    time: rec.time,
    accountId,
    instrument: undefined,
    isolationId: 0,
    quantity: 0,
    equity: before.equity,
    maintenanceMargin: before.maintenanceMargin,
    bankruptcyPrice: undefined,
  });
  cancelWhere(rec, account, 'LIQUIDATION', (order) => marginModeOf(state, order) === 'CROSS');
  for (;;) {
    const figures = crossRisk(state, account);
    const position = largestPosition(state, account);
    if (position === NO_POSITION || figures.equity >= figures.maintenanceMargin) break;
    reduce(rec, account, position, figures);
  }
  coverShortfall(rec, account);
  const after = crossRisk(state, account);
  rec.emit({
    type: 'CrossAccountLiquidated',
    time: rec.time,
    accountId,
    equity: after.equity,
    maintenanceMargin: after.maintenanceMargin,
  });
  return true;
}

function marginOf(state: State, position: PositionRow): Int {
  const { spec, mark } = state.instrumentOf(position);
  return maintenanceMargin(spec, notionalAt(spec, state.positions.quantity(position), mark as Int));
}

/** The open position with the largest MM, ties by listing, halted ones skipped. */
function largestPosition(state: State, account: AccountRow): PositionRow {
  const { accounts, positions } = state;
  let largest: PositionRow = NO_POSITION;
  for (let position = accounts.firstPosition(account); position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    if (positions.quantity(position) === 0 || state.instrumentOf(position).halt === 'ALL') continue;
    if (largest === NO_POSITION || marginOf(state, position) > marginOf(state, largest)) largest = position;
  }
  return largest;
}

function reduce(rec: Recorder, account: AccountRow, position: PositionRow, figures: CrossRisk): void {
  const { state } = rec;
  const long = state.positions.quantity(position) > 0;
  const { spec } = state.instrumentOf(position);
  const lots = fewestLots(state, position, figures);
  const price = closingPrice(state, account, position, figures);
  const perLot = fraction(mul(price, spec.unitValue), 1);
  const limit = isSafe(price) ? price : Number.MAX_SAFE_INTEGER;
  const fill = sendEngineOrder(rec, 'LIQUIDATION', position, lots, limit);
  chargeLiquidationFees(rec, position, long, fill, perLot);
  settleNegativeUsd(rec, account);
  settleFund(rec);
  disposeOfRemainder(rec, position, lots - fill.lots, perLot);
  settleNegativeUsd(rec, account);
}

/** The fewest lots that restore equity ≥ MM × 1.1 if filled at mark after fees; all when none do. */
function fewestLots(state: State, position: PositionRow, figures: CrossRisk): number {
  const instrument = state.instrumentOf(position);
  const { spec } = instrument;
  const mark = instrument.mark as Int;
  const size = Number(abs(state.positions.quantity(position)));
  const notional = notionalAt(spec, size, mark);
  const after = (lots: number): Int => {
    const sold = notionalAt(spec, lots, mark);
    const rest = notionalAt(spec, size - lots, mark);
    const fees = add(timesCeil(sold, spec.takerFee), timesCeil(sold, spec.liquidationFee));
    const relief = sub(feeReserve(spec, notional), feeReserve(spec, rest));
    const equity = add(sub(figures.equity, fees), relief);
    const mm = add(sub(figures.maintenanceMargin, maintenanceMargin(spec, notional)), maintenanceMargin(spec, rest));
    return sub(mul(equity, TARGET.d), mul(mm, TARGET.n));
  };
  return smallestFitting(size, { after, kinks: kinksOfReducing(spec, size, mark), noise: NOISE });
}

/** The price at which the position is let go, on a tick in the account's favour, never below one tick. */
function closingPrice(state: State, account: AccountRow, position: PositionRow, figures: CrossRisk): Int {
  const { spec } = state.instrumentOf(position);
  const exact = figures.equity < 0 ? priceOfLoser(state, account, position, figures) : priceByShare(state, position, figures);
  const perTick = mul(exact.d, spec.tick);
  const ticks = state.positions.quantity(position) > 0 ? divCeil(exact.n, perTick) : divFloor(exact.n, perTick);
  return mul(max(1, ticks), spec.tick);
}

/** mark ∓ equity × (MM_i ÷ MM) ÷ quantity_i: each position may use its share of the equity (rules.md §6, cross). */
function priceByShare(state: State, position: PositionRow, figures: CrossRisk): Fraction {
  const { spec } = state.instrumentOf(position);
  const lotsValue = mul(state.positions.quantity(position), spec.unitValue);
  const top = mul(figures.equity, marginOf(state, position));
  return movedFromMark(state, position, fraction(negate(top), mul(figures.maintenanceMargin, lotsValue)));
}

/**
 * With negative equity a losing position is moved from the mark in the account's favour
 * by its share of the shortfall, by unrealised loss, never past its own entry price.
 */
function priceOfLoser(state: State, account: AccountRow, position: PositionRow, figures: CrossRisk): Fraction {
  const { positions } = state;
  const { spec, mark } = state.instrumentOf(position);
  const loss = lossOf(state, position);
  if (loss <= 0) return { n: mark as Int, d: 1 };
  const lotsValue = mul(positions.quantity(position), spec.unitValue);
  const share = fraction(mul(negate(figures.equity), loss), mul(totalLoss(state, account), lotsValue));
  const price = movedFromMark(state, position, share);
  const entry = fraction(positions.entryCost(position), lotsValue);
  const difference = compareFractions(price, entry);
  const pastEntry = positions.quantity(position) > 0 ? difference > 0 : difference < 0;
  return pastEntry ? entry : price;
}

function movedFromMark(state: State, position: PositionRow, by: Fraction): Fraction {
  return { n: add(mul(state.instrumentOf(position).mark as Int, by.d), by.n), d: by.d };
}

function lossOf(state: State, position: PositionRow): Int {
  const { positions } = state;
  const { spec, mark } = state.instrumentOf(position);
  return sub(positions.entryCost(position), valueAt(spec, positions.quantity(position), mark as Int));
}

function totalLoss(state: State, account: AccountRow): Int {
  const { accounts, positions } = state;
  let total: Int = 0;
  for (let position = accounts.firstPosition(account); position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    if (positions.quantity(position) !== 0) total = add(total, max(0, lossOf(state, position)));
  }
  return total;
}

/** A negative balance with no position left is paid by the fund, then by `deficit` (rules.md §6, cross). */
function coverShortfall(rec: Recorder, account: AccountRow): void {
  const { accounts, positions } = rec.state;
  for (let position = accounts.firstPosition(account); position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    if (positions.quantity(position) !== 0) return;
  }
  const usd = accounts.usd(account);
  if (usd >= 0) return;
  rec.emit({ type: 'ShortfallCovered', time: rec.time, accountId: accounts.id(account), amount: negate(usd) });
  settleFund(rec);
}

import { compareFractions, type Fraction, fraction, timesCeil } from '../../num/fraction';
import { abs, add, divCeil, divFloor, type Int, isSafe, max, mul, negate, sub } from '../../num/int';
import { settleFund, settleNegativeUsd } from '../accounts/balances';
import { type CrossRisk, crossRisk } from '../accounts/figures';
import { feeReserve, maintenanceMargin, notionalAt, valueAt } from '../margin/margin';
import { cancelWhere } from '../orders/cancelCommands';
import type { Recorder } from '../recorder';
import type { Account, Order, Position } from '../state/model';
import { disposeOfRemainder } from './dispose';
import { chargeLiquidationFees, sendEngineOrder } from './order';
import { smallestFitting } from './search';

/** Liquidation stops where equity ≥ MM × 1.1 would hold (rules.md §6, cross). */
const TARGET: Fraction = fraction(11, 10);

/**
 * Liquidation of a cross account (rules.md §6): its orders go, then per position,
 * largest MM first, the fewest lots that restore it, until it is safe or nothing that
 * may be sold is left. False when nothing could be done.
 */
export function liquidateCrossAccount(rec: Recorder, account: Account): boolean {
  if (largestPosition(account) === undefined) return false;
  const before = crossRisk(account);
  rec.emit({
    type: 'LiquidationStarted',
    time: rec.time,
    accountId: account.id,
    instrument: undefined,
    isolationId: 0,
    quantity: 0,
    equity: before.equity,
    maintenanceMargin: before.maintenanceMargin,
    bankruptcyPrice: undefined,
  });
  cancelWhere(rec, account, 'LIQUIDATION', isCross);
  for (;;) {
    const figures = crossRisk(account);
    const position = largestPosition(account);
    if (position === undefined || figures.equity >= figures.maintenanceMargin) break;
    reduce(rec, account, position, figures);
  }
  coverShortfall(rec, account);
  const after = crossRisk(account);
  rec.emit({
    type: 'CrossAccountLiquidated',
    time: rec.time,
    accountId: account.id,
    equity: after.equity,
    maintenanceMargin: after.maintenanceMargin,
  });
  return true;
}

function isCross(order: Order): boolean {
  return order.trigger !== undefined ? order.trigger.marginMode === 'CROSS' : order.position?.isolated !== true;
}

function marginOf(position: Position): Int {
  const { spec, mark } = position.instrument;
  return maintenanceMargin(spec, notionalAt(spec, position.quantity, mark as Int));
}

/** The open position with the largest MM, ties by listing, halted ones skipped. */
function largestPosition(account: Account): Position | undefined {
  let largest: Position | undefined;
  for (const holding of account.holdings) {
    const position = holding?.cross;
    if (position === undefined || position.quantity === 0 || position.instrument.halt === 'ALL') continue;
    if (largest === undefined || marginOf(position) > marginOf(largest)) largest = position;
  }
  return largest;
}

function reduce(rec: Recorder, account: Account, position: Position, figures: CrossRisk): void {
  const long = position.quantity > 0;
  const { spec } = position.instrument;
  const lots = fewestLots(position, figures);
  const price = closingPrice(account, position, figures);
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
function fewestLots(position: Position, figures: CrossRisk): number {
  const { spec } = position.instrument;
  const mark = position.instrument.mark as Int;
  const size = Number(abs(position.quantity));
  const notional = notionalAt(spec, size, mark);
  return smallestFitting(size, (lots) => {
    const sold = notionalAt(spec, lots, mark);
    const rest = notionalAt(spec, size - lots, mark);
    const fees = add(timesCeil(sold, spec.takerFee), timesCeil(sold, spec.liquidationFee));
    const relief = sub(feeReserve(spec, notional), feeReserve(spec, rest));
    const equity = add(sub(figures.equity, fees), relief);
    const mm = add(sub(figures.maintenanceMargin, maintenanceMargin(spec, notional)), maintenanceMargin(spec, rest));
    return sub(mul(equity, TARGET.d), mul(mm, TARGET.n));
  });
}

/** The price at which the position is let go, on a tick in the account's favour, never below one tick. */
function closingPrice(account: Account, position: Position, figures: CrossRisk): Int {
  const { spec } = position.instrument;
  const exact = figures.equity < 0 ? priceOfLoser(account, position, figures) : priceByShare(position, figures);
  const perTick = mul(exact.d, spec.tick);
  const ticks = position.quantity > 0 ? divCeil(exact.n, perTick) : divFloor(exact.n, perTick);
  return mul(max(1, ticks), spec.tick);
}

/** mark ∓ equity × (MM_i ÷ MM) ÷ quantity_i: each position may use its share of the equity (rules.md §6, cross). */
function priceByShare(position: Position, figures: CrossRisk): Fraction {
  const { spec } = position.instrument;
  const lotsValue = mul(position.quantity, spec.unitValue);
  const top = mul(figures.equity, marginOf(position));
  return moved(position, fraction(negate(top), mul(figures.maintenanceMargin, lotsValue)));
}

/**
 * With negative equity a losing position is moved from the mark in the account's favour
 * by its share of the shortfall, by unrealised loss, never past its own entry price.
 */
function priceOfLoser(account: Account, position: Position, figures: CrossRisk): Fraction {
  const loss = lossOf(position);
  const mark: Fraction = { n: position.instrument.mark as Int, d: 1 };
  if (loss <= 0) return mark;
  const lotsValue = mul(position.quantity, position.instrument.spec.unitValue);
  const price = moved(position, fraction(mul(negate(figures.equity), loss), mul(totalLoss(account), lotsValue)));
  const entry = fraction(position.entryCost, lotsValue);
  const pastEntry = position.quantity > 0 ? compareFractions(price, entry) > 0 : compareFractions(price, entry) < 0;
  return pastEntry ? entry : price;
}

function moved(position: Position, by: Fraction): Fraction {
  return { n: add(mul(position.instrument.mark as Int, by.d), by.n), d: by.d };
}

function lossOf(position: Position): Int {
  const { spec, mark } = position.instrument;
  return sub(position.entryCost, valueAt(spec, position.quantity, mark as Int));
}

function totalLoss(account: Account): Int {
  let total: Int = 0;
  for (const holding of account.holdings) {
    if (holding?.cross !== undefined && holding.cross.quantity !== 0) total = add(total, max(0, lossOf(holding.cross)));
  }
  return total;
}

/** A negative balance with no position left is paid by the fund, then by `deficit` (rules.md §6, cross). */
function coverShortfall(rec: Recorder, account: Account): void {
  const open = account.holdings.some((holding) => holding?.cross !== undefined && holding.cross.quantity !== 0);
  if (open || account.usd >= 0) return;
  rec.emit({ type: 'ShortfallCovered', time: rec.time, accountId: account.id, amount: negate(account.usd) });
  settleFund(rec);
}

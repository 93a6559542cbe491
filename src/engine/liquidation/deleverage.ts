import { compareFractions, fraction } from '../../num/fraction';
import { abs, add, type Int, min, mul, negate, sign, sub } from '../../num/int';
import { settleFund } from '../accounts/balances';
import { crossFigures } from '../accounts/figures';
import { blockValuation } from '../isolated/figures';
import { costOfClosed, initialMargin, notionalAt, valuation } from '../margin/margin';
import { settlePosition } from '../orders/settle';
import type { Recorder } from '../recorder';
import { byOpening } from '../state/links';
import type { Account, Instrument, Position } from '../state/model';
import { profitOfClosing, type Remainder } from './remainder';
import { largestFitting } from './search';

/** A position's place in the queue: profit rank (greater first), then relative loss (smaller first). */
interface Candidate {
  readonly position: Position;
  readonly winner: boolean;
  /** Exact fraction n ÷ d; `approximate` is only there to compare most pairs cheaply. */
  readonly n: Int;
  readonly d: Int;
  readonly approximate: number;
}

/**
 * Ranks an opposite position by max(0, unrealised PnL) ÷ IM × notional ÷ equity, losers
 * by their relative loss (rules.md §6.4); undefined when its equity is ≤ 0.
 */
function candidate(position: Position): Candidate | undefined {
  const { instrument } = position;
  const { spec } = instrument;
  const mark = instrument.mark as Int;
  const notional = notionalAt(spec, position.quantity, mark);
  const unrealizedPnl = sub(position.quantity < 0 ? negate(notional) : notional, position.entryCost);
  const equity = position.isolated ? blockValuation(position).equity : crossFigures(position.account).equity;
  if (equity <= 0) return undefined;
  const winner = unrealizedPnl > 0;
  const leverage = position.isolated ? position.leverage : position.holding.leverage;
  const n = winner ? mul(unrealizedPnl, notional) : unrealizedPnl;
  const d = winner ? mul(initialMargin(spec, notional, leverage), equity) : notional;
  return { position, winner, n, d, approximate: Number(n) / Number(d) };
}

function compareCandidates(a: Candidate, b: Candidate): number {
  if (a.winner !== b.winner) return a.winner ? -1 : 1;
  const difference = b.approximate - a.approximate;
  if (Math.abs(difference) > (Math.abs(a.approximate) + Math.abs(b.approximate)) * 1e-12) return difference;
  return compareFractions(fraction(b.n, b.d), fraction(a.n, a.d)) || byOpening(a.position, b.position);
}

/** The positions of one side of an instrument in the order in which they are deleveraged. */
export function deleveragingQueue(instrument: Instrument, direction: number, except?: Account): Position[] {
  const queue: Candidate[] = [];
  for (let position = instrument.firstOpen; position !== undefined; position = position.nextOpen) {
    if (sign(position.quantity) !== direction || position.account === except || position.account.number < 0) continue;
    const ranked = candidate(position);
    if (ranked !== undefined) queue.push(ranked);
  }
  return queue.sort(compareCandidates).map((ranked) => ranked.position);
}

/** Closes what it can of the remainder against the opposite positions, by rank, without fee. */
export function deleverage(rec: Recorder, remainder: Remainder): void {
  const { position } = remainder;
  for (const counterparty of deleveragingQueue(position.instrument, -sign(position.quantity), position.account)) {
    if (remainder.lots === 0) return;
    if (sign(counterparty.quantity) * sign(position.quantity) >= 0) continue;
    const most = Number(min(abs(counterparty.quantity), remainder.lots));
    const lots = largestFitting(most, (closed) => roomAfter(counterparty, closed, remainder));
    if (lots > 0) closeAgainst(rec, remainder, counterparty, lots);
  }
}

/** Equity − MM of the counterparty (its account, when cross) after so many of its lots closed. */
function roomAfter(counterparty: Position, closed: number, remainder: Remainder): Int {
  const value = closed === 0 ? 0 : remainder.valueOf(closed);
  const profit = closed === 0 ? 0 : profitOfClosing(counterparty, closed, value);
  const removed = closed === 0 ? 0 : costOfClosed(counterparty.quantity, counterparty.entryCost, closed);
  const quantity = sub(counterparty.quantity, sign(counterparty.quantity) * closed);
  const entryCost = sub(counterparty.entryCost, removed);
  if (!counterparty.isolated) {
    const after = crossFigures(counterparty.account, { position: counterparty, quantity, entryCost, balanceChange: profit });
    return sub(after.equity, after.maintenanceMargin);
  }
  const { spec, mark } = counterparty.instrument;
  const after = valuation(spec, quantity, entryCost, add(counterparty.cash, profit), mark as Int);
  return sub(after.equity, after.maintenanceMargin);
}

function closeAgainst(rec: Recorder, remainder: Remainder, counterparty: Position, lots: number): void {
  const { position } = remainder;
  const value = remainder.take(lots);
  rec.emit({
    type: 'PositionDeleveraged',
    time: rec.time,
    accountId: position.account.number < 0 ? undefined : position.account.id,
    instrument: position.instrument.name,
    isolationId: position.isolationId,
    quantity: position.quantity > 0 ? lots : -lots,
    value,
    realizedPnl: profitOfClosing(position, lots, value),
    counterpartyAccountId: counterparty.account.id,
    counterpartyIsolationId: counterparty.isolationId,
    counterpartyRealizedPnl: profitOfClosing(counterparty, lots, value),
  });
  if (position.account.number < 0) settleFund(rec);
  settlePosition(rec, counterparty);
}

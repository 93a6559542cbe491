import { abs, add, type Int, min, sign, sub } from '../../num/int';
import { settleFund } from '../accounts/balances';
import { crossRisk } from '../accounts/figures';
import { costOfClosed, valuation } from '../margin/margin';
import { settlePosition } from '../orders/settle';
import type { Recorder } from '../recorder';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { DeleveragingQueue } from './deleveragingQueue';
import { profitOfClosing, type Remainder } from './remainder';
import { kinksOfReducing, largestFitting } from './search';

/** Value, cost, fee reserve, MM: each is rounded by less than one micro-unit. */
const NOISE = 4;

/** Closes what it can of the remainder against the opposite positions, by rank, without fee. */
export function deleverage(rec: Recorder, remainder: Remainder): void {
  const { state } = rec;
  const { positions } = state;
  const { position } = remainder;
  const direction = -sign(positions.quantity(position));
  const queue = new DeleveragingQueue(state, state.instrumentOf(position), direction, positions.account(position));
  while (remainder.lots > 0) {
    const counterparty = queue.next();
    if (counterparty === undefined) return;
    const quantity = positions.quantity(counterparty);
    if (sign(quantity) * sign(positions.quantity(position)) >= 0) continue;
    const most = Number(min(abs(quantity), remainder.lots));
    const { spec, mark } = state.instrumentOf(counterparty);
    const kinks = kinksOfReducing(spec, abs(quantity), mark as Int);
    const after = (closed: number) => roomAfter(state, counterparty, closed, remainder);
    const lots = largestFitting(most, { after, kinks, noise: NOISE });
    if (lots > 0) closeAgainst(rec, remainder, counterparty, lots);
  }
}

/** Equity − MM of the counterparty (its account, when cross) after so many of its lots closed. */
function roomAfter(state: State, counterparty: PositionRow, closed: number, remainder: Remainder): Int {
  const { positions } = state;
  const held = positions.quantity(counterparty);
  const cost = positions.entryCost(counterparty);
  const value = closed === 0 ? 0 : remainder.valueOf(closed);
  const profit = closed === 0 ? 0 : profitOfClosing(positions, counterparty, closed, value);
  const removed = closed === 0 ? 0 : costOfClosed(held, cost, closed);
  const quantity = sub(held, sign(held) * closed);
  const entryCost = sub(cost, removed);
  if (!positions.isIsolated(counterparty)) {
    const after = crossRisk(state, positions.account(counterparty), { position: counterparty, quantity, entryCost, balanceChange: profit });
    return sub(after.equity, after.maintenanceMargin);
  }
  const { spec, mark } = state.instrumentOf(counterparty);
  const after = valuation(spec, quantity, entryCost, add(positions.cash(counterparty), profit), mark as Int);
  return sub(after.equity, after.maintenanceMargin);
}

function closeAgainst(rec: Recorder, remainder: Remainder, counterparty: PositionRow, lots: number): void {
  const { state } = rec;
  const { accounts, positions } = state;
  const { position } = remainder;
  const ofFund = positions.account(position) === accounts.fund;
  const value = remainder.take(lots);
  rec.emit({
    type: 'PositionDeleveraged',
    time: rec.time,
    accountId: ofFund ? undefined : state.ownerId(position),
    instrument: state.instrumentOf(position).name,
    isolationId: positions.isolationId(position),
    quantity: positions.quantity(position) > 0 ? lots : -lots,
    value,
    realizedPnl: profitOfClosing(positions, position, lots, value),
    counterpartyAccountId: state.ownerId(counterparty),
    counterpartyIsolationId: positions.isolationId(counterparty),
    counterpartyRealizedPnl: profitOfClosing(positions, counterparty, lots, value),
  });
  if (ofFund) settleFund(rec);
  settlePosition(rec, counterparty);
}

import { abs, add, type Int, min, sign, sub } from '../../num/int';
import { settleFund } from '../accounts/balances';
import { crossRisk } from '../accounts/figures';
import { costOfClosed, valuation } from '../margin/margin';
import { settlePosition } from '../orders/settle';
import type { Recorder } from '../recorder';
import type { Position } from '../state/model';
import { DeleveragingQueue } from './deleveragingQueue';
import { profitOfClosing, type Remainder } from './remainder';
import { largestFitting } from './search';

/** Closes what it can of the remainder against the opposite positions, by rank, without fee. */
export function deleverage(rec: Recorder, remainder: Remainder): void {
  const { position } = remainder;
  const queue = new DeleveragingQueue(rec.state, position.instrument, -sign(position.quantity), position.account);
  while (remainder.lots > 0) {
    const counterparty = queue.next();
    if (counterparty === undefined) return;
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
    const after = crossRisk(counterparty.account, { position: counterparty, quantity, entryCost, balanceChange: profit });
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

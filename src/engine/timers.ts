import { settleInterval } from './funding/settle';
import { pass } from './liquidation/pass';
import { cancelWhere } from './orders/cancelCommands';
import type { Recorder } from './recorder';
import { type AccountRow, NO_ACCOUNT } from './state/accounts';
import type { Instrument } from './state/model';
import type { State } from './state/state';

/**
 * Runs every timer that is due by `now`, by due time (funding by listing, then
 * CancelAllAfter by account creation), each followed by the pass; its events carry its
 * due time (rules.md §6, Order of things).
 */
export function runTimers(rec: Recorder, now: number): void {
  const { state } = rec;
  while (state.nextTimer <= now) {
    const due = earliestTimer(state);
    state.nextTimer = due;
    if (due > now) break;
    state.clock = due;
    const instrument = firstFunding(state, due);
    if (instrument !== undefined) settleInterval(rec, instrument, now);
    else expire(rec, firstExpiring(state, due));
    pass(rec);
  }
  state.clock = now;
}

/** When the next timer is due; Infinity when none is set. */
export function earliestTimer(state: State): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const { nextFundingTime } of state.instruments) {
    if (nextFundingTime !== 0 && nextFundingTime < earliest) earliest = nextFundingTime;
  }
  for (const account of state.armedAccounts) earliest = Math.min(earliest, state.accounts.cancelAllAfter(account));
  return earliest;
}

function firstFunding(state: State, due: number): Instrument | undefined {
  return state.instruments.find((instrument) => instrument.nextFundingTime === due);
}

function firstExpiring({ accounts, armedAccounts }: State, due: number): AccountRow {
  let first: AccountRow = NO_ACCOUNT;
  for (const account of armedAccounts) {
    if (accounts.cancelAllAfter(account) === due && (first === NO_ACCOUNT || account < first)) first = account;
  }
  if (first === NO_ACCOUNT) throw new Error('invariant: a timer is due but nobody set it');
  return first;
}

function expire(rec: Recorder, account: AccountRow): void {
  rec.emit({ type: 'CancelAllAfterExpired', time: rec.time, accountId: rec.state.accounts.id(account) });
  cancelWhere(rec, account, 'CANCEL_ALL_AFTER', () => true);
}

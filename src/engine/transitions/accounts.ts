import type * as Events from '../../contract/generated/events';
import { sub } from '../../num/int';
import type { AccountRow } from '../state/accounts';
import type { State } from '../state/state';

export function accountOpened(state: State, event: Events.AccountOpened): void {
  state.accounts.open(event.accountId);
}

export function fundsDeposited(state: State, event: Events.FundsDeposited): void {
  state.debitTotal(event.currency, 'external', event.amount);
  state.creditMain(state.account(event.accountId), event.currency, event.amount);
}

export function fundsWithdrawn(state: State, event: Events.FundsWithdrawn): void {
  state.creditMain(state.account(event.accountId), event.currency, sub(0, event.amount));
  state.creditTotal(event.currency, 'external', event.amount);
}

export function balanceAdjusted(state: State, event: Events.BalanceAdjusted): void {
  state.debitTotal(event.currency, 'external', event.amount);
  state.creditMain(state.account(event.accountId), event.currency, event.amount);
}

export function balanceConverted(state: State, event: Events.BalanceConverted): void {
  const account = event.accountId === undefined ? state.accounts.fund : state.account(event.accountId);
  state.creditMain(account, 'USDC', sub(0, event.amount));
  state.creditTotal('USDC', 'conversion', event.amount);
  state.debitTotal('USD', 'conversion', event.amount);
  state.creditMain(account, 'USD', event.amount);
}

export function insuranceFundCredited(state: State, event: Events.InsuranceFundCredited): void {
  if (event.isolationId !== 0) {
    const block = state.block(event.isolationId);
    state.touchBlock(block);
    state.positions.addCash(block, sub(0, event.amount));
  } else {
    state.debitTotal(event.currency, 'external', event.amount);
  }
  state.creditMain(state.accounts.fund, event.currency, event.amount);
}

export function deficitRecorded(state: State, event: Events.DeficitRecorded): void {
  state.debitTotal('USD', 'deficit', event.amount);
  state.creditMain(state.accounts.fund, 'USD', event.amount);
}

export function deficitRepaid(state: State, event: Events.DeficitRepaid): void {
  state.creditMain(state.accounts.fund, 'USD', sub(0, event.amount));
  state.creditTotal('USD', 'deficit', event.amount);
}

export function shortfallCovered(state: State, event: Events.ShortfallCovered): void {
  state.creditMain(state.accounts.fund, 'USD', sub(0, event.amount));
  state.creditMain(state.account(event.accountId), 'USD', event.amount);
}

export function cancelAllAfterSet(state: State, event: Events.CancelAllAfterSet): void {
  arm(state, state.account(event.accountId), event.deadline ?? 0);
}

export function cancelAllAfterExpired(state: State, event: Events.CancelAllAfterExpired): void {
  arm(state, state.account(event.accountId), 0);
}

/** Sets when CancelAllAfter fires; 0: never. */
function arm(state: State, account: AccountRow, deadline: number): void {
  const { accounts, armedAccounts, undo } = state;
  accounts.save(account);
  accounts.setCancelAllAfter(account, deadline);
  if (deadline !== 0) state.nextTimer = Math.min(state.nextTimer, deadline);
  const wasArmed = armedAccounts.has(account);
  if (wasArmed === (deadline !== 0)) return;
  toggle(armedAccounts, account);
  if (undo.isArmed) undo.onRollback(() => toggle(armedAccounts, account));
}

function toggle(armed: Set<AccountRow>, account: AccountRow): void {
  if (!armed.delete(account)) armed.add(account);
}

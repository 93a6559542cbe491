import { add, type Int, max, min, negate, sub } from '../../num/int';
import type { Recorder } from '../recorder';
import type { Account, Currency } from '../state/model';

/** Makes sure the account exists; the first event that names it is preceded by AccountOpened. */
export function openAccount(rec: Recorder, accountId: string): Account {
  const known = rec.state.findAccount(accountId);
  if (known !== undefined) return known;
  rec.emit({ type: 'AccountOpened', time: rec.time, accountId });
  return rec.state.account(accountId);
}

function idOf(account: Account): string | undefined {
  return account.number < 0 ? undefined : account.id;
}

/** Before `amount` leaves in a currency: USD that is not there is made of USDC at par, USD being used up first (rules.md §7). */
export function prepareDebit(rec: Recorder, account: Account, currency: Currency, amount: Int): void {
  if (currency === 'USDC') return;
  const missing = sub(amount, max(0, account.usd));
  if (missing > 0) convert(rec, account, min(missing, account.usdc));
}

/** A negative USD balance is converted from USDC at par at once (rules.md §7). */
export function settleNegativeUsd(rec: Recorder, account: Account): void {
  if (account.usd < 0 && account.usdc > 0) convert(rec, account, min(negate(account.usd), account.usdc));
}

function convert(rec: Recorder, account: Account, amount: Int): void {
  if (amount > 0) rec.emit({ type: 'BalanceConverted', time: rec.time, accountId: idOf(account), amount });
}

/**
 * After anything that moved the insurance fund's cash: converts, records what would
 * make it negative on `deficit`, and lets credits repay the deficit first (rules.md §6.6).
 */
export function settleFund(rec: Recorder): void {
  const { state } = rec;
  const { fund } = state;
  settleNegativeUsd(rec, fund);
  if (fund.usd < 0) {
    rec.emit({ type: 'DeficitRecorded', time: rec.time, amount: negate(fund.usd) });
    return;
  }
  const owed = negate(state.totals.USD.deficit);
  if (owed <= 0) return;
  const repaid = min(owed, add(fund.usd, fund.usdc));
  if (repaid <= 0) return;
  prepareDebit(rec, fund, 'USD', repaid);
  rec.emit({ type: 'DeficitRepaid', time: rec.time, amount: repaid });
}

import { add, type Int, max, min, negate, sub } from '../../num/int';
import type { Recorder } from '../recorder';
import { type AccountRow, NO_ACCOUNT } from '../state/accounts';
import type { Currency } from '../state/model';

/** Makes sure the account exists; the first event that names it is preceded by AccountOpened. */
export function openAccount(rec: Recorder, accountId: string): AccountRow {
  const known = rec.state.accounts.find(accountId);
  if (known !== NO_ACCOUNT) return known;
  rec.emit({ type: 'AccountOpened', time: rec.time, accountId });
  return rec.state.account(accountId);
}

/** Before `amount` leaves in a currency: USD that is not there is made of USDC at par, USD being used up first (rules.md §7). */
export function prepareDebit(rec: Recorder, account: AccountRow, currency: Currency, amount: Int): void {
  if (currency === 'USDC') return;
  const { accounts } = rec.state;
  const missing = sub(amount, max(0, accounts.usd(account)));
  if (missing > 0) convert(rec, account, min(missing, accounts.usdc(account)));
}

/** A negative USD balance is converted from USDC at par at once (rules.md §7). */
export function settleNegativeUsd(rec: Recorder, account: AccountRow): void {
  const { accounts } = rec.state;
  const usd = accounts.usd(account);
  if (usd >= 0) return;
  const usdc = accounts.usdc(account);
  if (usdc > 0) convert(rec, account, min(negate(usd), usdc));
}

function convert(rec: Recorder, account: AccountRow, amount: Int): void {
  if (amount <= 0) return;
  const { accounts } = rec.state;
  const accountId = account === accounts.fund ? undefined : accounts.id(account);
  rec.emit({ type: 'BalanceConverted', time: rec.time, accountId, amount });
}

/**
 * After anything that moved the insurance fund's cash: converts, records what would
 * make it negative on `deficit`, and lets credits repay the deficit first (rules.md §6.6).
 */
export function settleFund(rec: Recorder): void {
  const { accounts, totals } = rec.state;
  const { fund } = accounts;
  settleNegativeUsd(rec, fund);
  const usd = accounts.usd(fund);
  if (usd < 0) {
    rec.emit({ type: 'DeficitRecorded', time: rec.time, amount: negate(usd) });
    return;
  }
  const owed = negate(totals.USD.deficit);
  if (owed <= 0) return;
  const repaid = min(owed, add(usd, accounts.usdc(fund)));
  if (repaid <= 0) return;
  prepareDebit(rec, fund, 'USD', repaid);
  rec.emit({ type: 'DeficitRepaid', time: rec.time, amount: repaid });
}

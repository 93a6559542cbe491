import type { CommandData } from '../../contract/commands';
import { add, type Int, negate } from '../../num/int';
import { MAX_ORDER_VALUE } from '../instruments/spec';
import { readAmount } from '../orders/request';
import type { Recorder } from '../recorder';
import { type Refusal, refuse, sayMoney } from '../refusal';
import { NO_ACCOUNT } from '../state/accounts';
import { openAccount, prepareDebit, settleFund, settleNegativeUsd } from './balances';
import { transferable } from './figures';

/** A deposit is at most 9 × 10⁹ (rules.md §1, Bounds). */
function readDeposit(text: string, currency: string): Int | Refusal {
  const amount = readAmount(text, 'amount');
  if (typeof amount === 'object') return amount;
  if (amount > MAX_ORDER_VALUE) {
    return refuse('EXCEEDS_BOUNDS', `amount ${sayMoney(amount, currency)} is beyond ${sayMoney(MAX_ORDER_VALUE, currency)}`);
  }
  return amount;
}

export function deposit(rec: Recorder, data: CommandData<'Deposit'>): Refusal | undefined {
  const amount = readDeposit(data.amount, data.currency);
  if (typeof amount === 'object') return amount;
  const account = openAccount(rec, data.accountId);
  rec.emit({ type: 'FundsDeposited', time: rec.time, accountId: data.accountId, currency: data.currency, amount });
  settleNegativeUsd(rec, account);
  return undefined;
}

/** Withdraw: at most what is transferable in the currency (rules.md §7). */
export function withdraw(rec: Recorder, data: CommandData<'Withdraw'>): Refusal | undefined {
  const amount = readAmount(data.amount, 'amount');
  if (typeof amount === 'object') return amount;
  const account = rec.state.accounts.find(data.accountId);
  const most = transferable(rec.state, account, data.currency);
  if (account === NO_ACCOUNT || amount > most) {
    const [asked, can] = [sayMoney(amount, data.currency), sayMoney(most, data.currency)];
    return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `asked for ${asked}, ${can} withdrawable`);
  }
  prepareDebit(rec, account, data.currency, amount);
  rec.emit({ type: 'FundsWithdrawn', time: rec.time, accountId: data.accountId, currency: data.currency, amount });
  return undefined;
}

export function fundInsurance(rec: Recorder, data: CommandData<'FundInsurance'>): Refusal | undefined {
  const amount = readAmount(data.amount, 'amount');
  if (typeof amount === 'object') return amount;
  const { currency } = data;
  rec.emit({ type: 'InsuranceFundCredited', time: rec.time, currency, amount, source: 'EXTERNAL', isolationId: 0 });
  settleFund(rec);
  return undefined;
}

/** AdjustBalance: the audited correction, rejected where it would make USDC negative (rules.md §7). */
export function adjustBalance(rec: Recorder, data: CommandData<'AdjustBalance'>): Refusal | undefined {
  const amount = readAmount(data.amount, 'amount');
  if (typeof amount === 'object') return amount;
  const { accounts } = rec.state;
  const held = accounts.usdc(accounts.find(data.accountId));
  if (data.currency === 'USDC' && add(held, amount) < 0) {
    const needed = sayMoney(negate(amount), 'USDC');
    return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `takes ${needed}, the balance is ${sayMoney(held, 'USDC')}`);
  }
  const account = openAccount(rec, data.accountId);
  const { currency, reason, reference } = data;
  rec.emit({ type: 'BalanceAdjusted', time: rec.time, accountId: data.accountId, currency, amount, reason, reference });
  settleNegativeUsd(rec, account);
  return undefined;
}

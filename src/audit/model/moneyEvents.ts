import { balanceFigures } from './accountFigures';
import type { EventContext, Handler } from './context';
import { type Decimal, decimal, maxOf, minOf, show, ZERO } from './decimal';
import { isCurrency } from './ledger';
import type { Currency } from './types';

function currencyOf(event: EventContext): Currency {
  const text = event.text('currency');
  if (!isCurrency(text)) throw new Error(`unknown currency ${text}`);
  return text;
}

function commandAmount(event: EventContext): Decimal {
  return decimal(String(event.command.data?.amount));
}

const deposited: Handler = (event) => {
  const amount = commandAmount(event);
  event.expect('amount', amount, 'rules.md §7 Deposit');
  event.state.ledger.transfer('external', `main:${event.text('accountId')}`, currencyOf(event), amount);
};

const withdrawn: Handler = (event) => {
  const [accountId, currency, amount] = [event.text('accountId'), currencyOf(event), commandAmount(event)];
  event.expect('amount', amount, 'rules.md §7 Withdraw');
  requireTransferable(event, accountId, currency, amount);
  event.state.ledger.transfer(`main:${accountId}`, 'external', currency, amount);
};

const adjusted: Handler = (event) => {
  const amount = commandAmount(event);
  event.expect('amount', amount, 'rules.md §7 AdjustBalance');
  const accountId = event.text('accountId');
  event.state.ledger.transfer('external', `main:${accountId}`, currencyOf(event), amount);
  if (amount.isNegative() && event.state.mainCash(accountId).isNegative()) event.state.owing.add(accountId);
};

/** Every transfer out of a main account needs amount ≤ transferable (rules.md §7). */
export function requireTransferable(event: EventContext, accountId: string, currency: Currency, amount: Decimal): void {
  const { withdrawable } = balanceFigures(event.state, accountId, currency);
  // A conversion just made for this draw turned USDC into USD at par: their sum, and so the bound, is the same.
  const holds = amount.lessThanOrEqualTo(withdrawable);
  event.require(holds, 'amount ≤ transferable', `≤ ${show(withdrawable)}`, show(amount), 'rules.md §7 transferable');
}

/**
 * A negative USD is converted from USDC at once, exactly as far as USDC reaches. A
 * conversion ahead of a draw can only be judged after that draw: then USD is used up.
 */
const converted: Handler = (event) => {
  const accountId = event.textOrNull('accountId');
  const account = accountId === null ? 'insurance' : `main:${accountId}`;
  const { ledger } = event.state;
  const [usd, usdc, amount] = [ledger.balance(account, 'USD'), ledger.balance(account, 'USDC'), event.decimal('amount')];
  const missing = maxOf(ZERO, usd.negated());
  const owed = minOf(missing, usdc);
  event.require(amount.greaterThan(0) && amount.lessThanOrEqualTo(usdc), 'amount ≤ USDC', `≤ ${show(usdc)}`, show(amount), 'rules.md §7');
  if (amount.greaterThan(missing)) event.whole.drawsAhead.add(account);
  else event.expect('amount', owed, 'rules.md §7 A negative USD is converted from USDC at par at once');
  ledger.transfer(account, 'conversion', 'USDC', amount);
  ledger.transfer('conversion', account, 'USD', amount);
};

/** After the draw that a conversion prepared, nothing of it may be left over. */
export function settleDraws(event: EventContext): void {
  for (const account of event.whole.drawsAhead) {
    if (event.event.type === 'BalanceConverted' || !event.state.ledger.changesOfEvent().has(`${account} USD`)) continue;
    const left = event.state.ledger.balance(account, 'USD');
    event.require(left.lessThanOrEqualTo(0), `${account} USD after a conversion`, '0', show(left), 'rules.md §7 after USD is used up');
    event.whole.drawsAhead.delete(account);
  }
}

const insuranceCredited: Handler = (event) => {
  const currency = currencyOf(event);
  if (event.text('source') === 'EXTERNAL') {
    const amount = commandAmount(event);
    event.expect('amount', amount, 'FundInsurance');
    event.state.ledger.transfer('external', 'insurance', currency, amount);
    return;
  }
  const isolationId = event.text('isolationId');
  const remainder = event.state.ledger.balance(`block:${isolationId}`, currency);
  event.expect('amount', remainder, 'rules.md §6.5 the block’s remaining cash goes to the insurance fund');
  event.state.ledger.transfer(`block:${isolationId}`, 'insurance', currency, remainder);
};

/** Exactly what would make the fund's cash negative (rules.md §6.6). */
const deficitRecorded: Handler = (event) => {
  const missing = event.state.fundCash().negated();
  event.expect('amount', missing, 'rules.md §6.6 deficit');
  event.state.ledger.transfer('deficit', 'insurance', 'USD', missing);
};

const deficitRepaid: Handler = (event) => {
  const repaid = minOf(event.state.deficit(), event.state.ledger.balance('insurance', 'USD'));
  event.expect('amount', repaid, 'rules.md §6.6 later credits repay the deficit first');
  event.state.ledger.transfer('insurance', 'deficit', 'USD', repaid);
};

/** A negative balance with no position left is paid by the fund (rules.md §6, cross). */
const shortfallCovered: Handler = (event) => {
  const accountId = event.text('accountId');
  const missing = event.state.mainCash(accountId).negated();
  event.expect('amount', missing, 'rules.md §6 a negative balance with no position left is paid by the fund');
  event.state.ledger.transfer('insurance', `main:${accountId}`, 'USD', missing);
};

export const moneyHandlers: Readonly<Record<string, Handler>> = {
  FundsDeposited: deposited,
  FundsWithdrawn: withdrawn,
  BalanceAdjusted: adjusted,
  BalanceConverted: converted,
  InsuranceFundCredited: insuranceCredited,
  DeficitRecorded: deficitRecorded,
  DeficitRepaid: deficitRepaid,
  ShortfallCovered: shortfallCovered,
};

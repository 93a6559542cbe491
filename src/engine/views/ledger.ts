import { formatIsolationId } from '../../contract/ids';
import { formatMoney } from '../../num/decimal';
import { add, type Int } from '../../num/int';
import type { AccountRow } from '../state/accounts';
import type { Currency } from '../state/model';
import type { State } from '../state/state';

/** Totals of one currency's ledger; each is a signed balance, and together they are 0 (rules.md §11.1). */
export interface LedgerTotalsView {
  readonly main: Int;
  readonly blocks: Int;
  readonly margins: Int;
  readonly insurance: Int;
  readonly deficit: Int;
  readonly fees: Int;
  readonly clearing: Int;
  readonly conversion: Int;
  readonly external: Int;
}

export function ledgerTotals(state: State, currency: Currency): LedgerTotalsView {
  let main: Int = 0;
  let blocks: Int = 0;
  let margins: Int = 0;
  const { accounts, positions } = state;
  const cash = (account: AccountRow) => (currency === 'USD' ? accounts.usd(account) : accounts.usdc(account));
  for (const account of accounts) main = add(main, cash(account));
  for (const block of state.blocks.values()) {
    if (positions.currency(block) !== currency) continue;
    blocks = add(blocks, positions.cash(block));
    margins = add(margins, positions.orderMargin(block));
  }
  const insurance = cash(accounts.fund);
  const { external, fees, deficit, clearing, conversion } = state.totals[currency];
  return { main, blocks, margins, insurance, deficit, fees, clearing, conversion, external };
}

/** Every ledger account of a currency by name, with the totals of main, blocks and margins. */
export function ledgerView(state: State, currency: Currency): Record<string, string> {
  const view: Record<string, string> = {};
  for (const [name, amount] of Object.entries(ledgerTotals(state, currency))) view[name] = formatMoney(amount as Int);
  const { accounts, positions } = state;
  for (const account of accounts) {
    view[`main:${accounts.id(account)}`] = formatMoney(currency === 'USD' ? accounts.usd(account) : accounts.usdc(account));
  }
  for (const block of state.blocks.values()) {
    if (positions.currency(block) !== currency) continue;
    const id = formatIsolationId(positions.isolationId(block));
    view[`block:${id}`] = formatMoney(positions.cash(block));
    view[`margin:${id}`] = formatMoney(positions.orderMargin(block));
  }
  return view;
}

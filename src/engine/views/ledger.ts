import { formatIsolationId } from '../../contract/ids';
import { formatMoney } from '../../num/decimal';
import { add, type Int } from '../../num/int';
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
  for (const account of state.accounts) main = add(main, currency === 'USD' ? account.usd : account.usdc);
  for (const block of state.blocks.values()) {
    if (block.currency !== currency) continue;
    blocks = add(blocks, block.cash);
    margins = add(margins, block.orderMargin);
  }
  const insurance = currency === 'USD' ? state.fund.usd : state.fund.usdc;
  const { external, fees, deficit, clearing, conversion } = state.totals[currency];
  return { main, blocks, margins, insurance, deficit, fees, clearing, conversion, external };
}

/** Every ledger account of a currency by name, with the totals of main, blocks and margins. */
export function ledgerView(state: State, currency: Currency): Record<string, string> {
  const view: Record<string, string> = {};
  for (const [name, amount] of Object.entries(ledgerTotals(state, currency))) view[name] = formatMoney(amount as Int);
  for (const account of state.accounts) view[`main:${account.id}`] = formatMoney(currency === 'USD' ? account.usd : account.usdc);
  for (const block of state.blocks.values()) {
    if (block.currency !== currency) continue;
    view[`block:${formatIsolationId(block.isolationId)}`] = formatMoney(block.cash);
    view[`margin:${formatIsolationId(block.isolationId)}`] = formatMoney(block.orderMargin);
  }
  return view;
}

import { currencies, money, type RebuiltLedger } from './ledger';
import { exact } from './table';

/** The parts of `bulkhead run --state` that balances are compared with. */
export interface State {
  readonly accounts: readonly {
    readonly accountId: string;
    readonly balances: Readonly<Record<string, { readonly cash: string; readonly isolated: string }>>;
  }[];
  readonly ledgerTotals: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly insurance: {
    readonly equity: string;
    readonly inventory: readonly {
      readonly instrument: string;
      readonly quantity: string;
      readonly notional: string;
      readonly unrealizedPnl: string;
    }[];
  };
  readonly hash: string;
}

export interface Verdict {
  readonly lines: readonly string[];
  readonly holds: boolean;
}

/** Ledger accounts of the exchange itself, of which there is one each. */
const single = ['external', 'insurance', 'deficit', 'fees', 'clearing', 'conversion'] as const;

/** Nothing was made or lost: the balances rebuilt from transfers sum to zero, and are those that the engine ended with. */
export function conservation(ledger: RebuiltLedger, state: State | undefined): Verdict {
  const wrong: string[] = [];
  const lines: string[] = [];
  for (const currency of currencies) {
    const sum = ledger.sum('', currency);
    const parts = [...single.map((name) => [name, ledger.balance(name, currency)] as const), ...kinds(ledger, currency)];
    lines.push(`${currency}: ${parts.map(([name, amount]) => `${name} ${exact(amount)}`).join(' + ')} = ${exact(sum)}`);
    if (sum !== 0n) wrong.push(`${currency} sums to ${exact(sum)}`);
  }
  const converted = ledger.balance('conversion', 'USD') + ledger.balance('conversion', 'USDC');
  if (converted !== 0n) wrong.push(`conversion is ${exact(converted)} over both currencies`);
  if (state) wrong.push(...differences(ledger, state));
  else wrong.push('the results end without the state line (run with --state)');
  const compared = state ? `${state.accounts.length} accounts equal the engine's own figures to the last micro-dollar` : '';
  lines.push(
    wrong.length === 0 ? `conserved: ${ledger.transfers} transfers; ${compared}` : `NOT CONSERVED: ${wrong.slice(0, 10).join('; ')}`,
  );
  return { lines, holds: wrong.length === 0 };
}

function kinds(ledger: RebuiltLedger, currency: string): (readonly [string, bigint])[] {
  return (['main', 'block', 'margin'] as const).map((kind) => [kind, ledger.sum(`${kind}:`, currency)]);
}

function differences(ledger: RebuiltLedger, state: State): string[] {
  const found: string[] = [];
  const compare = (what: string, rebuilt: bigint, shown: string | undefined) => {
    if (shown === undefined || rebuilt !== money(shown)) found.push(`${what}: ${exact(rebuilt)} from transfers, ${shown} in the state`);
  };
  for (const currency of currencies) {
    for (const name of single) compare(`${name} ${currency}`, ledger.balance(name, currency), state.ledgerTotals[currency]?.[name]);
    for (const { accountId, balances } of state.accounts) {
      compare(`${accountId} ${currency}`, ledger.balance(`main:${accountId}`, currency), balances[currency]?.cash);
    }
    const isolated = state.accounts.reduce((sum, { balances }) => sum + money(balances[currency]?.isolated ?? '0'), 0n);
    const rebuilt = ledger.sum('block:', currency) + ledger.sum('margin:', currency);
    if (rebuilt !== isolated) found.push(`blocks ${currency}: ${exact(rebuilt)} from transfers, ${exact(isolated)} in the state`);
  }
  const known = new Set(state.accounts.map(({ accountId }) => `main:${accountId}`));
  for (const name of ledger.names('main:')) if (!known.has(name)) found.push(`${name} is not in the state`);
  return found;
}

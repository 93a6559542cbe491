import { type Decimal, decimal, show, ZERO } from './decimal';
import { CURRENCIES, type Currency, type PublicTransfer } from './types';

/**
 * The model's own double-entry ledger. Each amount is one that the model computed;
 * what changed within an event is compared with the event's transfers by net effect.
 */
export class Ledger {
  private readonly balances: Record<Currency, Map<string, Decimal>> = { USD: new Map(), USDC: new Map() };
  private changes = new Map<string, Decimal>();

  balance(account: string, currency: Currency): Decimal {
    return this.balances[currency].get(account) ?? ZERO;
  }

  accounts(currency: Currency): ReadonlyMap<string, Decimal> {
    return this.balances[currency];
  }

  transfer(from: string, to: string, currency: Currency, amount: Decimal): void {
    if (amount.isZero()) return;
    this.post(from, currency, amount.negated());
    this.post(to, currency, amount);
  }

  beginEvent(): void {
    this.changes = new Map();
  }

  /** Net change of each ledger account since `beginEvent`, zeros left out, keyed `account currency`. */
  changesOfEvent(): ReadonlyMap<string, Decimal> {
    return withoutZeros(this.changes);
  }

  /** Ledger accounts, each with its currency, to which the event has posted. */
  postedTo(): IterableIterator<string> {
    return this.changes.keys();
  }

  private post(account: string, currency: Currency, amount: Decimal): void {
    const book = this.balances[currency];
    book.set(account, (book.get(account) ?? ZERO).plus(amount));
    addTo(this.changes, `${account} ${currency}`, amount);
  }
}

function addTo(sums: Map<string, Decimal>, key: string, amount: Decimal): void {
  sums.set(key, (sums.get(key) ?? ZERO).plus(amount));
}

function withoutZeros(sums: ReadonlyMap<string, Decimal>): Map<string, Decimal> {
  return new Map([...sums].filter(([, amount]) => !amount.isZero()));
}

/** Net change of each ledger account by the transfers that an event lists. */
export function netOfTransfers(transfers: readonly PublicTransfer[]): ReadonlyMap<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const transfer of transfers) {
    const amount = decimal(transfer.amount);
    addTo(sums, `${transfer.from} ${transfer.currency}`, amount.negated());
    addTo(sums, `${transfer.to} ${transfer.currency}`, amount);
  }
  return withoutZeros(sums);
}

export interface NetDifference {
  readonly key: string;
  readonly expected: string;
  readonly actual: string;
}

export function compareNets(expected: ReadonlyMap<string, Decimal>, actual: ReadonlyMap<string, Decimal>): NetDifference[] {
  const differences: NetDifference[] = [];
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    const [want, got] = [expected.get(key) ?? ZERO, actual.get(key) ?? ZERO];
    if (!want.equals(got)) differences.push({ key, expected: show(want), actual: show(got) });
  }
  return differences;
}

export function otherCurrency(currency: Currency): Currency {
  return currency === 'USD' ? 'USDC' : 'USD';
}

export function isCurrency(text: string): text is Currency {
  return (CURRENCIES as readonly string[]).includes(text);
}

import { micros } from '../support/checks';
import type { Currency, EngineEvent, Result } from '../support/engineApi';

type Ledger = Readonly<Record<Currency, Readonly<Record<string, string>>>>;

const CURRENCIES: readonly Currency[] = ['USD', 'USDC'];
const TOTALS = new Map([
  ['main', 'main:'],
  ['blocks', 'block:'],
  ['margins', 'margin:'],
]);

/** Balances rebuilt from transfers alone (contract.md, "Results"), to be held against the engine's ledger. */
export class RebuiltLedger {
  private readonly balances: Record<Currency, Map<string, bigint>> = { USD: new Map(), USDC: new Map() };

  apply(result: Result): void {
    for (const event of result.events) this.applyEvent(event);
  }

  private applyEvent(event: EngineEvent): void {
    for (const { from, to, currency, amount } of event.data.transfers ?? []) {
      const moved = micros(amount);
      if (moved <= 0n) throw new Error(`${event.seq}.${event.index} ${event.type} transfers ${amount}`);
      this.move(currency, from, -moved);
      this.move(currency, to, moved);
    }
  }

  private move(currency: Currency, account: string, amount: bigint): void {
    const balances = this.balances[currency];
    balances.set(account, (balances.get(account) ?? 0n) + amount);
  }

  /** What the engine's ledger and the transfers disagree about. */
  differences(ledger: Ledger): string[] {
    return CURRENCIES.flatMap((currency) => this.differencesIn(currency, ledger[currency]));
  }

  private differencesIn(currency: Currency, shown: Readonly<Record<string, string>>): string[] {
    const rebuilt = this.balances[currency];
    const different: string[] = [];
    const compare = (account: string, expected: bigint) => {
      const actual = micros(shown[account] ?? '0');
      if (actual !== expected) different.push(`ledger ${currency} ${account} is ${actual}, its transfers sum to ${expected}`);
    };
    for (const [account, balance] of rebuilt) compare(account, balance);
    for (const account of Object.keys(shown)) compare(account, this.expected(currency, account));
    return different;
  }

  private expected(currency: Currency, account: string): bigint {
    const rebuilt = this.balances[currency];
    const prefix = TOTALS.get(account);
    if (prefix === undefined) return rebuilt.get(account) ?? 0n;
    let total = 0n;
    for (const [name, balance] of rebuilt) if (name.startsWith(prefix)) total += balance;
    return total;
  }
}

import type { DomainEvent } from '../../contract/generated/events';
import type { Currency, Transfer } from '../../contract/transfers';
import type { LedgerEntryView } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import { add, type Int, negate } from '../../num/int';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const LEDGER_FOLD = 'ledger-1';

export type LedgerBalances = { readonly [C in Currency]: Int };

/** An entry of an account, without where it stands. */
export type LedgerMove = Omit<LedgerEntryView, 'seq' | 'index' | 'time'>;

/** Balances of every ledger account from transfers alone (contract.md, "Results"). */
export class LedgerFold {
  private readonly balances = new Map<string, { USD: Int; USDC: Int }>();
  /** Whose a block's ledger accounts are. */
  private readonly owners = new Map<string, string>();

  balance(ledgerAccount: string): LedgerBalances {
    return this.balances.get(ledgerAccount) ?? { USD: 0, USDC: 0 };
  }

  names(): Iterable<string> {
    return this.balances.keys();
  }

  blockOpened(isolationId: string, accountId: string): void {
    this.owners.set(`block:${isolationId}`, accountId);
    this.owners.set(`margin:${isolationId}`, accountId);
  }

  /** Nothing moves in a block once the command that ended it is over. */
  blockEnded(isolationId: string): void {
    for (const name of [`block:${isolationId}`, `margin:${isolationId}`]) {
      this.owners.delete(name);
      this.balances.delete(name);
    }
  }

  /** Takes a transfer in, and gives out what it was to the accounts on its two sides. */
  apply(transfer: Transfer, event: DomainEvent): LedgerMove[] {
    const { from, to, currency, amount, reason } = transfer;
    const moves: LedgerMove[] = [];
    for (const [ledgerAccount, counterparty, change] of [
      [from, to, negate(amount)],
      [to, from, amount],
    ] as const) {
      const balance = this.move(ledgerAccount, currency, change);
      const accountId = this.ownerOf(ledgerAccount);
      if (accountId === undefined) continue;
      const money = { currency, amount: formatMoney(change), reason, balance: formatMoney(balance) };
      moves.push({ accountId, event: event.type, ledgerAccount, counterparty, ...money });
    }
    return moves;
  }

  private ownerOf(ledgerAccount: string): string | undefined {
    return ledgerAccount.startsWith('main:') ? ledgerAccount.slice(5) : this.owners.get(ledgerAccount);
  }

  private move(ledgerAccount: string, currency: Currency, change: Int): Int {
    let balances = this.balances.get(ledgerAccount);
    if (balances === undefined) {
      balances = { USD: 0, USDC: 0 };
      this.balances.set(ledgerAccount, balances);
    }
    balances[currency] = add(balances[currency], change);
    return balances[currency];
  }
}

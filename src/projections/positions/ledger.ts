import type { ByteReader, ByteWriter } from '../../contract/bytes';
import type { DomainEvent } from '../../contract/generated/events';
import type { Currency, LedgerKind, LedgerOwner, TransferReason } from '../../contract/transfers';
import { add, type Int } from '../../num/int';

/** What a transfer was to the account on one of its sides, in micro-units. */
export interface LedgerMove {
  readonly accountId: string;
  readonly kind: LedgerKind;
  readonly owner: LedgerOwner;
  readonly otherKind: LedgerKind;
  readonly otherOwner: LedgerOwner;
  readonly currency: Currency;
  /** Signed. */
  readonly change: Int;
  /** Of the ledger account, after it. */
  readonly balance: Int;
  readonly reason: TransferReason;
  readonly event: DomainEvent;
  readonly index: number;
}

/** Hears of each move of an account's money right after it was folded. */
export type LedgerListener = (move: LedgerMove) => void;

export type Balances = { readonly [C in Currency]: Int };

const HOUSE = ['insurance', 'deficit', 'fees', 'clearing', 'conversion', 'external'] as const;
export type HouseAccount = (typeof HOUSE)[number];

/** Balances of the ledger accounts that are nobody's, from transfers alone (contract.md, "Results"). */
export class HouseLedger {
  private readonly balances = new Map<LedgerKind, { USD: Int; USDC: Int }>(HOUSE.map((name) => [name, { USD: 0, USDC: 0 }]));

  names(): readonly HouseAccount[] {
    return HOUSE;
  }

  balance(name: HouseAccount): Balances {
    return this.known(name);
  }

  save(writer: ByteWriter): void {
    for (const name of HOUSE) {
      const { USD, USDC } = this.known(name);
      writer.int(USD);
      writer.int(USDC);
    }
  }

  load(reader: ByteReader): void {
    for (const name of HOUSE) {
      const balances = this.known(name);
      balances.USD = reader.int();
      balances.USDC = reader.int();
    }
  }

  move(kind: LedgerKind, currency: Currency, change: Int): void {
    const balances = this.known(kind);
    balances[currency] = add(balances[currency], change);
  }

  private known(kind: LedgerKind): { USD: Int; USDC: Int } {
    const found = this.balances.get(kind);
    if (found === undefined) throw new Error(`invariant: ${kind} is no ledger account of the house`);
    return found;
  }
}

import { type LedgerKind, type LedgerOwner, ledgerName } from '../../contract/transfers';
import type { LedgerEntryView } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import type { LedgerMove } from '../positions';
import type { HappenedRow } from './store';

/** Name and version of these rows: what is kept is made anew when they change. */
export const LEDGER_FOLD = 'ledger-1';

/** An entry of an account's ledger. */
export class LedgerEntry implements HappenedRow {
  readonly view = 'ledger';
  readonly list: string;
  private readonly index: number;
  private readonly time: number;
  private readonly event: string;
  private readonly kind: LedgerKind;
  private readonly owner: LedgerOwner;
  private readonly otherKind: LedgerKind;
  private readonly otherOwner: LedgerOwner;
  private readonly money: Pick<LedgerMove, 'currency' | 'change' | 'reason' | 'balance'>;

  constructor(
    readonly at: number,
    readonly n: number,
    { accountId, kind, owner, otherKind, otherOwner, currency, change, balance, reason, event, index }: LedgerMove,
  ) {
    this.list = accountId;
    this.index = index;
    this.time = event.time;
    this.event = event.type;
    this.kind = kind;
    this.owner = owner;
    this.otherKind = otherKind;
    this.otherOwner = otherOwner;
    this.money = { currency, change, reason, balance };
  }

  get row(): LedgerEntryView {
    const { list: accountId, event, at: seq, index, time, money } = this;
    const ledgerAccount = ledgerName(this.kind, this.owner);
    const counterparty = ledgerName(this.otherKind, this.otherOwner);
    const { currency, change, reason, balance } = money;
    const shown = { currency, amount: formatMoney(change), reason, balance: formatMoney(balance) };
    return { accountId, event, ledgerAccount, counterparty, ...shown, seq, index, time };
  }
}

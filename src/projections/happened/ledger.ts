import type { ByteReader, ByteWriter } from '../../contract/bytes';
import { eventTable } from '../../contract/eventTable';
import type { DomainEvent } from '../../contract/generated/events';
import { type LedgerKind, type LedgerOwner, ledgerName, type TransferReason, transferReasons } from '../../contract/transfers';
import type { LedgerEntryView } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import type { Int } from '../../num/int';
import type { LedgerMove } from '../positions';
import { readChoice, writeChoice } from '../saving';
import type { HappenedRow } from './store';

/** Name and version of these rows: what is kept is made anew when they change. */
export const LEDGER_FOLD = 'ledger-2';

export const currencies = ['USD', 'USDC'] as const;
const KINDS: readonly LedgerKind[] = ['main', 'block', 'margin', 'insurance', 'deficit', 'fees', 'clearing', 'conversion', 'external'];
type EventType = DomainEvent['type'];
const eventTypes = Object.keys(eventTable) as EventType[];
const numbersOf = <T>(names: readonly T[]): ReadonlyMap<T, number> => new Map(names.map((name, number) => [name, number]));
const numberOfEvent = numbersOf(eventTypes);
const numberOfReason = numbersOf<TransferReason>(transferReasons);

function writeOwner(writer: ByteWriter, kind: LedgerKind, owner: LedgerOwner): void {
  writeChoice(writer, KINDS, kind);
  if (kind === 'main') writer.text(owner as string);
  else if (owner !== '') writer.varint(owner as number);
}

function readOwner(reader: ByteReader): readonly [LedgerKind, LedgerOwner] {
  const kind = readChoice(reader, KINDS);
  if (kind === 'main') return [kind, reader.text()];
  return [kind, kind === 'block' || kind === 'margin' ? reader.varint() : ''];
}

/** An entry of an account's ledger. */
export class LedgerEntry implements HappenedRow {
  readonly view = 'ledger';

  constructor(
    readonly at: number,
    readonly n: number,
    readonly list: string,
    private readonly index: number,
    private readonly time: number,
    private readonly event: EventType,
    private readonly kind: LedgerKind,
    private readonly owner: LedgerOwner,
    private readonly otherKind: LedgerKind,
    private readonly otherOwner: LedgerOwner,
    private readonly currency: LedgerMove['currency'],
    private readonly change: Int,
    private readonly balance: Int,
    private readonly reason: TransferReason,
  ) {}

  static of(at: number, n: number, move: LedgerMove): LedgerEntry {
    const { accountId, kind, owner, otherKind, otherOwner, currency, change, balance, reason, event, index } = move;
    return new LedgerEntry(
      at,
      n,
      accountId,
      index,
      event.time,
      event.type,
      kind,
      owner,
      otherKind,
      otherOwner,
      currency,
      change,
      balance,
      reason,
    );
  }

  static read(list: string, at: number, n: number, reader: ByteReader): LedgerEntry {
    const [index, time, event] = [reader.varint(), reader.varint(), eventTypes[reader.byte()] as EventType];
    const [[kind, owner], [otherKind, otherOwner]] = [readOwner(reader), readOwner(reader)];
    const [currency, change, balance] = [readChoice(reader, currencies), reader.int(), reader.int()];
    const reason = transferReasons[reader.byte()] as TransferReason;
    return new LedgerEntry(at, n, list, index, time, event, kind, owner, otherKind, otherOwner, currency, change, balance, reason);
  }

  write(writer: ByteWriter): void {
    writer.varint(this.index);
    writer.varint(this.time);
    writer.byte(numberOfEvent.get(this.event) as number);
    writeOwner(writer, this.kind, this.owner);
    writeOwner(writer, this.otherKind, this.otherOwner);
    writeChoice(writer, currencies, this.currency);
    writer.int(this.change);
    writer.int(this.balance);
    writer.byte(numberOfReason.get(this.reason) as number);
  }

  get row(): LedgerEntryView {
    const { list: accountId, event, at: seq, index, time, currency, reason } = this;
    const ledgerAccount = ledgerName(this.kind, this.owner);
    const counterparty = ledgerName(this.otherKind, this.otherOwner);
    const shown = { currency, amount: formatMoney(this.change), reason, balance: formatMoney(this.balance) };
    return { accountId, event, ledgerAccount, counterparty, ...shown, seq, index, time };
  }
}

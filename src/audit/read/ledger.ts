import type { PublicTransfer } from '../../contract/transfers';
import { movesMoney, publicTransfer, transfersOf } from '../../contract/transfers';
import type { JournalReader } from '../../journal';
import { PublicEvents } from '../../projections/publicEvents';
import { commandsFrom } from './records';

/** One transfer between two ledger accounts, with the event that made it. */
export interface LedgerRow extends PublicTransfer {
  readonly seq: number;
  readonly index: number;
  readonly time: number;
  readonly commandId: string;
  readonly event: string;
}

/** The whole ledger in order: balances are what these rows add up to (contract.md, "Results"). */
export async function* ledgerOf(journal: JournalReader): AsyncGenerator<LedgerRow> {
  const events = new PublicEvents(journal.meta.shard);
  for await (const record of commandsFrom(journal)) {
    events.take(record);
    const { seq, command } = record;
    for (const [place, event] of record.events.entries()) {
      if (!movesMoney(event.type)) continue;
      const { type, time } = event;
      for (const transfer of transfersOf(event, (id) => events.currencyOf(id))) {
        yield { seq, index: place + 1, time, commandId: command.commandId, event: type, ...publicTransfer(transfer) };
      }
    }
  }
}

export const LEDGER_COLUMNS = ['seq', 'index', 'time', 'commandId', 'event', 'from', 'to', 'currency', 'amount', 'reason'] as const;

/** A line of CSV (RFC 4180); names and ids of the contract need no quotes. */
export function csvLine(row: LedgerRow): string {
  return LEDGER_COLUMNS.map((column) => String(row[column])).join(',');
}

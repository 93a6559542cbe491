import { eventListOf } from '../../contract/eventLists';
import type { DomainEvent, TradeExecuted } from '../../contract/generated/events';
import { formatPrice, formatQuantity } from '../../contract/grid';
import { formatIsolationId, formatOrderId } from '../../contract/ids';
import type { CommandView, TradeView } from '../../contract/views';
import type { LedgerMove } from '../accounts/ledger';
import type { PublicEvents } from '../publicEvents';
import type { FoldableRecord } from '../record';
import { CandlesFold } from './candles';
import { fillOf } from './fills';
import type { HappenedRow, HappenedView } from './store';

/** Name and version of these rows: what is kept is made anew when they change. */
export const HAPPENED_ROWS = 'happened-1';

/** The list of events of an account, of an instrument, or of all. */
export function eventList({
  accountId,
  instrument,
}: {
  readonly accountId?: string | undefined;
  readonly instrument?: string | undefined;
}): string {
  if (accountId !== undefined) return `account ${accountId}`;
  return instrument === undefined ? '' : `instrument ${instrument}`;
}

/** Makes the rows of what a record tells, numbered within it in order. */
export class HappenedRows {
  private readonly candles = new CandlesFold();
  private rows: HappenedRow[] = [];
  private seq = 0;

  constructor(private readonly events: PublicEvents) {}

  begin({ seq }: FoldableRecord): void {
    this.rows = [];
    this.seq = seq;
  }

  /** An entry of the ledger, from the event at `index`. */
  moved(move: LedgerMove, index: number, time: number): void {
    this.put('ledger', move.accountId, { ...move, seq: this.seq, index, time });
  }

  /** All rows of the record, whose ledger entries have been taken. */
  of(record: FoldableRecord): readonly HappenedRow[] {
    this.put('commands', record.command.commandId, commandRow(record));
    record.events.forEach((event, place) => {
      const at = { seq: record.seq, index: place + 1, time: event.time };
      if (event.type === 'TradeExecuted') this.traded(event, at);
      const view = eventListOf(event.type);
      if (view !== undefined) this.listed(view, record, event, place + 1);
    });
    return this.rows;
  }

  private put(view: HappenedView, list: string, row: object): void {
    this.rows.push({ view, list, at: this.seq, n: this.rows.length, row });
  }

  private traded(event: TradeExecuted, at: { readonly seq: number; readonly index: number; readonly time: number }): void {
    const { instrument, price, quantity, takerSide, takerOrderId } = event;
    const grid = this.events.grid(instrument);
    const shown = { price: formatPrice(grid, price), quantity: formatQuantity(grid, quantity) };
    const trade: TradeView = { ...at, instrument, ...shown, takerSide, isLiquidation: takerOrderId < 0 };
    this.put('trades', instrument, trade);
    for (const role of ['MAKER', 'TAKER'] as const) {
      const fill = fillOf(this.events, event, role);
      if (fill.accountId !== null) this.put('fills', fill.accountId, { ...fill, ...at });
    }
    for (const candle of this.candles.apply(event, grid)) {
      this.rows.push({ view: 'candles', list: `${instrument}/${candle.interval}`, at: candle.openTime, n: 0, row: candle });
    }
  }

  private listed(view: 'liquidations' | 'funding', record: FoldableRecord, event: DomainEvent, index: number): void {
    const { type, seq, time, data } = this.events.event(record, event, index);
    const row = { seq, index, time, type, data };
    this.put(view, eventList({}), row);
    if ('instrument' in event && event.instrument !== undefined) this.put(view, eventList({ instrument: event.instrument }), row);
    const accounts = new Set<string>();
    if ('accountId' in event && event.accountId !== undefined) accounts.add(event.accountId);
    if ('counterpartyAccountId' in event) accounts.add(event.counterpartyAccountId);
    for (const accountId of accounts) this.put(view, eventList({ accountId }), row);
  }
}

function commandRow({ command, seq, time, status, code, message, orderId, isolationId, events }: FoldableRecord): CommandView {
  return {
    commandId: command.commandId,
    type: command.type,
    seq,
    time,
    status,
    ...(code === undefined ? {} : { code, message }),
    ...(orderId === undefined ? {} : { orderId: formatOrderId(orderId) }),
    ...(isolationId === undefined ? {} : { isolationId: formatIsolationId(isolationId) }),
    eventCount: events.length,
  };
}

import type { ByteReader, ByteWriter } from '../../contract/bytes';
import { eventListOf } from '../../contract/eventLists';
import type { DomainEvent, TradeExecuted } from '../../contract/generated/events';
import type { LedgerMove } from '../positions';
import type { PublicEvents } from '../publicEvents';
import type { FoldableRecord } from '../record';
import { CandlesFold } from './candles';
import { CommandRow } from './commands';
import { EventRow, ListedEvent } from './events';
import { LedgerEntry } from './ledger';
import type { HappenedRow } from './store';
import { FillRow, TradeRow } from './trades';

/** Name and version of these rows: what is kept is made anew when they change. */
export const HAPPENED_ROWS = 'happened-2';

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

const NO_BLOCKS: readonly number[] = [];

/** Makes the rows of what a record tells, numbered within it in order. */
export class HappenedRows {
  private readonly candles = new CandlesFold();
  private rows: HappenedRow[] = [];
  private seq = 0;

  constructor(private readonly events: PublicEvents) {}

  /** Writes what later rows depend on; the rows themselves are their store's. */
  save(writer: ByteWriter): void {
    this.candles.save(writer);
  }

  load(reader: ByteReader): void {
    this.candles.load(reader);
  }

  begin({ seq }: FoldableRecord): void {
    this.rows = [];
    this.seq = seq;
  }

  /** An entry of the ledger. */
  moved(move: LedgerMove): void {
    this.rows.push(LedgerEntry.of(this.seq, this.rows.length, move));
  }

  /** All rows of the record, whose ledger entries have been taken. */
  of({ command, seq, time, status, code, message, orderId, isolationId, events }: FoldableRecord): readonly HappenedRow[] {
    const outcome = { type: command.type, time, status, code, message, eventCount: events.length };
    this.rows.push(new CommandRow(command.commandId, seq, outcome, orderId, isolationId));
    for (let place = 0; place < events.length; place++) {
      const event = events[place] as DomainEvent;
      if (event.type === 'TradeExecuted') this.traded(event, place + 1);
      const view = eventListOf(event.type);
      if (view !== undefined) this.listed(view, event, place + 1);
    }
    return this.rows;
  }

  private traded(event: TradeExecuted, index: number): void {
    const { rows, seq, events } = this;
    const grid = events.grid(event.instrument);
    rows.push(new TradeRow(seq, rows.length, index, event, grid));
    const { makerAccountId, takerAccountId } = event;
    rows.push(new FillRow(seq, rows.length, makerAccountId, index, 'MAKER', event, grid, events.currencyOf(event.makerIsolationId)));
    if (takerAccountId !== undefined)
      rows.push(new FillRow(seq, rows.length, takerAccountId, index, 'TAKER', event, grid, events.currencyOf(event.takerIsolationId)));
    for (const candle of this.candles.apply(event, grid)) rows.push(candle);
  }

  private listed(view: 'liquidations' | 'funding', event: DomainEvent, index: number): void {
    const { rows, seq, events } = this;
    const instrument = 'instrument' in event ? event.instrument : undefined;
    const grid = instrument === undefined ? undefined : events.grid(instrument);
    const listed = new ListedEvent({ seq, index, time: event.time }, event, grid, this.usdcBlocksOf(event));
    const put = (list: string) => rows.push(new EventRow(view, list, seq, rows.length, listed));
    put(eventList({}));
    if (instrument !== undefined) put(eventList({ instrument }));
    const accountId = 'accountId' in event ? event.accountId : undefined;
    if (accountId !== undefined) put(eventList({ accountId }));
    if ('counterpartyAccountId' in event && event.counterpartyAccountId !== accountId)
      put(eventList({ accountId: event.counterpartyAccountId }));
  }

  private usdcBlocksOf(event: DomainEvent): readonly number[] {
    const one = 'isolationId' in event ? event.isolationId : 0;
    const other = 'counterpartyIsolationId' in event ? event.counterpartyIsolationId : 0;
    const isUsdc = (isolationId: number) => isolationId !== 0 && this.events.currencyOf(isolationId) === 'USDC';
    return isUsdc(one) || isUsdc(other) ? [one, other].filter(isUsdc) : NO_BLOCKS;
  }
}

import type { ByteReader, ByteWriter } from '../../contract/bytes';
import { eventListOf } from '../../contract/eventLists';
import type { DomainEvent, TradeExecuted } from '../../contract/generated/events';
import { formatPrice, formatQuantity, type Grid } from '../../contract/grid';
import { formatIsolationId, formatOrderId } from '../../contract/ids';
import type { CommandView, EventView, FillView, TradeView } from '../../contract/views';
import type { LedgerMove } from '../positions';
import { type PublicEvents, publicData } from '../publicEvents';
import type { FoldableRecord } from '../record';
import { CandlesFold } from './candles';
import { fillAt } from './fills';
import { LedgerEntry } from './ledger';
import type { HappenedRow } from './store';

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

/** Where a row's event stands. Rows keep their event in integers, and are written out when they are read. */
interface Origin {
  readonly seq: number;
  readonly index: number;
  readonly time: number;
}

class TradeRow implements HappenedRow {
  readonly view = 'trades';

  constructor(
    readonly at: number,
    readonly n: number,
    private readonly index: number,
    private readonly event: TradeExecuted,
    private readonly grid: Grid,
  ) {}

  get list(): string {
    return this.event.instrument;
  }

  get row(): TradeView {
    const { at: seq, index, event, grid } = this;
    const { instrument, time, price, quantity, takerSide, takerOrderId } = event;
    const shown = { price: formatPrice(grid, price), quantity: formatQuantity(grid, quantity) };
    return { seq, index, time, instrument, ...shown, takerSide, isLiquidation: takerOrderId < 0 };
  }
}

class FillRow implements HappenedRow {
  readonly view = 'fills';

  constructor(
    readonly at: number,
    readonly n: number,
    readonly list: string,
    private readonly index: number,
    private readonly role: FillView['role'],
    private readonly event: TradeExecuted,
    private readonly grid: Grid,
    private readonly currency: FillView['currency'],
  ) {}

  get row(): FillView {
    const { at: seq, index, list: accountId, event, role } = this;
    return { ...fillAt(event, role, this.grid, this.currency), accountId, seq, index, time: event.time };
  }
}

const NO_BLOCKS: readonly number[] = [];

/** An event that several lists have, as the public JSON shows it. */
class ListedEvent {
  constructor(
    private readonly origin: Origin,
    private readonly event: DomainEvent,
    private readonly grid: Grid | undefined,
    private readonly usdcBlocks: readonly number[],
  ) {}

  get row(): EventView {
    const { seq, index, time } = this.origin;
    const { event, grid, usdcBlocks } = this;
    const data = publicData(
      event,
      () => grid as Grid,
      (isolationId) => (usdcBlocks.includes(isolationId) ? 'USDC' : 'USD'),
    );
    return { seq, index, time, type: event.type, data };
  }
}

class EventRow implements HappenedRow {
  constructor(
    readonly view: 'liquidations' | 'funding',
    readonly list: string,
    readonly at: number,
    readonly n: number,
    private readonly listed: ListedEvent,
  ) {}

  get row(): EventView {
    return this.listed.row;
  }
}

class CommandRow implements HappenedRow {
  readonly view = 'commands';
  readonly n = 0;

  constructor(
    readonly list: string,
    readonly at: number,
    private readonly outcome: Omit<CommandView, 'commandId' | 'seq' | 'orderId' | 'isolationId'>,
    private readonly orderId: number | undefined,
    private readonly isolationId: number | undefined,
  ) {}

  get row(): CommandView {
    const { orderId, isolationId, outcome } = this;
    const { type, time, status, code, message, eventCount } = outcome;
    return {
      commandId: this.list,
      type,
      seq: this.at,
      time,
      status,
      ...(code === undefined ? {} : { code, message }),
      ...(orderId === undefined ? {} : { orderId: formatOrderId(orderId) }),
      ...(isolationId === undefined ? {} : { isolationId: formatIsolationId(isolationId) }),
      eventCount,
    };
  }
}

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
    this.rows.push(new LedgerEntry(this.seq, this.rows.length, move));
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

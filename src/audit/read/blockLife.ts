import type { DomainEvent } from '../../contract/generated/events';
import { formatIsolationId } from '../../contract/ids';
import type { JournalRecord } from '../../contract/record';
import type { PublicEvent } from '../../contract/results';
import { type Currency, transfersOf } from '../../contract/transfers';
import type { Engine } from '../../engine/engine';
import { NO_ORDER } from '../../engine/state/orders';
import { NO_POSITION } from '../../engine/state/positions';
import { positionView } from '../../engine/views/position';
import { findPosition, UNRANKED } from '../../library/positions';
import { formatMoney } from '../../num/decimal';
import { add, type Int, sub } from '../../num/int';
import type { PublicEvents } from '../../projections/publicEvents';
import { type Difference, DifferenceFound } from '../difference';

/** What one event did to a block, and how the block stood after it. Decimals are strings. */
export interface BlockRow {
  readonly seq: number;
  readonly index: number;
  readonly time: number;
  readonly event: PublicEvent;
  /** Signed changes of the block's cash and order margin. */
  readonly cashChange: string;
  readonly marginChange: string;
  readonly cash: string;
  readonly orderMargin: string;
  readonly quantity: string;
  readonly markPrice: string | null;
  readonly equity: string | null;
  readonly liquidationPrice: string | null;
}

export interface ReasonTotal {
  readonly reason: string;
  readonly into: string;
  readonly outOf: string;
}

export interface BlockLife {
  readonly isolationId: string;
  readonly accountId: string;
  readonly instrument: string;
  readonly marginCurrency: Currency;
  readonly status: 'OPEN' | 'CLOSED' | 'LIQUIDATED';
  readonly rows: readonly BlockRow[];
  /** All transfers into and out of the block, by reason; into − out of is what it still holds. */
  readonly totals: readonly ReasonTotal[];
  readonly balance: string;
}

const ID_FIELDS = ['isolationId', 'makerIsolationId', 'takerIsolationId', 'counterpartyIsolationId'] as const;
const ENDS: Readonly<Record<string, 'CLOSED' | 'LIQUIDATED'>> = { IsolatedBlockClosed: 'CLOSED', IsolatedBlockLiquidated: 'LIQUIDATED' };

function names(event: DomainEvent, isolationId: number): boolean {
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  return ID_FIELDS.some((field) => fields[field] === isolationId);
}

/** Follows one block event by event. Its cash and order margin are added up from transfers, and compared with the engine's at each step. */
export class LifeOfBlock {
  readonly rows: BlockRow[] = [];
  status: BlockLife['status'] = 'OPEN';
  opened: Extract<DomainEvent, { type: 'IsolatedBlockOpened' }> | undefined;
  private neverOpens = false;
  private cash: Int = 0;
  private margin: Int = 0;
  private readonly totals = new Map<string, { into: Int; outOf: Int }>();
  private readonly id: string;

  /** `mostRows`: of more than twice as many the older are left out; sums are over all. */
  constructor(
    private readonly isolationId: number,
    private readonly engine: Engine,
    private readonly events: PublicEvents,
    private readonly mostRows = Number.POSITIVE_INFINITY,
  ) {
    this.id = formatIsolationId(isolationId);
  }

  /** Nothing more can come: the block has ended, or there never will be one of that id. */
  get isOver(): boolean {
    return this.status !== 'OPEN' || this.neverOpens;
  }

  /** To be told behind each command, from the one with the block's number on: it opens a block at once, or leaves an order that waits for its trigger to open one. */
  passed(): void {
    if (this.opened !== undefined) return;
    const { orders } = this.engine.state;
    const order = orders.find(this.isolationId);
    this.neverOpens = order === NO_ORDER || orders.trigger(order)?.marginMode !== 'ISOLATED';
  }

  follows(engine: Engine): boolean {
    return this.engine === engine;
  }

  take(record: JournalRecord, event: DomainEvent, index: number): void {
    if (event.type === 'IsolatedBlockOpened' && event.isolationId === this.isolationId) this.opened = event;
    if (!names(event, this.isolationId)) return;
    const [cashBefore, marginBefore] = [this.cash, this.margin];
    for (const { from, to, amount, reason } of transfersOf(event, (id) => this.events.currencyOf(id))) {
      this.add(from, sub(0, amount));
      this.add(to, amount);
      this.count(from, to, amount, reason);
    }
    const end = ENDS[event.type];
    if (end !== undefined) this.status = end;
    const shown = this.compared(record.seq, index, event.type);
    this.rows.push({
      seq: record.seq,
      index,
      time: event.time,
      event: this.events.event(record, event, index),
      cashChange: formatMoney(sub(this.cash, cashBefore)),
      marginChange: formatMoney(sub(this.margin, marginBefore)),
      cash: formatMoney(this.cash),
      orderMargin: formatMoney(this.margin),
      quantity: shown?.quantity ?? '0',
      markPrice: shown?.markPrice ?? null,
      equity: shown?.equity ?? null,
      liquidationPrice: shown?.liquidationPrice ?? null,
    });
    if (this.rows.length > 2 * this.mostRows) this.rows.splice(0, this.rows.length - this.mostRows);
  }

  private add(account: string, amount: Int): void {
    if (account === `block:${this.id}`) this.cash = add(this.cash, amount);
    else if (account === `margin:${this.id}`) this.margin = add(this.margin, amount);
  }

  /** What moves between the block's cash and its order margin stays in it. */
  private count(from: string, to: string, amount: Int, reason: string): void {
    const [outOf, into] = [this.isOwn(from), this.isOwn(to)];
    if (outOf === into) return;
    const total = this.totals.get(reason) ?? { into: 0, outOf: 0 };
    if (into) total.into = add(total.into, amount);
    else total.outOf = add(total.outOf, amount);
    this.totals.set(reason, total);
  }

  private isOwn(account: string): boolean {
    return account === `block:${this.id}` || account === `margin:${this.id}`;
  }

  /** The engine's own row; once the block is gone it must have nothing left. */
  private compared(seq: number, index: number, event: string) {
    const { accountId = '', instrument = '' } = this.opened ?? {};
    const { state } = this.engine;
    const position = findPosition(state, accountId, instrument, 'ISOLATED');
    const row = position === NO_POSITION ? undefined : positionView(state, position, UNRANKED);
    const shown = row?.marginMode === 'ISOLATED' && row.isolationId === this.id ? row : undefined;
    for (const [field, sum] of [
      ['cash', this.cash],
      ['orderMargin', this.margin],
    ] as const) {
      const [expected, actual] = [formatMoney(sum), shown?.[field] ?? '0'];
      if (expected === actual) continue;
      const difference: Difference = { check: 'replay', seq, index, event, field, expected: `${expected} by transfers`, actual };
      throw new DifferenceFound(difference);
    }
    return shown;
  }

  life(): BlockLife | undefined {
    if (this.opened === undefined) return undefined;
    const { accountId, instrument, marginCurrency } = this.opened;
    const totals = [...this.totals].map(([reason, { into, outOf }]) => ({ reason, into: formatMoney(into), outOf: formatMoney(outOf) }));
    const balance = formatMoney(add(this.cash, this.margin));
    return { isolationId: this.id, accountId, instrument, marginCurrency, status: this.status, rows: this.rows, totals, balance };
  }
}

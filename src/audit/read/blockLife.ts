import type { DomainEvent } from '../../contract/generated/events';
import { formatIsolationId } from '../../contract/ids';
import type { JournalRecord } from '../../contract/record';
import type { PublicEvent } from '../../contract/results';
import { type Currency, transfersOf } from '../../contract/transfers';
import type { Engine } from '../../engine/engine';
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

  get isOver(): boolean {
    return this.status !== 'OPEN';
  }

  take(record: JournalRecord, event: DomainEvent, index: number): void {
    if (event.type === 'IsolatedBlockOpened' && event.isolationId === this.isolationId) this.opened = event;
    if (!names(event, this.isolationId)) return;
    const [cashBefore, marginBefore] = [this.cash, this.margin];
    for (const { from, to, amount, reason } of transfersOf(event, (id) => this.events.currencyOf(id))) {
      this.move(from, sub(0, amount), reason);
      this.move(to, amount, reason);
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

  private move(account: string, amount: Int, reason: string): void {
    const isCash = account === `block:${this.id}`;
    if (!isCash && account !== `margin:${this.id}`) return;
    if (isCash) this.cash = add(this.cash, amount);
    else this.margin = add(this.margin, amount);
    const total = this.totals.get(reason) ?? { into: 0, outOf: 0 };
    if (amount > 0) total.into = add(total.into, amount);
    else total.outOf = sub(total.outOf, amount);
    this.totals.set(reason, total);
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

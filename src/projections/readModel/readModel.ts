import type { ByteReader, ByteWriter } from '../../contract/bytes';
import type { DomainEvent } from '../../contract/generated/events';
import { formatIsolationId, formatOrderId } from '../../contract/ids';
import type {
  AccountView,
  BookRow,
  InstrumentView,
  InsuranceView,
  MarkView,
  OrderView,
  PositionView,
  ViewChange,
  ViewChanges,
} from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import { type AccountFigures, accountFigures, balanceRow } from '../accounts/figures';
import { insuranceRow } from '../accounts/insurance';
import { DeleveragingPlaces } from '../accounts/ranks';
import { FundingEstimateFold } from '../funding/estimate';
import { SeqGap } from '../gap';
import { type HappenedRow, HappenedRows, type HappenedStore } from '../happened';
import { DepthFold } from '../market/depth';
import { InstrumentsFold } from '../market/instruments';
import { type FoldedOpenOrder, OpenOrdersFold, orderRow } from '../orders';
import { type ChangedPosition, type FoldedAccount, type FoldedPosition, foldedPositionAt, PositionFold, rowOf } from '../positions';
import { PublicEvents } from '../publicEvents';
import type { FoldableRecord } from '../record';

/** A queue of more positions is not sorted for the sake of a view: places are null there. */
const RANKED_AT_MOST = 10_000;

/**
 * All projections together, folded record by record from the beginning of one journal. What stands is kept here in
 * integers and shown when asked for, at the marks of the moment; rows of what happened go to the store.
 */
export class ReadModel {
  private readonly depth = new DepthFold();
  private readonly orders = new OpenOrdersFold((instrument, side, price, lots) => this.depth.change(instrument, side, price, lots));
  readonly instruments = new InstrumentsFold();
  private readonly estimates = new FundingEstimateFold();
  private readonly events: PublicEvents;
  private readonly rows: HappenedRows | undefined;
  private readonly positions: PositionFold;
  private changed: readonly ChangedPosition[] = [];
  private happened: readonly HappenedRow[] = [];
  private places: DeleveragingPlaces | undefined;
  /** The engine's time after the last record. */
  time = 0;

  /** Without a store the model keeps what stands alone, and `read`s of what happened find nothing. */
  constructor(
    shard: number,
    private readonly store?: HappenedStore,
  ) {
    this.events = new PublicEvents(shard);
    if (store === undefined) {
      this.positions = new PositionFold();
    } else {
      const rows = new HappenedRows(this.events);
      this.rows = rows;
      this.positions = new PositionFold((move) => rows.moved(move));
    }
  }

  /** seq of the last record. */
  get seq(): number {
    return this.positions.seq;
  }

  /**
   * Writes all that stands, for `load`, and must take no record before the end. A piece of it may end at each `yield`. Rows
   * of what happened are their store's.
   */
  *save(writer: ByteWriter): Generator<void> {
    const { rows } = this;
    writer.varint(this.time);
    yield* this.positions.save(writer);
    yield* this.orders.save(writer);
    this.instruments.save(writer);
    this.estimates.save(writer);
    writer.byte(rows === undefined ? 0 : 1);
    if (rows === undefined) return;
    this.events.save(writer);
    rows.save(writer);
  }

  /**
   * Goes on from what another has saved; this one must be new. Throws where the bytes are those of other folds, of no folds,
   * or of a model that had no store where this one has.
   */
  load(reader: ByteReader): void {
    const { rows } = this;
    this.time = reader.varint();
    this.positions.load(reader);
    this.orders.load(reader);
    this.instruments.load(reader);
    this.estimates.load(reader);
    const hadRows = reader.byte() === 1;
    if (hadRows !== (rows !== undefined)) throw new Error('what was saved is of a model with another store');
    if (rows !== undefined) {
      this.events.load(reader);
      rows.load(reader);
    }
    if (reader.position !== reader.end) throw new Error('more was saved than these folds read');
    this.forgetChanges();
  }

  /** Folds the next record; one that was folded already is passed over. Throws SeqGap when records are missing. */
  apply(record: FoldableRecord): boolean {
    if (record.seq <= this.seq) return false;
    if (record.seq !== this.seq + 1) throw new SeqGap(record.seq, this.seq);
    const { rows, store, orders, instruments, estimates } = this;
    const { events } = record;
    this.forgetChanges();
    this.time = record.time;
    if (rows !== undefined) {
      this.events.take(record);
      rows.begin(record);
    }
    this.changed = this.positions.apply(record);
    for (let place = 0; place < events.length; place++) {
      const event = events[place] as DomainEvent;
      orders.apply(event);
      instruments.apply(event);
      estimates.apply(event);
    }
    // Ranks follow from marks, positions and the money of accounts: an order alone moves none of them.
    if (this.changed.length > 0 || this.positions.movedAccounts.length > 0 || instruments.touched.size > 0) this.places = undefined;
    if (rows !== undefined && store !== undefined) {
      this.happened = rows.of(record);
      for (const row of this.happened) store.put(row);
    }
    return true;
  }

  private forgetChanges(): void {
    this.orders.touched.length = 0;
    this.depth.forgetTouched();
    // To clear a set costs, even when nothing is in it.
    if (this.instruments.touched.size > 0) this.instruments.touched.clear();
  }

  /** What the last record changed (contract, ViewChange). */
  changes(): ViewChanges {
    return { seq: this.seq, time: this.time, changes: [...this.standing(), ...this.happenedChanges()] };
  }

  private *standing(): Generator<ViewChange> {
    for (const { position } of this.changed) yield { view: 'positions', key: position.key, row: rowOf(position) };
    for (const account of this.positions.movedAccounts) yield { view: 'accounts', key: account.accountId, row: cashRow(account) };
    for (const order of new Set(this.orders.touched)) yield this.orderChange(order);
    for (const [key, level] of this.depth.touched())
      yield { view: 'book', key, row: this.depth.levelRow(level, this.gridOf(level.instrument)) };
    for (const instrument of this.instruments.touched) {
      yield { view: 'instruments', key: instrument, row: this.instrumentView(instrument) };
      yield { view: 'marks', key: instrument, row: this.markView(instrument) };
    }
    if (this.positions.insuranceMovedSeq === this.seq) yield { view: 'insurance', key: 'insurance', row: this.insurance() };
  }

  private *happenedChanges(): Generator<ViewChange> {
    for (const { view, list, at, n, row } of this.happened) yield { view, key: `${list}/${at}/${n}`, row, list };
  }

  /** An order of an account as `changes` tells of it. */
  orderChange(order: FoldedOpenOrder): ViewChange {
    const isLive = this.orders.get(order.id) === order;
    return { view: 'orders', key: formatOrderId(order.id), row: isLive ? this.orderView(order) : null, list: order.accountId };
  }

  /** Every level of a book as `changes` tells of it. */
  *bookLevels(instrument: string): Generator<ViewChange> {
    const grid = this.gridOf(instrument);
    for (const [key, level] of this.depth.levels(instrument)) yield { view: 'book', key, row: this.depth.levelRow(level, grid) };
  }

  get accounts(): readonly FoldedAccount[] {
    return this.positions.allAccounts;
  }

  findAccount(accountId: string): FoldedAccount | undefined {
    return this.positions.account(accountId);
  }

  accountView(account: FoldedAccount): AccountView {
    const figures = accountFigures(account);
    return {
      accountId: account.accountId,
      balances: { USD: balanceRow(account, 'USD', figures), USDC: balanceRow(account, 'USDC', figures) },
      equity: formatMoney(figures.equity),
      initialMargin: formatMoney(figures.initialMargin),
      maintenanceMargin: formatMoney(figures.maintenanceMargin),
      positions: [...account.open()].map((position) => this.positionView(position, figures)),
      openOrders: [...this.orders.ofAccount(account.accountId)].map((order) => this.orderView(order)),
    };
  }

  /** A living position at its mark; `figures` are those of its account. */
  positionView(position: FoldedPosition, figures: AccountFigures): PositionView {
    const adlRank = position.instrument.open.size > RANKED_AT_MOST ? null : this.queues().of(position);
    return Object.assign(foldedPositionAt(position, figures), { adlRank }) as PositionView;
  }

  ordersOf(accountId: string): Iterable<FoldedOpenOrder> {
    return this.orders.ofAccount(accountId);
  }

  orderView(order: FoldedOpenOrder): OrderView {
    return orderRow(order, this.gridOf(order.instrument));
  }

  order(id: number): FoldedOpenOrder | undefined {
    return this.orders.get(id);
  }

  book(instrument: string, depth?: number): BookRow {
    return { instrument, ...this.depth.view(instrument, this.gridOf(instrument), depth) };
  }

  instrumentView(instrument: string): InstrumentView {
    return this.instruments.view(instrument, this.positions.instrument(instrument));
  }

  markView(instrument: string): MarkView {
    return this.instruments.mark(instrument, this.positions.instrument(instrument), this.estimates.estimate(instrument));
  }

  insurance(): InsuranceView {
    return insuranceRow(this.positions.house, this.positions.fundPositions());
  }

  /** Every ledger account's signed balance in a currency. */
  *ledgerBalances(currency: 'USD' | 'USDC'): Generator<[string, string]> {
    const { house, allAccounts } = this.positions;
    for (const name of house.names()) yield [name, formatMoney(house.balance(name)[currency])];
    for (const account of allAccounts) yield [`main:${account.accountId}`, formatMoney(account[currency])];
    for (const block of this.positions.allBlocks()) {
      if (block.currency !== currency) continue;
      const id = formatIsolationId(block.isolationId);
      yield [`block:${id}`, formatMoney(block.cash)];
      yield [`margin:${id}`, formatMoney(block.orderMargin)];
    }
  }

  get happenedStore(): HappenedStore | undefined {
    return this.store;
  }

  private gridOf(instrument: string) {
    return this.positions.instrument(instrument).terms.grid;
  }

  private queues(): DeleveragingPlaces {
    this.places ??= new DeleveragingPlaces(
      (position) => accountFigures(this.positions.account(position.accountId) as FoldedAccount).equity,
    );
    return this.places;
  }
}

/** Cash alone: what depends on marks is worked out when an account is read. */
export function cashRow({ accountId, USD, USDC }: FoldedAccount): object {
  return { accountId, cash: { USD: formatMoney(USD), USDC: formatMoney(USDC) } };
}

import type { Fraction } from '../../num/fraction';
import { add, type Int } from '../../num/int';
import type { Rank } from '../liquidation/deleveragingQueue';
import type { AccountRow } from './accounts';
import type { Currency, Direction } from './model';
import type { OrderRow } from './orders';
import { Rows } from './rows';
import type { UndoLog } from './undo';

declare const position: unique symbol;
/** A position's place among all positions; 0 is none. */
export type PositionRow = number & { readonly [position]: true };

declare const side: unique symbol;
/** The place of one side of a position: the book orders of one direction and what they come to. */
export type SideRow = number & { readonly [side]: true };

export const NO_POSITION = 0 as PositionRow;

// What a fill or an order reads stands together in the first lines of the cache; each side has a line of its own.
const ACCOUNT = 0;
const INSTRUMENT = 1;
const ISOLATION_ID = 2;
const CROSS = 3;
const BLOCK = 4;
const OPEN_ORDERS = 5;
const QUANTITY = 6;
const ENTRY_COST = 7;

const CASH = 8;
const ORDER_MARGIN = 9;
const LEVERAGE_TOP = 10;
const LEVERAGE_BOTTOM = 11;
const NEXT_OF_ACCOUNT = 12;
const UPDATED_SEQ = 13;
const REALIZED_PNL = 14;
const FEES_PAID = 15;

const BUYS = 16;
const SELLS = 24;

const FUNDING_PAID = 32;
const OPENED_SEQ = 33;
const OPENED_INDEX = 34;
const OPENED_AT = 35;
const PREVIOUS_OPEN = 36;
const NEXT_OPEN = 37;
const CHANGE_EPOCH = 38;
const TOUCHED = 39;
const CURRENCY = 40;
const WIDTH = 48;

// Within a side.
const FIRST = 0;
const LAST = 1;
const LOTS = 2;
const MARGIN = 3;
const VALUE = 4;
const REDUCE_ONLY_ORDERS = 5;

/**
 * What accounts have on instruments. An account has one row for each instrument it ever touched, its cross position, which
 * also says what concerns both together: its setting of leverage, its open orders, its isolated block. A block
 * (isolationId > 0), open or pending, has a row of its own.
 */
export class Positions {
  private readonly rows: Rows;
  private readonly imaginedCross: PositionRow;
  private readonly imaginedBlock: PositionRow;
  /** Places in the deleveraging queue as last worked out, by the row's number; derived. */
  private readonly ranks: (Rank | undefined)[] = [];
  /** Slot + 1 in the liquidation index of longs, or its negative in that of shorts, by the row's number; the indexes keep it. */
  private watches = new Int32Array(16);

  constructor(private readonly undo: UndoLog) {
    this.rows = new Rows(WIDTH, undo);
    this.imaginedCross = this.rows.take() as PositionRow;
    this.imaginedBlock = this.rows.take() as PositionRow;
  }

  /** A cross position that holds nothing yet. */
  takeCross(account: AccountRow, instrument: number): PositionRow {
    return this.beginCross(this.rows.take() as PositionRow, account, instrument);
  }

  takeBlock(cross: PositionRow, isolationId: number, currency: Currency, leverage: Fraction | undefined): PositionRow {
    const row = this.rows.take() as PositionRow;
    if (row / WIDTH < this.ranks.length) this.ranks[row / WIDTH] = undefined;
    return this.beginBlock(row, cross, isolationId, currency, leverage);
  }

  /** A cross position as it would begin, to be asked about until the next one is imagined; nothing may link to it. */
  imagineCross(account: AccountRow, instrument: number): PositionRow {
    return this.beginCross(this.imaginedCross, account, instrument);
  }

  /** The same for a block. */
  imagineBlock(cross: PositionRow, isolationId: number, currency: Currency, leverage: Fraction | undefined): PositionRow {
    return this.beginBlock(this.imaginedBlock, cross, isolationId, currency, leverage);
  }

  private beginCross(row: PositionRow, account: AccountRow, instrument: number): PositionRow {
    this.rows.set(row + CROSS, row);
    this.rows.set(row + ACCOUNT, account);
    this.rows.set(row + INSTRUMENT, instrument);
    return row;
  }

  private beginBlock(
    row: PositionRow,
    cross: PositionRow,
    isolationId: number,
    currency: Currency,
    leverage: Fraction | undefined,
  ): PositionRow {
    this.rows.set(row + CROSS, cross);
    this.rows.set(row + ACCOUNT, this.account(cross));
    this.rows.set(row + INSTRUMENT, this.instrument(cross));
    this.rows.set(row + ISOLATION_ID, isolationId);
    this.rows.set(row + CURRENCY, currency === 'USD' ? 0 : 1);
    this.setLeverage(row, leverage);
    return row;
  }

  /** Whether a block is open, and not only imagined or over. */
  isOpen(block: PositionRow): boolean {
    return this.block(this.cross(block)) === block;
  }

  /** The row is used again once the running command is over. */
  release(row: PositionRow): void {
    this.rows.release(row);
  }

  reclaim(isFree: (row: PositionRow) => boolean): void {
    this.rows.reclaim(isFree as (row: number) => boolean);
  }

  save(row: PositionRow): void {
    this.rows.save(row);
  }

  account(row: PositionRow): AccountRow {
    return this.rows.link(row + ACCOUNT) as AccountRow;
  }

  /** The instrument's number by listing. */
  instrument(row: PositionRow): number {
    return this.rows.link(row + INSTRUMENT);
  }

  /** 0 for a cross position. */
  isolationId(row: PositionRow): number {
    return this.rows.number(row + ISOLATION_ID);
  }

  isIsolated(row: PositionRow): boolean {
    return this.rows.number(row + ISOLATION_ID) !== 0;
  }

  /** The cross position of the same account and instrument; its own row for one that is cross. */
  cross(row: PositionRow): PositionRow {
    return this.rows.link(row + CROSS) as PositionRow;
  }

  /** The open block beside a cross position. */
  block(cross: PositionRow): PositionRow {
    return this.rows.link(cross + BLOCK) as PositionRow;
  }

  setBlock(cross: PositionRow, block: PositionRow): void {
    this.rows.set(cross + BLOCK, block);
  }

  /** The account's cross position on the instrument that was listed next of those it has any on. */
  nextOfAccount(cross: PositionRow): PositionRow {
    return this.rows.link(cross + NEXT_OF_ACCOUNT) as PositionRow;
  }

  setNextOfAccount(cross: PositionRow, next: PositionRow): void {
    this.rows.set(cross + NEXT_OF_ACCOUNT, next);
  }

  /** Live orders of account and instrument, triggers included, cross and isolated alike (maxOpenOrders). */
  openOrders(cross: PositionRow): number {
    return this.rows.number(cross + OPEN_ORDERS);
  }

  addOpenOrders(cross: PositionRow, change: number): void {
    this.rows.set(cross + OPEN_ORDERS, this.rows.number(cross + OPEN_ORDERS) + change);
  }

  currency(row: PositionRow): Currency {
    return this.rows.number(row + CURRENCY) === 0 ? 'USD' : 'USDC';
  }

  /** A block's leverage; of a cross position the account's setting, undefined: the tier's maximum. */
  leverage(row: PositionRow): Fraction | undefined {
    const d = this.rows.int(row + LEVERAGE_BOTTOM);
    return d === 0 ? undefined : { n: this.rows.int(row + LEVERAGE_TOP), d };
  }

  setLeverage(row: PositionRow, leverage: Fraction | undefined): void {
    this.rows.setInt(row + LEVERAGE_TOP, leverage?.n ?? 0);
    this.rows.setInt(row + LEVERAGE_BOTTOM, leverage?.d ?? 0);
  }

  /** Signed lots. */
  quantity(row: PositionRow): Int {
    return this.rows.int(row + QUANTITY);
  }

  setQuantity(row: PositionRow, lots: Int): void {
    this.rows.setInt(row + QUANTITY, lots);
  }

  /** Signed entry notional in micro-units: positive for longs. */
  entryCost(row: PositionRow): Int {
    return this.rows.int(row + ENTRY_COST);
  }

  setEntryCost(row: PositionRow, cost: Int): void {
    this.rows.setInt(row + ENTRY_COST, cost);
  }

  addEntryCost(row: PositionRow, cost: Int): void {
    this.addTo(row + ENTRY_COST, cost);
  }

  /** A block's own money, micro-units of its currency; unused by a cross position. */
  cash(row: PositionRow): Int {
    return this.rows.int(row + CASH);
  }

  addCash(row: PositionRow, amount: Int): void {
    this.addTo(row + CASH, amount);
  }

  /** Money reserved for the block's open orders, beside its cash (rules.md §1); unused by a cross position. */
  orderMargin(row: PositionRow): Int {
    return this.rows.int(row + ORDER_MARGIN);
  }

  addOrderMargin(row: PositionRow, amount: Int): void {
    this.addTo(row + ORDER_MARGIN, amount);
  }

  realizedPnl(row: PositionRow): Int {
    return this.rows.int(row + REALIZED_PNL);
  }

  addRealizedPnl(row: PositionRow, amount: Int): void {
    this.addTo(row + REALIZED_PNL, amount);
  }

  feesPaid(row: PositionRow): Int {
    return this.rows.int(row + FEES_PAID);
  }

  addFeesPaid(row: PositionRow, amount: Int): void {
    this.addTo(row + FEES_PAID, amount);
  }

  fundingPaid(row: PositionRow): Int {
    return this.rows.int(row + FUNDING_PAID);
  }

  addFundingPaid(row: PositionRow, amount: Int): void {
    this.addTo(row + FUNDING_PAID, amount);
  }

  /** (seq, index) of the event at which the position last left zero; ranks ties (rules.md §6.4). */
  openedSeq(row: PositionRow): number {
    return this.rows.number(row + OPENED_SEQ);
  }

  openedIndex(row: PositionRow): number {
    return this.rows.number(row + OPENED_INDEX);
  }

  setOpened(row: PositionRow, seq: number, index: number): void {
    this.rows.set(row + OPENED_SEQ, seq);
    this.rows.set(row + OPENED_INDEX, index);
  }

  /** ms since the epoch. */
  openedAt(row: PositionRow): number {
    return this.rows.number(row + OPENED_AT);
  }

  setOpenedAt(row: PositionRow, time: number): void {
    this.rows.set(row + OPENED_AT, time);
  }

  updatedSeq(row: PositionRow): number {
    return this.rows.number(row + UPDATED_SEQ);
  }

  setUpdatedSeq(row: PositionRow, seq: number): void {
    this.rows.set(row + UPDATED_SEQ, seq);
  }

  /** Neighbours among the instrument's open positions, in the order in which they left zero. */
  previousOpen(row: PositionRow): PositionRow {
    return this.rows.link(row + PREVIOUS_OPEN) as PositionRow;
  }

  setPreviousOpen(row: PositionRow, previous: PositionRow): void {
    this.rows.set(row + PREVIOUS_OPEN, previous);
  }

  nextOpen(row: PositionRow): PositionRow {
    return this.rows.link(row + NEXT_OPEN) as PositionRow;
  }

  setNextOpen(row: PositionRow, next: PositionRow): void {
    this.rows.set(row + NEXT_OPEN, next);
  }

  /** Slot in the liquidation index of `watchDirection`; −1 when it is in none. */
  watchSlot(row: PositionRow): number {
    return Math.abs(this.watches[row / WIDTH] ?? 0) - 1;
  }

  watchDirection(row: PositionRow): Direction {
    return (this.watches[row / WIDTH] ?? 0) < 0 ? -1 : 1;
  }

  setWatch(row: PositionRow, direction: Direction, slot: number): void {
    if (row / WIDTH >= this.watches.length) this.widenWatches();
    this.watches[row / WIDTH] = direction * (slot + 1);
  }

  private widenWatches(): void {
    const wider = new Int32Array(2 * this.rows.count);
    wider.set(this.watches);
    this.watches = wider;
  }

  /** Counts changes of a block; a cross position changes with its account. */
  changeEpoch(row: PositionRow): number {
    return this.rows.number(row + CHANGE_EPOCH);
  }

  countChange(row: PositionRow): void {
    this.rows.set(row + CHANGE_EPOCH, this.rows.number(row + CHANGE_EPOCH) + 1);
  }

  /** Whether it waits to be looked at by the next pass (blocks; a cross position waits with its account). */
  isTouched(row: PositionRow): boolean {
    return this.rows.number(row + TOUCHED) !== 0;
  }

  setTouched(row: PositionRow, touched: boolean): void {
    this.rows.set(row + TOUCHED, touched ? 1 : 0);
  }

  /** Its place in the deleveraging queue as last worked out. */
  rank(row: PositionRow): Rank | undefined {
    return this.ranks[row / WIDTH];
  }

  setRank(row: PositionRow, rank: Rank): void {
    const number = row / WIDTH;
    while (this.ranks.length <= number) this.ranks.push(undefined);
    const before = this.ranks[number];
    this.ranks[number] = rank;
    if (this.undo.isArmed) this.undo.onRollback(() => this.setRankBack(number, before));
  }

  private setRankBack(number: number, rank: Rank | undefined): void {
    this.ranks[number] = rank;
  }

  side(row: PositionRow, direction: Direction): SideRow {
    return (row + (direction > 0 ? BUYS : SELLS)) as SideRow;
  }

  hasOrders(row: PositionRow): boolean {
    return this.rows.number(row + BUYS + FIRST) !== 0 || this.rows.number(row + SELLS + FIRST) !== 0;
  }

  /** Book orders of a side are linked, best price first, then by acceptance. */
  firstOrder(side: SideRow): OrderRow {
    return this.rows.link(side + FIRST) as OrderRow;
  }

  setFirstOrder(side: SideRow, order: OrderRow): void {
    this.rows.set(side + FIRST, order);
  }

  lastOrder(side: SideRow): OrderRow {
    return this.rows.link(side + LAST) as OrderRow;
  }

  setLastOrder(side: SideRow, order: OrderRow): void {
    this.rows.set(side + LAST, order);
  }

  /** Lots of a side's orders that are not reduce-only. */
  sideLots(side: SideRow): Int {
    return this.rows.int(side + LOTS);
  }

  addSideLots(side: SideRow, lots: Int): void {
    this.addTo(side + LOTS, lots);
  }

  /** Σ of their margins, were none of their lots free. */
  sideMargin(side: SideRow): Int {
    return this.rows.int(side + MARGIN);
  }

  addSideMargin(side: SideRow, margin: Int): void {
    this.addTo(side + MARGIN, margin);
  }

  /** Σ remaining × price of all of them, micro-units. */
  sideValue(side: SideRow): Int {
    return this.rows.int(side + VALUE);
  }

  addSideValue(side: SideRow, value: Int): void {
    this.addTo(side + VALUE, value);
  }

  reduceOnlyOrders(side: SideRow): number {
    return this.rows.number(side + REDUCE_ONLY_ORDERS);
  }

  addReduceOnlyOrders(side: SideRow, change: number): void {
    this.rows.set(side + REDUCE_ONLY_ORDERS, this.rows.number(side + REDUCE_ONLY_ORDERS) + change);
  }

  private addTo(cell: number, amount: Int): void {
    this.rows.setInt(cell, add(this.rows.int(cell), amount));
  }
}

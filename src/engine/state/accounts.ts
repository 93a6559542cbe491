import { add, type Int } from '../../num/int';
import type { Currency } from './model';
import { Names } from './names';
import { NO_ORDER, type OrderRow } from './orders';
import type { PositionRow } from './positions';
import { Rows } from './rows';
import type { UndoLog } from './undo';

declare const account: unique symbol;
/** An account's place among all accounts; 0 is none, and has nothing. */
export type AccountRow = number & { readonly [account]: true };

export const NO_ACCOUNT = 0 as AccountRow;

const USD = 0;
const USDC = 1;
const FIRST_POSITION = 2;
const FIRST_ORDER = 3;
const LAST_ORDER = 4;
const CANCEL_ALL_AFTER = 5;
const CHANGE_EPOCH = 6;
const TOUCHED = 7;
/** One line of the cache. */
const WIDTH = 8;

/** The fund has the first row, so that the others are numbered by creation behind it. */
const ROWS_BEFORE_TRADERS = 2;

/** The traders' main accounts, and the insurance fund, which is an account without orders. */
export class Accounts {
  /** The insurance fund. */
  readonly fund: AccountRow;
  private readonly rows: Rows;
  private readonly ids: string[] = [];
  /** The same by what they say, each in the slot of its account's number. */
  private readonly names = new Names();
  /** Live orders of an account by clientOrderId; made when its first one is used. */
  private readonly clientOrders = new Map<AccountRow, Map<string, OrderRow>>();
  private recentId: string | undefined = undefined;
  private recent: AccountRow = NO_ACCOUNT;

  constructor(private readonly undo: UndoLog) {
    this.rows = new Rows(WIDTH, undo);
    this.fund = this.rows.append() as AccountRow;
  }

  /** Traders' accounts, in the order in which they were opened. */
  *[Symbol.iterator](): Generator<AccountRow> {
    for (let number = 0; number < this.ids.length; number++) yield this.at(number);
  }

  get count(): number {
    return this.ids.length;
  }

  at(number: number): AccountRow {
    return ((number + ROWS_BEFORE_TRADERS) * WIDTH) as AccountRow;
  }

  /** Counts accounts by creation; the insurance fund has −1. */
  number(row: AccountRow): number {
    return row / WIDTH - ROWS_BEFORE_TRADERS;
  }

  /** The insurance fund has none: ''. */
  id(row: AccountRow): string {
    return row === this.fund ? '' : (this.ids[this.number(row)] as string);
  }

  /** NO_ACCOUNT when there is none. One command asks for the same one several times: the last answer is kept. */
  find(id: string): AccountRow {
    if (id === this.recentId) return this.recent;
    const number = this.names.find(id);
    if (number < 0) return NO_ACCOUNT;
    this.recentId = id;
    this.recent = this.at(number);
    return this.recent;
  }

  open(id: string): AccountRow {
    const row = this.rows.append() as AccountRow;
    this.names.enter(this.ids.length, id);
    this.ids.push(id);
    if (this.undo.isArmed) this.undo.onRollback(() => this.forgetLast(row));
    return row;
  }

  private forgetLast(row: AccountRow): void {
    this.ids.pop();
    this.names.leave(this.ids.length);
    this.clientOrders.delete(row);
    this.recentId = undefined;
  }

  save(row: AccountRow): void {
    this.rows.save(row);
  }

  usd(row: AccountRow): Int {
    return this.rows.int(row + USD);
  }

  usdc(row: AccountRow): Int {
    return this.rows.int(row + USDC);
  }

  /** Both currencies at par. */
  cash(row: AccountRow): Int {
    return add(this.rows.int(row + USD), this.rows.int(row + USDC));
  }

  addCash(row: AccountRow, currency: Currency, amount: Int): void {
    const cell = row + (currency === 'USD' ? USD : USDC);
    this.rows.setInt(cell, add(this.rows.int(cell), amount));
  }

  /** Its position on the instrument that was listed first of those it has any on. */
  firstPosition(row: AccountRow): PositionRow {
    return this.rows.link(row + FIRST_POSITION) as PositionRow;
  }

  setFirstPosition(row: AccountRow, position: PositionRow): void {
    this.rows.set(row + FIRST_POSITION, position);
  }

  /** Live orders, triggers included, are linked in order of placement. */
  firstOrder(row: AccountRow): OrderRow {
    return this.rows.link(row + FIRST_ORDER) as OrderRow;
  }

  setFirstOrder(row: AccountRow, order: OrderRow): void {
    this.rows.set(row + FIRST_ORDER, order);
  }

  lastOrder(row: AccountRow): OrderRow {
    return this.rows.link(row + LAST_ORDER) as OrderRow;
  }

  setLastOrder(row: AccountRow, order: OrderRow): void {
    this.rows.set(row + LAST_ORDER, order);
  }

  /** When CancelAllAfter fires, ms since the epoch; 0 when it is not armed. */
  cancelAllAfter(row: AccountRow): number {
    return this.rows.number(row + CANCEL_ALL_AFTER);
  }

  setCancelAllAfter(row: AccountRow, deadline: number): void {
    this.rows.set(row + CANCEL_ALL_AFTER, deadline);
  }

  /** Counts changes of what stands behind its cross positions. */
  changeEpoch(row: AccountRow): number {
    return this.rows.number(row + CHANGE_EPOCH);
  }

  countChange(row: AccountRow): void {
    this.rows.set(row + CHANGE_EPOCH, this.rows.number(row + CHANGE_EPOCH) + 1);
  }

  /** Whether its cross positions wait to be looked at by the next pass. */
  isTouched(row: AccountRow): boolean {
    return this.rows.number(row + TOUCHED) !== 0;
  }

  setTouched(row: AccountRow, touched: boolean): void {
    this.rows.set(row + TOUCHED, touched ? 1 : 0);
  }

  /** Its live order of that clientOrderId; NO_ORDER when there is none. */
  orderOfClient(row: AccountRow, clientOrderId: string): OrderRow {
    return this.clientOrders.get(row)?.get(clientOrderId) ?? NO_ORDER;
  }

  nameOrder(row: AccountRow, clientOrderId: string, order: OrderRow): void {
    const known = this.clientOrders.get(row) ?? new Map<string, OrderRow>();
    this.clientOrders.set(row, known);
    known.set(clientOrderId, order);
    if (this.undo.isArmed) this.undo.onRollback(() => known.delete(clientOrderId));
  }

  forgetOrder(row: AccountRow, clientOrderId: string): void {
    const known = this.clientOrders.get(row);
    const order = known?.get(clientOrderId);
    if (known === undefined || order === undefined) return;
    known.delete(clientOrderId);
    if (this.undo.isArmed) this.undo.onRollback(() => known.set(clientOrderId, order));
  }
}

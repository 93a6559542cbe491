import type { Fraction } from '../../num/fraction';
import type { Int } from '../../num/int';
import type { LevelRow } from '../book/levels';
import { IdTable } from './idTable';
import type { Direction, OrderTerms, TriggerTerms } from './model';
import type { PositionRow } from './positions';
import { Rows } from './rows';
import { termsByNumber } from './terms';
import type { UndoLog } from './undo';

declare const order: unique symbol;
/** An order's place among all orders; 0 is none. */
export type OrderRow = number & { readonly [order]: true };

export const NO_ORDER = 0 as OrderRow;

const ID = 0;
const CROSS = 1;
const POSITION = 2;
const DIRECTION = 3;
const TERMS = 4;
const PRICE = 5;
const REMAINING = 6;
const LEVEL = 7;

const PREVIOUS = 8;
const NEXT = 9;
const PREVIOUS_OF_SIDE = 10;
const NEXT_OF_SIDE = 11;
const PREVIOUS_OF_ACCOUNT = 12;
const NEXT_OF_ACCOUNT = 13;
const FILLED = 14;
const EXTRAS = 15;

const MARGIN_PRICE = 16;
const RATE_TOP = 17;
const RATE_BOTTOM = 18;
const MARGIN = 19;
const ACCEPTED_SEQ = 20;
const ACCEPTED_INDEX = 21;
const PLACED_AT = 22;
const WIDTH = 24;

/** What few orders have stands beside the rows, and a bit says that it does. */
const HAS_CLIENT_ORDER_ID = 1;
const HAS_TRIGGER = 2;
const WAITS = 4;

/** Live orders: in the book, or waiting for their trigger; and the engine's own while they match. */
export class Orders {
  private readonly rows: Rows;
  private readonly byId = new IdTable<OrderRow>();
  private readonly clientOrderIds = new Map<OrderRow, string>();
  private readonly triggers = new Map<OrderRow, TriggerTerms>();

  constructor(private readonly undo: UndoLog) {
    this.rows = new Rows(WIDTH, undo);
  }

  /** An order that is not live yet. */
  take(id: number, cross: PositionRow, direction: Direction, terms: OrderTerms, clientOrderId: string | undefined): OrderRow {
    const row = this.rows.take() as OrderRow;
    this.rows.set(row + ID, id);
    this.rows.set(row + CROSS, cross);
    this.rows.set(row + DIRECTION, direction);
    this.rows.set(row + TERMS, terms.number);
    if (clientOrderId !== undefined) {
      this.rows.set(row + EXTRAS, HAS_CLIENT_ORDER_ID);
      this.clientOrderIds.set(row, clientOrderId);
      if (this.undo.isArmed) this.undo.onRollback(() => this.clientOrderIds.delete(row));
    }
    return row;
  }

  /** The row is used again once the running command is over. */
  release(row: OrderRow): void {
    this.rows.release(row);
  }

  reclaim(): void {
    this.rows.reclaim(this.isFree);
  }

  private readonly isFree = (row: number): boolean => {
    if (this.rows.number(row + EXTRAS) === 0) return true;
    this.clientOrderIds.delete(row as OrderRow);
    this.triggers.delete(row as OrderRow);
    return true;
  };

  save(row: OrderRow): void {
    this.rows.save(row);
  }

  /** Makes an order live under its id. */
  register(row: OrderRow): void {
    this.byId.set(this.id(row), row);
    if (this.undo.isArmed) this.undoRegister(this.id(row));
  }

  // The ways back stand apart, so that no closure is made where nothing is tentative.
  private undoRegister(id: number): void {
    this.undo.onRollback(() => this.byId.delete(id));
  }

  /** It is live no more. */
  unregister(row: OrderRow): void {
    this.byId.delete(this.id(row));
    this.rows.release(row);
    if (this.undo.isArmed) this.undoUnregister(this.id(row), row);
  }

  private undoUnregister(id: number, row: OrderRow): void {
    this.undo.onRollback(() => this.byId.set(id, row));
  }

  /** The live order of an id; NO_ORDER when there is none. */
  find(id: number): OrderRow {
    return this.byId.get(id);
  }

  /** Whether an order that was live a moment ago still is. */
  isLive(row: OrderRow): boolean {
    return this.byId.get(this.id(row)) === row;
  }

  /** Live ones, in no particular order. */
  live(): OrderRow[] {
    return this.byId.values();
  }

  get count(): number {
    return this.byId.size;
  }

  id(row: OrderRow): number {
    return this.rows.number(row + ID);
  }

  /** The cross position of its account and instrument. */
  cross(row: OrderRow): PositionRow {
    return this.rows.link(row + CROSS) as PositionRow;
  }

  /** The position whose book order it is; none before it entered the book. */
  position(row: OrderRow): PositionRow {
    return this.rows.link(row + POSITION) as PositionRow;
  }

  setPosition(row: OrderRow, position: PositionRow): void {
    this.rows.set(row + POSITION, position);
  }

  direction(row: OrderRow): Direction {
    return this.rows.number(row + DIRECTION) as Direction;
  }

  terms(row: OrderRow): OrderTerms {
    return termsByNumber(this.rows.link(row + TERMS));
  }

  isReduceOnly(row: OrderRow): boolean {
    return this.terms(row).reduceOnly;
  }

  clientOrderId(row: OrderRow): string | undefined {
    return (this.rows.number(row + EXTRAS) & HAS_CLIENT_ORDER_ID) === 0 ? undefined : this.clientOrderIds.get(row);
  }

  /** What an order that waits for its trigger carries. */
  trigger(row: OrderRow): TriggerTerms | undefined {
    return (this.rows.number(row + EXTRAS) & WAITS) === 0 ? undefined : this.triggers.get(row);
  }

  /** Whether any order may wait for its trigger. */
  get anyTriggers(): boolean {
    return this.triggers.size > 0;
  }

  setTrigger(row: OrderRow, trigger: TriggerTerms): void {
    this.rows.set(row + EXTRAS, this.rows.number(row + EXTRAS) | HAS_TRIGGER | WAITS);
    this.triggers.set(row, trigger);
    if (this.undo.isArmed) this.undo.onRollback(() => this.triggers.delete(row));
  }

  /** Its terms stay until the row is used again: a rollback brings the bit back. */
  clearTrigger(row: OrderRow): void {
    this.rows.set(row + EXTRAS, this.rows.number(row + EXTRAS) & ~WAITS);
  }

  /** Limit in price units; 0 for an untriggered order to market. */
  price(row: OrderRow): number {
    return this.rows.number(row + PRICE);
  }

  setPrice(row: OrderRow, price: number): void {
    this.rows.set(row + PRICE, price);
  }

  /** Lots still open. */
  remaining(row: OrderRow): number {
    return this.rows.number(row + REMAINING);
  }

  setRemaining(row: OrderRow, lots: number): void {
    this.rows.set(row + REMAINING, lots);
  }

  filled(row: OrderRow): number {
    return this.rows.number(row + FILLED);
  }

  setFilled(row: OrderRow, lots: number): void {
    this.rows.set(row + FILLED, lots);
  }

  /** Price at which each opening lot reserves margin, fixed at acceptance (rules.md §2). */
  marginPrice(row: OrderRow): number {
    return this.rows.number(row + MARGIN_PRICE);
  }

  setMarginPrice(row: OrderRow, price: number): void {
    this.rows.set(row + MARGIN_PRICE, price);
  }

  /** Rate at which each opening lot reserves margin. */
  marginRate(row: OrderRow): Fraction {
    return { n: this.rows.int(row + RATE_TOP), d: this.rows.int(row + RATE_BOTTOM) };
  }

  setMarginRate(row: OrderRow, { n, d }: Fraction): void {
    this.rows.setInt(row + RATE_TOP, n);
    this.rows.setInt(row + RATE_BOTTOM, d);
  }

  /** Margin of all remaining lots at that price and rate, were none of them free. */
  margin(row: OrderRow): Int {
    return this.rows.int(row + MARGIN);
  }

  setMargin(row: OrderRow, margin: Int): void {
    this.rows.setInt(row + MARGIN, margin);
  }

  acceptedSeq(row: OrderRow): number {
    return this.rows.number(row + ACCEPTED_SEQ);
  }

  acceptedIndex(row: OrderRow): number {
    return this.rows.number(row + ACCEPTED_INDEX);
  }

  setAccepted(row: OrderRow, seq: number, index: number): void {
    this.rows.set(row + ACCEPTED_SEQ, seq);
    this.rows.set(row + ACCEPTED_INDEX, index);
  }

  /** ms since the epoch. */
  placedAt(row: OrderRow): number {
    return this.rows.number(row + PLACED_AT);
  }

  setPlacedAt(row: OrderRow, time: number): void {
    this.rows.set(row + PLACED_AT, time);
  }

  /** The price level it rests on; none while it is not in the book. */
  level(row: OrderRow): LevelRow {
    return this.rows.link(row + LEVEL) as LevelRow;
  }

  setLevel(row: OrderRow, level: LevelRow): void {
    this.rows.set(row + LEVEL, level);
  }

  isInBook(row: OrderRow): boolean {
    return this.rows.number(row + LEVEL) !== 0;
  }

  /** Neighbours on its level, first in first out. */
  previous(row: OrderRow): OrderRow {
    return this.rows.link(row + PREVIOUS) as OrderRow;
  }

  setPrevious(row: OrderRow, previous: OrderRow): void {
    this.rows.set(row + PREVIOUS, previous);
  }

  next(row: OrderRow): OrderRow {
    return this.rows.link(row + NEXT) as OrderRow;
  }

  setNext(row: OrderRow, next: OrderRow): void {
    this.rows.set(row + NEXT, next);
  }

  /** Neighbours on its side of the position. */
  previousOfSide(row: OrderRow): OrderRow {
    return this.rows.link(row + PREVIOUS_OF_SIDE) as OrderRow;
  }

  setPreviousOfSide(row: OrderRow, previous: OrderRow): void {
    this.rows.set(row + PREVIOUS_OF_SIDE, previous);
  }

  nextOfSide(row: OrderRow): OrderRow {
    return this.rows.link(row + NEXT_OF_SIDE) as OrderRow;
  }

  setNextOfSide(row: OrderRow, next: OrderRow): void {
    this.rows.set(row + NEXT_OF_SIDE, next);
  }

  /** Neighbours among the account's live orders, in order of placement. */
  previousOfAccount(row: OrderRow): OrderRow {
    return this.rows.link(row + PREVIOUS_OF_ACCOUNT) as OrderRow;
  }

  setPreviousOfAccount(row: OrderRow, previous: OrderRow): void {
    this.rows.set(row + PREVIOUS_OF_ACCOUNT, previous);
  }

  nextOfAccount(row: OrderRow): OrderRow {
    return this.rows.link(row + NEXT_OF_ACCOUNT) as OrderRow;
  }

  setNextOfAccount(row: OrderRow, next: OrderRow): void {
    this.rows.set(row + NEXT_OF_ACCOUNT, next);
  }
}

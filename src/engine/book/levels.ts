import { add, type Int } from '../../num/int';
import type { OrderRow } from '../state/orders';
import { Rows } from '../state/rows';
import type { UndoLog } from '../state/undo';

declare const level: unique symbol;
/** The place of a price level among all levels; 0 is none. */
export type LevelRow = number & { readonly [level]: true };

export const NO_LEVEL = 0 as LevelRow;

const PRICE = 0;
const FIRST = 1;
const LAST = 2;
const TOTAL = 3;
const WIDTH = 4;

/** Prices at which orders rest: one price of one side of one book each, its orders first in, first out. */
export class Levels {
  private readonly rows: Rows;

  constructor(undo: UndoLog) {
    this.rows = new Rows(WIDTH, undo);
  }

  take(price: number): LevelRow {
    const row = this.rows.take() as LevelRow;
    this.rows.set(row + PRICE, price);
    return row;
  }

  /** The row is used again once the running command is over. */
  release(row: LevelRow): void {
    this.rows.release(row);
  }

  reclaim(): void {
    this.rows.reclaim(isFree);
  }

  save(row: LevelRow): void {
    this.rows.save(row);
  }

  price(row: LevelRow): number {
    return this.rows.number(row + PRICE);
  }

  first(row: LevelRow): OrderRow {
    return this.rows.link(row + FIRST) as OrderRow;
  }

  setFirst(row: LevelRow, order: OrderRow): void {
    this.rows.set(row + FIRST, order);
  }

  last(row: LevelRow): OrderRow {
    return this.rows.link(row + LAST) as OrderRow;
  }

  setLast(row: LevelRow, order: OrderRow): void {
    this.rows.set(row + LAST, order);
  }

  /** Lots of all its orders. */
  total(row: LevelRow): Int {
    return this.rows.int(row + TOTAL);
  }

  addTotal(row: LevelRow, lots: Int): void {
    this.rows.setInt(row + TOTAL, add(this.rows.int(row + TOTAL), lots));
  }
}

const isFree = (): boolean => true;

import type { Int } from '../../num/int';
import type { UndoLog } from './undo';
import { Waiting } from './waiting';

const FIRST_ROWS = 16;

/**
 * Records of equal width, side by side in one array of doubles. A row is the place of its first cell, so that a field is
 * read by one addition, and a link to another record is a number. Row 0 stands for none: it is all zeros and never written.
 *
 * An exact integer past 2⁵³ does not fit a double: it stands beside the cells, and its cell holds NaN.
 */
export class Rows {
  private cells: Float64Array;
  private readonly wide = new Map<number, bigint>();
  private readonly free = new Waiting<number>();
  private readonly ended = new Waiting<number>();
  /** The attempt in which a row was saved last, by its number. */
  private savedIn = new Int32Array(0);
  /** The cells in use end here. */
  private end: number;

  constructor(
    private readonly width: number,
    private readonly undo: UndoLog,
  ) {
    this.cells = new Float64Array(FIRST_ROWS * width);
    this.end = width;
  }

  /** A row of zeros. */
  take(): number {
    const again = this.free.pop();
    if (again === undefined) {
      const row = this.extend();
      if (this.undo.isArmed) this.undoTake(row);
      return row;
    }
    this.cells.fill(0, again, again + this.width);
    if (this.undo.isArmed) this.undoTake(again);
    return again;
  }

  // The ways back stand apart, so that no closure is made where nothing is tentative.
  private undoTake(row: number): void {
    this.undo.onRollback(() => this.free.push(row));
  }

  /** A row of zeros behind all others, for rows that never end and are numbered by their places. */
  append(): number {
    const row = this.extend();
    if (this.undo.isArmed) this.undo.onRollback(() => this.shrink(row));
    return row;
  }

  private shrink(row: number): void {
    this.end = row;
  }

  private extend(): number {
    const row = this.end;
    this.end += this.width;
    if (this.end > this.cells.length) this.grow();
    else this.cells.fill(0, row, this.end);
    return row;
  }

  private grow(): void {
    const wider = new Float64Array(2 * this.cells.length);
    wider.set(this.cells);
    this.cells = wider;
  }

  /** A row that ended stays as it is until its command is over, for whoever still looks at it. */
  release(row: number): void {
    this.ended.push(row);
    if (this.undo.isArmed) this.undoRelease(row);
  }

  private undoRelease(row: number): void {
    this.undo.onRollback(() => this.ended.remove(row));
  }

  /** The command is over: rows that ended and that nothing refers to any more are used again. */
  reclaim(isFree: (row: number) => boolean): void {
    for (;;) {
      const row = this.ended.pop();
      if (row === undefined) return;
      if (isFree(row)) this.free.push(row);
    }
  }

  /** How many rows have ever been in use at once. */
  get count(): number {
    return this.end / this.width - 1;
  }

  int(cell: number): Int {
    const value = this.cells[cell] as number;
    return Number.isNaN(value) ? (this.wide.get(cell) as bigint) : value;
  }

  setInt(cell: number, value: Int): void {
    if (typeof value === 'number') {
      this.cells[cell] = value;
    } else {
      this.cells[cell] = Number.NaN;
      this.wide.set(cell, value);
    }
  }

  /** What is a safe integer whatever happens. */
  number(cell: number): number {
    return this.cells[cell] as number;
  }

  /** Another row's place, or a small number. */
  link(cell: number): number {
    return (this.cells[cell] as number) | 0;
  }

  set(cell: number, value: number): void {
    this.cells[cell] = value;
  }

  /** To be called before the first change of a row in an attempt; later calls find it saved. */
  save(row: number): void {
    if (this.undo.isArmed) this.copy(row);
  }

  private copy(row: number): void {
    const number = row / this.width;
    if (number >= this.savedIn.length) this.widenSaved();
    if (this.savedIn[number] === this.undo.attempt) return;
    this.savedIn[number] = this.undo.attempt;
    const copy: Int[] = [];
    for (let cell = row; cell < row + this.width; cell++) copy.push(this.int(cell));
    this.undo.keepRow(this, row, copy);
  }

  private widenSaved(): void {
    const wider = new Int32Array(this.cells.length / this.width);
    wider.set(this.savedIn);
    this.savedIn = wider;
  }

  /** What `save` kept. */
  restore(row: number, copy: readonly Int[]): void {
    for (let field = 0; field < this.width; field++) this.setInt(row + field, copy[field] as Int);
  }
}

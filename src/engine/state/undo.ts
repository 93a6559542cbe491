import type { Int } from '../../num/int';
import type { Rows } from './rows';

/** What has fields of its own that a tentative execution may change. */
export interface Undoable {
  /** The attempt in which its fields were saved last. */
  savedIn: number;
  /** All fields that may change after its construction. Written out, because a spread of a class instance is slow. */
  mutableFields(): object;
}

/** Where an attempt began. */
export interface AttemptStart {
  readonly outer: number;
  readonly saved: number;
  readonly savedRows: number;
  readonly reverts: number;
}

interface SavedRow {
  readonly rows: Rows;
  readonly row: number;
  readonly copy: readonly Int[];
}

/**
 * The way back out of a tentative execution. An order that must be refused whole
 * because of what it would meet in the book (rules.md §2.5, FOK, self-trade, amend)
 * is executed by the same code as any other, with this log armed, and rolled back:
 * there is no second set of rules for a dry run. A preview does so with a whole
 * command, inside which such attempts nest. Disarmed it costs one test a change.
 */
export class UndoLog {
  /** To be asked before a closure is made for `onRollback`: most of the time nothing is tentative. */
  isArmed = false;
  /** Number of the running attempt, 0 when none is; numbers are never used again. */
  attempt = 0;
  private attempts = 0;
  private readonly targets: Undoable[] = [];
  private readonly copies: object[] = [];
  private readonly savedRows: SavedRow[] = [];
  private readonly reverts: (() => void)[] = [];

  arm(): AttemptStart {
    const { attempt, targets, savedRows, reverts } = this;
    const start = { outer: attempt, saved: targets.length, savedRows: savedRows.length, reverts: reverts.length };
    this.isArmed = true;
    this.attempts += 1;
    this.attempt = this.attempts;
    return start;
  }

  /** Keeps what was done. What an outer attempt needs for its own way back stays in the log. */
  commit(start: AttemptStart): void {
    this.goOut(start);
    if (!this.isArmed) this.shorten(0, 0, 0);
  }

  /**
   * Contents of arrays and maps go back step by step; then every saved object and row gets what it had when the attempt
   * began: it may have been saved several times, by attempts within this one, and its first copy is applied last.
   */
  rollback(start: AttemptStart): void {
    const { reverts, targets, copies, savedRows } = this;
    this.goOut(start);
    const wasArmed = this.isArmed;
    this.isArmed = false;
    for (let index = reverts.length - 1; index >= start.reverts; index--) (reverts[index] as () => void)();
    for (let index = targets.length - 1; index >= start.saved; index--) Object.assign(targets[index] as Undoable, copies[index] as object);
    for (let index = savedRows.length - 1; index >= start.savedRows; index--) {
      const { rows, row, copy } = savedRows[index] as SavedRow;
      rows.restore(row, copy);
    }
    this.isArmed = wasArmed;
    this.shorten(start.saved, start.savedRows, start.reverts);
  }

  private goOut({ outer }: AttemptStart): void {
    this.attempt = outer;
    this.isArmed = outer !== 0;
  }

  private shorten(saved: number, savedRows: number, reverts: number): void {
    this.targets.length = saved;
    this.copies.length = saved;
    this.savedRows.length = savedRows;
    this.reverts.length = reverts;
  }

  /** To be called before the first change of an object's own fields in an attempt; later calls find it saved. */
  save(target: Undoable): void {
    if (this.isArmed && target.savedIn !== this.attempt) this.copy(target);
  }

  private copy(target: Undoable): void {
    this.copies.push(target.mutableFields());
    this.targets.push(target);
    target.savedIn = this.attempt;
  }

  /** Keeps the cells of a row as they stood before the attempt. */
  keepRow(rows: Rows, row: number, copy: readonly Int[]): void {
    this.savedRows.push({ rows, row, copy });
  }

  /** Registers, while armed, how to take back a change of an array or map. It must not depend on fields that `save` keeps. */
  onRollback(revert: () => void): void {
    if (this.isArmed) this.reverts.push(revert);
  }
}

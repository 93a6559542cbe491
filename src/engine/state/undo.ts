/** What has fields of its own that a tentative execution may change. */
export interface Undoable {
  /** The attempt in which its fields were saved last. */
  savedIn: number;
  /** All fields that may change after its construction. Written out, because a spread of a class instance is slow. */
  mutableFields(): object;
}

/**
 * The way back out of a tentative execution. An order that must be refused whole
 * because of what it would meet in the book (rules.md §2.5, FOK, self-trade, amend)
 * is executed by the same code as any other, with this log armed, and rolled back:
 * there is no second set of rules for a dry run. Disarmed it costs one test a change.
 */
export class UndoLog {
  /** To be asked before a closure is made for `onRollback`: most of the time nothing is tentative. */
  isArmed = false;
  private attempt = 0;
  private readonly targets: Undoable[] = [];
  private readonly copies: object[] = [];
  private readonly reverts: (() => void)[] = [];

  arm(): void {
    if (this.isArmed) throw new Error('invariant: a tentative execution cannot be nested');
    this.isArmed = true;
    this.attempt += 1;
  }

  commit(): void {
    this.isArmed = false;
    this.targets.length = 0;
    this.copies.length = 0;
    this.reverts.length = 0;
  }

  /** Contents of arrays and maps go back step by step; then every saved object gets the fields it had at first. */
  rollback(): void {
    const { reverts, targets, copies } = this;
    this.isArmed = false;
    for (let index = reverts.length - 1; index >= 0; index--) (reverts[index] as () => void)();
    for (let index = 0; index < targets.length; index++) Object.assign(targets[index] as Undoable, copies[index] as object);
    this.commit();
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

  /** Registers, while armed, how to take back a change of an array or map. It must not depend on fields that `save` keeps. */
  onRollback(revert: () => void): void {
    if (this.isArmed) this.reverts.push(revert);
  }
}

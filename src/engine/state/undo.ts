/**
 * The way back out of a tentative execution. An order that must be refused whole
 * because of what it would meet in the book (rules.md §2.5, FOK, self-trade, amend)
 * is executed by the same code as any other, with this log armed, and rolled back:
 * there is no second set of rules for a dry run. Disarmed it costs one test a change.
 */
export class UndoLog {
  private entries: (() => void)[] | undefined;

  arm(): void {
    if (this.entries !== undefined) throw new Error('invariant: a tentative execution cannot be nested');
    this.entries = [];
  }

  /** To be asked before a closure is made for `onRollback`: most of the time nothing is tentative. */
  get isArmed(): boolean {
    return this.entries !== undefined;
  }

  commit(): void {
    this.entries = undefined;
  }

  rollback(): void {
    const entries = this.entries ?? [];
    this.entries = undefined;
    for (let index = entries.length - 1; index >= 0; index--) entries[index]?.();
  }

  /** To be called before the first change of an object's own fields. */
  save(target: object): void {
    if (this.entries === undefined) return;
    const copy = { ...target };
    this.entries.push(() => Object.assign(target, copy));
  }

  /** Registers how to take back a change that is not one of an object's own fields. */
  onRollback(revert: () => void): void {
    this.entries?.push(revert);
  }
}

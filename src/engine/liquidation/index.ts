import type { PositionRow, Positions } from '../state/positions';
import type { UndoLog } from '../state/undo';

/**
 * The positions of one instrument and side, the one that the mark reaches first on
 * top: a mark tick looks at the top alone, however many blocks there are. It is an
 * indexed 4-ary heap. Its keys are doubles on purpose: they are a cautious hint of
 * where to look, on the near side of the exact price, and decide nothing: whoever
 * surfaces is judged in exact integers (rules.md §3, §6).
 */
export class LiquidationIndex {
  private readonly watched: PositionRow[] = [];
  private readonly keys: number[] = [];

  /** Longs surface at the highest price (direction 1), shorts at the lowest (−1). */
  constructor(
    private readonly positions: Positions,
    private readonly undo: UndoLog,
    private readonly direction: 1 | -1,
  ) {}

  get size(): number {
    return this.watched.length;
  }

  /** Price hint of the top, in price units; undefined when empty. */
  topPrice(): number | undefined {
    const key = this.keys[0];
    return key === undefined ? undefined : -key * this.direction;
  }

  top(): PositionRow | undefined {
    return this.watched[0];
  }

  /** Adds a position, or moves it to where its new price belongs. */
  set(position: PositionRow, price: number): void {
    const key = -price * this.direction;
    let slot = this.positions.watchSlot(position);
    if (this.undo.isArmed) this.undoMove(position, slot);
    if (slot < 0) {
      slot = this.watched.length;
      this.watched.push(position);
      this.keys.push(key);
      this.up(slot, position, key);
    } else if (key < (this.keys[slot] as number)) {
      this.up(slot, position, key);
    } else {
      this.down(slot, position, key);
    }
  }

  remove(position: PositionRow): void {
    const slot = this.positions.watchSlot(position);
    if (slot < 0) return;
    if (this.undo.isArmed) this.undoMove(position, slot);
    this.positions.setWatch(position, this.direction, -1);
    const last = this.watched.pop() as PositionRow;
    const key = this.keys.pop() as number;
    if (last === position) return;
    const parentKey = slot > 0 ? (this.keys[(slot - 1) >> 2] as number) : -Infinity;
    if (key < parentKey) this.up(slot, last, key);
    else this.down(slot, last, key);
  }

  /** Others may come to lie elsewhere in the heap; what it says of the top is the same. */
  private undoMove(position: PositionRow, slot: number): void {
    const key = this.keys[slot] as number;
    this.undo.onRollback(() => {
      if (slot < 0) this.remove(position);
      else this.set(position, -key * this.direction);
    });
  }

  private put(slot: number, position: PositionRow, key: number): void {
    this.watched[slot] = position;
    this.keys[slot] = key;
    this.positions.setWatch(position, this.direction, slot);
  }

  private up(from: number, position: PositionRow, key: number): void {
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 2;
      const parentKey = this.keys[parent] as number;
      if (parentKey <= key) break;
      this.put(slot, this.watched[parent] as PositionRow, parentKey);
      slot = parent;
    }
    this.put(slot, position, key);
  }

  private down(from: number, position: PositionRow, key: number): void {
    const { keys } = this;
    const size = keys.length;
    let slot = from;
    for (;;) {
      const first = slot * 4 + 1;
      if (first >= size) break;
      let child = first;
      const end = Math.min(first + 4, size);
      for (let other = first + 1; other < end; other++) {
        if ((keys[other] as number) < (keys[child] as number)) child = other;
      }
      const childKey = keys[child] as number;
      if (childKey >= key) break;
      this.put(slot, this.watched[child] as PositionRow, childKey);
      slot = child;
    }
    this.put(slot, position, key);
  }
}

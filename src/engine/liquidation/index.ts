import type { Position } from '../state/model';
import type { UndoLog } from '../state/undo';

/**
 * The positions of one instrument and side, the one that the mark reaches first on
 * top: a mark tick looks at the top alone, however many blocks there are. It is an
 * indexed 4-ary heap. Its keys are doubles on purpose: they are a cautious hint of
 * where to look, on the near side of the exact price, and decide nothing: whoever
 * surfaces is judged in exact integers (rules.md §3, §6).
 */
export class LiquidationIndex {
  private readonly positions: Position[] = [];
  private readonly keys: number[] = [];

  /** Longs surface at the highest price (direction 1), shorts at the lowest (−1). */
  constructor(private readonly direction: 1 | -1) {}

  get size(): number {
    return this.positions.length;
  }

  /** Price hint of the top, in price units; undefined when empty. */
  topPrice(): number | undefined {
    const key = this.keys[0];
    return key === undefined ? undefined : -key * this.direction;
  }

  top(): Position | undefined {
    return this.positions[0];
  }

  /** Adds a position, or moves it to where its new price belongs. */
  set(position: Position, price: number, undo: UndoLog): void {
    const key = -price * this.direction;
    let slot = position.indexSlot;
    if (undo.isArmed) this.undoMove(position, slot, undo);
    if (slot < 0) {
      position.indexDirection = this.direction;
      slot = this.positions.length;
      this.positions.push(position);
      this.keys.push(key);
      this.up(slot, position, key);
    } else if (key < (this.keys[slot] as number)) {
      this.up(slot, position, key);
    } else {
      this.down(slot, position, key);
    }
  }

  remove(position: Position, undo: UndoLog): void {
    const slot = position.indexSlot;
    if (slot < 0) return;
    if (undo.isArmed) this.undoMove(position, slot, undo);
    position.indexSlot = -1;
    const last = this.positions.pop() as Position;
    const key = this.keys.pop() as number;
    if (last === position) return;
    const parentKey = slot > 0 ? (this.keys[(slot - 1) >> 2] as number) : -Infinity;
    if (key < parentKey) this.up(slot, last, key);
    else this.down(slot, last, key);
  }

  /** Others may come to lie elsewhere in the heap; what it says of the top is the same. */
  private undoMove(position: Position, slot: number, undo: UndoLog): void {
    const key = this.keys[slot] as number;
    undo.onRollback(() => {
      if (slot < 0) this.remove(position, undo);
      else this.set(position, -key * this.direction, undo);
    });
  }

  private put(slot: number, position: Position, key: number): void {
    this.positions[slot] = position;
    this.keys[slot] = key;
    position.indexSlot = slot;
  }

  private up(from: number, position: Position, key: number): void {
    let slot = from;
    while (slot > 0) {
      const parent = (slot - 1) >> 2;
      const parentKey = this.keys[parent] as number;
      if (parentKey <= key) break;
      this.put(slot, this.positions[parent] as Position, parentKey);
      slot = parent;
    }
    this.put(slot, position, key);
  }

  private down(from: number, position: Position, key: number): void {
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
      this.put(slot, this.positions[child] as Position, childKey);
      slot = child;
    }
    this.put(slot, position, key);
  }
}

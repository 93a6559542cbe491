import type { FoldedPosition } from '../../projections/positions';

const TOMBSTONE_AFTER_MS = 24 * 3_600_000;

interface Ended {
  readonly key: string;
  readonly position: FoldedPosition;
  readonly endedAt: number;
}

export interface SavedEnded {
  readonly waiting: readonly Ended[];
  readonly current: ReadonlyMap<string, FoldedPosition>;
}

/** Rows that ended, in order of time, until their tombstone is due (journal.md §4.4). */
export class EndedPositions {
  private waiting: Ended[] = [];
  /** What stands under each key that ended: another position under it takes the tombstone's reason away. */
  private readonly current = new Map<string, FoldedPosition>();

  /** All that it remembers, as plain data but for the positions. */
  saved(): SavedEnded {
    return { waiting: this.waiting, current: this.current };
  }

  /** `positionOf` gives the position for each that was saved. */
  restore({ waiting, current }: SavedEnded, positionOf: (saved: FoldedPosition) => FoldedPosition): void {
    this.waiting = waiting.map((ended) => ({ ...ended, position: positionOf(ended.position) }));
    for (const [key, position] of current) this.current.set(key, positionOf(position));
  }

  /** To be called with every row that changed. */
  note(position: FoldedPosition): void {
    const { key, status, endedAt } = position;
    if (status === 'CLOSED' || status === 'LIQUIDATED') {
      this.waiting.push({ key, position, endedAt });
      this.current.set(key, position);
    } else {
      this.current.delete(key);
    }
  }

  /** Keys whose row ended 24 h of engine time ago or more and was not opened again. */
  due(time: number): string[] {
    let count = 0;
    while (count < this.waiting.length && (this.waiting[count] as Ended).endedAt + TOMBSTONE_AFTER_MS <= time) count += 1;
    if (count === 0) return [];
    const over = this.waiting.splice(0, count).filter(({ key, position, endedAt }) => {
      return this.current.get(key) === position && position.endedAt === endedAt;
    });
    return over.map(({ key }) => {
      this.current.delete(key);
      return key;
    });
  }
}

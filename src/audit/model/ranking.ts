import type { Ratio } from './decimal';
import type { Account, Block, Holder } from './state';

/** Where a position stands in the queue of deleveraging, by doubles alone. */
export interface Estimated {
  readonly holder: Holder;
  readonly winner: boolean;
  readonly rank: number;
  /**
   * Where it was worked out already: always for cross accounts, whose equity moves while the queue is asked, when a block of
   * theirs closes. A block's own figures stay until its turn.
   */
  readonly exact?: Ratio;
}

/** Whose change moves a position's rank: its block, or the account of a cross one. */
export type Owner = Block | Account;

/** Both kinds of positions, each with its best last, where taking them out costs nothing. */
export interface Sides {
  readonly winners: readonly Estimated[];
  readonly losers: readonly Estimated[];
}

export function sidesOf(estimates: Iterable<Estimated>): Sides {
  const [winners, losers]: [Estimated[], Estimated[]] = [[], []];
  for (const estimated of estimates) (estimated.winner ? winners : losers).push(estimated);
  for (const side of [winners, losers]) side.sort((a, b) => a.rank - b.rank);
  return { winners, losers };
}

/**
 * The positions of one side of an instrument in the order of their estimates, as they stood at one moment, and who has
 * changed since. A crash deleverages thousands of times at one mark: each time only those who changed are put in order anew.
 */
export class Ranking {
  /** Owners in the order of their first change since, each with its number in that order. */
  private readonly changed = new Map<Owner, number>();

  constructor(
    readonly sides: Sides,
    /** The marks and terms by which it was made (ModelState.markChanges). */
    readonly markChanges: number,
  ) {}

  forget(owner: Owner): void {
    if (!this.changed.has(owner)) this.changed.set(owner, this.changed.size);
  }

  get changes(): number {
    return this.changed.size;
  }

  /** Whether so few have changed that putting them in order anew is less work than all. */
  get isFresh(): boolean {
    return this.changes <= 32 + Math.sqrt(this.sides.winners.length + this.sides.losers.length);
  }

  changedOwners(): Iterable<Owner> {
    return this.changed.keys();
  }

  /** Whether the owner was among the first so many who changed. */
  hadChanged(owner: Owner, changes: number): boolean {
    return (this.changed.get(owner) ?? changes) < changes;
  }
}

import { compareFractions, type Fraction } from '../../num/fraction';
import { add, type Int, mul, sub } from '../../num/int';
import type { FoldedPosition } from '../positions';
import { feeReserve, notionalAt } from '../positions/figures';
import { lotsInitialMargin } from './figures';

/** A position's rank, n ÷ d (d > 0), as its factors; `approximate` tells most pairs apart without multiplying them out. */
interface Ranked {
  readonly position: FoldedPosition;
  readonly isWinner: boolean;
  readonly unrealizedPnl: Int;
  readonly notional: Int;
  readonly initialMargin: Int;
  readonly equity: Int;
  readonly approximate: number;
}

/** Winners by profit rank, losers by relative loss (rules.md §6.4); undefined for those never taken from. */
function rankOf(position: FoldedPosition, equityBehind: (cross: FoldedPosition) => Int): Ranked | undefined {
  const { quantity, entryCost, instrument } = position;
  const { terms } = instrument;
  const notional = notionalAt(terms, quantity, instrument.mark as Int);
  const unrealizedPnl = sub(quantity < 0 ? sub(0, notional) : notional, entryCost);
  const isCross = position.isolationId === 0;
  const equity = isCross ? equityBehind(position) : add(position.cash, sub(unrealizedPnl, feeReserve(terms, notional)));
  if (equity <= 0) return undefined;
  const isWinner = unrealizedPnl > 0;
  const initialMargin = isWinner ? lotsInitialMargin(position, notional) : 0;
  const loss = Number(unrealizedPnl) / Number(notional);
  const approximate = isWinner ? (Number(unrealizedPnl) / Number(initialMargin)) * (Number(notional) / Number(equity)) : loss;
  return { position, isWinner, unrealizedPnl, notional, initialMargin, equity, approximate };
}

function exact({ isWinner, unrealizedPnl, notional, initialMargin, equity }: Ranked): Fraction {
  return isWinner ? { n: mul(unrealizedPnl, notional), d: mul(initialMargin, equity) } : { n: unrealizedPnl, d: notional };
}

/** Whether two have the same rank because all that it is made of is the same, as where many trade alike. */
function isAlike(a: Ranked, b: Ranked): boolean {
  return a.unrealizedPnl === b.unrealizedPnl && a.notional === b.notional && a.initialMargin === b.initialMargin && a.equity === b.equity;
}

function byRank(a: Ranked, b: Ranked): number {
  if (a.isWinner !== b.isWinner) return a.isWinner ? -1 : 1;
  const difference = b.approximate - a.approximate;
  if (Math.abs(difference) > (Math.abs(a.approximate) + Math.abs(b.approximate)) * 1e-12) return difference;
  const byOpening = a.position.opening - b.position.opening;
  return isAlike(a, b) ? byOpening : compareFractions(exact(b), exact(a)) || byOpening;
}

/** Places in the deleveraging queues as they stand, each queue worked out when it is first asked for. */
export class DeleveragingPlaces {
  private readonly places = new Map<FoldedPosition, number>();
  private readonly done = new Set<string>();

  /** `equityBehind` gives the equity of a cross position's account. */
  constructor(private readonly equityBehind: (cross: FoldedPosition) => Int) {}

  of(position: FoldedPosition): number | null {
    const { quantity, instrument } = position;
    if (quantity === 0) return null;
    const isLong = quantity > 0;
    const key = `${instrument.number}/${isLong}`;
    if (!this.done.has(key)) {
      this.done.add(key);
      const queue = this.queue(instrument.open, isLong);
      for (let place = 0; place < queue.length; place++) this.places.set((queue[place] as Ranked).position, place + 1);
    }
    return this.places.get(position) ?? null;
  }

  private queue(open: Iterable<FoldedPosition>, isLong: boolean): Ranked[] {
    const queue: Ranked[] = [];
    for (const position of open) {
      // What the insurance fund holds is nobody's.
      if (position.quantity > 0 !== isLong || position.accountId === '') continue;
      const ranked = rankOf(position, this.equityBehind);
      if (ranked !== undefined) queue.push(ranked);
    }
    return queue.sort(byRank);
  }
}

import { compareFractions } from '../../num/fraction';
import { add, type Int, mul, sign, sub } from '../../num/int';
import type { FoldedAccount, FoldedPosition } from '../positions';
import { type AccountFigures, lotFigures, lotsInitialMargin } from './figures';

interface Ranked {
  readonly position: FoldedPosition;
  readonly isWinner: boolean;
  /** The rank is n ÷ d, d > 0; `approximate` compares most pairs cheaply. */
  readonly n: Int;
  readonly d: Int;
  readonly approximate: number;
}

/** Winners by profit rank, losers by relative loss (rules.md §6.4); undefined for those never taken from. */
function rankOf(position: FoldedPosition, account: AccountFigures): Ranked | undefined {
  const { notional, unrealizedPnl, reserve } = lotFigures(position);
  const equity = position.isolationId === 0 ? account.equity : add(position.cash, sub(unrealizedPnl, reserve));
  if (equity <= 0) return undefined;
  const isWinner = unrealizedPnl > 0;
  const n = isWinner ? mul(unrealizedPnl, notional) : unrealizedPnl;
  const d = isWinner ? mul(lotsInitialMargin(position, notional), equity) : notional;
  return { position, isWinner, n, d, approximate: Number(n) / Number(d) };
}

function byRank(a: Ranked, b: Ranked): number {
  if (a.isWinner !== b.isWinner) return a.isWinner ? -1 : 1;
  const difference = b.approximate - a.approximate;
  if (Math.abs(difference) > (Math.abs(a.approximate) + Math.abs(b.approximate)) * 1e-12) return difference;
  return compareFractions(b, a) || a.position.opening - b.position.opening;
}

/** Places in the deleveraging queues as they stand, each queue worked out when it is first asked for. */
export class DeleveragingPlaces {
  private readonly places = new Map<FoldedPosition, number>();
  private readonly done = new Set<string>();

  constructor(
    private readonly accounts: () => Iterable<FoldedAccount>,
    private readonly figures: (account: FoldedAccount) => AccountFigures,
  ) {}

  of(position: FoldedPosition): number | null {
    const direction = sign(position.quantity);
    if (direction === 0) return null;
    const key = `${position.instrument.number}/${direction}`;
    if (!this.done.has(key)) {
      this.done.add(key);
      for (const [place, { position: ranked }] of this.queue(position.instrument.number, direction).entries()) {
        this.places.set(ranked, place + 1);
      }
    }
    return this.places.get(position) ?? null;
  }

  private queue(instrument: number, direction: number): Ranked[] {
    const queue: Ranked[] = [];
    for (const account of this.accounts()) {
      const holding = account.holdings[instrument];
      for (const position of [holding?.cross, holding?.block]) {
        if (position === undefined || sign(position.quantity) !== direction) continue;
        const ranked = rankOf(position, this.figures(account));
        if (ranked !== undefined) queue.push(ranked);
      }
    }
    return queue.sort(byRank);
  }
}

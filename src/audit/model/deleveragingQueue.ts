import { accountFigures } from './accountFigures';
import { blockRisk } from './blockFigures';
import { type Decimal, type Ratio, ratio } from './decimal';
import { markOf, notionalAt, type Position, riskFigures } from './positions';
import type { Holder, ModelState } from './state';
import { initialMargin } from './tiers';
import { markNumber } from './watch';

interface Ranked {
  readonly holder: Holder;
  /** Winners: unrealised PnL ÷ IM × notional ÷ equity, greatest first; losers: unrealised PnL ÷ notional, greatest (smallest loss) first. */
  readonly rank: Ratio;
  readonly leftZero: number;
}

interface Estimated {
  readonly holder: Holder;
  readonly winner: boolean;
  readonly rank: number;
  /**
   * Where it was worked out already: always for cross accounts, whose equity moves while the queue is asked, when a block of
   * theirs closes. A block's own figures stay until its turn.
   */
  readonly exact?: Ratio;
}

interface KeptEstimate {
  readonly estimated: Estimated | null;
  readonly markChanges: number;
  readonly changes: number;
  readonly leverage: Decimal | null;
}

/** What an estimate may be off by, relative to itself; one that could be off by more is not made. */
const ESTIMATE = 1e-5;
const LEAST_MONEY = 1;

/**
 * Opposite positions in the order of rules.md §6.4; never one of the liquidated account. Ranks are exact fractions; they
 * are worked out only for those whose estimate says that they may be next, since an instrument has thousands.
 */
export class DeleveragingQueue {
  private readonly winners: Estimated[] = [];
  private readonly losers: Estimated[] = [];
  private readonly exact: Ranked[] = [];

  constructor(
    private readonly state: ModelState,
    private readonly instrument: string,
    long: boolean,
    exceptAccount: string | null,
  ) {
    for (const [position, holder] of state.openPositions(instrument)) {
      if (holder.accountId === null || position.quantity.isNegative() !== long || holder.accountId === exceptAccount) continue;
      const estimated = this.estimate(position, holder);
      if (estimated !== null) (estimated.winner ? this.winners : this.losers).push(estimated);
    }
    // The best come last, where taking them out costs nothing.
    for (const side of [this.winners, this.losers]) side.sort((a, b) => a.rank - b.rank);
  }

  /** Who is next in rank; undefined when nobody is left. */
  first(): Holder | undefined {
    this.evaluate(this.winners);
    const best = this.exact[0];
    if (best === undefined || !isWinner(best)) this.evaluate(this.losers);
    return this.exact[0]?.holder;
  }

  drop(): void {
    this.exact.shift();
  }

  /** Brings everybody into exact order who may come before the best that is known exactly. */
  private evaluate(from: Estimated[]): void {
    for (let next = from.at(-1); next !== undefined; next = from.at(-1)) {
      const best = this.exact[0];
      if (best !== undefined && !mayPrecede(next, best)) return;
      from.pop();
      const rank = next.exact ?? this.figures(next.holder).rank;
      this.exact.push({ holder: next.holder, rank, leftZero: this.position(next.holder).leftZero ?? 0 });
      this.exact.sort(byRank);
    }
  }

  private position(holder: Holder): Position {
    return this.state.position(holder, this.instrument);
  }

  private figures(holder: Holder) {
    const { state } = this;
    const risk = riskFigures(this.position(holder), state.instrument(this.instrument), this.leverageOf(holder));
    const { equity } = holder.block === null ? accountFigures(state, holder.accountId as string) : blockRisk(state, holder.block);
    const { unrealizedPnl, notional } = risk;
    const winner = unrealizedPnl.greaterThan(0);
    const rank = winner ? ratio(unrealizedPnl.times(notional), risk.initialMargin.times(equity)) : ratio(unrealizedPnl, notional);
    return { winner, rank, equity };
  }

  /** Null for those without equity, who are skipped. Kept as long as neither a mark nor the holder has changed. */
  private estimate(position: Position, holder: Holder): Estimated | null {
    const { markChanges } = this.state;
    const { changes } = holder.block ?? this.state.account(holder.accountId as string);
    const leverage = this.leverageOf(holder);
    const known = position.estimate as KeptEstimate | undefined;
    if (known?.markChanges === markChanges && known.changes === changes && known.leverage === leverage) return known.estimated;
    const estimated = this.quickEstimate(position, holder) ?? this.slowEstimate(holder);
    const kept: KeptEstimate = { estimated, markChanges, changes, leverage };
    position.estimate = kept;
    return estimated;
  }

  private leverageOf(holder: Holder): Decimal | null {
    return holder.block?.leverage ?? this.state.account(holder.accountId as string).leverage.get(this.instrument) ?? null;
  }

  private slowEstimate(holder: Holder): Estimated | null {
    const { winner, rank, equity } = this.figures(holder);
    return equity.lessThanOrEqualTo(0) ? null : { holder, winner, rank: rank.n.dividedBy(rank.d).toNumber(), exact: rank };
  }

  /** Undefined where doubles are not certain of the sign or not near enough. */
  private quickEstimate(position: Position, holder: Holder): Estimated | undefined {
    if (holder.block === null) return undefined;
    const instrument = this.state.instrument(this.instrument);
    const mark = markNumber(instrument);
    const quantity = position.quantity.toNumber();
    const cost = position.cost.toNumber();
    const notional = Math.abs(quantity * mark);
    const pnl = quantity * mark - cost;
    const cash = this.state.blockCash(holder.block).toNumber();
    const equity = cash + pnl - notional * instrument.spec.feeReserveRate.toNumber();
    const isCertain = Math.abs(pnl) > notional * ESTIMATE && equity > LEAST_MONEY && equity > (Math.abs(cash) + notional) * ESTIMATE;
    if (!isCertain) return undefined;
    if (pnl < 0) return { holder, winner: false, rank: pnl / notional };
    const exactNotional = notionalAt(position, markOf(instrument));
    const margin = initialMargin(instrument.spec.tiers, exactNotional, holder.block.leverage).toNumber();
    return margin > LEAST_MONEY ? { holder, winner: true, rank: ((pnl / margin) * notional) / equity } : undefined;
  }
}

function mayPrecede(next: Estimated, best: Ranked): boolean {
  const known = best.rank.n.dividedBy(best.rank.d).toNumber();
  return next.rank + Math.abs(next.rank) * ESTIMATE >= known - Math.abs(known) * ESTIMATE;
}

function isWinner({ rank }: Ranked): boolean {
  return rank.n.greaterThan(0);
}

function byRank(a: Ranked, b: Ranked): number {
  if (isWinner(a) !== isWinner(b)) return isWinner(a) ? -1 : 1;
  const byRatio = b.rank.n.times(a.rank.d).comparedTo(a.rank.n.times(b.rank.d));
  return byRatio !== 0 ? byRatio : a.leftZero - b.leftZero;
}

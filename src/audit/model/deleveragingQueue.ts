import { accountFigures } from './accountFigures';
import { blockRisk } from './blockFigures';
import { type Decimal, type Ratio, ratio } from './decimal';
import { markOf, notionalAt, type Position, riskFigures } from './positions';
import { type Estimated, type Owner, Ranking, sidesOf } from './ranking';
import type { Holder, ModelState } from './state';
import { initialMargin } from './tiers';
import { markNumber } from './watch';

interface Ranked {
  readonly holder: Holder;
  /** Winners: unrealised PnL ÷ IM × notional ÷ equity, greatest first; losers: unrealised PnL ÷ notional, greatest (smallest loss) first. */
  readonly rank: Ratio;
  /** The same as a double. */
  readonly value: number;
  readonly leftZero: number;
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
 * Opposite positions in the order of rules.md §6.4 as they stood when it was made; never one of the liquidated account.
 * Ranks are exact fractions; they are worked out only for those whose estimate says that they may be next, since an
 * instrument has thousands.
 */
export class DeleveragingQueue {
  private readonly winners: Waiting;
  private readonly losers: Waiting;
  private readonly exact: Ranked[] = [];

  constructor(
    private readonly state: ModelState,
    private readonly instrument: string,
    private readonly long: boolean,
    exceptAccount: string | null,
  ) {
    const ranking = this.ranking();
    const { changes, sides } = ranking;
    const anew = sidesOf(this.changedSince(ranking));
    const isOut = ({ holder }: Estimated) =>
      holder.accountId === exceptAccount || (changes > 0 && ranking.hadChanged(this.ownerOf(holder), changes));
    this.winners = new Waiting(sides.winners, anew.winners, isOut, exceptAccount);
    this.losers = new Waiting(sides.losers, anew.losers, isOut, exceptAccount);
  }

  /** That of an earlier queue, while few have changed since. */
  private ranking(): Ranking {
    const { state, instrument, long } = this;
    const key = `${instrument} ${long}`;
    const known = state.rankings.get(key);
    if (known?.isFresh === true && known.markChanges === state.markChanges) return known;
    const made = new Ranking(sidesOf(this.all()), state.markChanges);
    state.rankings.set(key, made);
    return made;
  }

  private *all(): Generator<Estimated> {
    for (const [position, holder] of this.state.openPositions(this.instrument)) {
      const estimated = this.estimateOf(position, holder);
      if (estimated !== null) yield estimated;
    }
  }

  private *changedSince(ranking: Ranking): Generator<Estimated> {
    const open = this.state.openPositions(this.instrument);
    for (const owner of ranking.changedOwners()) {
      const position = 'position' in owner ? owner.position : owner.positions.get(this.instrument);
      const holder = position && open.get(position);
      const estimated = position && holder ? this.estimateOf(position, holder) : null;
      if (estimated !== null) yield estimated;
    }
  }

  /** Null for those of the other side, and for those without equity, who are skipped. */
  private estimateOf(position: Position, holder: Holder): Estimated | null {
    if (holder.accountId === null || position.quantity.isNegative() !== this.long) return null;
    return this.estimate(position, holder);
  }

  private ownerOf({ accountId, block }: Holder): Owner {
    return block ?? this.state.account(accountId as string);
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
  private evaluate(from: Waiting): void {
    for (let next = from.best(); next !== undefined; next = from.best()) {
      const best = this.exact[0];
      if (best !== undefined && !mayPrecede(next, best)) return;
      from.takeBest();
      const rank = next.exact ?? this.figures(next.holder).rank;
      const value = rank.n.dividedBy(rank.d).toNumber();
      this.exact.push({ holder: next.holder, rank, value, leftZero: this.position(next.holder).leftZero ?? 0 });
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

/** Those of a ranking who are still to be asked, beside those put in order anew. */
class Waiting {
  private ranked: number;
  private anew: number;

  constructor(
    private readonly from: readonly Estimated[],
    private readonly changed: readonly Estimated[],
    private readonly isOut: (estimated: Estimated) => boolean,
    private readonly exceptAccount: string | null,
  ) {
    this.ranked = from.length;
    this.anew = changed.length;
  }

  best(): Estimated | undefined {
    const { from, changed } = this;
    while (this.ranked > 0 && this.isOut(from[this.ranked - 1] as Estimated)) this.ranked -= 1;
    while (this.anew > 0 && changed[this.anew - 1]?.holder.accountId === this.exceptAccount) this.anew -= 1;
    const [one, other] = [from[this.ranked - 1], changed[this.anew - 1]];
    return one === undefined || (other !== undefined && other.rank > one.rank) ? other : one;
  }

  takeBest(): void {
    if (this.best() === this.from[this.ranked - 1]) this.ranked -= 1;
    else this.anew -= 1;
  }
}

function mayPrecede(next: Estimated, best: Ranked): boolean {
  return next.rank + Math.abs(next.rank) * ESTIMATE >= best.value - Math.abs(best.value) * ESTIMATE;
}

function isWinner({ rank }: Ranked): boolean {
  return rank.n.greaterThan(0);
}

function byRank(a: Ranked, b: Ranked): number {
  if (isWinner(a) !== isWinner(b)) return isWinner(a) ? -1 : 1;
  const byRatio = b.rank.n.times(a.rank.d).comparedTo(a.rank.n.times(b.rank.d));
  return byRatio !== 0 ? byRatio : a.leftZero - b.leftZero;
}

import { compareFractions } from '../../num/fraction';
import { type Int, mul, negate, sign, sub } from '../../num/int';
import { crossRisk } from '../accounts/figures';
import { blockValuation } from '../isolated/figures';
import { initialMargin, notionalAt } from '../margin/margin';
import { type AccountRow, NO_ACCOUNT } from '../state/accounts';
import { compareOpenings } from '../state/links';
import type { Instrument } from '../state/model';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';

/** A position's place in the queue: profit rank (greater first), then relative loss (smaller first). */
export interface Rank {
  readonly position: PositionRow;
  /** Equity ≤ 0: never taken from. */
  readonly skipped: boolean;
  readonly winner: boolean;
  /** Exact fraction n ÷ d, d > 0; `approximate` is only there to compare most pairs cheaply. */
  readonly n: Int;
  readonly d: Int;
  readonly approximate: number;
  /** What the rank was worked out from: it holds while neither has changed. */
  readonly markEpoch: number;
  readonly changeEpoch: number;
}

/**
 * Ranks a position by max(0, unrealised PnL) ÷ IM × notional ÷ equity, losers by their
 * relative loss (rules.md §6.4); those with equity ≤ 0 are skipped.
 */
function workOut(state: State, position: PositionRow, changeEpoch: number): Rank {
  const { markEpoch, positions } = state;
  const { spec, mark } = state.instrumentOf(position);
  const quantity = positions.quantity(position);
  const notional = notionalAt(spec, quantity, mark as Int);
  const unrealizedPnl = sub(quantity < 0 ? negate(notional) : notional, positions.entryCost(position));
  const isolated = positions.isIsolated(position);
  const equity = isolated ? blockValuation(state, position).equity : crossRisk(state, positions.account(position)).equity;
  if (equity <= 0) return { position, skipped: true, winner: false, n: 0, d: 1, approximate: 0, markEpoch, changeEpoch };
  const winner = unrealizedPnl > 0;
  const leverage = positions.leverage(position);
  const n = winner ? mul(unrealizedPnl, notional) : unrealizedPnl;
  const d = winner ? mul(initialMargin(spec, notional, leverage), equity) : notional;
  return { position, skipped: false, winner, n, d, approximate: Number(n) / Number(d), markEpoch, changeEpoch };
}

function rankOf(state: State, position: PositionRow): Rank {
  const { accounts, positions } = state;
  const changeEpoch = positions.isIsolated(position) ? positions.changeEpoch(position) : accounts.changeEpoch(positions.account(position));
  const known = positions.rank(position);
  if (known !== undefined && known.markEpoch === state.markEpoch && known.changeEpoch === changeEpoch) return known;
  const rank = workOut(state, position, changeEpoch);
  positions.setRank(position, rank);
  return rank;
}

function isAhead(state: State, a: Rank, b: Rank): boolean {
  if (a.winner !== b.winner) return a.winner;
  const difference = a.approximate - b.approximate;
  if (Math.abs(difference) > (Math.abs(a.approximate) + Math.abs(b.approximate)) * 1e-12) return difference > 0;
  const exact = compareFractions(a, b);
  return exact === 0 ? compareOpenings(state, a.position, b.position) < 0 : exact > 0;
}

/**
 * The positions of one side of an instrument in the order in which they are
 * deleveraged, as they stood when the queue was made. Few of them are ever asked for,
 * so each is searched for when its turn comes instead of sorting all.
 */
export class DeleveragingQueue {
  private readonly waiting: Rank[] = [];

  constructor(
    private readonly state: State,
    instrument: Instrument,
    direction: number,
    except: AccountRow = NO_ACCOUNT,
  ) {
    const { accounts, positions } = state;
    for (let position = instrument.firstOpen; position !== NO_POSITION; position = positions.nextOpen(position)) {
      if (sign(positions.quantity(position)) !== direction) continue;
      const account = positions.account(position);
      if (account === except || account === accounts.fund) continue;
      const rank = rankOf(state, position);
      if (!rank.skipped) this.waiting.push(rank);
    }
  }

  next(): PositionRow | undefined {
    const { state, waiting } = this;
    let first = 0;
    for (let slot = 1; slot < waiting.length; slot++) {
      if (isAhead(state, waiting[slot] as Rank, waiting[first] as Rank)) first = slot;
    }
    const rank = waiting[first];
    const last = waiting.pop();
    if (rank !== last) waiting[first] = last as Rank;
    return rank?.position;
  }

  /** All of them in order. */
  sorted(): readonly PositionRow[] {
    return this.waiting.sort((a, b) => (isAhead(this.state, a, b) ? -1 : 1)).map(({ position }) => position);
  }
}

import { compareFractions } from '../../num/fraction';
import { type Int, mul, negate, sign, sub } from '../../num/int';
import { crossRisk } from '../accounts/figures';
import { blockValuation } from '../isolated/figures';
import { initialMargin, notionalAt } from '../margin/margin';
import { byOpening } from '../state/links';
import type { Account, Instrument, Position } from '../state/model';
import type { State } from '../state/state';

/** A position's place in the queue: profit rank (greater first), then relative loss (smaller first). */
export interface Rank {
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
function workOut(position: Position, markEpoch: number, changeEpoch: number): Rank {
  const { instrument } = position;
  const { spec } = instrument;
  const notional = notionalAt(spec, position.quantity, instrument.mark as Int);
  const unrealizedPnl = sub(position.quantity < 0 ? negate(notional) : notional, position.entryCost);
  const equity = position.isolated ? blockValuation(position).equity : crossRisk(position.account).equity;
  if (equity <= 0) return { skipped: true, winner: false, n: 0, d: 1, approximate: 0, markEpoch, changeEpoch };
  const winner = unrealizedPnl > 0;
  const leverage = position.isolated ? position.leverage : position.holding.leverage;
  const n = winner ? mul(unrealizedPnl, notional) : unrealizedPnl;
  const d = winner ? mul(initialMargin(spec, notional, leverage), equity) : notional;
  return { skipped: false, winner, n, d, approximate: Number(n) / Number(d), markEpoch, changeEpoch };
}

function rankOf(state: State, position: Position): Rank {
  const changeEpoch = position.isolated ? position.changeEpoch : position.account.changeEpoch;
  const { rank } = position;
  if (rank !== undefined && rank.markEpoch === state.markEpoch && rank.changeEpoch === changeEpoch) return rank;
  state.undo.save(position);
  position.rank = workOut(position, state.markEpoch, changeEpoch);
  return position.rank;
}

function isAhead(a: Position, b: Position): boolean {
  const [x, y] = [a.rank as Rank, b.rank as Rank];
  if (x.winner !== y.winner) return x.winner;
  const difference = x.approximate - y.approximate;
  if (Math.abs(difference) > (Math.abs(x.approximate) + Math.abs(y.approximate)) * 1e-12) return difference > 0;
  const exact = compareFractions(x, y);
  return exact === 0 ? byOpening(a, b) < 0 : exact > 0;
}

/**
 * The positions of one side of an instrument in the order in which they are
 * deleveraged, as they stood when the queue was made. Few of them are ever asked for,
 * so each is searched for when its turn comes instead of sorting all.
 */
export class DeleveragingQueue {
  private readonly waiting: Position[] = [];

  constructor(state: State, instrument: Instrument, direction: number, except?: Account) {
    for (let position = instrument.firstOpen; position !== undefined; position = position.nextOpen) {
      if (sign(position.quantity) !== direction || position.account === except || position.account.number < 0) continue;
      if (!rankOf(state, position).skipped) this.waiting.push(position);
    }
  }

  next(): Position | undefined {
    const { waiting } = this;
    let first = 0;
    for (let slot = 1; slot < waiting.length; slot++) {
      if (isAhead(waiting[slot] as Position, waiting[first] as Position)) first = slot;
    }
    const position = waiting[first];
    const last = waiting.pop();
    if (position !== last) waiting[first] = last as Position;
    return position;
  }

  /** All of them in order. */
  sorted(): readonly Position[] {
    return this.waiting.sort((a, b) => (isAhead(a, b) ? -1 : 1));
  }
}

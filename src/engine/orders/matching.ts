import { add, type Int } from '../../num/int';
import { settleFund, settleNegativeUsd } from '../accounts/balances';
import { valueAt } from '../margin/margin';
import type { Recorder } from '../recorder';
import type { Order, Position } from '../state/model';
import { cancelOrder, closeIfIdle } from './cancel';
import { type FillObstacle, obstacleTo, planFill, rebatedFrom, type SideFill } from './fill';
import { settlePosition } from './settle';

/** Who takes: a trader's order, or the engine itself for a liquidation or the insurance fund. */
export type TakerKind = 'TRADER' | 'LIQUIDATION' | 'FUND';

export interface Taker {
  readonly kind: TakerKind;
  readonly order: Order;
  readonly position: Position;
}

interface Fill {
  readonly lots: number;
  readonly price: number;
}

/** How matching ended. */
export interface MatchOutcome {
  readonly end: 'FILLED' | 'BOOK_EXHAUSTED' | 'ENDED' | 'SELF_TRADE' | FillObstacle['reason'];
  /** What stopped the taker, when a fill of its own did. */
  readonly obstacle: FillObstacle | undefined;
  /** What was filled. */
  readonly lots: number;
  /** Its value and its parts, for an order of the engine itself, whose fees are charged later, in one go (rules.md §6.2). */
  readonly value: Int;
  readonly fills: readonly Fill[];
}

const NO_FILLS: Fill[] = [];

class Matched implements MatchOutcome {
  end: MatchOutcome['end'] = 'FILLED';
  obstacle: FillObstacle | undefined = undefined;
  lots = 0;
  value: Int = 0;
  fills = NO_FILLS;

  addFill(lots: number, price: number, value: Int): void {
    this.value = add(this.value, value);
    if (this.fills === NO_FILLS) this.fills = [];
    this.fills.push({ lots, price });
  }

  ended(end: MatchOutcome['end'], obstacle?: FillObstacle): this {
    this.end = end;
    this.obstacle = obstacle;
    return this;
  }
}

type MakerAnswer = 'TRADES' | 'GONE' | 'STOPS_TAKER';

/**
 * Price-time matching of one incoming order: for each maker in turn the fill is worked
 * out for both sides, refused where rules.md §§2.4, 2.5 and 9 say so, recorded, and
 * settled for maker then taker before the next.
 */
export function match(rec: Recorder, taker: Taker): MatchOutcome {
  const { order, position } = taker;
  const { book, spec } = order.instrument;
  const outcome = new Matched();
  const opposite = book.side(order.direction > 0 ? -1 : 1);
  const takerFee = taker.kind === 'TRADER' ? spec.takerFee : undefined;
  while (order.remaining > 0) {
    if (taker.kind === 'TRADER' && order.level === undefined) return outcome.ended('ENDED');
    const level = opposite.best();
    if (level === undefined || (level.price - order.price) * order.direction > 0) return outcome.ended('BOOK_EXHAUSTED');
    const maker = level.first as Order;
    const makerPosition = maker.position as Position;
    if (maker.account === position.account) {
      const answer = meetOwnOrder(rec, order, maker, makerPosition);
      if (answer === 'STOPS_TAKER') return outcome.ended('SELF_TRADE');
      continue;
    }
    const lots = Math.min(maker.remaining, order.remaining);
    const takerFill = planFill(position, order, lots, level.price, takerFee);
    const makerAlone = planFill(makerPosition, maker, lots, level.price, spec.makerFee);
    const makerFill = taker.kind === 'TRADER' ? rebatedFrom(makerAlone, takerFill.fee) : makerAlone;
    const makerObstacle = obstacleTo(makerPosition, maker, makerFill, lots, level.price);
    if (makerObstacle !== undefined) {
      cancelOrder(rec, maker, makerObstacle.reason);
      closeIfIdle(rec, makerPosition);
      continue;
    }
    if (taker.kind === 'TRADER') {
      const obstacle = obstacleTo(position, order, takerFill, lots, level.price);
      if (obstacle !== undefined) return outcome.ended(obstacle.reason, obstacle);
    }
    execute(rec, taker, maker, level.price, lots, makerFill, takerFill);
    outcome.lots += lots;
    if (taker.kind !== 'TRADER') outcome.addFill(lots, level.price, valueAt(spec, lots, level.price));
    settlePosition(rec, makerPosition);
    settleTaker(rec, taker);
  }
  return outcome.ended('FILLED');
}

/** What is being liquidated has no orders left, and a block of it keeps its cash for the insurance fund (rules.md §6.5). */
function settleTaker(rec: Recorder, taker: Taker): void {
  if (taker.kind === 'FUND') settleFund(rec);
  else if (taker.kind === 'TRADER') settlePosition(rec, taker.position);
  else if (!taker.position.isolated) settleNegativeUsd(rec, taker.position.account);
}

/** Self-trade prevention by the incoming order's mode alone (rules.md §9). */
function meetOwnOrder(rec: Recorder, order: Order, maker: Order, makerPosition: Position): MakerAnswer {
  const mode = order.terms.selfTradePrevention;
  if (mode === 'CANCEL_TAKER') return 'STOPS_TAKER';
  cancelOrder(rec, maker, 'SELF_TRADE_PREVENTED');
  closeIfIdle(rec, makerPosition);
  return mode === 'CANCEL_BOTH' ? 'STOPS_TAKER' : 'GONE';
}

function execute(rec: Recorder, taker: Taker, maker: Order, price: number, lots: number, makerFill: SideFill, takerFill: SideFill): void {
  const { order, position } = taker;
  const makerPosition = maker.position as Position;
  rec.emit({
    type: 'TradeExecuted',
    time: rec.time,
    instrument: order.instrument.name,
    price,
    quantity: lots,
    takerSide: order.direction > 0 ? 'BUY' : 'SELL',
    value: valueAt(order.instrument.spec, lots, price),
    makerOrderId: maker.id,
    makerAccountId: maker.account.id,
    makerIsolationId: makerPosition.isolationId,
    makerClosed: makerFill.closed,
    makerRealizedPnl: makerFill.realizedPnl,
    makerFee: makerFill.fee,
    makerMargin: makerFill.margin,
    takerOrderId: order.id,
    takerAccountId: taker.kind === 'FUND' ? undefined : position.account.id,
    takerIsolationId: position.isolationId,
    takerClosed: takerFill.closed,
    takerRealizedPnl: takerFill.realizedPnl,
    takerFee: takerFill.fee,
    takerMargin: takerFill.margin,
  });
  // Orders of the engine itself are not in the book; nothing else counts down what they have open.
  if (taker.kind !== 'TRADER') order.remaining -= lots;
}

import { add, type Int } from '../../num/int';
import { settleFund, settleNegativeUsd } from '../accounts/balances';
import { NO_LEVEL } from '../book/levels';
import { valueAt } from '../margin/margin';
import type { Recorder } from '../recorder';
import type { OrderRow } from '../state/orders';
import type { PositionRow } from '../state/positions';
import { cancelOrder, closeIfIdle } from './cancel';
import { type FillObstacle, obstacleTo, planFill, rebatedFrom, type SideFill } from './fill';
import { settlePosition } from './settle';

/** Who takes: a trader's order, or the engine itself for a liquidation or the insurance fund. */
export type TakerKind = 'TRADER' | 'LIQUIDATION' | 'FUND';

export interface Taker {
  readonly kind: TakerKind;
  readonly order: OrderRow;
  readonly position: PositionRow;
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
  const { state } = rec;
  const { levels, orders, positions } = state;
  const { order, position } = taker;
  const { book, spec } = state.instrumentOf(position);
  const outcome = new Matched();
  const direction = orders.direction(order);
  const against = direction > 0 ? -1 : 1;
  const limit = orders.price(order);
  const account = positions.account(position);
  const opposite = book.side(against);
  const takerFee = taker.kind === 'TRADER' ? spec.takerFee : undefined;
  while (orders.remaining(order) > 0) {
    if (taker.kind === 'TRADER' && !orders.isInBook(order)) return outcome.ended('ENDED');
    const level = opposite.best();
    if (level === NO_LEVEL) return outcome.ended('BOOK_EXHAUSTED');
    const price = levels.price(level);
    if ((price - limit) * direction > 0) return outcome.ended('BOOK_EXHAUSTED');
    const maker = levels.first(level);
    const makerPosition = orders.position(maker);
    if (positions.account(makerPosition) === account) {
      const answer = meetOwnOrder(rec, order, maker, makerPosition);
      if (answer === 'STOPS_TAKER') return outcome.ended('SELF_TRADE');
      continue;
    }
    const lots = Math.min(orders.remaining(maker), orders.remaining(order));
    const takerFill = planFill(state, position, order, lots, price, takerFee);
    const makerAlone = planFill(state, makerPosition, maker, lots, price, spec.makerFee);
    // The fees of a liquidation are charged later, in one go, and may be capped then (rules.md §9).
    const makerFill = taker.kind === 'LIQUIDATION' ? makerAlone : rebatedFrom(makerAlone, takerFill.fee);
    const makerObstacle = obstacleTo(state, makerPosition, against, makerFill, lots, price);
    if (makerObstacle !== undefined) {
      cancelOrder(rec, maker, makerObstacle.reason);
      closeIfIdle(rec, makerPosition);
      continue;
    }
    if (taker.kind === 'TRADER') {
      const obstacle = obstacleTo(state, position, direction, takerFill, lots, price);
      if (obstacle !== undefined) return outcome.ended(obstacle.reason, obstacle);
    }
    execute(rec, taker, maker, price, lots, makerFill, takerFill);
    outcome.lots += lots;
    if (taker.kind !== 'TRADER') outcome.addFill(lots, price, valueAt(spec, lots, price));
    settlePosition(rec, makerPosition);
    settleTaker(rec, taker);
  }
  return outcome.ended('FILLED');
}

/** What is being liquidated has no orders left, and a block of it keeps its cash for the insurance fund (rules.md §6.5). */
function settleTaker(rec: Recorder, taker: Taker): void {
  if (taker.kind === 'FUND') settleFund(rec);
  else if (taker.kind === 'TRADER') settlePosition(rec, taker.position);
  else if (!rec.state.positions.isIsolated(taker.position)) settleNegativeUsd(rec, rec.state.positions.account(taker.position));
}

/** Self-trade prevention by the incoming order's mode alone (rules.md §9). */
function meetOwnOrder(rec: Recorder, order: OrderRow, maker: OrderRow, makerPosition: PositionRow): MakerAnswer {
  const mode = rec.state.orders.terms(order).selfTradePrevention;
  if (mode === 'CANCEL_TAKER') return 'STOPS_TAKER';
  cancelOrder(rec, maker, 'SELF_TRADE_PREVENTED');
  closeIfIdle(rec, makerPosition);
  return mode === 'CANCEL_BOTH' ? 'STOPS_TAKER' : 'GONE';
}

function execute(
  rec: Recorder,
  taker: Taker,
  maker: OrderRow,
  price: number,
  lots: number,
  makerFill: SideFill,
  takerFill: SideFill,
): void {
  const { state } = rec;
  const { orders, positions } = state;
  const { order, position } = taker;
  const makerPosition = orders.position(maker);
  const { name, spec } = state.instrumentOf(position);
  rec.emit({
    type: 'TradeExecuted',
    time: rec.time,
    instrument: name,
    price,
    quantity: lots,
    takerSide: orders.direction(order) > 0 ? 'BUY' : 'SELL',
    value: valueAt(spec, lots, price),
    makerOrderId: orders.id(maker),
    makerAccountId: state.ownerId(makerPosition),
    makerIsolationId: positions.isolationId(makerPosition),
    makerClosed: makerFill.closed,
    makerRealizedPnl: makerFill.realizedPnl,
    makerFee: makerFill.fee,
    makerMargin: makerFill.margin,
    takerOrderId: orders.id(order),
    takerAccountId: taker.kind === 'FUND' ? undefined : state.ownerId(position),
    takerIsolationId: positions.isolationId(position),
    takerClosed: takerFill.closed,
    takerRealizedPnl: takerFill.realizedPnl,
    takerFee: takerFill.fee,
    takerMargin: takerFill.margin,
  });
  // Orders of the engine itself are not in the book; nothing else counts down what they have open.
  if (taker.kind !== 'TRADER') orders.setRemaining(order, orders.remaining(order) - lots);
}

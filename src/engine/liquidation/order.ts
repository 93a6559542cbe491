import { type Fraction, timesCeil } from '../../num/fraction';
import { type Int, max, min, mulDivCeil, mulDivFloor, sub } from '../../num/int';
import { notionalAt } from '../margin/margin';
import { type MatchOutcome, match, type TakerKind } from '../orders/matching';
import type { Recorder } from '../recorder';
import type { PositionRow } from '../state/positions';
import { orderTerms } from '../state/terms';

/** Orders of the engine itself never rest, and cancel the maker when they meet their own account (rules.md §9). */
const ENGINE_TERMS = orderTerms('LIMIT', 'IOC', false, true, 'CANCEL_MAKER');

export interface EngineFill extends MatchOutcome {
  readonly orderId: number;
}

/** Sends lots that close `position` to the book, immediate or cancel, limited by a price. */
export function sendEngineOrder(rec: Recorder, kind: TakerKind, position: PositionRow, lots: number, price: number): EngineFill {
  const { orders, positions } = rec.state;
  const orderId = rec.nextEngineOrderId();
  const direction = positions.quantity(position) > 0 ? -1 : 1;
  const order = orders.take(orderId, positions.cross(position), direction, ENGINE_TERMS, undefined);
  orders.setPosition(order, position);
  orders.setPrice(order, price);
  orders.setRemaining(order, lots);
  const outcome = match(rec, { kind, order, position });
  orders.release(order);
  return { ...outcome, orderId };
}

/**
 * Taker fee, then liquidation fee, on what a liquidation order filled, together capped
 * at what the fills brought above the price fixed for it (rules.md §6.2). `perLot` is
 * that price as micro-units a lot.
 */
export function chargeLiquidationFees(rec: Recorder, position: PositionRow, long: boolean, fill: EngineFill, perLot: Fraction): void {
  if (fill.lots === 0) return;
  const { state } = rec;
  const { name, spec } = state.instrumentOf(position);
  let fees: Int = 0;
  for (const part of fill.fills) fees = sub(fees, sub(0, timesCeil(notionalAt(spec, part.lots, part.price), spec.takerFee)));
  const above = long
    ? sub(fill.value, mulDivCeil(fill.lots, perLot.n, perLot.d))
    : sub(mulDivFloor(fill.lots, perLot.n, perLot.d), fill.value);
  const cap = max(0, above);
  const takerFee = min(fees, cap);
  const liquidationFee = min(timesCeil(fill.value, spec.liquidationFee), sub(cap, takerFee));
  if (takerFee === 0 && liquidationFee === 0) return;
  rec.emit({
    type: 'LiquidationFeesCharged',
    time: rec.time,
    accountId: state.ownerId(position),
    instrument: name,
    isolationId: state.positions.isolationId(position),
    orderId: fill.orderId,
    takerFee,
    liquidationFee,
  });
}

import { type Fraction, timesCeil, ZERO_FRACTION } from '../../num/fraction';
import { type Int, max, min, mulDivCeil, mulDivFloor, sub } from '../../num/int';
import { notionalAt } from '../margin/margin';
import { type MatchOutcome, match, type TakerKind } from '../orders/matching';
import type { Recorder } from '../recorder';
import { Order, type Position } from '../state/model';
import { orderTerms } from '../state/terms';

/** Orders of the engine itself never rest, and cancel the maker when they meet their own account (rules.md §9). */
const ENGINE_TERMS = orderTerms('LIMIT', 'IOC', false, true, 'CANCEL_MAKER');

export interface EngineFill extends MatchOutcome {
  readonly orderId: number;
}

/** Sends lots that close `position` to the book, immediate or cancel, limited by a price. */
export function sendEngineOrder(rec: Recorder, kind: TakerKind, position: Position, lots: number, price: number): EngineFill {
  const orderId = rec.nextEngineOrderId();
  const order = new Order(orderId, position.holding, position.quantity > 0 ? -1 : 1, ENGINE_TERMS, undefined, ZERO_FRACTION);
  order.position = position;
  order.price = price;
  order.remaining = lots;
  return { ...match(rec, { kind, order, position }), orderId };
}

/**
 * Taker fee, then liquidation fee, on what a liquidation order filled, together capped
 * at what the fills brought above the price fixed for it (rules.md §6.2). `perLot` is
 * that price as micro-units a lot.
 */
export function chargeLiquidationFees(rec: Recorder, position: Position, long: boolean, fill: EngineFill, perLot: Fraction): void {
  if (fill.lots === 0) return;
  const { spec } = position.instrument;
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
    accountId: position.account.id,
    instrument: position.instrument.name,
    isolationId: position.isolationId,
    orderId: fill.orderId,
    takerFee,
    liquidationFee,
  });
}

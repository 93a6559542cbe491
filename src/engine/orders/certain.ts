import { timesCeil } from '../../num/fraction';
import { abs, add, type Int, max, sub } from '../../num/int';
import { crossRisk } from '../accounts/figures';
import { blockValuation } from '../isolated/figures';
import { feeReserve, maintenanceMargin, notionalAt } from '../margin/margin';
import type { Direction } from '../state/model';
import { NO_ORDER } from '../state/orders';
import { NO_POSITION, type PositionRow, type Positions } from '../state/positions';
import type { State } from '../state/state';
import type { Admission } from './admission';
import type { OrderRequest } from './request';

/**
 * Whether matching is sure not to refuse an admitted order, so that no way back has to
 * be kept. It is cautious: false only costs the undo log. An order can be refused for
 * being FOK, for meeting its own account, or for a fill that leaves equity < MM
 * (rules.md §§2.5, 9); the last is excluded when even all of its lots at its limit, with
 * their fee, leave enough for the MM of everything it could hold.
 */
export function cannotBeRefused(state: State, request: OrderRequest, position: PositionRow, admission: Admission): boolean {
  const { positions } = state;
  const against: Direction = request.direction > 0 ? -1 : 1;
  if (request.terms.timeInForce === 'FOK' || restsOn(positions, positions.cross(position), against)) return false;
  if (admission.openingLots === 0) return true;
  // Other orders of a block can take cash from it between fills (rules.md §2, cover).
  const isolated = positions.isIsolated(position);
  if (isolated && positions.hasOrders(position)) return false;
  const { spec, mark } = request.instrument;
  const worst = notionalAt(spec, admission.lots, admission.price);
  const atMark = notionalAt(spec, admission.lots, mark as Int);
  const slippage = max(0, request.direction > 0 ? sub(worst, atMark) : sub(atMark, worst));
  // Fills are rounded up one by one, each by less than a micro-unit, and there are at most as many as lots.
  const fees = add(timesCeil(max(worst, atMark), spec.takerFee), admission.lots);
  const held = notionalAt(spec, add(abs(positions.quantity(position)), admission.lots), mark as Int);
  const figures = isolated ? blockValuation(state, position) : crossRisk(state, positions.account(position));
  const grown = add(maintenanceMargin(spec, held), feeReserve(spec, held));
  const left = sub(sub(sub(figures.equity, slippage), fees), grown);
  return left >= (isolated ? 0 : figures.maintenanceMargin);
}

/** Whether an order of that direction rests on an account's cross position or on the block beside it. */
function restsOn(positions: Positions, cross: PositionRow, direction: Direction): boolean {
  const block = positions.block(cross);
  return (
    positions.firstOrder(positions.side(cross, direction)) !== NO_ORDER ||
    (block !== NO_POSITION && positions.firstOrder(positions.side(block, direction)) !== NO_ORDER)
  );
}

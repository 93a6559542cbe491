import { timesCeil } from '../../num/fraction';
import { abs, add, type Int, max, sub } from '../../num/int';
import { crossRisk } from '../accounts/figures';
import { blockValuation } from '../isolated/figures';
import { feeReserve, maintenanceMargin, notionalAt } from '../margin/margin';
import { sideOf } from '../margin/orderSide';
import type { Direction, Holding, Position } from '../state/model';
import type { Admission } from './admission';
import type { OrderRequest } from './request';

/**
 * Whether matching is sure not to refuse an admitted order, so that no way back has to
 * be kept. It is cautious: false only costs the undo log. An order can be refused for
 * being FOK, for meeting its own account, or for a fill that leaves equity < MM
 * (rules.md §§2.5, 9); the last is excluded when even all of its lots at its limit, with
 * their fee, leave enough for the MM of everything it could hold.
 */
export function cannotBeRefused(request: OrderRequest, position: Position, admission: Admission): boolean {
  const against: Direction = request.direction > 0 ? -1 : 1;
  if (request.terms.timeInForce === 'FOK' || restsOn(position.holding, against)) return false;
  if (admission.openingLots === 0) return true;
  // Other orders of a block can take cash from it between fills (rules.md §2, cover).
  if (position.isolated && position.hasOrders) return false;
  const { spec, mark } = request.instrument;
  const worst = notionalAt(spec, admission.lots, admission.price);
  const atMark = notionalAt(spec, admission.lots, mark as Int);
  const slippage = max(0, request.direction > 0 ? sub(worst, atMark) : sub(atMark, worst));
  // Fills are rounded up one by one, each by less than a micro-unit, and there are at most as many as lots.
  const fees = add(timesCeil(max(worst, atMark), spec.takerFee), admission.lots);
  const held = notionalAt(spec, add(abs(position.quantity), admission.lots), mark as Int);
  const figures = position.isolated ? blockValuation(position) : crossRisk(position.account);
  const grown = add(maintenanceMargin(spec, held), feeReserve(spec, held));
  const left = sub(sub(sub(figures.equity, slippage), fees), grown);
  return left >= (position.isolated ? 0 : figures.maintenanceMargin);
}

function restsOn(holding: Holding, direction: Direction): boolean {
  return (
    (holding.cross !== undefined && sideOf(holding.cross, direction).first !== undefined) ||
    (holding.block !== undefined && sideOf(holding.block, direction).first !== undefined)
  );
}

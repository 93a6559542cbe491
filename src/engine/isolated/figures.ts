import { add, type Int, max, min, sub } from '../../num/int';
import { shownLiquidationPrice } from '../margin/liquidationPrice';
import { initialMargin, type Valuation, valuation } from '../margin/margin';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';

/** A block at the present mark. */
export function blockValuation(state: State, block: PositionRow): Valuation {
  const { positions } = state;
  const { spec, mark } = state.instrumentOf(block);
  const quantity = positions.quantity(block);
  return valuation(spec, quantity, positions.entryCost(block), positions.cash(block), quantity === 0 ? 0 : (mark as Int));
}

/**
 * max(0, min(cash − MM, equity − max(IM, MM))): what RemoveIsolatedMargin can pay out
 * (rules.md §4), marginRemoval PROFIT_ONLY aside.
 */
export function surplus(state: State, block: PositionRow): Int {
  const { positions } = state;
  const { notional, equity, maintenanceMargin } = blockValuation(state, block);
  const im = initialMargin(state.instrumentOf(block).spec, notional, positions.leverage(block));
  const required = max(im, maintenanceMargin);
  return max(0, min(sub(positions.cash(block), maintenanceMargin), sub(equity, required)));
}

/** The number that a view shows and RemoveIsolatedMargin accepts to the last digit (rules.md §4). */
export function maxRemovable(state: State, block: PositionRow): Int {
  const { profitOnlyRemoval } = state.instrumentOf(block).spec;
  if (profitOnlyRemoval && state.positions.quantity(block) !== 0 && blockValuation(state, block).unrealizedPnl <= 0) return 0;
  return surplus(state, block);
}

/** The shown liquidation price with so much more cash. */
export function blockLiquidationPrice(state: State, block: PositionRow, extraCash: Int = 0): Int | undefined {
  const { positions } = state;
  const cash = add(positions.cash(block), extraCash);
  return shownLiquidationPrice(state.instrumentOf(block).spec, positions.quantity(block), positions.entryCost(block), cash);
}

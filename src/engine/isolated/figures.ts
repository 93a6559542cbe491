import { add, type Int, max, min, sub } from '../../num/int';
import { shownLiquidationPrice } from '../margin/liquidationPrice';
import { initialMargin, type Valuation, valuation } from '../margin/margin';
import type { Position } from '../state/model';

/** A block at the present mark. */
export function blockValuation(block: Position): Valuation {
  const { instrument } = block.holding;
  return valuation(instrument.spec, block.quantity, block.entryCost, block.cash, block.quantity === 0 ? 0 : (instrument.mark as Int));
}

/**
 * max(0, min(cash − MM, equity − max(IM, MM))): what RemoveIsolatedMargin can pay out
 * (rules.md §4), marginRemoval PROFIT_ONLY aside.
 */
export function surplus(block: Position): Int {
  const { spec } = block.holding.instrument;
  const { notional, equity, maintenanceMargin } = blockValuation(block);
  const required = max(initialMargin(spec, notional, block.leverage), maintenanceMargin);
  return max(0, min(sub(block.cash, maintenanceMargin), sub(equity, required)));
}

/** The number that a view shows and RemoveIsolatedMargin accepts to the last digit (rules.md §4). */
export function maxRemovable(block: Position): Int {
  const { spec } = block.holding.instrument;
  if (spec.profitOnlyRemoval && block.quantity !== 0 && blockValuation(block).unrealizedPnl <= 0) return 0;
  return surplus(block);
}

/** The shown liquidation price with so much more cash. */
export function blockLiquidationPrice(block: Position, extraCash: Int = 0): Int | undefined {
  return shownLiquidationPrice(block.holding.instrument.spec, block.quantity, block.entryCost, add(block.cash, extraCash));
}

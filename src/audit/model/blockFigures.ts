import { type Decimal, maxOf, minOf, ZERO } from './decimal';
import { orderMarginNeed } from './orderMargin';
import { bankruptcyPrice, liquidationPrice, type RiskFigures, riskFigures } from './positions';
import type { Block, ModelState } from './state';

export interface BlockFigures extends RiskFigures {
  readonly cash: Decimal;
  readonly equity: Decimal;
  readonly orderMargin: Decimal;
  readonly liquidationPrice: Decimal | null;
  readonly bankruptcyPrice: Decimal | null;
  readonly maxRemovable: Decimal;
}

/** All that rules.md §§3–4 say of a block at its present mark. */
export function blockFigures(state: ModelState, block: Block): BlockFigures {
  const instrument = state.instrument(block.instrument);
  const risk = riskFigures(block.position, instrument, block.leverage);
  const cash = state.blockCash(block);
  const equity = cash.plus(risk.unrealizedPnl).minus(risk.feeReserve);
  const surplus = surplusOf(cash, equity, risk);
  // A pending block has nothing at risk: PROFIT_ONLY is about what an open position may give up.
  const pending = block.position.quantity.isZero();
  const mayPay = !instrument.spec.profitOnly || pending || risk.unrealizedPnl.greaterThan(0);
  return {
    ...risk,
    cash,
    equity,
    orderMargin: state.heldOrderMargin(block),
    liquidationPrice: blockLiquidationPrice(state, block),
    bankruptcyPrice: bankruptcyPrice(block.position, cash),
    maxRemovable: mayPay ? surplus : ZERO,
  };
}

/** max(0, min(cash − MM, equity − max(IM, MM))) (rules.md §4). */
function surplusOf(cash: Decimal, equity: Decimal, risk: RiskFigures): Decimal {
  const beyondMargin = equity.minus(maxOf(risk.initialMargin, risk.maintenanceMargin));
  return maxOf(ZERO, minOf(cash.minus(risk.maintenanceMargin), beyondMargin));
}

/** What a block can pay for order margin whose need rose: maxRemovable, PROFIT_ONLY aside (rules.md §2). */
export function coverable(state: ModelState, block: Block): Decimal {
  const risk = riskFigures(block.position, state.instrument(block.instrument), block.leverage);
  const cash = state.blockCash(block);
  return surplusOf(cash, cash.plus(risk.unrealizedPnl).minus(risk.feeReserve), risk);
}

export function blockLiquidationPrice(state: ModelState, block: Block): Decimal | null {
  return liquidationPrice(block.position, state.instrument(block.instrument).spec, state.blockCash(block));
}

/** What the block's open orders need now. */
export function blockNeed(state: ModelState, block: Block): Decimal {
  const holder = { accountId: block.accountId, block };
  return orderMarginNeed(state.ordersOf(holder, block.instrument), block.position.quantity);
}

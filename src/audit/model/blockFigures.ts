import { type Decimal, maxOf, minOf, ZERO } from './decimal';
import { orderMarginNeed } from './orderMargin';
import { bankruptcyPrice, liquidationPrice, type RiskFigures, riskFigures } from './positions';
import type { Block, ModelState } from './state';

export interface BlockRisk extends RiskFigures {
  readonly cash: Decimal;
  readonly equity: Decimal;
}

export interface BlockFigures extends BlockRisk {
  readonly orderMargin: Decimal;
  readonly liquidationPrice: Decimal | null;
  readonly bankruptcyPrice: Decimal | null;
  readonly maxRemovable: Decimal;
}

/** A block's equity and margins at its present mark (rules.md §§1, 3). */
export function blockRisk(state: ModelState, block: Block): BlockRisk {
  const risk = riskFigures(block.position, state.instrument(block.instrument), block.leverage);
  const cash = state.blockCash(block);
  return { ...risk, cash, equity: cash.plus(risk.unrealizedPnl).minus(risk.feeReserve) };
}

/** All that rules.md §§3–4 say of a block at its present mark. */
export function blockFigures(state: ModelState, block: Block): BlockFigures {
  const risk = blockRisk(state, block);
  // A pending block has nothing at risk: PROFIT_ONLY is about what an open position may give up.
  const pending = block.position.quantity.isZero();
  const mayPay = !state.instrument(block.instrument).spec.profitOnly || pending || risk.unrealizedPnl.greaterThan(0);
  return {
    ...risk,
    orderMargin: state.heldOrderMargin(block),
    liquidationPrice: blockLiquidationPrice(state, block),
    bankruptcyPrice: bankruptcyPrice(block.position, risk.cash),
    maxRemovable: mayPay ? surplusOf(risk) : ZERO,
  };
}

/** max(0, min(cash − MM, equity − max(IM, MM))) (rules.md §4). */
function surplusOf({ cash, equity, initialMargin, maintenanceMargin }: BlockRisk): Decimal {
  return maxOf(ZERO, minOf(cash.minus(maintenanceMargin), equity.minus(maxOf(initialMargin, maintenanceMargin))));
}

/** What a block can pay for order margin whose need rose: maxRemovable, PROFIT_ONLY aside (rules.md §2). */
export function coverable(state: ModelState, block: Block): Decimal {
  return surplusOf(blockRisk(state, block));
}

export function blockLiquidationPrice(state: ModelState, block: Block): Decimal | null {
  return liquidationPrice(block.position, state.instrument(block.instrument).spec, state.blockCash(block));
}

/** What the block's open orders need now. */
export function blockNeed(state: ModelState, block: Block): Decimal {
  const holder = { accountId: block.accountId, block };
  const orders = state.ordersOf(holder, block.instrument);
  return orders.length === 0 ? ZERO : orderMarginNeed(orders, block.position.quantity);
}

import { type Decimal, maxOf, minOf, ZERO } from './decimal';
import { orderMarginNeed } from './orderMargin';
import { liquidationPrice, type RiskFigures, riskFigures } from './positions';
import type { ModelState } from './state';
import type { Currency } from './types';

/** The main account and its cross positions (rules.md §7). */
export interface AccountFigures {
  readonly cash: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly equity: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly orderMargin: Decimal;
  readonly available: Decimal;
}

export interface BalanceFigures {
  readonly cash: Decimal;
  readonly available: Decimal;
  readonly withdrawable: Decimal;
  readonly isolated: Decimal;
}

export function crossRisk(state: ModelState, accountId: string, instrument: string): RiskFigures {
  const position = state.position({ accountId, block: null }, instrument);
  const leverage = state.account(accountId).leverage.get(instrument) ?? null;
  return riskFigures(position, state.instrument(instrument), leverage);
}

export function crossOrderMargin(state: ModelState, accountId: string, instrument: string): Decimal {
  const holder = { accountId, block: null };
  const orders = state.ordersOf(holder, instrument);
  return orders.length === 0 ? ZERO : orderMarginNeed(orders, state.position(holder, instrument).quantity);
}

export function accountFigures(state: ModelState, accountId: string): AccountFigures {
  let [unrealizedPnl, feeReserve, initialMargin, maintenanceMargin, orderMargin] = [ZERO, ZERO, ZERO, ZERO, ZERO];
  const { positions } = state.account(accountId);
  for (const instrument of state.instruments.keys()) {
    orderMargin = orderMargin.plus(crossOrderMargin(state, accountId, instrument));
    if (positions.get(instrument)?.quantity.isZero() !== false) continue;
    const risk = crossRisk(state, accountId, instrument);
    unrealizedPnl = unrealizedPnl.plus(risk.unrealizedPnl);
    feeReserve = feeReserve.plus(risk.feeReserve);
    initialMargin = initialMargin.plus(risk.initialMargin);
    maintenanceMargin = maintenanceMargin.plus(risk.maintenanceMargin);
  }
  const cash = state.mainCash(accountId);
  const equity = cash.plus(unrealizedPnl).minus(feeReserve);
  const available = equity.minus(initialMargin).minus(orderMargin);
  return { cash, unrealizedPnl, equity, initialMargin, maintenanceMargin, orderMargin, available };
}

/** One currency's row: `available` is one account-wide figure, what may be drawn differs (rules.md §7). */
export function balanceFigures(state: ModelState, accountId: string, currency: Currency): BalanceFigures {
  const { available } = accountFigures(state, accountId);
  const own = state.ledger.balance(`main:${accountId}`, currency);
  const drawable = currency === 'USD' ? state.mainCash(accountId) : own;
  let isolated = ZERO;
  for (const block of state.account(accountId).blocks.values()) {
    if (block.currency === currency) isolated = isolated.plus(state.blockCash(block)).plus(state.heldOrderMargin(block));
  }
  return { cash: own, available, withdrawable: maxOf(ZERO, minOf(drawable, available)), isolated };
}

/** The price of one instrument at which the account's equity = MM, the other marks standing still (rules.md §6). */
export function crossLiquidationPrice(state: ModelState, accountId: string, instrument: string): Decimal | null {
  const position = state.position({ accountId, block: null }, instrument);
  const account = accountFigures(state, accountId);
  const own = crossRisk(state, accountId, instrument);
  const others = account.equity.minus(account.maintenanceMargin);
  const withoutOwn = others.minus(own.unrealizedPnl).plus(own.feeReserve).plus(own.maintenanceMargin);
  return liquidationPrice(position, state.instrument(instrument).spec, withoutOwn);
}

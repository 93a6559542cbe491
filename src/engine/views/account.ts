import { formatIsolationId, formatOrderId } from '../../contract/ids';
import type { AccountView, BalanceView, OrderView } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import { add, type Int } from '../../num/int';
import { available, crossMargins, crossRisk, transferable } from '../accounts/figures';
import { isolationIdOf } from '../orders/cancel';
import { marginModeOf } from '../orders/cancelCommands';
import { sayPrice, sayQuantity } from '../refusal';
import type { AccountRow } from '../state/accounts';
import { ordersOfAccount } from '../state/links';
import type { Currency } from '../state/model';
import type { OrderRow } from '../state/orders';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { type DeleveragingRanks, positionView } from './position';

/** A live order as contract.md's views show it. */
export function orderView(state: State, order: OrderRow): OrderView {
  const { accounts, orders } = state;
  const { spec } = state.instrumentOfOrder(order);
  const trigger = orders.trigger(order);
  const terms = orders.terms(order);
  const price = orders.price(order);
  const [remaining, filled] = [orders.remaining(order), orders.filled(order)];
  const isolationId = isolationIdOf(state, order);
  return {
    orderId: formatOrderId(orders.id(order)),
    accountId: accounts.id(state.accountOfOrder(order)),
    instrument: spec.instrument,
    side: orders.direction(order) > 0 ? 'BUY' : 'SELL',
    type: terms.orderType as OrderView['type'],
    price: price === 0 ? undefined : sayPrice(spec, price),
    quantity: sayQuantity(spec, remaining + filled),
    filledQuantity: sayQuantity(spec, filled),
    remainingQuantity: sayQuantity(spec, remaining),
    triggerPrice: trigger === undefined ? undefined : sayPrice(spec, trigger.triggerPrice),
    triggerBy: trigger?.triggerBy,
    timeInForce: terms.timeInForce,
    postOnly: terms.postOnly,
    reduceOnly: terms.reduceOnly,
    selfTradePrevention: terms.selfTradePrevention,
    marginMode: marginModeOf(state, order),
    isolationId: isolationId === 0 ? undefined : formatIsolationId(isolationId),
    clientOrderId: orders.clientOrderId(order),
    status: trigger === undefined ? 'OPEN' : 'UNTRIGGERED',
    createdAt: orders.placedAt(order),
  };
}

/** The open positions and blocks of an account: a cross position with lots, a block as long as it lives. */
export function openPositions({ accounts, positions }: State, account: AccountRow): PositionRow[] {
  const open: PositionRow[] = [];
  for (let cross = accounts.firstPosition(account); cross !== NO_POSITION; cross = positions.nextOfAccount(cross)) {
    if (positions.quantity(cross) !== 0) open.push(cross);
    const block = positions.block(cross);
    if (block !== NO_POSITION) open.push(block);
  }
  return open;
}

function isolatedMoney({ accounts, positions }: State, account: AccountRow, currency: Currency): Int {
  let total: Int = 0;
  for (let cross = accounts.firstPosition(account); cross !== NO_POSITION; cross = positions.nextOfAccount(cross)) {
    const block = positions.block(cross);
    if (block === NO_POSITION || positions.currency(block) !== currency) continue;
    total = add(total, add(positions.cash(block), positions.orderMargin(block)));
  }
  return total;
}

function balanceView(state: State, account: AccountRow, currency: Currency, free: Int): BalanceView {
  const { accounts } = state;
  return {
    cash: formatMoney(currency === 'USD' ? accounts.usd(account) : accounts.usdc(account)),
    available: formatMoney(free),
    withdrawable: formatMoney(transferable(state, account, currency)),
    isolated: formatMoney(isolatedMoney(state, account, currency)),
  };
}

/** The main account with its positions and orders (contract.md, "Account"; rules.md §7). */
export function accountView(state: State, account: AccountRow, ranks: DeleveragingRanks): AccountView {
  const risk = crossRisk(state, account);
  const free = available(state, account);
  return {
    accountId: state.accounts.id(account),
    balances: {
      USD: balanceView(state, account, 'USD', free),
      USDC: balanceView(state, account, 'USDC', free),
    },
    equity: formatMoney(risk.equity),
    initialMargin: formatMoney(crossMargins(state, account).initialMargin),
    maintenanceMargin: formatMoney(risk.maintenanceMargin),
    positions: openPositions(state, account).map((position) => positionView(state, position, ranks)),
    openOrders: ordersOfAccount(state, account).map((order) => orderView(state, order)),
  };
}

import { formatIsolationId, formatOrderId } from '../../contract/ids';
import type { AccountView, BalanceView, OrderView } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import { add, type Int } from '../../num/int';
import { available, crossMargins, crossRisk, transferable } from '../accounts/figures';
import { ordersOf } from '../orders/cancel';
import { sayPrice, sayQuantity } from '../refusal';
import type { Account, Currency, Order, Position } from '../state/model';
import { type DeleveragingRanks, positionView } from './position';

/** A live order as contract.md's views show it. */
export function orderView(order: Order): OrderView {
  const { spec } = order.instrument;
  const { trigger, terms, position } = order;
  const isolationId = position?.isolationId ?? trigger?.isolationId ?? 0;
  return {
    orderId: formatOrderId(order.id),
    accountId: order.account.id,
    instrument: spec.instrument,
    side: order.direction > 0 ? 'BUY' : 'SELL',
    type: terms.orderType as OrderView['type'],
    price: order.price === 0 ? undefined : sayPrice(spec, order.price),
    quantity: sayQuantity(spec, order.remaining + order.filled),
    filledQuantity: sayQuantity(spec, order.filled),
    remainingQuantity: sayQuantity(spec, order.remaining),
    triggerPrice: trigger === undefined ? undefined : sayPrice(spec, trigger.triggerPrice),
    triggerBy: trigger?.triggerBy,
    timeInForce: terms.timeInForce,
    postOnly: terms.postOnly,
    reduceOnly: terms.reduceOnly,
    selfTradePrevention: terms.selfTradePrevention,
    marginMode: trigger !== undefined ? trigger.marginMode : position?.isolated === true ? 'ISOLATED' : 'CROSS',
    isolationId: isolationId === 0 ? undefined : formatIsolationId(isolationId),
    clientOrderId: order.clientOrderId,
    status: trigger === undefined ? 'OPEN' : 'UNTRIGGERED',
    createdAt: order.placedAt,
  };
}

/** The open positions and blocks of an account: a cross position with lots, a block as long as it lives. */
export function openPositions(account: Account): Position[] {
  const open: Position[] = [];
  for (const holding of account.holdings) {
    if (holding === undefined) continue;
    if (holding.cross !== undefined && holding.cross.quantity !== 0) open.push(holding.cross);
    if (holding.block !== undefined) open.push(holding.block);
  }
  return open;
}

function isolatedMoney(account: Account, currency: Currency): Int {
  let total: Int = 0;
  for (const holding of account.holdings) {
    const block = holding?.block;
    if (block?.currency === currency) total = add(total, add(block.cash, block.orderMargin));
  }
  return total;
}

function balanceView(account: Account, currency: Currency, free: Int): BalanceView {
  return {
    cash: formatMoney(currency === 'USD' ? account.usd : account.usdc),
    available: formatMoney(free),
    withdrawable: formatMoney(transferable(account, currency)),
    isolated: formatMoney(isolatedMoney(account, currency)),
  };
}

/** The main account with its positions and orders (contract.md, "Account"; rules.md §7). */
export function accountView(account: Account, ranks: DeleveragingRanks): AccountView {
  const risk = crossRisk(account);
  const free = available(account);
  return {
    accountId: account.id,
    balances: {
      USD: balanceView(account, 'USD', free),
      USDC: balanceView(account, 'USDC', free),
    },
    equity: formatMoney(risk.equity),
    initialMargin: formatMoney(crossMargins(account).initialMargin),
    maintenanceMargin: formatMoney(risk.maintenanceMargin),
    positions: openPositions(account).map((position) => positionView(position, ranks)),
    openOrders: ordersOf(account.firstOrder).map(orderView),
  };
}

import { accountFigures, balanceFigures } from './accountFigures';
import { admissionRate } from './admission';
import { aggressiveEdge } from './bands';
import { blockFigures } from './blockFigures';
import type { CommandContext } from './context';
import { type Decimal, decimal, moneyCeil, show, ZERO } from './decimal';
import { isCurrency } from './ledger';
import { openingLots, orderMarginNeed, orderMarginPrice } from './orderMargin';
import { emptyPosition, markOf } from './positions';
import type { Block, Holder, Order } from './state';
import type { Currency } from './types';

type Check = (context: CommandContext) => void;

/** A refusal for want of money must be one: the numbers that decided are computed again (rules.md §10). */
export function checkRefusal(context: CommandContext): void {
  const { status, code } = context.result;
  if (status !== 'REJECTED') return;
  checks[`${context.command.type} ${code}`]?.(context);
}

function field(context: CommandContext, name: string): string {
  return String(context.command.data?.[name]);
}

function requireShort(context: CommandContext, needed: Decimal, most: Decimal, rule: string): void {
  if (needed.greaterThan(most)) return;
  context.report(`${context.seq} ${context.command.type}`, `accepted: needs ${show(needed)} of ${show(most)}`, 'REJECTED', rule);
}

const withdraw: Check = (context) => {
  const currency = field(context, 'currency');
  const accountId = field(context, 'accountId');
  if (!isCurrency(currency) || !context.state.accounts.has(accountId)) return;
  requireShort(context, decimal(field(context, 'amount')), transferable(context, accountId, currency), 'rules.md §7 transferable');
};

function transferable(context: CommandContext, accountId: string, currency: Currency): Decimal {
  return balanceFigures(context.state, accountId, currency).withdrawable;
}

function openBlock(context: CommandContext): Block | undefined {
  return context.state.accounts.get(field(context, 'accountId'))?.blocks.get(field(context, 'instrument'));
}

const addMargin: Check = (context) => {
  const block = openBlock(context);
  if (block === undefined) return;
  const most = transferable(context, block.accountId, block.currency);
  requireShort(context, decimal(field(context, 'amount')), most, 'rules.md §4 AddIsolatedMargin: rejected if not available');
};

/** The number that a view shows is accepted to the last digit, and MAX unless there is nothing (rules.md §4). */
const removeMargin: Check = (context) => {
  const block = openBlock(context);
  if (block === undefined) return;
  const { maxRemovable } = blockFigures(context.state, block);
  const amount = field(context, 'amount') === 'MAX' ? decimal('0.000001') : decimal(field(context, 'amount'));
  requireShort(context, amount, maxRemovable, 'rules.md §4 maxRemovable');
};

/** The order as it would stand in the book, with the rate of its admission. */
function entering(context: CommandContext, holder: Holder): Order {
  const { state } = context;
  const instrument = state.instrument(field(context, 'instrument'));
  const side = field(context, 'side') === 'BUY' ? 'BUY' : 'SELL';
  const { price: limit } = context.command.data ?? {};
  const price = limit === undefined ? aggressiveEdge(instrument, side) : decimal(String(limit));
  const open = decimal(field(context, 'quantity'));
  return {
    id: '',
    accountId: field(context, 'accountId'),
    instrument: instrument.name,
    block: holder.block,
    side,
    price,
    open,
    filled: ZERO,
    priority: Number.MAX_SAFE_INTEGER,
    reduceOnly: context.command.data?.reduceOnly === true,
    marginPrice: orderMarginPrice(side, price, markOf(instrument)),
    marginRate: admissionRate(state, holder, instrument, { id: '', side, open }),
  };
}

/** The block that the order would join, or the empty one that it would open. */
function targetBlock(context: CommandContext): Block {
  const open = openBlock(context);
  if (open !== undefined) return open;
  const { accountId, instrument, leverage, marginCurrency } = context.command.data ?? {};
  return {
    id: '',
    accountId: String(accountId),
    instrument: String(instrument),
    currency: marginCurrency === 'USDC' ? 'USDC' : 'USD',
    leverage: decimal(String(leverage)),
    position: emptyPosition(),
    changes: 0,
  };
}

const placeOrder: Check = (context) => {
  const isolated = context.command.data?.marginMode === 'ISOLATED';
  const accountId = field(context, 'accountId');
  if (!context.state.accounts.has(accountId)) return;
  const holder: Holder = { accountId, block: isolated ? targetBlock(context) : null };
  const order = entering(context, holder);
  const { state } = context;
  const { quantity } = state.position(holder, order.instrument);
  const orders = [...state.ordersOf(holder, order.instrument), order];
  const opening = openingLots(orders, order, quantity);
  const rise = opening.isZero() ? ZERO : orderMarginNeed(orders, quantity).minus(orderMarginNeed(orders.slice(0, -1), quantity));
  if (holder.block === null) {
    const fee = moneyCeil(opening.times(order.marginPrice).times(state.instrument(order.instrument).spec.takerFeeRate));
    const { available } = accountFigures(state, accountId);
    requireShort(context, rise.plus(fee), available, 'rules.md §7 order margin and taker fee ≤ available');
    return;
  }
  const given = context.command.data?.isolatedMargin;
  const total = given === undefined ? rise : decimal(String(given));
  if (context.result.code === 'INSUFFICIENT_ISOLATED_MARGIN') requireShort(context, rise, total, 'rules.md §2.1 isolatedMargin');
  else requireShort(context, total, transferable(context, accountId, holder.block.currency), 'rules.md §2.2 transferable');
};

const checks: Readonly<Record<string, Check>> = {
  'Withdraw INSUFFICIENT_AVAILABLE_MARGIN': withdraw,
  'AddIsolatedMargin INSUFFICIENT_AVAILABLE_MARGIN': addMargin,
  'RemoveIsolatedMargin EXCEEDS_MAX_REMOVABLE': removeMargin,
  'PlaceOrder INSUFFICIENT_AVAILABLE_MARGIN': placeOrder,
  'PlaceOrder INSUFFICIENT_ISOLATED_MARGIN': placeOrder,
};

import { accountFigures } from './accountFigures';
import { admissionRate } from './admission';
import { aggressiveEdge } from './bands';
import type { EventContext, Handler } from './context';
import { requireUncovered } from './covers';
import { type Decimal, decimal, maxOf, minOf, moneyCeil, type Ratio, ratio, sameRatio, show, ZERO } from './decimal';
import type { Instrument } from './instrument';
import { liquidationFor } from './liquidations';
import { requireTransferable } from './moneyEvents';
import { isFree, openingLots, orderMarginNeed, orderMarginPrice, type Side } from './orderMargin';
import { markOf } from './positions';
import type { Holder, Order } from './state';

const NEED = 'rules.md §2.1 and “Order margin”: the rise of the need by this order';

/** Orders of the engine itself: liquidations and the work-off of the fund's inventory. */
export function isEngineOrder(id: string): boolean {
  return id.startsWith('L');
}

function sideOf(event: EventContext): Side {
  return event.text('side') === 'BUY' ? 'BUY' : 'SELL';
}

function parseRate(value: unknown): Ratio | null {
  const text = typeof value === 'string' ? value : null;
  if (text === null) return null;
  const [n, d] = text.split('/');
  return ratio(decimal(n as string), decimal(d ?? '1'));
}

function expectRate(event: EventContext, expected: Ratio): void {
  const actual = parseRate(event.event.data.marginRate);
  if (actual !== null && sameRatio(actual, expected)) return;
  event.differs('marginRate', `${show(expected.n)}/${show(expected.d)}`, String(event.event.data.marginRate), 'rules.md §2.1');
}

/** `isolatedMargin` as the command or the trigger that fired gave it. */
function explicitMargin(event: EventContext): Decimal | null {
  const id = event.text('orderId');
  const trigger = event.state.triggers.get(id);
  if (trigger !== undefined) return trigger.isolatedMargin;
  const { data, type } = event.command;
  const placedNow = type === 'PlaceOrder' && id === String(event.whole.seq);
  return placedNow && data?.isolatedMargin !== undefined ? decimal(String(data.isolatedMargin)) : null;
}

const accepted: Handler = (event) => {
  const id = event.text('orderId');
  if (isEngineOrder(id)) return;
  const holder = event.holder();
  const instrument = event.state.instrument(event.text('instrument'));
  const [side, price, open] = [sideOf(event), event.decimal('price'), event.decimal('quantity')];
  const reduceOnly = event.flag('reduceOnly');
  const order: Order = {
    id,
    accountId: event.text('accountId'),
    instrument: instrument.name,
    block: holder.block,
    side,
    price,
    open,
    filled: ZERO,
    priority: event.state.takePriority(),
    reduceOnly,
    marginPrice: orderMarginPrice(side, price, markOf(instrument)),
    marginRate: admissionRate(event.state, holder, instrument, { id, side, open }),
  };
  if (!reduceOnly) {
    event.expect('marginPrice', order.marginPrice, 'rules.md §2.1 for a SELL never less than the mark at acceptance');
    expectRate(event, order.marginRate);
  }
  if (!event.text('orderType').includes('LIMIT')) {
    event.expect('price', aggressiveEdge(instrument, side), 'rules.md §9 MARKET is an IOC at the aggressive edge rounded inward');
  }
  const before = orderMarginNeed(event.state.ordersOf(holder, instrument.name), positionOf(event, holder, instrument));
  const explicit = explicitMargin(event);
  event.state.addOrder(order);
  event.state.triggers.delete(id);
  reserve(event, holder, order, before, explicit);
};

function positionOf(event: EventContext, holder: Holder, instrument: Instrument): Decimal {
  return event.state.position(holder, instrument.name).quantity;
}

/** Moves what the order needs, and what was given beyond it, before the order reaches the book (rules.md §2). */
function reserve(event: EventContext, holder: Holder, order: Order, before: Decimal, explicit: Decimal | null): void {
  const quantity = event.state.position(holder, order.instrument).quantity;
  const orders = event.state.ordersOf(holder, order.instrument);
  const after = orderMarginNeed(orders, quantity);
  const free = isFree(orders, order, quantity);
  const { block } = holder;
  if (block === null) {
    event.expect('reserved', ZERO, 'contract.md: a cross order reserves in `available`, not on the ledger');
    const { available } = accountFigures(event.state, order.accountId);
    const fee = takerFeeOf(event, order, openingLots(orders, order, quantity));
    const affordable = free || available.greaterThanOrEqualTo(fee);
    event.require(
      affordable,
      'available',
      `≥ taker fee ${show(fee)}`,
      show(available),
      'rules.md §7 order margin and taker fee ≤ available',
    );
    return;
  }
  const reserved = free ? ZERO : after.minus(before);
  const contributed = explicit === null ? ZERO : explicit.minus(reserved);
  event.expect('reserved', reserved, NEED);
  event.expect('contributed', contributed, 'rules.md §2.1 what exceeds the need goes straight to block cash');
  requireTransferable(event, order.accountId, block.currency, reserved.plus(contributed));
  event.state.ledger.transfer(`main:${order.accountId}`, `margin:${block.id}`, block.currency, reserved);
  event.state.ledger.transfer(`main:${order.accountId}`, `block:${block.id}`, block.currency, contributed);
  if (contributed.greaterThan(0)) event.whole.emptied.delete(block);
}

function takerFeeOf(event: EventContext, order: Order, lots: Decimal): Decimal {
  return moneyCeil(lots.times(order.marginPrice).times(event.state.instrument(order.instrument).spec.takerFeeRate));
}

const triggerAccepted: Handler = (event) => {
  const id = event.text('orderId');
  event.state.triggers.set(id, {
    id,
    accountId: event.text('accountId'),
    instrument: event.text('instrument'),
    isolatedMargin: event.decimalOrNull('isolatedMargin'),
    leverage: event.decimalOrNull('leverage'),
  });
};

const canceled: Handler = (event) => {
  const id = event.text('orderId');
  const order = event.state.order(id);
  if (order === undefined) {
    const known = isEngineOrder(id) || event.state.triggers.delete(id);
    event.require(known, 'orderId', 'a live order', id, 'rules.md §9');
    event.expect('returned', ZERO, 'rules.md §9 triggers reserve nothing');
    return;
  }
  event.expect('quantity', order.open, 'rules.md §9 what was still open');
  fixCrossStep(event, order);
  requireUncovered(event, order);
  event.state.removeOrder(order);
  event.expect('returned', giveBack(event, order), 'rules.md §2 any other fall of the need goes to the main account');
};

/**
 * Liquidation orders cancel what they meet of their own account (rules.md §9). What a
 * block's order then gives back raises the cross equity, but the step's lots and price
 * were fixed before.
 */
function fixCrossStep(event: EventContext, order: Order): void {
  const met = event.textOrNull('reason') === 'SELF_TRADE_PREVENTED' && event.state.crossLiquidations.has(order.accountId);
  if (met) liquidationFor(event, { accountId: order.accountId, block: null }, order.instrument);
}

/** margin → main: what the block's orders no longer need. */
function giveBack(event: EventContext, order: Order): Decimal {
  const { block } = order;
  if (block === null) return ZERO;
  const need = orderMarginNeed(event.state.ordersOf({ accountId: order.accountId, block }, order.instrument), block.position.quantity);
  const returned = maxOf(ZERO, event.state.heldOrderMargin(block).minus(need));
  event.state.ledger.transfer(`margin:${block.id}`, `main:${order.accountId}`, block.currency, returned);
  return returned;
}

const reduced: Handler = (event) => {
  const order = event.state.order(event.text('orderId'));
  if (order === undefined) {
    event.require(event.state.triggers.has(event.text('orderId')), 'orderId', 'a live order', event.text('orderId'), 'rules.md §9');
    return;
  }
  const { quantity } = event.state.position({ accountId: order.accountId, block: order.block }, order.instrument);
  event.expect('quantity', minOf(order.open, quantity.abs()), 'rules.md §9 reduceOnly: cut in place to ≤ |position|');
  event.require(order.reduceOnly, 'reduceOnly', 'true', 'false', 'rules.md §9 only reduce-only orders are cut');
  order.open = event.decimal('quantity');
};

/** A pure decrease keeps priority and rate; anything else is a cancel and re-entry at today's (rules.md §9). */
const amended: Handler = (event) => {
  const order = event.state.order(event.text('orderId'));
  if (order === undefined) throw new Error(`amended order ${event.text('orderId')} is not open`);
  const holder = { accountId: order.accountId, block: order.block };
  const instrument = event.state.instrument(order.instrument);
  const quantity = positionOf(event, holder, instrument);
  const before = orderMarginNeed(event.state.ordersOf(holder, instrument.name), quantity);
  const [price, open] = [event.decimal('price'), event.decimal('quantity').minus(order.filled)];
  const pureDecrease = price.equals(order.price) && wantedOpen(event, order).lessThanOrEqualTo(order.open);
  event.require(
    pureDecrease === event.flag('keepsPriority'),
    'keepsPriority',
    String(pureDecrease),
    String(!pureDecrease),
    'rules.md §9 Amend',
  );
  [order.price, order.open] = [price, open];
  if (!pureDecrease) reenter(event, order, holder, instrument);
  const orders = event.state.ordersOf(holder, instrument.name);
  const rise = orderMarginNeed(orders, quantity).minus(before);
  const { block } = order;
  const reserved = block === null ? ZERO : reservedByAmend(event, rise, isFree(orders, order, quantity));
  event.expect('reserved', reserved, NEED);
  if (block === null) return;
  requireTransferable(event, order.accountId, block.currency, maxOf(ZERO, reserved));
  event.state.ledger.transfer(`main:${order.accountId}`, `margin:${block.id}`, block.currency, reserved);
};

/** What the command asks to be left open; an amended reduce-only order is cut on entry, whatever it asked for. */
function wantedOpen(event: EventContext, order: Order): Decimal {
  const total = event.command.type === 'AmendOrder' ? event.command.data?.quantity : undefined;
  return total === undefined ? order.open : decimal(String(total)).minus(order.filled);
}

/** A rise moves with the amend; a fall goes home with it or with an OrderMarginReleased right after it. */
function reservedByAmend(event: EventContext, rise: Decimal, free: boolean): Decimal {
  if (rise.greaterThan(0)) return free ? ZERO : rise;
  return event.decimal('reserved').isZero() ? ZERO : rise;
}

function reenter(event: EventContext, order: Order, holder: Holder, instrument: Instrument): void {
  order.priority = event.state.takePriority();
  order.marginPrice = orderMarginPrice(order.side, order.price, markOf(instrument));
  order.marginRate = admissionRate(event.state, holder, instrument, order);
  if (order.reduceOnly) return;
  event.expect('marginPrice', order.marginPrice, 'rules.md §2.1 for a SELL never less than the mark at acceptance');
  expectRate(event, order.marginRate);
}

const nothing: Handler = () => {};

export const orderHandlers: Readonly<Record<string, Handler>> = {
  OrderAccepted: accepted,
  TriggerOrderAccepted: triggerAccepted,
  OrderTriggered: nothing,
  OrderCanceled: canceled,
  OrderReduced: reduced,
  OrderAmended: amended,
  TriggerOrderAmended: nothing,
};

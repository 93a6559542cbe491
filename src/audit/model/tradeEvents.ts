import { accountFigures } from './accountFigures';
import { blockFigures } from './blockFigures';
import type { EventContext, Handler } from './context';
import { type Decimal, maxOf, minOf, moneyCeil, moneyFloor, show, ZERO } from './decimal';
import { isEngineOrder } from './orderEvents';
import { marginOfFill } from './orderMargin';
import { bankruptcyValue, fillPosition, markOf } from './positions';
import { chargeFee, realize } from './settlement';
import { FUND, type Holder } from './state';

interface Trade {
  readonly instrument: string;
  readonly price: Decimal;
  readonly lots: Decimal;
}

interface TradeSide {
  readonly role: 'maker' | 'taker';
  readonly holder: Holder;
  readonly orderId: string;
  /** Signed by the side's direction. */
  readonly quantity: Decimal;
  readonly feeRate: Decimal;
}

const executed: Handler = (event) => {
  const instrument = event.state.instrument(event.text('instrument'));
  const trade: Trade = { instrument: instrument.name, price: event.decimal('price'), lots: event.decimal('quantity') };
  event.expect('value', trade.price.times(trade.lots), 'rules.md §1 notional = quantity × price');
  const buys = event.text('takerSide') === 'BUY';
  const takerQuantity = buys ? trade.lots : trade.lots.negated();
  const takerId = event.text('takerOrderId');
  const takerHolder = event.textOrNull('takerAccountId') === null ? FUND : event.holder('takerAccountId', 'takerIsolationId');
  const maker = event.holder('makerAccountId', 'makerIsolationId');
  settleSide(event, trade, {
    role: 'maker',
    holder: maker,
    orderId: event.text('makerOrderId'),
    quantity: takerQuantity.negated(),
    feeRate: instrument.spec.makerFeeRate,
  });
  settleSide(event, trade, {
    role: 'taker',
    holder: takerHolder,
    orderId: takerId,
    quantity: takerQuantity,
    feeRate: isEngineOrder(takerId) ? ZERO : instrument.spec.takerFeeRate,
  });
  instrument.lastPrice = trade.price;
};

function settleSide(event: EventContext, trade: Trade, side: TradeSide): void {
  const { state } = event;
  const { role, holder } = side;
  const position = state.position(holder, trade.instrument);
  const margin = takeOrderMargin(event, trade, side, position.quantity);
  const above = aboveBankruptcy(event, trade, side);
  const outcome = fillPosition(position, side.quantity, (lots) => lots.times(trade.price));
  const fee = feeOf(trade, side, outcome.closed, above);
  event.expect(`${role}Margin`, margin, 'rules.md §2 a fill moves its own lots’ margin to cash');
  event.expect(`${role}Closed`, outcome.closed, 'rules.md §5 the part that closes');
  event.expect(`${role}RealizedPnl`, outcome.realizedPnl, 'rules.md §5 realised PnL at the exact entry cost');
  event.expect(`${role}Fee`, fee, 'rules.md §9 each trade charges its fee, rounded up; §2.4 capped where it reduces a block');
  realize(state, holder, outcome.realizedPnl);
  chargeFee(state, holder, 'fees', fee);
  countTowardsLiquidation(event, trade, side);
  if (outcome.opened.greaterThan(0)) requireSolvent(event, side, trade.instrument);
}

/** margin → block of the order's own lots; the order shrinks by what filled. */
function takeOrderMargin(event: EventContext, trade: Trade, side: TradeSide, quantity: Decimal): Decimal {
  const { state } = event;
  const order = state.orders.get(side.orderId);
  if (order === undefined) {
    event.require(isEngineOrder(side.orderId), `${side.role}OrderId`, 'a live order', side.orderId, 'rules.md §9');
    return ZERO;
  }
  event.require(order.open.greaterThanOrEqualTo(trade.lots), 'quantity', `≤ ${show(order.open)}`, show(trade.lots), 'rules.md §9 book');
  const { block } = side.holder;
  const margin = block === null ? ZERO : marginOfFill(state.ordersOf(side.holder, trade.instrument), order, trade.lots, quantity);
  if (block !== null) state.ledger.transfer(`margin:${block.id}`, `block:${block.id}`, block.currency, margin);
  order.open = order.open.minus(trade.lots);
  order.filled = order.filled.plus(trade.lots);
  if (order.open.isZero()) state.orders.delete(order.id);
  return margin;
}

/**
 * For a fill that reduces a block by its own order: what the closed lots bring above the
 * bankruptcy price, down; never negative, since such a fill may not execute beyond it (rules.md §2.4).
 */
function aboveBankruptcy(event: EventContext, trade: Trade, side: TradeSide): Decimal | null {
  const { block } = side.holder;
  if (block === null || isEngineOrder(side.orderId)) return null;
  const { quantity } = block.position;
  const reduces = !quantity.isZero() && quantity.isNegative() !== side.quantity.isNegative();
  if (!reduces) return null;
  const closed = minOf(quantity.abs(), trade.lots);
  const atBankruptcy = bankruptcyValue(block.position, event.state.blockCash(block)).times(closed).dividedBy(quantity.abs());
  const value = closed.times(trade.price);
  const above = quantity.greaterThan(0) ? value.minus(atBankruptcy) : atBankruptcy.minus(value);
  const holds = above.greaterThanOrEqualTo(0);
  event.require(holds, `${side.role} price`, 'not beyond the bankruptcy price', show(trade.price), 'rules.md §2.4');
  return maxOf(ZERO, moneyFloor(above));
}

function feeOf(trade: Trade, side: TradeSide, closed: Decimal, above: Decimal | null): Decimal {
  const fee = (lots: Decimal) => moneyCeil(lots.times(trade.price).times(side.feeRate));
  if (above === null || closed.isZero()) return fee(trade.lots);
  if (closed.equals(trade.lots)) return minOf(fee(closed), above);
  return minOf(fee(trade.lots), above.plus(fee(trade.lots.minus(closed))));
}

function countTowardsLiquidation(event: EventContext, trade: Trade, side: TradeSide): void {
  if (!isEngineOrder(side.orderId) || side.holder.accountId === null) return;
  const key = side.holder.block?.id ?? `cross:${side.holder.accountId}`;
  const liquidation = event.state.liquidations.get(key);
  event.require(liquidation !== undefined, 'takerOrderId', 'a liquidation under way', side.orderId, 'rules.md §6.2');
  if (liquidation === undefined) return;
  liquidation.filledLots = liquidation.filledLots.plus(trade.lots);
  liquidation.filledValue = liquidation.filledValue.plus(trade.price.times(trade.lots));
}

/** No fill may increase a position so that its block or cross account has equity < MM at mark (rules.md §2.5). */
function requireSolvent(event: EventContext, side: TradeSide, name: string): void {
  const { accountId, block } = side.holder;
  if (accountId === null || markOf(event.state.instrument(name)).isZero()) return;
  const { equity, maintenanceMargin } = block === null ? accountFigures(event.state, accountId) : blockFigures(event.state, block);
  const holds = equity.greaterThanOrEqualTo(maintenanceMargin);
  event.require(holds, `${side.role} equity`, `≥ MM ${show(maintenanceMargin)}`, show(equity), 'rules.md §2.5');
}

/** Charged once on what the liquidation order filled, together at most what its fills brought above the limit (rules.md §6.2). */
const liquidationFees: Handler = (event) => {
  const holder = event.holder();
  const { spec } = event.state.instrument(event.text('instrument'));
  const liquidation = event.state.liquidations.get(holder.block?.id ?? `cross:${event.text('accountId')}`);
  if (liquidation === undefined) throw new Error('fees of a liquidation that never started');
  const atLimit = liquidation.value.times(liquidation.filledLots).dividedBy(liquidation.quantity);
  const surplus = liquidation.long ? liquidation.filledValue.minus(atLimit) : atLimit.minus(liquidation.filledValue);
  const cap = maxOf(ZERO, moneyFloor(surplus));
  const takerFee = minOf(cap, moneyCeil(liquidation.filledValue.times(spec.takerFeeRate)));
  const liquidationFee = minOf(cap.minus(takerFee), moneyCeil(liquidation.filledValue.times(spec.liquidationFeeRate)));
  event.expect('takerFee', takerFee, 'rules.md §6.2');
  event.expect('liquidationFee', liquidationFee, 'rules.md §6.2');
  chargeFee(event.state, holder, 'fees', takerFee);
  chargeFee(event.state, holder, 'insurance', liquidationFee);
};

export const tradeHandlers: Readonly<Record<string, Handler>> = {
  TradeExecuted: executed,
  LiquidationFeesCharged: liquidationFees,
};

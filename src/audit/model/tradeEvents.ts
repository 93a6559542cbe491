import { accountFigures } from './accountFigures';
import { aggressiveEdge, inFavourOf } from './bands';
import { blockRisk } from './blockFigures';
import type { EventContext, Handler } from './context';
import { type Decimal, maxOf, minOf, moneyCeil, moneyFloor, roundUpTo, show, ZERO } from './decimal';
import { liquidationFees, liquidationFor, liquidationKey, restOf } from './liquidations';
import { isEngineOrder } from './orderEvents';
import { marginOfFill, type Side } from './orderMargin';
import { bankruptcyValue, markOf } from './positions';
import { chargeFee, settleFill } from './settlement';
import { type Block, FUND, type Holder } from './state';

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
  if (isEngineOrder(takerId)) requireEngineLimit(event, trade, takerHolder, buys ? 'BUY' : 'SELL');
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

/** Orders of the engine itself have limits of their own: none of their fills may be worse (rules.md §6.2, §6.6). */
function requireEngineLimit(event: EventContext, trade: Trade, taker: Holder, side: Side): void {
  const instrument = event.state.instrument(trade.instrument);
  const limit =
    taker.accountId === null ? inFavourOf(side, markOf(instrument), instrument.spec.tickSize) : liquidationLimit(event, taker, side);
  if (taker.accountId === null) countWorkOff(event, trade);
  if (limit === null) return;
  const holds = side === 'SELL' ? trade.price.greaterThanOrEqualTo(limit) : trade.price.lessThanOrEqualTo(limit);
  event.require(holds, 'price', `within ${show(limit)}`, show(trade.price), 'rules.md §6 the limit of a liquidation or work-off order');
}

/** At one mark tick the fund works off at most ⌈insuranceUnwindPart × inventory⌉ lots (rules.md §6.6). */
function countWorkOff(event: EventContext, trade: Trade): void {
  const { spec } = event.state.instrument(trade.instrument);
  const worked = (event.whole.workedOff.get(trade.instrument) ?? ZERO).plus(trade.lots);
  event.whole.workedOff.set(trade.instrument, worked);
  const held = event.whole.inventoryAtTick.get(trade.instrument) ?? ZERO;
  const most = roundUpTo(held.abs().times(spec.insuranceUnwindPart), spec.lotSize);
  event.require(worked.lessThanOrEqualTo(most), 'quantity', `≤ ${show(most)} a tick`, show(worked), 'rules.md §6.6 work-off');
}

/** The better for the block of BP, rounded in its favour, and the band's edge; bands don't apply to a cross account. */
function liquidationLimit(event: EventContext, taker: Holder, side: Side): Decimal | null {
  const liquidation = liquidationFor(event, taker, event.text('instrument'));
  if (liquidation === null) return null;
  const instrument = event.state.instrument(liquidation.instrument);
  const own = inFavourOf(side, liquidation.value.dividedBy(liquidation.quantity), instrument.spec.tickSize);
  if (taker.block === null) return own;
  const edge = aggressiveEdge(instrument, side);
  return side === 'SELL' ? maxOf(own, edge) : minOf(own, edge);
}

function settleSide(event: EventContext, trade: Trade, side: TradeSide): void {
  const { state } = event;
  const { role, holder } = side;
  const position = state.position(holder, trade.instrument);
  const margin = takeOrderMargin(event, trade, side, position.quantity);
  const remains = remainsForFees(event, trade, side);
  const outcome = settleFill(state, holder, trade.instrument, side.quantity, (lots) => lots.times(trade.price));
  const fee = rebated(event, side, feeOf(trade, side, outcome.closed, remains));
  event.expect(`${role}Margin`, margin, 'rules.md §2 a fill moves its own lots’ margin to cash');
  event.expect(`${role}Closed`, outcome.closed, 'rules.md §5 the part that closes');
  event.expect(`${role}RealizedPnl`, outcome.realizedPnl, 'rules.md §5 realised PnL at the exact entry cost');
  event.expect(`${role}Fee`, fee, 'rules.md §9 each trade charges its fee, rounded up; §2.4 capped where it reduces a block');
  chargeFee(state, holder, 'fees', fee);
  countTowardsLiquidation(event, trade, side);
  if (holder.block !== null && position.quantity.isZero()) event.whole.emptied.add(holder.block);
  if (outcome.opened.greaterThan(0)) requireSolvent(event, side, trade.instrument);
}

/** margin → block of the order's own lots; the order shrinks by what filled. */
function takeOrderMargin(event: EventContext, trade: Trade, side: TradeSide, quantity: Decimal): Decimal {
  const { state } = event;
  const order = state.order(side.orderId);
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
  if (order.open.isZero()) state.removeOrder(order);
  return margin;
}

/**
 * For a fill that reduces by the holder's own order: what remains for fees, down. Of a
 * block that is what the closed lots bring above the bankruptcy price (rules.md §2.4), of
 * a cross account its equity at mark once they closed: where a close would leave less
 * than nothing, the fund would pay for a trader's command (rules.md §11.8).
 */
function remainsForFees(event: EventContext, trade: Trade, side: TradeSide): Decimal | null {
  if (isEngineOrder(side.orderId) || side.holder.accountId === null) return null;
  const position = event.state.position(side.holder, trade.instrument);
  const { quantity } = position;
  if (quantity.isZero() || quantity.isNegative() === side.quantity.isNegative()) return null;
  const closed = minOf(quantity.abs(), trade.lots);
  const { block } = side.holder;
  const remains = block === null ? leftOfAccount(event, trade, side, closed) : aboveBankruptcy(event, trade, block, closed);
  const mark = markOf(event.state.instrument(trade.instrument));
  const worseThanMark = side.quantity.greaterThan(0) ? trade.price.greaterThan(mark) : trade.price.lessThan(mark);
  const holds = remains.greaterThanOrEqualTo(0) || (block === null && !worseThanMark);
  event.require(holds, `${side.role} price`, 'not beyond what the position can lose', show(trade.price), 'rules.md §2.4, §11.8');
  return maxOf(ZERO, moneyFloor(remains));
}

function aboveBankruptcy(event: EventContext, trade: Trade, block: Block, closed: Decimal): Decimal {
  const { quantity } = block.position;
  const atBankruptcy = bankruptcyValue(block.position, event.state.blockCash(block)).times(closed).dividedBy(quantity.abs());
  const value = closed.times(trade.price);
  return quantity.greaterThan(0) ? value.minus(atBankruptcy) : atBankruptcy.minus(value);
}

function leftOfAccount(event: EventContext, trade: Trade, side: TradeSide, closed: Decimal): Decimal {
  const { cash, unrealizedPnl } = accountFigures(event.state, side.holder.accountId as string);
  const gained = trade.price.minus(markOf(event.state.instrument(trade.instrument))).times(closed);
  return cash.plus(unrealizedPnl).plus(side.quantity.greaterThan(0) ? gained.negated() : gained);
}

function feeOf(trade: Trade, side: TradeSide, closed: Decimal, above: Decimal | null): Decimal {
  const fee = (lots: Decimal) => moneyCeil(lots.times(trade.price).times(side.feeRate));
  if (above === null || closed.isZero()) return fee(trade.lots);
  if (closed.equals(trade.lots)) return minOf(fee(closed), above);
  return minOf(fee(trade.lots), above.plus(fee(trade.lots.minus(closed))));
}

/** A rebate is paid out of what the taker pays for the same fill, but for liquidations, whose fees come later and may be capped (rules.md §9). */
function rebated(event: EventContext, { role }: TradeSide, fee: Decimal): Decimal {
  const isLiquidation = isEngineOrder(event.text('takerOrderId')) && event.textOrNull('takerAccountId') !== null;
  if (role === 'taker' || !fee.isNegative() || isLiquidation) return fee;
  return maxOf(fee, maxOf(ZERO, event.decimal('takerFee')).negated());
}

/** Fills of a liquidation order: their fees are charged afterwards, in one go (rules.md §6.2). */
function countTowardsLiquidation(event: EventContext, trade: Trade, side: TradeSide): void {
  if (!isEngineOrder(side.orderId) || side.holder.accountId === null) return;
  const liquidation = event.state.liquidations.get(liquidationKey(side.holder));
  event.require(liquidation !== undefined, 'takerOrderId', 'a liquidation under way', side.orderId, 'rules.md §6.2');
  if (liquidation === undefined) return;
  const value = trade.price.times(trade.lots);
  const { takerFeeRate } = event.state.instrument(trade.instrument).spec;
  liquidation.filledLots = liquidation.filledLots.plus(trade.lots);
  liquidation.filledValue = liquidation.filledValue.plus(value);
  liquidation.takerFees = liquidation.takerFees.plus(moneyCeil(value.times(takerFeeRate)));
  liquidation.feesDue = true;
  const rest = restOf(liquidation);
  event.require(!rest.lessThan(0), 'quantity', 'within the lots to be liquidated', show(trade.lots), 'rules.md §6 the fewest lots');
}

/** No fill may increase a position so that its block or cross account has equity < MM at mark (rules.md §2.5). */
function requireSolvent(event: EventContext, side: TradeSide, name: string): void {
  const { accountId, block } = side.holder;
  if (accountId === null || markOf(event.state.instrument(name)).isZero()) return;
  const { equity, maintenanceMargin } = block === null ? accountFigures(event.state, accountId) : blockRisk(event.state, block);
  const holds = equity.greaterThanOrEqualTo(maintenanceMargin);
  event.require(holds, `${side.role} equity`, `≥ MM ${show(maintenanceMargin)}`, show(equity), 'rules.md §2.5');
}

/** Charged once on what the liquidation order filled (rules.md §6.2). */
const feesCharged: Handler = (event) => {
  const holder = event.holder();
  const { spec } = event.state.instrument(event.text('instrument'));
  const liquidation = event.state.liquidations.get(liquidationKey(holder));
  if (liquidation === undefined) throw new Error('fees of a liquidation that never started');
  event.require(liquidation.feesDue, 'orderId', 'fills without fees yet', event.text('orderId'), 'rules.md §6.2 charged once');
  const { takerFee, liquidationFee } = liquidationFees(liquidation, spec);
  liquidation.feesDue = false;
  event.expect('takerFee', takerFee, 'rules.md §6.2');
  event.expect('liquidationFee', liquidationFee, 'rules.md §6.2');
  chargeFee(event.state, holder, 'fees', takerFee);
  chargeFee(event.state, holder, 'insurance', liquidationFee);
};

export const tradeHandlers: Readonly<Record<string, Handler>> = {
  TradeExecuted: executed,
  LiquidationFeesCharged: feesCharged,
};

import type { CommandData } from '../../contract/commands';
import { type Int, min, sub } from '../../num/int';
import { prepareDebit } from '../accounts/balances';
import { transferable } from '../accounts/figures';
import { NO_LEVEL } from '../book/levels';
import { orderNeed } from '../margin/orderMargin';
import type { Recorder } from '../recorder';
import { Refusal, refuse, sayMoney, sayPrice } from '../refusal';
import type { TriggerTerms } from '../state/model';
import type { OrderRow } from '../state/orders';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { type Admission, admit, checkBlock, checkSize, targetOf } from './admission';
import { cancelOrder, closeIfIdle } from './cancel';
import { findOrder } from './find';
import { checkHalt } from './halt';
import { isReducing, type OrderOutcome, take } from './place';
import { isMarketType, type OrderRequest, readPrice, readQuantity } from './request';
import { settleOrderMargin } from './settle';

/**
 * AmendOrder (rules.md §9): a pure decrease keeps priority; anything else leaves and
 * enters again under the same ids with all checks of entry, and a refusal leaves the
 * old order as it was.
 */
export function amendOrder(rec: Recorder, data: CommandData<'AmendOrder'>): OrderOutcome | Refusal {
  const { state } = rec;
  const { orders, positions } = state;
  const order = findOrder(state, data.accountId, data.orderId, data.clientOrderId);
  if (order instanceof Refusal) return order;
  const instrument = state.instrumentOfOrder(order);
  if (instrument.halt === 'ALL') return checkHalt(instrument, () => false) as Refusal;
  const price = data.price === undefined ? orders.price(order) : readPrice(instrument, data.price);
  if (price instanceof Refusal) return price;
  const [remaining, filled] = [orders.remaining(order), orders.filled(order)];
  const total = data.quantity === undefined ? remaining + filled : readQuantity(instrument, data.quantity);
  if (total instanceof Refusal) return total;
  const trigger = orders.trigger(order);
  if (trigger !== undefined) return amendTrigger(rec, order, trigger, data.price === undefined ? undefined : price, total);
  const position = orders.position(order);
  const isolationId = positions.isolationId(position);
  const outcome = { orderId: orders.id(order), isolationId };
  const lots = total - filled;
  if (lots <= 0) {
    cancelOrder(rec, order, 'AMENDED_BELOW_FILLED');
    closeIfIdle(rec, position);
    return outcome;
  }
  const request = requestOf(state, order, price, lots, { marginMode: isolationId === 0 ? 'CROSS' : 'ISOLATED', isolationId });
  const isDecrease = price === orders.price(order) && lots <= remaining;
  const halted = isDecrease ? undefined : checkHalt(instrument, () => isReducing(state, request, position));
  if (halted !== undefined) return halted;
  const size = checkSize(state, position, { ...request, lots: total });
  if (size !== undefined) return size;
  if (isDecrease) {
    decrease(rec, order, total);
    return outcome;
  }
  return checkBlock(state, request, position) ?? reenter(rec, order, request) ?? outcome;
}

/** An order that waits is held against what a new one of its kind would be. */
function amendTrigger(
  rec: Recorder,
  order: OrderRow,
  trigger: TriggerTerms,
  price: number | undefined,
  total: number,
): OrderOutcome | Refusal {
  const { state } = rec;
  const { orders } = state;
  const market = isMarketType(orders.terms(order).orderType);
  if (price !== undefined && market) return refuse('INVALID_COMMAND', 'price: an order to market has none');
  const instrument = state.instrumentOfOrder(order);
  const limit = orders.price(order);
  const request = requestOf(state, order, market ? undefined : (price ?? limit), total, trigger);
  const target = targetOf(state, request);
  const isDecrease = total <= orders.remaining(order) && (price === undefined || price === limit);
  const halted = isDecrease ? undefined : checkHalt(instrument, () => isReducing(state, request, target));
  const refused = halted ?? checkSize(state, target, request) ?? (isDecrease ? undefined : checkBlock(state, request, target));
  if (refused !== undefined) return refused;
  rec.emit({
    type: 'TriggerOrderAmended',
    time: rec.time,
    orderId: request.orderId,
    accountId: request.accountId,
    instrument: instrument.name,
    price: request.price,
    quantity: total,
  });
  return { orderId: request.orderId, isolationId: trigger.isolationId };
}

type Place = Pick<OrderRequest, 'marginMode' | 'isolationId'>;

function requestOf(state: State, order: OrderRow, price: number | undefined, lots: number, place: Place): OrderRequest {
  const { orders } = state;
  const { marginMode, isolationId } = place;
  return {
    orderId: orders.id(order),
    accountId: state.accounts.id(state.accountOfOrder(order)),
    instrument: state.instrumentOfOrder(order),
    direction: orders.direction(order),
    price,
    lots,
    terms: orders.terms(order),
    clientOrderId: orders.clientOrderId(order),
    marginMode,
    isolationId,
    isolationName: undefined,
    leverage: undefined,
    isolatedMargin: undefined,
    marginCurrency: undefined,
    closesWhole: false,
    replaces: order,
  };
}

function emitAmended(rec: Recorder, order: OrderRow, total: number, keepsPriority: boolean, terms: Admission, reserved: Int): void {
  const { state } = rec;
  rec.emit({
    type: 'OrderAmended',
    time: rec.time,
    orderId: state.orders.id(order),
    accountId: state.accounts.id(state.accountOfOrder(order)),
    instrument: state.instrumentOfOrder(order).name,
    isolationId: state.positions.isolationId(state.orders.position(order)),
    price: terms.price,
    quantity: total,
    keepsPriority,
    marginPrice: terms.marginPrice,
    marginRate: terms.marginRate,
    reserved,
  });
}

/** A pure decrease: place, price and rate stay; what is no longer needed goes home. */
function decrease(rec: Recorder, order: OrderRow, total: number): void {
  const { orders, positions } = rec.state;
  const position = orders.position(order);
  const price = orders.price(order);
  const [marginPrice, marginRate] = [orders.marginPrice(order), orders.marginRate(order)];
  const same = { price, lots: total, openingLots: 0, marginPrice, marginRate, reserved: 0, contributed: 0, opens: undefined };
  emitAmended(rec, order, total, true, same, 0);
  if (positions.isIsolated(position)) settleOrderMargin(rec, position);
}

function reenter(rec: Recorder, order: OrderRow, request: OrderRequest): Refusal | undefined {
  const { state } = rec;
  const { levels, orders, positions } = state;
  const position = orders.position(order);
  const admission = admit(state, request, position);
  if (admission instanceof Refusal) return admission;
  const { instrument, direction } = request;
  const opposite = instrument.book.side(direction > 0 ? -1 : 1).best();
  const crosses = opposite !== NO_LEVEL && (levels.price(opposite) - admission.price) * direction <= 0;
  if (crosses && request.terms.postOnly) {
    return refuse('POST_ONLY_WOULD_TAKE', `price ${sayPrice(instrument.spec, admission.price)} meets the opposite side`);
  }
  const move = marginMove(state, position, order, admission, request);
  if (typeof move === 'object') return move;
  return rec.attempt<Refusal>(() => {
    if (move > 0) prepareDebit(rec, positions.account(position), positions.currency(position), move);
    emitAmended(rec, order, orders.filled(order) + admission.lots, false, admission, move);
    if (positions.isIsolated(position)) settleOrderMargin(rec, position);
    return orders.isInBook(order) && crosses ? take(rec, order) : undefined;
  });
}

/** What the amended order moves between main and margin: the change of the block's need by it. */
function marginMove(state: State, position: PositionRow, order: OrderRow, admission: Admission, request: OrderRequest): Int | Refusal {
  const { positions } = state;
  if (!positions.isIsolated(position)) return 0;
  const { need } = orderNeed(state, position, { ...request, ...admission, reduceOnly: request.terms.reduceOnly }, order);
  const change = sub(need, positions.orderMargin(position));
  // Without opening lots of its own it pays for no rise: that is covered by the block (rules.md §2).
  if (change <= 0 || admission.openingLots === 0) return min(change, 0);
  const currency = positions.currency(position);
  const most = transferable(state, positions.account(position), currency);
  if (change <= most) return change;
  return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `needs ${sayMoney(change, currency)}, ${sayMoney(most, currency)} available`);
}

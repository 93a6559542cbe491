import type { CommandData } from '../../contract/commands';
import { type Int, min, sub } from '../../num/int';
import { prepareDebit } from '../accounts/balances';
import { transferable } from '../accounts/figures';
import { orderNeed } from '../margin/orderMargin';
import type { Recorder } from '../recorder';
import { Refusal, refuse, sayMoney, sayPrice } from '../refusal';
import type { Order, Position } from '../state/model';
import { type Admission, admit, checkSize } from './admission';
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
  const order = findOrder(rec.state, data.accountId, data.orderId, data.clientOrderId);
  if (order instanceof Refusal) return order;
  const { instrument } = order;
  if (instrument.halt === 'ALL') return checkHalt(instrument, () => false) as Refusal;
  const price = data.price === undefined ? order.price : readPrice(instrument, data.price);
  if (price instanceof Refusal) return price;
  const total = data.quantity === undefined ? order.remaining + order.filled : readQuantity(instrument, data.quantity);
  if (total instanceof Refusal) return total;
  if (order.trigger !== undefined) return amendTrigger(rec, order, data.price === undefined ? undefined : price, total);
  const outcome = { orderId: order.id, isolationId: (order.position as Position).isolationId };
  const lots = total - order.filled;
  if (lots <= 0) {
    const position = order.position as Position;
    cancelOrder(rec, order, 'AMENDED_BELOW_FILLED');
    closeIfIdle(rec, position);
    return outcome;
  }
  const request = requestOf(order, price, lots);
  const size = checkSize(order.position as Position, { ...request, lots: total });
  if (size !== undefined) return size;
  if (price === order.price && lots <= order.remaining) {
    decrease(rec, order, total);
    return outcome;
  }
  return reenter(rec, order, request) ?? outcome;
}

function amendTrigger(rec: Recorder, order: Order, price: number | undefined, total: number): OrderOutcome | Refusal {
  const market = isMarketType(order.terms.orderType);
  if (price !== undefined && market) return refuse('INVALID_COMMAND', 'price: an order to market has none');
  const { spec } = order.instrument;
  if (total < spec.minQuantity) return refuse('BELOW_MIN_QUANTITY', `quantity is below the minimum ${spec.terms.minQuantity}`);
  if (total > spec.maxQuantity) return refuse('EXCEEDS_MAX_QUANTITY', `quantity is above the maximum ${spec.terms.maxQuantity}`);
  rec.emit({
    type: 'TriggerOrderAmended',
    time: rec.time,
    orderId: order.id,
    accountId: order.account.id,
    instrument: order.instrument.name,
    price: market ? undefined : (price ?? order.price),
    quantity: total,
  });
  return { orderId: order.id, isolationId: order.trigger?.isolationId ?? 0 };
}

function requestOf(order: Order, price: number, lots: number): OrderRequest {
  const position = order.position as Position;
  return {
    orderId: order.id,
    accountId: order.account.id,
    instrument: order.instrument,
    direction: order.direction,
    price,
    lots,
    terms: order.terms,
    clientOrderId: order.clientOrderId,
    marginMode: position.isolated ? 'ISOLATED' : 'CROSS',
    isolationId: position.isolationId,
    isolationName: undefined,
    leverage: undefined,
    isolatedMargin: undefined,
    marginCurrency: undefined,
    closesWhole: false,
    replaces: order,
  };
}

function emitAmended(rec: Recorder, order: Order, total: number, keepsPriority: boolean, terms: Admission, reserved: Int): void {
  rec.emit({
    type: 'OrderAmended',
    time: rec.time,
    orderId: order.id,
    accountId: order.account.id,
    instrument: order.instrument.name,
    isolationId: (order.position as Position).isolationId,
    price: terms.price,
    quantity: total,
    keepsPriority,
    marginPrice: terms.marginPrice,
    marginRate: terms.marginRate,
    reserved,
  });
}

/** A pure decrease: place, price and rate stay; what is no longer needed goes home. */
function decrease(rec: Recorder, order: Order, total: number): void {
  const position = order.position as Position;
  const { price, marginPrice, marginRate } = order;
  const same = { price, lots: total, openingLots: 0, marginPrice, marginRate, reserved: 0, contributed: 0, opens: undefined };
  emitAmended(rec, order, total, true, same, 0);
  if (position.isolated) settleOrderMargin(rec, position);
}

function reenter(rec: Recorder, order: Order, request: OrderRequest): Refusal | undefined {
  const position = order.position as Position;
  const halted = checkHalt(order.instrument, () => isReducing(request, position));
  if (halted !== undefined) return halted;
  const admission = admit(request, position);
  if (admission instanceof Refusal) return admission;
  const { instrument } = order;
  const opposite = instrument.book.side(order.direction > 0 ? -1 : 1).best();
  const crosses = opposite !== undefined && (opposite.price - admission.price) * order.direction <= 0;
  if (crosses && order.terms.postOnly) {
    return refuse('POST_ONLY_WOULD_TAKE', `price ${sayPrice(instrument.spec, admission.price)} meets the opposite side`);
  }
  const move = marginMove(position, order, admission, request);
  if (typeof move === 'object') return move;
  return rec.attempt<Refusal>(() => {
    if (move > 0) prepareDebit(rec, order.account, position.currency, move);
    emitAmended(rec, order, order.filled + admission.lots, false, admission, move);
    if (position.isolated) settleOrderMargin(rec, position);
    return order.level !== undefined && crosses ? take(rec, order) : undefined;
  });
}

/** What the amended order moves between main and margin: the change of the block's need by it. */
function marginMove(position: Position, order: Order, admission: Admission, request: OrderRequest): Int | Refusal {
  if (!position.isolated) return 0;
  const { need } = orderNeed(position, { ...request, ...admission, reduceOnly: request.terms.reduceOnly }, order);
  const change = sub(need, position.orderMargin);
  // Without opening lots of its own it pays for no rise: that is covered by the block (rules.md §2).
  if (change <= 0 || admission.openingLots === 0) return min(change, 0);
  const most = transferable(order.account, position.currency);
  if (change <= most) return change;
  return refuse(
    'INSUFFICIENT_AVAILABLE_MARGIN',
    `needs ${sayMoney(change, position.currency)}, ${sayMoney(most, position.currency)} available`,
  );
}

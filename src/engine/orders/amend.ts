import type { CommandData } from '../../contract/commands';
import { type Int, min, sub } from '../../num/int';
import { prepareDebit } from '../accounts/balances';
import { transferable } from '../accounts/figures';
import { orderNeed } from '../margin/orderMargin';
import type { Recorder } from '../recorder';
import { Refusal, refuse, sayMoney, sayPrice } from '../refusal';
import type { Order, Position, TriggerTerms } from '../state/model';
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
  const order = findOrder(rec.state, data.accountId, data.orderId, data.clientOrderId);
  if (order instanceof Refusal) return order;
  const { instrument } = order;
  if (instrument.halt === 'ALL') return checkHalt(instrument, () => false) as Refusal;
  const price = data.price === undefined ? order.price : readPrice(instrument, data.price);
  if (price instanceof Refusal) return price;
  const total = data.quantity === undefined ? order.remaining + order.filled : readQuantity(instrument, data.quantity);
  if (total instanceof Refusal) return total;
  if (order.trigger !== undefined) return amendTrigger(rec, order, order.trigger, data.price === undefined ? undefined : price, total);
  const position = order.position as Position;
  const outcome = { orderId: order.id, isolationId: position.isolationId };
  const lots = total - order.filled;
  if (lots <= 0) {
    cancelOrder(rec, order, 'AMENDED_BELOW_FILLED');
    closeIfIdle(rec, position);
    return outcome;
  }
  const request = requestOf(order, price, lots, {
    marginMode: position.isolated ? 'ISOLATED' : 'CROSS',
    isolationId: position.isolationId,
  });
  const isDecrease = price === order.price && lots <= order.remaining;
  const halted = isDecrease ? undefined : checkHalt(instrument, () => isReducing(request, position));
  if (halted !== undefined) return halted;
  const size = checkSize(position, { ...request, lots: total });
  if (size !== undefined) return size;
  if (isDecrease) {
    decrease(rec, order, total);
    return outcome;
  }
  return checkBlock(request, position) ?? reenter(rec, order, request) ?? outcome;
}

/** An order that waits is held against what a new one of its kind would be. */
function amendTrigger(
  rec: Recorder,
  order: Order,
  trigger: TriggerTerms,
  price: number | undefined,
  total: number,
): OrderOutcome | Refusal {
  const market = isMarketType(order.terms.orderType);
  if (price !== undefined && market) return refuse('INVALID_COMMAND', 'price: an order to market has none');
  const { instrument } = order;
  const request = requestOf(order, market ? undefined : (price ?? order.price), total, trigger);
  const target = targetOf(rec.state, request);
  const isDecrease = total <= order.remaining && (price === undefined || price === order.price);
  const halted = isDecrease ? undefined : checkHalt(instrument, () => isReducing(request, target));
  const refused = halted ?? checkSize(target, request) ?? (isDecrease ? undefined : checkBlock(request, target));
  if (refused !== undefined) return refused;
  rec.emit({
    type: 'TriggerOrderAmended',
    time: rec.time,
    orderId: order.id,
    accountId: order.account.id,
    instrument: instrument.name,
    price: request.price,
    quantity: total,
  });
  return { orderId: order.id, isolationId: trigger.isolationId };
}

type Place = Pick<OrderRequest, 'marginMode' | 'isolationId'>;

function requestOf(order: Order, price: number | undefined, lots: number, { marginMode, isolationId }: Place): OrderRequest {
  return {
    orderId: order.id,
    accountId: order.account.id,
    instrument: order.instrument,
    direction: order.direction,
    price,
    lots,
    terms: order.terms,
    clientOrderId: order.clientOrderId,
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

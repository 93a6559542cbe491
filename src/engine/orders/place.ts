import type { CommandData } from '../../contract/commands';
import { sub } from '../../num/int';
import { openAccount, prepareDebit } from '../accounts/balances';
import type { Recorder } from '../recorder';
import { Refusal, refuse, sayMoney, sayPrice, sayQuantity } from '../refusal';
import type { Instrument, Order, Position } from '../state/model';
import { type Admission, admit, checkBlock, checkOpenOrders, checkSize, isOpen, openingLots, targetOf } from './admission';
import { cancelOrder, closeIfIdle } from './cancel';
import { cannotBeRefused } from './certain';
import type { FillObstacle } from './fill';
import { checkHalt } from './halt';
import { match } from './matching';
import { isMarketType, type OrderRequest, readPlaceOrder, readPrice } from './request';
import { settleOrderMargin } from './settle';

/** What an accepted order command names in its result. */
export interface OrderOutcome {
  readonly orderId: number;
  readonly isolationId: number;
}

/** PlaceOrder (rules.md §§2, 9): the checks in the order in which they decide the code, then the book. */
export function placeOrder(rec: Recorder, instrument: Instrument, data: CommandData<'PlaceOrder'>): OrderOutcome | Refusal {
  const { state } = rec;
  if (instrument.halt === 'ALL') return checkHalt(instrument, () => false) as Refusal;
  const request = readPlaceOrder(state.seq, instrument, data);
  if (instrument.halt === 'REDUCE_ONLY') {
    // What cannot be read on the grid reduces only if it says so.
    const reducing = () => (request instanceof Refusal ? data.reduceOnly === true : isReducing(request, targetOf(state, request)));
    const halted = checkHalt(instrument, reducing);
    if (halted !== undefined) return halted;
  }
  const account = state.findAccount(data.accountId);
  if (data.clientOrderId !== undefined && account?.clientOrders?.has(data.clientOrderId) === true) {
    return refuse('DUPLICATE_CLIENT_ORDER_ID', `clientOrderId ${data.clientOrderId} is in use by a live order`);
  }
  if (request instanceof Refusal) return request;
  const triggerPrice = data.triggerPrice === undefined ? undefined : readPrice(instrument, data.triggerPrice);
  if (triggerPrice instanceof Refusal) return triggerPrice;
  const target = targetOf(state, request);
  const size = checkSize(target, request);
  if (size !== undefined) return size;
  const block = checkBlock(request, target);
  if (block !== undefined) return block;
  if (triggerPrice !== undefined) return placeTrigger(rec, request, target, data, triggerPrice);
  return enter(rec, request, target);
}

/** Whether no lot of an order would open: such orders work in a REDUCE_ONLY halt. */
export function isReducing(request: OrderRequest, position: Position): boolean {
  return request.terms.reduceOnly || openingLots(position, request) === 0;
}

/** From reduce-only on: admission, acceptance and matching, whoever sends the order. */
export function enter(rec: Recorder, request: OrderRequest, target: Position): OrderOutcome | Refusal {
  if (request.marginMode === 'ISOLATED' && request.leverage === undefined && !request.terms.reduceOnly && !isOpen(target)) {
    return refuse('INVALID_COMMAND', 'leverage: the first isolated order on an instrument must name it');
  }
  const admission = admit(request, target);
  if (admission instanceof Refusal) return admission;
  const opposite = request.instrument.book.side(request.direction > 0 ? -1 : 1).best();
  const crosses = opposite !== undefined && (opposite.price - admission.price) * request.direction <= 0;
  if (request.terms.postOnly && crosses) {
    const best = sayPrice(request.instrument.spec, opposite.price);
    return refuse(
      'POST_ONLY_WOULD_TAKE',
      `price ${sayPrice(request.instrument.spec, admission.price)} meets the best opposite price ${best}`,
    );
  }
  if (!crosses) {
    if (request.terms.timeInForce === 'FOK') return refuse('FILL_OR_KILL_UNFILLED', 'the book has nothing at this price');
    return finish(rec, request, accept(rec, request, target, admission));
  }
  if (cannotBeRefused(request, target, admission)) {
    const order = accept(rec, request, target, admission);
    const taken = { orderId: order.id, isolationId: isolationIdOf(order) };
    const refusal = take(rec, order);
    if (refusal !== undefined) throw new Error(`invariant: an order that could not be refused was: ${refusal.code} ${refusal.message}`);
    return taken;
  }
  let outcome: OrderOutcome | undefined;
  const refused = rec.attempt<Refusal>(() => {
    const order = accept(rec, request, target, admission);
    const refusal = take(rec, order);
    if (refusal === undefined) outcome = { orderId: order.id, isolationId: isolationIdOf(order) };
    return refusal;
  });
  return refused ?? (outcome as OrderOutcome);
}

function isolationIdOf(order: Order): number {
  return (order.position as Position).isolationId;
}

/** Records the acceptance with the money it moves before the order reaches the book (rules.md §2.3). */
function accept(rec: Recorder, request: OrderRequest, target: Position, admission: Admission): Order {
  const { instrument, terms } = request;
  const account = openAccount(rec, request.accountId);
  const moved = admission.reserved === 0 ? admission.contributed : sub(admission.reserved, sub(0, admission.contributed));
  const { currency } = target;
  if (target.isolated && moved !== 0) prepareDebit(rec, account, currency, moved);
  if (admission.opens !== undefined) {
    rec.emit({
      type: 'IsolatedBlockOpened',
      time: rec.time,
      isolationId: target.isolationId,
      accountId: account.id,
      instrument: instrument.name,
      marginCurrency: admission.opens.currency,
      leverage: admission.opens.leverage,
    });
  }
  rec.emit({
    type: 'OrderAccepted',
    time: rec.time,
    orderId: request.orderId,
    accountId: account.id,
    instrument: instrument.name,
    side: request.direction > 0 ? 'BUY' : 'SELL',
    orderType: terms.orderType,
    price: admission.price,
    quantity: admission.lots,
    timeInForce: terms.timeInForce,
    postOnly: terms.postOnly,
    reduceOnly: terms.reduceOnly,
    selfTradePrevention: terms.selfTradePrevention,
    marginMode: request.marginMode,
    isolationId: target.isolationId,
    clientOrderId: request.clientOrderId,
    marginPrice: admission.marginPrice,
    marginRate: admission.marginRate,
    reserved: admission.reserved,
    contributed: admission.contributed,
  });
  const order = rec.state.order(request.orderId);
  const position = order.position as Position;
  // A reducing newcomer can displace an order that was free until now (rules.md §2, Order margin).
  if (position.isolated && admission.openingLots === 0) settleOrderMargin(rec, position);
  return order;
}

/** Matches a crossing order and ends what must not rest; a refusal takes everything back. */
export function take(rec: Recorder, order: Order): Refusal | undefined {
  const position = order.position as Position;
  const wanted = order.remaining;
  const outcome = match(rec, { kind: 'TRADER', order, position });
  if (outcome.end === 'WOULD_LIQUIDATE_IMMEDIATELY') {
    const { equity, maintenanceMargin } = outcome.obstacle as FillObstacle;
    const left = sayMoney(equity, position.currency);
    return refuse(
      'WOULD_LIQUIDATE_IMMEDIATELY',
      `a fill would leave equity ${left} below maintenance margin ${sayMoney(maintenanceMargin, position.currency)}`,
    );
  }
  if (outcome.end === 'SELF_TRADE' && outcome.lots === 0 && order.terms.selfTradePrevention === 'CANCEL_TAKER') {
    return refuse('SELF_TRADE_PREVENTED', "the best opposite order is the account's own");
  }
  const open = order.level === undefined ? 0 : order.remaining;
  if (order.terms.timeInForce === 'FOK' && outcome.lots < wanted) {
    const { spec } = order.instrument;
    const filled = sayQuantity(spec, outcome.lots);
    return refuse('FILL_OR_KILL_UNFILLED', `only ${filled} of ${sayQuantity(spec, wanted)} can be filled`);
  }
  if (open > 0 && outcome.end === 'SELF_TRADE') cancelOrder(rec, order, 'SELF_TRADE_PREVENTED');
  else if (open > 0 && outcome.end === 'BANKRUPTCY_PRICE') cancelOrder(rec, order, 'BANKRUPTCY_PRICE');
  else if (open > 0 && order.terms.timeInForce !== 'GTC') cancelOrder(rec, order, 'IMMEDIATE_OR_CANCEL');
  closeIfIdle(rec, position);
  return undefined;
}

/** An order that met nobody rests, or ends at once when it must not. */
function finish(rec: Recorder, request: OrderRequest, order: Order): OrderOutcome {
  const outcome = { orderId: order.id, isolationId: isolationIdOf(order) };
  if (request.terms.timeInForce !== 'GTC') {
    const position = order.position as Position;
    cancelOrder(rec, order, 'IMMEDIATE_OR_CANCEL');
    closeIfIdle(rec, position);
  }
  return outcome;
}

/** A trigger order rests outside the book, reserves nothing and opens no block (rules.md §9). */
function placeTrigger(
  rec: Recorder,
  request: OrderRequest,
  target: Position,
  data: CommandData<'PlaceOrder'>,
  triggerPrice: number,
): OrderOutcome | Refusal {
  const { instrument } = request;
  const { spec } = instrument;
  if (instrument.mark === undefined) return refuse('NO_MARK_PRICE', `${spec.instrument} has no mark price yet`);
  const tooMany = checkOpenOrders(target.holding, request);
  if (tooMany !== undefined) return tooMany;
  const triggerBy = data.triggerBy ?? 'MARK';
  const reference = triggerBy === 'MARK' ? instrument.mark : triggerBy === 'INDEX' ? instrument.index : instrument.last;
  const stop = data.type === 'STOP_LOSS' || data.type === 'STOP_LIMIT';
  const onRise = stop === request.direction > 0;
  if (reference !== undefined && (onRise ? reference >= triggerPrice : reference <= triggerPrice)) {
    const now = `${triggerBy} is ${sayPrice(spec, reference)}`;
    return refuse('WOULD_TRIGGER_IMMEDIATELY', `triggerPrice ${sayPrice(spec, triggerPrice)} is reached already: ${now}`);
  }
  const account = openAccount(rec, request.accountId);
  const isolationId = request.marginMode === 'ISOLATED' && isOpen(target) ? target.isolationId : 0;
  rec.emit({
    type: 'TriggerOrderAccepted',
    time: rec.time,
    orderId: request.orderId,
    accountId: account.id,
    instrument: instrument.name,
    side: data.side,
    orderType: data.type,
    price: isMarketType(data.type) ? undefined : request.price,
    quantity: request.lots,
    triggerPrice,
    triggerBy,
    timeInForce: request.terms.timeInForce,
    postOnly: request.terms.postOnly,
    reduceOnly: request.terms.reduceOnly,
    selfTradePrevention: request.terms.selfTradePrevention,
    marginMode: request.marginMode,
    isolationId,
    clientOrderId: request.clientOrderId,
    leverage: request.leverage,
    isolatedMargin: request.isolatedMargin,
    marginCurrency: request.marginCurrency,
  });
  return { orderId: request.orderId, isolationId };
}

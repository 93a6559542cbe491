import type { CommandData } from '../../contract/commands';
import { sub } from '../../num/int';
import { openAccount, prepareDebit } from '../accounts/balances';
import { NO_LEVEL } from '../book/levels';
import type { Recorder } from '../recorder';
import { Refusal, refuse, sayMoney, sayPrice, sayQuantity } from '../refusal';
import { NO_ACCOUNT } from '../state/accounts';
import type { Instrument } from '../state/model';
import { NO_ORDER, type OrderRow } from '../state/orders';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { type Admission, admit, checkBlock, checkOpenOrders, checkSize, openingLots, targetOf } from './admission';
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
    const reducing = () => (request instanceof Refusal ? data.reduceOnly === true : isReducing(state, request, targetOf(state, request)));
    const halted = checkHalt(instrument, reducing);
    if (halted !== undefined) return halted;
  }
  if (data.clientOrderId !== undefined && isInUse(state, data.accountId, data.clientOrderId)) {
    return refuse('DUPLICATE_CLIENT_ORDER_ID', `clientOrderId ${data.clientOrderId} is in use by a live order`);
  }
  if (request instanceof Refusal) return request;
  const triggerPrice = data.triggerPrice === undefined ? undefined : readPrice(instrument, data.triggerPrice);
  if (triggerPrice instanceof Refusal) return triggerPrice;
  const target = targetOf(state, request);
  const size = checkSize(state, target, request);
  if (size !== undefined) return size;
  const block = checkBlock(state, request, target);
  if (block !== undefined) return block;
  if (triggerPrice !== undefined) return placeTrigger(rec, request, target, data, triggerPrice);
  return enter(rec, request, target);
}

function isInUse({ accounts }: State, accountId: string, clientOrderId: string): boolean {
  const account = accounts.find(accountId);
  return account !== NO_ACCOUNT && accounts.orderOfClient(account, clientOrderId) !== NO_ORDER;
}

/** Whether no lot of an order would open: such orders work in a REDUCE_ONLY halt. */
export function isReducing(state: State, request: OrderRequest, position: PositionRow): boolean {
  return request.terms.reduceOnly || openingLots(state, position, request) === 0;
}

/** From reduce-only on: admission, acceptance and matching, whoever sends the order. */
export function enter(rec: Recorder, request: OrderRequest, target: PositionRow): OrderOutcome | Refusal {
  const { state } = rec;
  const opensBlock = request.marginMode === 'ISOLATED' && !state.positions.isOpen(target);
  if (opensBlock && request.leverage === undefined && !request.terms.reduceOnly) {
    return refuse('INVALID_COMMAND', 'leverage: the first isolated order on an instrument must name it');
  }
  const admission = admit(state, request, target);
  if (admission instanceof Refusal) return admission;
  const opposite = request.instrument.book.side(request.direction > 0 ? -1 : 1).best();
  const crosses = opposite !== NO_LEVEL && (state.levels.price(opposite) - admission.price) * request.direction <= 0;
  if (request.terms.postOnly && crosses) {
    const best = sayPrice(request.instrument.spec, state.levels.price(opposite));
    return refuse(
      'POST_ONLY_WOULD_TAKE',
      `price ${sayPrice(request.instrument.spec, admission.price)} meets the best opposite price ${best}`,
    );
  }
  if (!crosses) {
    if (request.terms.timeInForce === 'FOK') return refuse('FILL_OR_KILL_UNFILLED', 'the book has nothing at this price');
    return finish(rec, request, accept(rec, request, target, admission));
  }
  if (cannotBeRefused(state, request, target, admission)) {
    const order = accept(rec, request, target, admission);
    const taken = outcomeOf(state, order);
    const refusal = take(rec, order);
    if (refusal !== undefined) throw new Error(`invariant: an order that could not be refused was: ${refusal.code} ${refusal.message}`);
    return taken;
  }
  let outcome: OrderOutcome | undefined;
  const refused = rec.attempt<Refusal>(() => {
    const order = accept(rec, request, target, admission);
    const refusal = take(rec, order);
    if (refusal === undefined) outcome = outcomeOf(state, order);
    return refusal;
  });
  return refused ?? (outcome as OrderOutcome);
}

function outcomeOf({ orders, positions }: State, order: OrderRow): OrderOutcome {
  return { orderId: orders.id(order), isolationId: positions.isolationId(orders.position(order)) };
}

/** Records the acceptance with the money it moves before the order reaches the book (rules.md §2.3). */
function accept(rec: Recorder, request: OrderRequest, target: PositionRow, admission: Admission): OrderRow {
  const { state } = rec;
  const { positions } = state;
  const { accountId, instrument, terms } = request;
  const isIsolated = positions.isIsolated(target);
  const isolationId = positions.isolationId(target);
  const account = openAccount(rec, request.accountId);
  const moved = admission.reserved === 0 ? admission.contributed : sub(admission.reserved, sub(0, admission.contributed));
  if (isIsolated && moved !== 0) prepareDebit(rec, account, positions.currency(target), moved);
  if (admission.opens !== undefined) {
    rec.emit({
      type: 'IsolatedBlockOpened',
      time: rec.time,
      isolationId,
      accountId,
      instrument: instrument.name,
      marginCurrency: admission.opens.currency,
      leverage: admission.opens.leverage,
    });
  }
  rec.emit({
    type: 'OrderAccepted',
    time: rec.time,
    orderId: request.orderId,
    accountId,
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
    isolationId,
    clientOrderId: request.clientOrderId,
    marginPrice: admission.marginPrice,
    marginRate: admission.marginRate,
    reserved: admission.reserved,
    contributed: admission.contributed,
  });
  const order = state.order(request.orderId);
  // A reducing newcomer can displace an order that was free until now (rules.md §2, Order margin).
  if (isIsolated && admission.openingLots === 0) settleOrderMargin(rec, state.orders.position(order));
  return order;
}

/** Matches a crossing order and ends what must not rest; a refusal takes everything back. */
export function take(rec: Recorder, order: OrderRow): Refusal | undefined {
  const { state } = rec;
  const { orders } = state;
  const position = orders.position(order);
  const terms = orders.terms(order);
  const wanted = orders.remaining(order);
  const outcome = match(rec, { kind: 'TRADER', order, position });
  if (outcome.end === 'WOULD_LIQUIDATE_IMMEDIATELY') {
    const { equity, maintenanceMargin } = outcome.obstacle as FillObstacle;
    const currency = state.positions.currency(position);
    const left = sayMoney(equity, currency);
    return refuse(
      'WOULD_LIQUIDATE_IMMEDIATELY',
      `a fill would leave equity ${left} below maintenance margin ${sayMoney(maintenanceMargin, currency)}`,
    );
  }
  if (outcome.end === 'SELF_TRADE' && outcome.lots === 0 && terms.selfTradePrevention === 'CANCEL_TAKER') {
    return refuse('SELF_TRADE_PREVENTED', "the best opposite order is the account's own");
  }
  const open = orders.isInBook(order) ? orders.remaining(order) : 0;
  if (terms.timeInForce === 'FOK' && outcome.lots < wanted) {
    const { spec } = state.instrumentOf(position);
    const filled = sayQuantity(spec, outcome.lots);
    return refuse('FILL_OR_KILL_UNFILLED', `only ${filled} of ${sayQuantity(spec, wanted)} can be filled`);
  }
  if (open > 0 && outcome.end === 'SELF_TRADE') cancelOrder(rec, order, 'SELF_TRADE_PREVENTED');
  else if (open > 0 && outcome.end === 'BANKRUPTCY_PRICE') cancelOrder(rec, order, 'BANKRUPTCY_PRICE');
  else if (open > 0 && terms.timeInForce !== 'GTC') cancelOrder(rec, order, 'IMMEDIATE_OR_CANCEL');
  closeIfIdle(rec, position);
  return undefined;
}

/** An order that met nobody rests, or ends at once when it must not. */
function finish(rec: Recorder, request: OrderRequest, order: OrderRow): OrderOutcome {
  const outcome = outcomeOf(rec.state, order);
  if (request.terms.timeInForce !== 'GTC') {
    const position = rec.state.orders.position(order);
    cancelOrder(rec, order, 'IMMEDIATE_OR_CANCEL');
    closeIfIdle(rec, position);
  }
  return outcome;
}

/** A trigger order rests outside the book, reserves nothing and opens no block (rules.md §9). */
function placeTrigger(
  rec: Recorder,
  request: OrderRequest,
  target: PositionRow,
  data: CommandData<'PlaceOrder'>,
  triggerPrice: number,
): OrderOutcome | Refusal {
  const { positions } = rec.state;
  const { instrument } = request;
  const { spec } = instrument;
  if (instrument.mark === undefined) return refuse('NO_MARK_PRICE', `${spec.instrument} has no mark price yet`);
  const tooMany = checkOpenOrders(rec.state, target, request);
  if (tooMany !== undefined) return tooMany;
  const triggerBy = data.triggerBy ?? 'MARK';
  const reference = triggerBy === 'MARK' ? instrument.mark : triggerBy === 'INDEX' ? instrument.index : instrument.last;
  const stop = data.type === 'STOP_LOSS' || data.type === 'STOP_LIMIT';
  const onRise = stop === request.direction > 0;
  if (reference !== undefined && (onRise ? reference >= triggerPrice : reference <= triggerPrice)) {
    const now = `${triggerBy} is ${sayPrice(spec, reference)}`;
    return refuse('WOULD_TRIGGER_IMMEDIATELY', `triggerPrice ${sayPrice(spec, triggerPrice)} is reached already: ${now}`);
  }
  const isolationId = request.marginMode === 'ISOLATED' && positions.isOpen(target) ? positions.isolationId(target) : 0;
  openAccount(rec, request.accountId);
  rec.emit({
    type: 'TriggerOrderAccepted',
    time: rec.time,
    orderId: request.orderId,
    accountId: request.accountId,
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

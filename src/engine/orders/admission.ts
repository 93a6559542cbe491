import { formatIsolationId } from '../../contract/ids';
import { compareFractions, type Fraction, timesCeil, ZERO_FRACTION } from '../../num/fraction';
import { abs, add, compare, type Int, isSafe, max, mul, sign, sub } from '../../num/int';
import { available, transferable } from '../accounts/figures';
import { MAX_ORDER_VALUE } from '../instruments/spec';
import { parseLeverage } from '../margin/leverage';
import { effectiveLeverage, notionalAt, tierOf } from '../margin/margin';
import { currentNeed, exposure, type IncomingOrder, type OrderNeed, orderNeed } from '../margin/orderMargin';
import { isOn } from '../margin/orderSide';
import { openingRate } from '../margin/rates';
import { type Refusal, refuse, sayMoney, sayPrice, sayQuantity, sayRatio } from '../refusal';
import type { AccountRow } from '../state/accounts';
import type { Currency, Instrument } from '../state/model';
import { NO_ORDER } from '../state/orders';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { aggressiveEdge, bandEdges, isWithinBands } from './bands';
import type { OrderRequest } from './request';

/** An order that may enter the book, with all that its acceptance moves. */
export interface Admission {
  readonly price: number;
  readonly lots: number;
  readonly openingLots: number;
  readonly marginPrice: number;
  readonly marginRate: Fraction;
  /** Main → margin of the block. */
  readonly reserved: Int;
  /** Main → cash of the block. */
  readonly contributed: Int;
  /** The block that acceptance opens, if it does. */
  readonly opens: { readonly currency: Currency; readonly leverage: string } | undefined;
}

/** The account's cross position on an instrument, as it is or as it would begin. */
export function crossTarget(state: State, account: AccountRow, instrument: Instrument): PositionRow {
  const cross = state.findCross(account, instrument);
  return cross !== NO_POSITION ? cross : state.positions.imagineCross(account, instrument.number);
}

/** The cross position or block an order of this account and mode would land in, as it is or as it would begin. */
export function targetOf(state: State, request: OrderRequest): PositionRow {
  const { positions } = state;
  const cross = crossTarget(state, state.accounts.find(request.accountId), request.instrument);
  if (request.marginMode === 'CROSS') return cross;
  const block = positions.block(cross);
  if (block !== NO_POSITION) return block;
  const leverage = request.leverage === undefined ? undefined : parseLeverage(request.leverage);
  return positions.imagineBlock(cross, request.orderId, request.marginCurrency ?? 'USD', leverage);
}

/** The part of an order that a reduce-only one keeps, or why it is refused (rules.md §9). */
export function reducibleLots(state: State, position: PositionRow, request: OrderRequest): number | Refusal {
  const quantity = state.positions.quantity(position);
  if (sign(quantity) * request.direction >= 0) {
    return refuse('REDUCE_ONLY_REJECTED', `position is ${sayQuantity(request.instrument.spec, quantity)}: nothing to reduce`);
  }
  const size = abs(quantity);
  return size < request.lots ? Number(size) : request.lots;
}

/** Minimum, maximum and bounds of a quantity (rules.md §§1, 9). */
export function checkSize(state: State, position: PositionRow, request: OrderRequest): Refusal | undefined {
  const { spec } = request.instrument;
  const { lots } = request;
  if (lots < spec.minQuantity && !takesWholeRest(state.positions.quantity(position), request)) {
    return refuse('BELOW_MIN_QUANTITY', `quantity ${sayQuantity(spec, lots)} is below the minimum ${sayQuantity(spec, spec.minQuantity)}`);
  }
  if (lots > spec.maxQuantity) {
    return refuse(
      'EXCEEDS_MAX_QUANTITY',
      `quantity ${sayQuantity(spec, lots)} is above the maximum ${sayQuantity(spec, spec.maxQuantity)}`,
    );
  }
  return undefined;
}

function takesWholeRest(quantity: Int, { closesWhole, direction, lots, terms }: OrderRequest): boolean {
  if (closesWhole) return true;
  if (sign(quantity) * direction >= 0) return false;
  return terms.reduceOnly ? compare(lots, abs(quantity)) >= 0 : lots === abs(quantity);
}

/** Bounds keep whatever the book holds a safe integer; what depends on the mark has none (rules.md §1). */
function checkBounds(
  state: State,
  request: OrderRequest,
  position: PositionRow,
  price: Int,
  opens: boolean,
  reached: Int,
): Refusal | undefined {
  const { spec } = request.instrument;
  const value = notionalAt(spec, request.lots, price);
  if (!isSafe(price) || compare(value, MAX_ORDER_VALUE) > 0) {
    return refuse('EXCEEDS_BOUNDS', `order value ${sayMoney(value, 'USD')} is above ${sayMoney(MAX_ORDER_VALUE, 'USD')}`);
  }
  if (!opens) return undefined;
  const { orders, positions } = state;
  const { direction, replaces } = request;
  let held = sign(positions.quantity(position)) === direction ? add(abs(positions.entryCost(position)), value) : value;
  held = add(held, positions.sideValue(positions.side(position, direction)));
  if (replaces !== NO_ORDER && isOn(state, position, direction, replaces)) {
    held = sub(held, notionalAt(spec, orders.remaining(replaces), orders.price(replaces)));
  }
  if (compare(held, MAX_ORDER_VALUE) > 0 || !isSafe(reached)) {
    return refuse(
      'EXCEEDS_BOUNDS',
      `position and orders together are worth ${sayMoney(held, 'USD')}, above ${sayMoney(MAX_ORDER_VALUE, 'USD')}`,
    );
  }
  return undefined;
}

/** Isolated-only, isolationId, currency, leverage match: what concerns the block itself (rules.md §2.3). */
export function checkBlock({ positions }: State, request: OrderRequest, block: PositionRow): Refusal | undefined {
  const { spec } = request.instrument;
  if (request.marginMode === 'CROSS') {
    return spec.isolatedOnly ? refuse('ISOLATED_ONLY_INSTRUMENT', `${spec.instrument} takes isolated margin only`) : undefined;
  }
  const exists = positions.isOpen(block);
  const isolationId = positions.isolationId(block);
  if (request.isolationId !== 0 && (!exists || isolationId !== request.isolationId)) {
    const open = exists ? `the open block is ${formatIsolationId(isolationId)}` : 'no block is open';
    return refuse(
      'INVALID_ISOLATION_ID',
      `isolationId ${request.isolationName} names no open block of ${request.accountId} on ${spec.instrument}: ${open}`,
    );
  }
  if (!exists) return undefined;
  const currency = positions.currency(block);
  if (request.marginCurrency !== undefined && request.marginCurrency !== currency) {
    return refuse('MARGIN_CURRENCY_MISMATCH', `marginCurrency ${request.marginCurrency} is not the block's ${currency}`);
  }
  if (request.leverage === undefined) return undefined;
  const leverage = positions.leverage(block) as Fraction;
  if (compareFractions(parseLeverage(request.leverage), leverage) === 0) return undefined;
  return refuse('LEVERAGE_MISMATCH', `leverage ${request.leverage} is not the block's ${sayRatio(leverage)}`);
}

export function checkOpenOrders({ positions }: State, target: PositionRow, request: OrderRequest): Refusal | undefined {
  const { maxOpenOrders } = request.instrument.spec;
  const open = positions.openOrders(positions.cross(target));
  if (request.replaces !== NO_ORDER || open < maxOpenOrders) return undefined;
  return refuse('TOO_MANY_OPEN_ORDERS', `${open} orders are open, the maximum is ${maxOpenOrders}`);
}

function checkExposure(request: OrderRequest, leverage: Fraction | undefined, reached: Int, notional: Int): Refusal | undefined {
  const { spec } = request.instrument;
  if (spec.positionLimit !== undefined && compare(mul(reached, spec.positionLimit.d), spec.positionLimit.n) > 0) {
    return refuse(
      'EXCEEDS_POSITION_LIMIT',
      `the position could reach ${sayQuantity(spec, reached)}, the limit is ${spec.terms.positionLimit}`,
    );
  }
  if (leverage === undefined) return undefined;
  const { maxLeverage } = tierOf(spec, notional);
  if (compareFractions(leverage, maxLeverage) <= 0) return undefined;
  const value = sayMoney(notional, 'USD');
  return refuse('EXCEEDS_MAX_LEVERAGE', `leverage ${sayRatio(leverage)} is above ${sayRatio(maxLeverage)} at ${value}`);
}

/**
 * All checks from reduce-only on, in the order that decides which code is told
 * (rules.md §9): reduce-only, mark, band, open orders, position limit, max leverage,
 * margin. What the fills themselves forbid is found by matching.
 */
export function admit(state: State, request: OrderRequest, position: PositionRow): Admission | Refusal {
  const { instrument, direction } = request;
  const { spec } = instrument;
  const lots = request.terms.reduceOnly ? reducibleLots(state, position, request) : request.lots;
  if (typeof lots !== 'number') return lots;
  const { mark } = instrument;
  if (mark === undefined) return refuse('NO_MARK_PRICE', `${spec.instrument} has no mark price yet`);
  const price = request.price ?? aggressiveEdge(spec, mark, direction);
  const marginPrice = direction < 0 ? max(price, mark) : price;
  const reached = exposure(state, position, direction, lots, request.replaces);
  const notional = notionalAt(spec, reached, mark);
  const leverage = state.positions.leverage(position);
  const marginRate = openingRate(spec, state.positions.isIsolated(position), effectiveLeverage(spec, notional, leverage));
  const { reduceOnly } = request.terms;
  const incoming = { direction, price: Number(price), lots, reduceOnly, marginPrice: Number(marginPrice), marginRate };
  const rise = orderNeed(state, position, incoming, request.replaces);
  const bounds = checkBounds(state, request, position, price, rise.openingLots > 0, reached);
  if (bounds !== undefined) return bounds;
  if (request.price !== undefined && !isWithinBands(spec, mark, direction, request.price)) {
    const { lowest, highest } = bandEdges(spec, mark, direction);
    const range = `${sayPrice(spec, lowest)} to ${sayPrice(spec, highest)}`;
    return refuse('PRICE_OUTSIDE_BAND', `price ${sayPrice(spec, price)} is outside ${range} at mark ${sayPrice(spec, mark)}`);
  }
  const tooMany = checkOpenOrders(state, position, request);
  if (tooMany !== undefined) return tooMany;
  if (rise.openingLots > 0) {
    const refused = checkExposure(request, leverage, reached, notional);
    if (refused !== undefined) return refused;
  }
  return checkMargin(state, request, position, incoming, rise);
}

/** Lots of an order that would open, were it to enter now; all of them while there is no mark to price it at. */
export function openingLots(state: State, position: PositionRow, request: OrderRequest): number {
  const { spec, mark } = request.instrument;
  const price = request.price ?? (mark === undefined ? undefined : Number(aggressiveEdge(spec, mark, request.direction)));
  if (price === undefined) return request.lots;
  const { direction, lots, terms, replaces } = request;
  const incoming = { direction, price, lots, reduceOnly: terms.reduceOnly, marginPrice: 0, marginRate: ZERO_FRACTION };
  return orderNeed(state, position, incoming, replaces).openingLots;
}

/** Whether the main account can stand what the order needs (rules.md §§2.1, 2.2, 7). */
function checkMargin(
  state: State,
  request: OrderRequest,
  position: PositionRow,
  incoming: IncomingOrder,
  entering: OrderNeed,
): Admission | Refusal {
  return state.positions.isIsolated(position)
    ? checkBlockMargin(state, request, position, incoming, entering)
    : checkCrossMargin(state, request, position, incoming, entering);
}

function checkCrossMargin(
  state: State,
  request: OrderRequest,
  position: PositionRow,
  incoming: IncomingOrder,
  { need, openingLots }: OrderNeed,
): Admission | Refusal {
  if (openingLots === 0) return entry(incoming, 0, 0, 0, undefined);
  const { spec } = request.instrument;
  const rise = max(0, sub(need, currentNeed(state, position)));
  const fee = timesCeil(notionalAt(spec, openingLots, incoming.marginPrice), spec.takerFee);
  const required = add(rise, fee);
  const most = available(state, state.positions.account(position));
  if (required > most) {
    return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `needs ${sayMoney(required, 'USD')}, ${sayMoney(most, 'USD')} available`);
  }
  return entry(incoming, openingLots, 0, 0, undefined);
}

function checkBlockMargin(
  state: State,
  request: OrderRequest,
  block: PositionRow,
  incoming: IncomingOrder,
  { need, openingLots }: OrderNeed,
): Admission | Refusal {
  const { positions } = state;
  const currency = positions.currency(block);
  const rise = openingLots > 0 ? max(0, sub(need, positions.orderMargin(block))) : 0;
  const total = request.isolatedMargin ?? rise;
  if (total < rise) {
    return refuse('INSUFFICIENT_ISOLATED_MARGIN', `needs ${sayMoney(rise, currency)}, isolatedMargin is ${sayMoney(total, currency)}`);
  }
  if (total > 0) {
    const most = transferable(state, positions.account(block), currency);
    if (total > most) {
      return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `needs ${sayMoney(total, currency)}, ${sayMoney(most, currency)} available`);
    }
  }
  const opens = positions.isOpen(block) ? undefined : { currency, leverage: request.leverage as string };
  return entry(incoming, openingLots, rise, sub(total, rise), opens);
}

// Written out, not spread: this is made for every order, and V8 spreads slowly.
function entry(
  { price, lots, marginPrice, marginRate }: IncomingOrder,
  openingLots: number,
  reserved: Int,
  contributed: Int,
  opens: Admission['opens'],
): Admission {
  return { price, lots, openingLots, marginPrice, marginRate, reserved, contributed, opens };
}

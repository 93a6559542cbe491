import { formatIsolationId } from '../../contract/ids';
import { compareFractions, type Fraction, timesCeil, ZERO_FRACTION } from '../../num/fraction';
import { abs, add, compare, type Int, isSafe, max, mul, sign, sub } from '../../num/int';
import { available, transferable } from '../accounts/figures';
import { MAX_ORDER_VALUE } from '../instruments/spec';
import { parseLeverage } from '../margin/leverage';
import { effectiveLeverage, notionalAt, tierOf } from '../margin/margin';
import { currentNeed, exposure, type IncomingOrder, type OrderNeed, orderNeed } from '../margin/orderMargin';
import { isOn, sideOf } from '../margin/orderSide';
import { openingRate } from '../margin/rates';
import { type Refusal, refuse, sayMoney, sayPrice, sayQuantity, sayRatio } from '../refusal';
import { Account, type Currency, Holding, type Position } from '../state/model';
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

/** The cross position or block an order of this account and mode would land in, as it is or as it would begin. */
export function targetOf(state: State, request: OrderRequest): Position {
  const account = state.findAccount(request.accountId) ?? new Account(request.accountId, -2);
  const holding = account.holdings[request.instrument.number] ?? new Holding(account, request.instrument);
  if (request.marginMode === 'CROSS') return holding.cross ?? state.imagine(holding, 0, 'USD', undefined);
  if (holding.block !== undefined) return holding.block;
  const leverage = request.leverage === undefined ? undefined : parseLeverage(request.leverage);
  return state.imagine(holding, request.orderId, request.marginCurrency ?? 'USD', leverage);
}

/** Whether a block is open, and not only what an order would open. */
export function isOpen(block: Position): boolean {
  return block.holding.block === block;
}

/** The part of an order that a reduce-only one keeps, or why it is refused (rules.md §9). */
export function reducibleLots(position: Position, request: OrderRequest): number | Refusal {
  if (sign(position.quantity) * request.direction >= 0) {
    return refuse('REDUCE_ONLY_REJECTED', `position is ${sayQuantity(request.instrument.spec, position.quantity)}: nothing to reduce`);
  }
  const size = abs(position.quantity);
  return size < request.lots ? Number(size) : request.lots;
}

/** Minimum, maximum and bounds of a quantity (rules.md §§1, 9). */
export function checkSize(position: Position, request: OrderRequest): Refusal | undefined {
  const { spec } = request.instrument;
  const { lots } = request;
  const wholeRest =
    request.closesWhole ||
    (sign(position.quantity) * request.direction < 0 &&
      (request.terms.reduceOnly ? compare(lots, abs(position.quantity)) >= 0 : lots === abs(position.quantity)));
  if (lots < spec.minQuantity && !wholeRest) {
    return refuse('BELOW_MIN_QUANTITY', `quantity ${sayQuantity(spec, lots)} is below the minimum ${sayQuantity(spec, spec.minQuantity)}`);
  }
  if (lots > spec.maxQuantity && !request.closesWhole) {
    return refuse(
      'EXCEEDS_MAX_QUANTITY',
      `quantity ${sayQuantity(spec, lots)} is above the maximum ${sayQuantity(spec, spec.maxQuantity)}`,
    );
  }
  return undefined;
}

/** Bounds keep whatever the book holds a safe integer; what depends on the mark has none (rules.md §1). */
function checkBounds(request: OrderRequest, position: Position, price: Int, opens: boolean, reached: Int): Refusal | undefined {
  const { spec } = request.instrument;
  const value = notionalAt(spec, request.lots, price);
  if (!isSafe(price) || compare(value, MAX_ORDER_VALUE) > 0) {
    return refuse('EXCEEDS_BOUNDS', `order value ${sayMoney(value, 'USD')} is above ${sayMoney(MAX_ORDER_VALUE, 'USD')}`);
  }
  if (!opens) return undefined;
  let held = sign(position.quantity) === request.direction ? add(abs(position.entryCost), value) : value;
  const { direction, replaces } = request;
  const side = sideOf(position, direction);
  held = add(held, side.value);
  if (replaces !== undefined && isOn(position, direction, replaces)) held = sub(held, notionalAt(spec, replaces.remaining, replaces.price));
  if (compare(held, MAX_ORDER_VALUE) > 0 || !isSafe(reached)) {
    return refuse(
      'EXCEEDS_BOUNDS',
      `position and orders together are worth ${sayMoney(held, 'USD')}, above ${sayMoney(MAX_ORDER_VALUE, 'USD')}`,
    );
  }
  return undefined;
}

/** Isolated-only, isolationId, currency, leverage match: what concerns the block itself (rules.md §2.3). */
export function checkBlock(request: OrderRequest, block: Position): Refusal | undefined {
  const { spec } = request.instrument;
  if (request.marginMode === 'CROSS') {
    return spec.isolatedOnly ? refuse('ISOLATED_ONLY_INSTRUMENT', `${spec.instrument} takes isolated margin only`) : undefined;
  }
  const exists = isOpen(block);
  if (request.isolationId !== 0 && (!exists || block.isolationId !== request.isolationId)) {
    const open = exists ? `the open block is ${formatIsolationId(block.isolationId)}` : 'no block is open';
    return refuse(
      'INVALID_ISOLATION_ID',
      `isolationId ${request.isolationName} names no open block of ${request.accountId} on ${spec.instrument}: ${open}`,
    );
  }
  if (!exists) return undefined;
  if (request.marginCurrency !== undefined && request.marginCurrency !== block.currency) {
    return refuse('MARGIN_CURRENCY_MISMATCH', `marginCurrency ${request.marginCurrency} is not the block's ${block.currency}`);
  }
  if (request.leverage !== undefined && compareFractions(parseLeverage(request.leverage), block.leverage as Fraction) !== 0) {
    return refuse('LEVERAGE_MISMATCH', `leverage ${request.leverage} is not the block's ${sayRatio(block.leverage as Fraction)}`);
  }
  return undefined;
}

export function checkOpenOrders(holding: Holding, request: OrderRequest): Refusal | undefined {
  const { maxOpenOrders } = request.instrument.spec;
  if (request.replaces !== undefined || holding.openOrders < maxOpenOrders) return undefined;
  return refuse('TOO_MANY_OPEN_ORDERS', `${holding.openOrders} orders are open, the maximum is ${maxOpenOrders}`);
}

function checkExposure(request: OrderRequest, position: Position, reached: Int, notional: Int): Refusal | undefined {
  const { spec } = request.instrument;
  if (spec.positionLimit !== undefined && compare(mul(reached, spec.positionLimit.d), spec.positionLimit.n) > 0) {
    return refuse(
      'EXCEEDS_POSITION_LIMIT',
      `the position could reach ${sayQuantity(spec, reached)}, the limit is ${spec.terms.positionLimit}`,
    );
  }
  const leverage = position.isolated ? position.leverage : position.holding.leverage;
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
export function admit(request: OrderRequest, position: Position): Admission | Refusal {
  const { instrument, direction } = request;
  const { spec } = instrument;
  const lots = request.terms.reduceOnly ? reducibleLots(position, request) : request.lots;
  if (typeof lots !== 'number') return lots;
  const { mark } = instrument;
  if (mark === undefined) return refuse('NO_MARK_PRICE', `${spec.instrument} has no mark price yet`);
  const price = request.price ?? aggressiveEdge(spec, mark, direction);
  const marginPrice = direction < 0 ? max(price, mark) : price;
  const reached = exposure(position, direction, lots, request.replaces);
  const notional = notionalAt(spec, reached, mark);
  const leverage = position.isolated ? position.leverage : position.holding.leverage;
  const marginRate = openingRate(position, effectiveLeverage(spec, notional, leverage));
  const { reduceOnly } = request.terms;
  const incoming = { direction, price: Number(price), lots, reduceOnly, marginPrice: Number(marginPrice), marginRate };
  const rise = orderNeed(position, incoming, request.replaces);
  const bounds = checkBounds(request, position, price, rise.openingLots > 0, reached);
  if (bounds !== undefined) return bounds;
  if (request.price !== undefined && !isWithinBands(spec, mark, direction, request.price)) {
    const { lowest, highest } = bandEdges(spec, mark, direction);
    const range = `${sayPrice(spec, lowest)} to ${sayPrice(spec, highest)}`;
    return refuse('PRICE_OUTSIDE_BAND', `price ${sayPrice(spec, price)} is outside ${range} at mark ${sayPrice(spec, mark)}`);
  }
  const tooMany = checkOpenOrders(position.holding, request);
  if (tooMany !== undefined) return tooMany;
  if (rise.openingLots > 0) {
    const refused = checkExposure(request, position, reached, notional);
    if (refused !== undefined) return refused;
  }
  return checkMargin(request, position, incoming, rise);
}

/** Lots of an order that would open, were it to enter now; all of them while there is no mark to price it at. */
export function openingLots(position: Position, request: OrderRequest): number {
  const { spec, mark } = request.instrument;
  const price = request.price ?? (mark === undefined ? undefined : Number(aggressiveEdge(spec, mark, request.direction)));
  if (price === undefined) return request.lots;
  const { direction, lots, terms, replaces } = request;
  const incoming = { direction, price, lots, reduceOnly: terms.reduceOnly, marginPrice: 0, marginRate: ZERO_FRACTION };
  return orderNeed(position, incoming, replaces).openingLots;
}

/** Whether the main account can stand what the order needs (rules.md §§2.1, 2.2, 7). */
function checkMargin(request: OrderRequest, position: Position, incoming: IncomingOrder, entering: OrderNeed): Admission | Refusal {
  const { need, openingLots } = entering;
  const rise = openingLots > 0 ? max(0, sub(need, position.isolated ? position.orderMargin : currentNeed(position))) : 0;
  if (!position.isolated) {
    if (openingLots === 0) return entry(incoming, 0, 0, 0, undefined);
    const { spec } = request.instrument;
    const fee = timesCeil(notionalAt(spec, openingLots, incoming.marginPrice), spec.takerFee);
    const required = add(rise, fee);
    const most = available(position.account);
    if (required > most) {
      return refuse('INSUFFICIENT_AVAILABLE_MARGIN', `needs ${sayMoney(required, 'USD')}, ${sayMoney(most, 'USD')} available`);
    }
    return entry(incoming, openingLots, 0, 0, undefined);
  }
  const total = request.isolatedMargin ?? rise;
  if (total < rise) {
    return refuse(
      'INSUFFICIENT_ISOLATED_MARGIN',
      `needs ${sayMoney(rise, position.currency)}, isolatedMargin is ${sayMoney(total, position.currency)}`,
    );
  }
  if (total > 0) {
    const most = transferable(position.account, position.currency);
    if (total > most) {
      return refuse(
        'INSUFFICIENT_AVAILABLE_MARGIN',
        `needs ${sayMoney(total, position.currency)}, ${sayMoney(most, position.currency)} available`,
      );
    }
  }
  const opens = isOpen(position) ? undefined : { currency: position.currency, leverage: request.leverage as string };
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

import { type Fraction, timesCeil } from '../../num/fraction';
import { abs, add, type Int, max, min, negate, sign, sub } from '../../num/int';
import type { InstrumentSpec } from '../instruments/spec';
import { isAcceptedAfter } from '../state/links';
import type { Direction } from '../state/model';
import { NO_ORDER, type OrderRow } from '../state/orders';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { notionalAt } from './margin';
import { isOn, reduceOnlyLots } from './orderSide';

/** ⌈lots × price × rate⌉: what opening lots reserve (rules.md §2.1). */
export function marginOfLots(spec: InstrumentSpec, lots: Int, price: Int, rate: Fraction): Int {
  return timesCeil(notionalAt(spec, lots, price), rate);
}

/** An order that is about to enter: its terms as far as order margin goes. */
export interface IncomingOrder {
  readonly direction: Direction;
  readonly price: number;
  readonly lots: number;
  readonly reduceOnly: boolean;
  readonly marginPrice: number;
  readonly marginRate: Fraction;
}

/** What the open orders of a position need, and how many lots of the incoming one open. */
export interface OrderNeed {
  readonly need: Int;
  readonly openingLots: number;
}

/** Lots of the side that the position lets through free: |position| less what reduce-only orders use up first. */
function freedom(state: State, position: PositionRow, direction: Direction, incoming: IncomingOrder | undefined, except: OrderRow): Int {
  const { positions } = state;
  const quantity = positions.quantity(position);
  if (sign(quantity) * direction >= 0) return 0;
  let free = abs(quantity);
  const side = positions.side(position, direction);
  if (positions.reduceOnlyOrders(side) > 0) free = sub(free, reduceOnlyLots(state, side, except));
  if (incoming?.reduceOnly === true && incoming.direction === direction) free = add(free, -incoming.lots);
  return max(0, free);
}

/** What one side of a position needs. */
interface SideNeed {
  readonly need: Int;
  readonly incomingOpening: number;
}

const NOTHING: SideNeed = { need: 0, incomingOpening: 0 };

class SideWalk implements SideNeed {
  need: Int = 0;
  incomingOpening = 0;

  constructor(
    private readonly state: State,
    private readonly spec: InstrumentSpec,
    private free: Int,
    private readonly rate: Fraction | undefined,
  ) {}

  /** Takes the free lots of an order off the freedom and returns how many lots are left to open. */
  private take(lots: number): number {
    if (this.free === 0) return lots;
    const taken = Number(min(this.free, lots));
    this.free = add(this.free, -taken);
    return lots - taken;
  }

  resting(order: OrderRow): void {
    const { orders } = this.state;
    if (orders.isReduceOnly(order)) return;
    const opening = this.take(orders.remaining(order));
    if (opening === 0) return;
    const whole = opening === orders.remaining(order) && this.rate === undefined;
    const margin = whole
      ? orders.margin(order)
      : marginOfLots(this.spec, opening, orders.marginPrice(order), this.rate ?? orders.marginRate(order));
    this.need = add(this.need, margin);
  }

  incoming(order: IncomingOrder): void {
    if (order.reduceOnly) return;
    this.incomingOpening = this.take(order.lots);
    if (this.incomingOpening === 0) return;
    this.need = add(this.need, marginOfLots(this.spec, this.incomingOpening, order.marginPrice, order.marginRate));
  }
}

function walkSide(
  state: State,
  position: PositionRow,
  direction: Direction,
  incoming: IncomingOrder | undefined,
  except: OrderRow,
  rate: Fraction | undefined,
): SideNeed {
  const { orders, positions } = state;
  const first = positions.firstOrder(positions.side(position, direction));
  const entering = incoming?.direction === direction ? incoming : undefined;
  if (first === NO_ORDER && entering === undefined) return NOTHING;
  const walk = new SideWalk(state, state.instrumentOf(position).spec, freedom(state, position, direction, entering, except), rate);
  let placed = entering === undefined;
  for (let order = first; order !== NO_ORDER; order = orders.nextOfSide(order)) {
    if (order === except) continue;
    // A newcomer stands behind resting orders of its own price.
    if (!placed && entering !== undefined && (entering.price - orders.price(order)) * direction > 0) {
      walk.incoming(entering);
      placed = true;
    }
    walk.resting(order);
  }
  if (!placed && entering !== undefined) walk.incoming(entering);
  return walk;
}

/**
 * The order margin of a position (rules.md §2): max(buys, sells), the first |position|
 * lots of the reducing side free, best price first. `except` is left out, `incoming`
 * counted in.
 */
export function orderNeed(state: State, position: PositionRow, incoming?: IncomingOrder, except: OrderRow = NO_ORDER): OrderNeed {
  const { positions } = state;
  if (
    incoming !== undefined &&
    !incoming.reduceOnly &&
    except === NO_ORDER &&
    sign(positions.quantity(position)) * incoming.direction >= 0
  ) {
    // The most common newcomer: it has nothing to reduce, so every lot of its side opens.
    const own = marginOfLots(state.instrumentOf(position).spec, incoming.lots, incoming.marginPrice, incoming.marginRate);
    const need = add(positions.sideMargin(positions.side(position, incoming.direction)), own);
    return { need: max(need, restingNeed(state, position, incoming.direction > 0 ? -1 : 1)), openingLots: incoming.lots };
  }
  const buys = walkSide(state, position, 1, incoming, except, undefined);
  const sells = walkSide(state, position, -1, incoming, except, undefined);
  return { need: max(buys.need, sells.need), openingLots: buys.incomingOpening + sells.incomingOpening };
}

/** What the resting orders of one side need. */
function restingNeed(state: State, position: PositionRow, direction: Direction): Int {
  const { orders, positions } = state;
  const side = positions.side(position, direction);
  const first = positions.firstOrder(side);
  if (first === NO_ORDER) return 0;
  let free = freedom(state, position, direction, undefined, NO_ORDER);
  if (free === 0) return positions.sideMargin(side);
  const { spec } = state.instrumentOf(position);
  let need: Int = 0;
  for (let order = first; order !== NO_ORDER; order = orders.nextOfSide(order)) {
    if (orders.isReduceOnly(order)) continue;
    if (free === 0) {
      need = add(need, orders.margin(order));
      continue;
    }
    const remaining = orders.remaining(order);
    const taken = Number(min(free, remaining));
    free = add(free, -taken);
    if (remaining > taken) need = add(need, marginOfLots(spec, remaining - taken, orders.marginPrice(order), orders.marginRate(order)));
  }
  return need;
}

/** What the open orders of a position would need, were all of them taken on at this rate. */
export function needAtRate(state: State, position: PositionRow, rate: Fraction): Int {
  const buys = walkSide(state, position, 1, undefined, NO_ORDER, rate);
  const sells = walkSide(state, position, -1, undefined, NO_ORDER, rate);
  return max(buys.need, sells.need);
}

/** What the open orders of a position need now. */
export function currentNeed(state: State, position: PositionRow): Int {
  return max(restingNeed(state, position, 1), restingNeed(state, position, -1));
}

/** Whether any lot of an open order could increase the position: the newest such order by acceptance, NO_ORDER if none. */
export function newestOpeningOrder(state: State, position: PositionRow): OrderRow {
  const { orders, positions } = state;
  let newest: OrderRow = NO_ORDER;
  for (const direction of [1, -1] as const) {
    let free = freedom(state, position, direction, undefined, NO_ORDER);
    const first = positions.firstOrder(positions.side(position, direction));
    for (let order = first; order !== NO_ORDER; order = orders.nextOfSide(order)) {
      if (orders.isReduceOnly(order)) continue;
      const taken = Number(min(free, orders.remaining(order)));
      free = add(free, -taken);
      if (taken < orders.remaining(order) && (newest === NO_ORDER || isAcceptedAfter(state, order, newest))) newest = order;
    }
  }
  return newest;
}

/** Signed lots the position would reach if every order of that side filled (rules.md §3, §9: position limit and tier at admission). */
export function exposure(state: State, position: PositionRow, direction: Direction, lots: number, except: OrderRow = NO_ORDER): Int {
  const { orders, positions } = state;
  const quantity = positions.quantity(position);
  const total = add(add(direction > 0 ? quantity : negate(quantity), lots), positions.sideLots(positions.side(position, direction)));
  const counted = except !== NO_ORDER && isOn(state, position, direction, except) && !orders.isReduceOnly(except);
  return max(0, counted ? sub(total, orders.remaining(except)) : total);
}

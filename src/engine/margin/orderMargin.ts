import { type Fraction, timesCeil } from '../../num/fraction';
import { abs, add, type Int, max, min, negate, sign, sub } from '../../num/int';
import type { InstrumentSpec } from '../instruments/spec';
import type { Direction, Order, Position } from '../state/model';
import { notionalAt } from './margin';
import { isOn, reduceOnlyLots, sideOf } from './orderSide';

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
function freedom(position: Position, direction: Direction, incoming: IncomingOrder | undefined, except: Order | undefined): Int {
  if (sign(position.quantity) * direction >= 0) return 0;
  let free = abs(position.quantity);
  const side = sideOf(position, direction);
  if (side.reduceOnlyOrders > 0) free = sub(free, reduceOnlyLots(side, except));
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

  resting(order: Order): void {
    if (order.terms.reduceOnly) return;
    const opening = this.take(order.remaining);
    if (opening === 0) return;
    const whole = opening === order.remaining && this.rate === undefined;
    const margin = whole ? order.margin : marginOfLots(this.spec, opening, order.marginPrice, this.rate ?? order.marginRate);
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
  position: Position,
  direction: Direction,
  incoming: IncomingOrder | undefined,
  except: Order | undefined,
  rate: Fraction | undefined,
): SideNeed {
  const { first } = sideOf(position, direction);
  const entering = incoming?.direction === direction ? incoming : undefined;
  if (first === undefined && entering === undefined) return NOTHING;
  const walk = new SideWalk(position.instrument.spec, freedom(position, direction, entering, except), rate);
  let placed = entering === undefined;
  for (let order = first; order !== undefined; order = order.nextOfSide) {
    if (order === except) continue;
    // A newcomer stands behind resting orders of its own price.
    if (!placed && entering !== undefined && (entering.price - order.price) * direction > 0) {
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
export function orderNeed(position: Position, incoming?: IncomingOrder, except?: Order): OrderNeed {
  if (incoming !== undefined && !incoming.reduceOnly && except === undefined && sign(position.quantity) * incoming.direction >= 0) {
    // The most common newcomer: it has nothing to reduce, so every lot of its side opens.
    const own = marginOfLots(position.instrument.spec, incoming.lots, incoming.marginPrice, incoming.marginRate);
    const need = add(sideOf(position, incoming.direction).margin, own);
    return { need: max(need, restingNeed(position, incoming.direction > 0 ? -1 : 1)), openingLots: incoming.lots };
  }
  const buys = walkSide(position, 1, incoming, except, undefined);
  const sells = walkSide(position, -1, incoming, except, undefined);
  return { need: max(buys.need, sells.need), openingLots: buys.incomingOpening + sells.incomingOpening };
}

/** What the resting orders of one side need. */
function restingNeed(position: Position, direction: Direction): Int {
  const { first, margin } = sideOf(position, direction);
  if (first === undefined) return 0;
  let free = freedom(position, direction, undefined, undefined);
  if (free === 0) return margin;
  let need: Int = 0;
  for (let order: Order | undefined = first; order !== undefined; order = order.nextOfSide) {
    if (order.terms.reduceOnly) continue;
    if (free === 0) {
      need = add(need, order.margin);
      continue;
    }
    const taken = Number(min(free, order.remaining));
    free = add(free, -taken);
    const opening = order.remaining - taken;
    if (opening > 0) need = add(need, marginOfLots(position.instrument.spec, opening, order.marginPrice, order.marginRate));
  }
  return need;
}

/** What the open orders of a position would need, were all of them taken on at this rate. */
export function needAtRate(position: Position, rate: Fraction): Int {
  const buys = walkSide(position, 1, undefined, undefined, rate);
  const sells = walkSide(position, -1, undefined, undefined, rate);
  return max(buys.need, sells.need);
}

/** What the open orders of a position need now. */
export function currentNeed(position: Position): Int {
  return max(restingNeed(position, 1), restingNeed(position, -1));
}

/** Whether any lot of an open order could increase the position: the newest such order by acceptance, if any. */
export function newestOpeningOrder(position: Position): Order | undefined {
  let newest: Order | undefined;
  for (const direction of [1, -1] as const) {
    let free = freedom(position, direction, undefined, undefined);
    for (let order = sideOf(position, direction).first; order !== undefined; order = order.nextOfSide) {
      if (order.terms.reduceOnly) continue;
      const taken = Number(min(free, order.remaining));
      free = add(free, -taken);
      if (taken < order.remaining && (newest === undefined || acceptedAfter(order, newest))) newest = order;
    }
  }
  return newest;
}

export function acceptedAfter(order: Order, other: Order): boolean {
  return order.acceptedSeq > other.acceptedSeq || (order.acceptedSeq === other.acceptedSeq && order.acceptedIndex > other.acceptedIndex);
}

/** Signed lots the position would reach if every order of that side filled (rules.md §3, §9: position limit and tier at admission). */
export function exposure(position: Position, direction: Direction, lots: number, except?: Order): Int {
  const side = sideOf(position, direction);
  const total = add(add(direction > 0 ? position.quantity : negate(position.quantity), lots), side.lots);
  const left = except !== undefined && !except.terms.reduceOnly && isOn(position, direction, except) ? except.remaining : 0;
  return max(0, sub(total, left));
}

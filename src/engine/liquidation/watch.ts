import { type Int, sub } from '../../num/int';
import { crossRisk } from '../accounts/figures';
import type { AccountRow } from '../state/accounts';
import type { Instrument } from '../state/model';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import type { LiquidationIndex } from './index';

/** Doubles carry about 16 digits; a hint this much too near is looked at early, never late. */
const CAUTION = 1e-9;
/** MM and fee reserve are each rounded up: what is compared can be this much less than the line that a hint solves. */
const ROUNDING = 2;

function indexOf(instrument: Instrument, direction: 1 | -1): LiquidationIndex {
  return direction > 0 ? instrument.longs : instrument.shorts;
}

function unwatch(state: State, position: PositionRow): void {
  const { positions } = state;
  if (positions.watchSlot(position) < 0) return;
  indexOf(state.instrumentOf(position), positions.watchDirection(position)).remove(position);
}

/** Puts a position where the mark will find it in time. */
function watchAt(state: State, position: PositionRow, price: number): void {
  const { positions } = state;
  const direction = positions.quantity(position) > 0 ? 1 : -1;
  if (positions.watchDirection(position) !== direction) unwatch(state, position);
  const nearer = Math.abs(price) * CAUTION + 1e-6;
  indexOf(state.instrumentOf(position), direction).set(position, price + direction * nearer);
}

/** About where a block's equity meets MM; the exact price is `triggerPrice`, which decides nothing here. */
function blockHint(state: State, block: PositionRow): number {
  const { positions } = state;
  const { spec } = state.instrumentOf(block);
  const quantity = Number(positions.quantity(block));
  const long = quantity > 0;
  const buffer = Number(sub(positions.cash(block), positions.entryCost(block))) - ROUNDING;
  const perUnit = Math.abs(quantity) * spec.unitValue;
  const reserve = Number(spec.feeReserve.n) / Number(spec.feeReserve.d);
  const { tiers } = spec;
  for (let slot = 0; ; slot++) {
    const tier = tiers[slot];
    if (tier === undefined) throw new Error('invariant: the last tier is unbounded');
    const rate = Number(tier.rateTop) / Number(tier.bottom) + reserve;
    const relief = Number(tier.deductionTop) / Number(tier.bottom);
    const price = long ? -(buffer + relief) / (perUnit * (1 - rate)) : (buffer + relief) / (perUnit * (1 + rate));
    const next = tiers[slot + 1];
    if (next === undefined || price * perUnit <= Number(next.floor) * (1 + CAUTION)) return price;
  }
}

export function watchBlock(state: State, block: PositionRow): void {
  if (state.positions.quantity(block) === 0) unwatch(state, block);
  else watchAt(state, block, blockHint(state, block));
}

/**
 * A cross account depends on all its marks. Its room, equity − MM, is divided evenly
 * among its positions, and each is watched at the price where the mark alone would
 * have used up its share: while every mark keeps short of its own, the account is safe.
 */
export function watchAccount(state: State, account: AccountRow): void {
  const { accounts, positions } = state;
  const first = accounts.firstPosition(account);
  let open = 0;
  for (let position = first; position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    if (positions.quantity(position) === 0) unwatch(state, position);
    else open += 1;
  }
  if (open === 0) return;
  const figures = crossRisk(state, account);
  const share = Number(sub(figures.equity, figures.maintenanceMargin)) / open - ROUNDING;
  for (let position = first; position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    const quantity = Number(positions.quantity(position));
    if (quantity === 0) continue;
    const { spec, mark } = state.instrumentOf(position);
    const highest = spec.tiers[spec.tiers.length - 1];
    const rate = highest === undefined ? 0 : Number(highest.rate.n) / Number(highest.rate.d);
    const reserve = Number(spec.feeReserve.n) / Number(spec.feeReserve.d);
    const perUnit = Math.abs(quantity) * spec.unitValue * (1 + rate + reserve);
    // Without room the account is looked at whatever the mark: what used it up may be halted.
    const room = share < 0 ? -Infinity : share / perUnit;
    watchAt(state, position, Number(mark as Int) - (quantity > 0 ? room : -room));
  }
}

/** Whether there is anything to take out. */
export function hasReached({ mark, longs, shorts }: Instrument): boolean {
  if (mark === undefined) return false;
  const price = Number(mark);
  const long = longs.topPrice();
  if (long !== undefined && price <= long) return true;
  const short = shorts.topPrice();
  return short !== undefined && price >= short;
}

/** Takes out of the index whatever the mark has reached or come close to. */
export function takeReached(instrument: Instrument): PositionRow[] {
  const reached: PositionRow[] = [];
  const { mark } = instrument;
  if (mark === undefined) return reached;
  const price = Number(mark);
  for (const index of [instrument.longs, instrument.shorts]) {
    for (;;) {
      const hint = index.topPrice();
      if (hint === undefined || (index === instrument.longs ? price > hint : price < hint)) break;
      const position = index.top() as PositionRow;
      index.remove(position);
      reached.push(position);
    }
  }
  return reached;
}

/**
 * After a restore or a replay everything that changed still waits to be watched. It is
 * put under watch without being looked at: what the live engine left alone stays so.
 */
export function catchUp(state: State): void {
  const { accounts, positions, touchedBlocks, touchedAccounts, touchedInstruments } = state;
  if (touchedBlocks.count === 0 && touchedAccounts.count === 0 && touchedInstruments.size === 0) return;
  for (let slot = 0; slot < touchedBlocks.count; slot++) {
    const block = touchedBlocks.at(slot);
    positions.setTouched(block, false);
    watchBlock(state, block);
  }
  for (let slot = 0; slot < touchedAccounts.count; slot++) {
    const account = touchedAccounts.at(slot);
    accounts.setTouched(account, false);
    watchAccount(state, account);
  }
  touchedBlocks.shorten(0);
  touchedAccounts.shorten(0);
  touchedInstruments.clear();
}

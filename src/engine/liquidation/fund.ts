import { fraction, timesCeil } from '../../num/fraction';
import { abs, divCeil, divFloor, type Int, isSafe, max, min, mul, sign } from '../../num/int';
import { fundFigures } from '../accounts/figures';
import type { Recorder } from '../recorder';
import type { Instrument } from '../state/model';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { deleverage } from './deleverage';
import { sendEngineOrder } from './order';
import { Remainder } from './remainder';

/** The fund's inventory of an instrument; NO_POSITION when it holds none. */
function inventoryOf(state: State, instrument: Instrument): PositionRow {
  const position = state.findCross(state.accounts.fund, instrument);
  return state.positions.quantity(position) === 0 ? NO_POSITION : position;
}

/** Signed lots of an instrument that the fund holds. */
export function inventoryLots(state: State, instrument: Instrument): Int {
  return state.positions.quantity(state.findCross(state.accounts.fund, instrument));
}

/**
 * Works off ⌈insuranceUnwindPart × inventory⌉ lots at mark, rounded to a tick in the
 * fund's favour, without fee (rules.md §6.6). `heldBefore` is what it held when the
 * tick came: what it takes over in the same tick waits for a later one.
 */
export function workOffInventory(rec: Recorder, instrument: Instrument, heldBefore: Int): void {
  const inventory = inventoryOf(rec.state, instrument);
  const held = rec.state.positions.quantity(inventory);
  if (held === 0 || instrument.halt === 'ALL' || sign(heldBefore) !== sign(held)) return;
  const { spec } = instrument;
  const basis = min(abs(heldBefore), abs(held));
  const lots = min(timesCeil(basis, spec.insuranceUnwindPart), basis);
  const mark = instrument.mark as Int;
  const ticks = held > 0 ? divCeil(mark, spec.tick) : divFloor(mark, spec.tick);
  const price = mul(ticks, spec.tick);
  if (price <= 0 || lots <= 0) return;
  const limit = isSafe(price) ? price : Number.MAX_SAFE_INTEGER;
  sendEngineOrder(rec, 'FUND', inventory, inOneGo(lots), limit);
}

/** What the fund took over can be past 2⁵³ lots, which no order is: the rest waits for the next go. */
function inOneGo(lots: Int): number {
  return Number(min(lots, Number.MAX_SAFE_INTEGER));
}

/** A fund below its inventory's MM has it auto-deleveraged at mark; true when that was so (rules.md §6.6). */
export function deleverageInsolventFund(rec: Recorder): boolean {
  const { state } = rec;
  // Without inventory there is nothing to deleverage, and no MM.
  if (state.accounts.firstPosition(state.accounts.fund) === NO_POSITION) return false;
  const { equity, maintenanceMargin } = fundFigures(state);
  if (equity >= maintenanceMargin) return false;
  let acted = false;
  for (const instrument of state.instruments) {
    const inventory = inventoryOf(state, instrument);
    if (inventory === NO_POSITION || instrument.halt === 'ALL') continue;
    const perLot = fraction(mul(max(1, instrument.mark as Int), instrument.spec.unitValue), 1);
    const before = rec.events.length;
    const lots = inOneGo(abs(state.positions.quantity(inventory)));
    deleverage(rec, new Remainder(state.positions, inventory, lots, perLot));
    acted = acted || rec.events.length > before;
  }
  return acted;
}

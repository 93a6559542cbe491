import { fraction, timesCeil } from '../../num/fraction';
import { abs, divCeil, divFloor, type Int, isSafe, max, min, mul, sign } from '../../num/int';
import { fundFigures } from '../accounts/figures';
import type { Recorder } from '../recorder';
import type { Instrument, Position } from '../state/model';
import { deleverage } from './deleverage';
import { sendEngineOrder } from './order';
import { Remainder } from './remainder';

/** The fund's inventory of an instrument, if it holds any. */
export function inventoryOf(
  fund: { holdings: readonly ({ cross: Position | undefined } | undefined)[] },
  instrument: Instrument,
): Position | undefined {
  const position = fund.holdings[instrument.number]?.cross;
  return position === undefined || position.quantity === 0 ? undefined : position;
}

/**
 * Works off ⌈insuranceUnwindPart × inventory⌉ lots at mark, rounded to a tick in the
 * fund's favour, without fee (rules.md §6.6). `heldBefore` is what it held when the
 * tick came: what it takes over in the same tick waits for a later one.
 */
export function workOffInventory(rec: Recorder, instrument: Instrument, heldBefore: Int): void {
  const inventory = inventoryOf(rec.state.fund, instrument);
  if (inventory === undefined || instrument.halt === 'ALL' || sign(heldBefore) !== sign(inventory.quantity)) return;
  const { spec } = instrument;
  const basis = min(abs(heldBefore), abs(inventory.quantity));
  const lots = min(timesCeil(basis, spec.insuranceUnwindPart), basis);
  const mark = instrument.mark as Int;
  const ticks = inventory.quantity > 0 ? divCeil(mark, spec.tick) : divFloor(mark, spec.tick);
  const price = mul(ticks, spec.tick);
  if (price <= 0 || lots <= 0) return;
  const limit = isSafe(price) ? price : Number.MAX_SAFE_INTEGER;
  sendEngineOrder(rec, 'FUND', inventory, Number(lots), limit);
}

/** A fund below its inventory's MM has it auto-deleveraged at mark; true when that was so (rules.md §6.6). */
export function deleverageInsolventFund(rec: Recorder): boolean {
  const { state } = rec;
  // Without inventory there is nothing to deleverage, and no MM.
  if (state.fund.holdings.length === 0) return false;
  const { equity, maintenanceMargin } = fundFigures(state.fund);
  if (equity >= maintenanceMargin) return false;
  let acted = false;
  for (const instrument of state.instruments) {
    const inventory = inventoryOf(state.fund, instrument);
    if (inventory === undefined || instrument.halt === 'ALL') continue;
    const perLot = fraction(mul(max(1, instrument.mark as Int), instrument.spec.unitValue), 1);
    const before = rec.events.length;
    deleverage(rec, new Remainder(inventory, Number(abs(inventory.quantity)), perLot));
    acted = acted || rec.events.length > before;
  }
  return acted;
}

import { abs, add, divFloor, type Int, max, min, mul, negate, sign, sub } from '../../num/int';
import { fundFigures } from '../accounts/figures';
import { costOfClosed } from '../margin/margin';
import type { State } from '../state/state';
import { inventoryLots } from './fund';
import type { Remainder } from './remainder';
import { kinksOfAdding, largestFitting } from './search';

/** Values of all and of netted lots, cost, MM: each is rounded by less than one micro-unit. */
const NOISE = 4;

/**
 * How many lots the insurance fund nets and takes over together: as many as leave its
 * balance + unrealised PnL − MM of its whole inventory ≥ 0 and its inventory's
 * notional within insuranceLimit (rules.md §6.3).
 */
export function fundCapacity(state: State, remainder: Remainder): number {
  const { positions } = state;
  const instrument = state.instrumentOf(remainder.position);
  const direction = sign(positions.quantity(remainder.position));
  const held = mul(inventoryLots(state, instrument), direction);
  const mark = instrument.mark as Int;
  let least: Int = 1;
  let most: Int = remainder.lots;
  const { insuranceLimit, unitValue } = instrument.spec;
  if (insuranceLimit !== undefined) {
    const limit = divFloor(insuranceLimit, mul(mark, unitValue));
    least = max(least, sub(negate(held), limit));
    most = min(most, sub(limit, held));
  }
  if (most < least) return 0;
  const kinks = kinksOfAdding(instrument.spec, held, mark);
  const fitting = largestFitting(Number(most), { after: (lots) => roomAfter(state, remainder, lots), kinks, noise: NOISE });
  return fitting < least ? 0 : fitting;
}

function roomAfter(state: State, remainder: Remainder, lots: number): Int {
  const { positions } = state;
  const inventory = state.cross(state.accounts.fund, state.instrumentOf(remainder.position));
  const held = positions.quantity(inventory);
  const cost = positions.entryCost(inventory);
  const direction = sign(positions.quantity(remainder.position));
  const value = remainder.valueOf(lots);
  const opposite = sign(held) * direction < 0;
  const netted = opposite ? min(abs(held), lots) : 0;
  const nettedValue = netted === lots ? value : remainder.valueOf(Number(netted));
  const removed = netted === 0 ? 0 : costOfClosed(held, cost, netted);
  const profit = netted === 0 ? 0 : sub(direction < 0 ? nettedValue : negate(nettedValue), removed);
  const opened = sub(value, nettedValue);
  const figures = fundFigures(state, {
    position: inventory,
    quantity: add(held, direction * lots),
    entryCost: add(sub(cost, removed), direction > 0 ? opened : negate(opened)),
    balanceChange: profit,
  });
  return sub(figures.equity, figures.maintenanceMargin);
}

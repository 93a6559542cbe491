import { abs, add, divFloor, type Int, min, mul, negate, sign, sub } from '../../num/int';
import { fundFigures } from '../accounts/figures';
import { costOfClosed } from '../margin/margin';
import type { State } from '../state/state';
import { inventoryLots } from './fund';
import type { Remainder } from './remainder';
import { largestFitting } from './search';

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
  let most = remainder.lots;
  const { insuranceLimit, unitValue } = instrument.spec;
  if (insuranceLimit !== undefined) {
    const limit = divFloor(insuranceLimit, mul(instrument.mark as Int, unitValue));
    if (negate(held) > add(limit, remainder.lots)) return 0;
    most = Math.max(0, Number(min(most, sub(limit, held))));
  }
  return largestFitting(most, (lots) => roomAfter(state, remainder, lots));
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

import { accountFigures } from './accountFigures';
import { blockRisk } from './blockFigures';
import { type Decimal, decimal, ZERO } from './decimal';
import { fillPosition, markOf, riskFigures, unrealizedAt } from './positions';
import { mostLots } from './search';
import type { Holder, ModelState } from './state';
import { lotsOfFloors, maintenanceMargin } from './tiers';

/** Four figures of a surplus are rounded, each by less than a micro-unit. */
const BLUR = decimal('0.000004');

/**
 * The most lots that leave a counterparty with equity ≥ MM (closed: cash ≥ 0), at the
 * value that so many lots have.
 */
export function deleverableLots(
  state: ModelState,
  name: string,
  holder: Holder,
  wanted: Decimal,
  worthOf: (lots: Decimal) => Decimal,
): Decimal {
  const { spec } = state.instrument(name);
  const position = state.position(holder, name);
  const held = position.quantity.abs().dividedBy(spec.lotSize);
  const limit = held.lessThan(wanted) ? held : wanted;
  const after = (lots: Decimal) => surplusAfter(state, name, holder, lots, worthOf);
  const bends = lotsOfFloors(spec.tiers, markOf(state.instrument(name)), spec.lotSize).map((lots) => held.minus(lots));
  return mostLots(limit, { after, bends, blur: BLUR });
}

/** Equity − MM of the holder once it closed so many lots at that value. */
function surplusAfter(state: ModelState, name: string, holder: Holder, lots: Decimal, worthOf: (lots: Decimal) => Decimal): Decimal {
  const instrument = state.instrument(name);
  const position = state.position(holder, name);
  const leverage = holder.block?.leverage ?? null;
  const before = riskFigures(position, instrument, leverage);
  const { equity, maintenanceMargin: margin } =
    holder.block === null ? accountFigures(state, holder.accountId as string) : blockRisk(state, holder.block);
  const rest = { ...position };
  const quantity = lots.times(instrument.spec.lotSize);
  const closing = position.quantity.isNegative() ? quantity : quantity.negated();
  const { realizedPnl } = lots.isZero() ? { realizedPnl: ZERO } : fillPosition(rest, closing, () => worthOf(lots));
  const after = riskFigures(rest, instrument, leverage);
  const equityAfter = equity
    .plus(realizedPnl)
    .plus(after.unrealizedPnl)
    .minus(before.unrealizedPnl)
    .minus(after.feeReserve)
    .plus(before.feeReserve);
  return equityAfter.minus(margin.minus(before.maintenanceMargin).plus(after.maintenanceMargin));
}

/** The fund's balance + unrealised PnL − MM of its whole inventory (rules.md §6.3). */
export function fundSurplus(state: ModelState): Decimal {
  let surplus = state.fundCash();
  for (const instrument of state.instruments.values()) {
    const { inventory } = instrument;
    if (inventory.quantity.isZero()) continue;
    const mark = markOf(instrument);
    const margin = maintenanceMargin(instrument.spec.tiers, inventory.quantity.abs().times(mark));
    surplus = surplus.plus(unrealizedAt(inventory, mark)).minus(margin);
  }
  return surplus;
}

/** How many of so many lots the fund can net and take over, both together (rules.md §6.3). */
export function fundCapacity(
  state: ModelState,
  name: string,
  long: boolean,
  wanted: Decimal,
  worthOf: (lots: Decimal) => Decimal,
): Decimal {
  const instrument = state.instrument(name);
  const { spec, inventory } = instrument;
  const mark = markOf(instrument);
  const base = fundSurplus(state);
  const own = maintenanceMargin(spec.tiers, inventory.quantity.abs().times(mark)).negated().plus(unrealizedAt(inventory, mark));
  const held = inventory.quantity.dividedBy(spec.lotSize).times(long ? 1 : -1);
  let [least, most] = [ZERO, wanted];
  if (spec.insuranceLimit !== null) {
    const allowed = spec.insuranceLimit.dividedBy(mark.times(spec.lotSize)).floor();
    least = held.negated().minus(allowed);
    most = allowed.minus(held).lessThan(wanted) ? allowed.minus(held) : wanted;
  }
  if (most.lessThan(least)) return ZERO;
  const after = (lots: Decimal) => {
    const quantity = lots.times(spec.lotSize).times(long ? 1 : -1);
    const notional = inventory.quantity.plus(quantity).abs().times(mark);
    // Realised or not, the lots gain the difference between mark and their price.
    const gained = quantity.times(mark).minus(worthOf(lots).times(long ? 1 : -1));
    return base.minus(own).plus(unrealizedAt(inventory, mark)).plus(gained).minus(maintenanceMargin(spec.tiers, notional));
  };
  const floors = lotsOfFloors(spec.tiers, mark, spec.lotSize);
  const bends = [ZERO, ...floors.map((lots) => lots.minus(1)), ...floors.map((lots) => lots.negated())].map((lots) => lots.minus(held));
  const found = mostLots(most, { after, bends, blur: BLUR });
  return found.lessThan(least) ? ZERO : found;
}

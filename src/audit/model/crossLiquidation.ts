import { accountFigures, crossRisk } from './accountFigures';
import { type Decimal, decimal, maxOf, minOf, moneyCeil, ONE, roundDownTo, roundUpTo, ZERO } from './decimal';
import { markOf, riskFiguresAt } from './positions';
import { fewestLots } from './search';
import type { ModelState } from './state';
import { lotsOfFloors } from './tiers';

/** Equity is restored to this multiple of MM (rules.md §6, cross). */
const RESTORED = decimal('1.1');
/** Two fees, two reserves and, 1.1 times, two margins are rounded, each by less than a micro-unit. */
const BLUR = decimal('0.0000062');

export interface CrossLimit {
  /** Signed as the position. */
  readonly quantity: Decimal;
  readonly price: Decimal;
}

/** How many lots of a cross position go, and the price that limits them (rules.md §6, cross). */
export function crossLiquidationLimit(state: ModelState, accountId: string, name: string): CrossLimit {
  const position = state.position({ accountId, block: null }, name);
  const lots = quantityToClose(state, accountId, name);
  const quantity = position.quantity.isNegative() ? lots.negated() : lots;
  return { quantity, price: limitPrice(state, accountId, name) };
}

function quantityToClose(state: ModelState, accountId: string, name: string): Decimal {
  const instrument = state.instrument(name);
  const { lotSize, tiers } = instrument.spec;
  const all = state.position({ accountId, block: null }, name).quantity.abs().dividedBy(lotSize);
  const after = (lots: Decimal) => surplusAfter(state, accountId, name, lots.times(lotSize));
  const bends = lotsOfFloors(tiers, markOf(instrument), lotSize).map((lots) => all.minus(lots));
  return fewestLots(all, { after, bends, blur: BLUR }).times(lotSize);
}

/** Equity − 1.1 MM once so much quantity was filled at mark, after fees. */
function surplusAfter(state: ModelState, accountId: string, name: string, closed: Decimal): Decimal {
  const instrument = state.instrument(name);
  const { spec } = instrument;
  const account = accountFigures(state, accountId);
  const own = crossRisk(state, accountId, name);
  const position = state.position({ accountId, block: null }, name);
  const rest = { quantity: position.quantity.abs().minus(closed), cost: ZERO };
  const after = riskFiguresAt(rest, spec, markOf(instrument), null);
  const value = closed.times(markOf(instrument));
  const fees = moneyCeil(value.times(spec.takerFeeRate)).plus(moneyCeil(value.times(spec.liquidationFeeRate)));
  const equity = account.equity.plus(own.feeReserve).minus(after.feeReserve).minus(fees);
  const maintenance = account.maintenanceMargin.minus(own.maintenanceMargin).plus(after.maintenanceMargin);
  return equity.minus(maintenance.times(RESTORED));
}

function limitPrice(state: ModelState, accountId: string, name: string): Decimal {
  const instrument = state.instrument(name);
  const mark = markOf(instrument);
  const { equity, maintenanceMargin } = accountFigures(state, accountId);
  const own = crossRisk(state, accountId, name);
  const { quantity } = state.position({ accountId, block: null }, name);
  const held = quantity.abs();
  const inFavour = quantity.greaterThan(0) ? ONE : ONE.negated();
  if (!equity.isNegative()) {
    const move = equity.times(own.maintenanceMargin).dividedBy(maintenanceMargin).dividedBy(held);
    return toTick(state, name, mark.minus(inFavour.times(move)), inFavour);
  }
  return toTick(state, name, mark.plus(inFavour.times(shortfallMove(state, accountId, name, equity.negated()))), inFavour);
}

/** A losing position's share, by unrealised loss, of the shortfall: never past its own entry price. */
function shortfallMove(state: ModelState, accountId: string, name: string, shortfall: Decimal): Decimal {
  let losses = ZERO;
  for (const other of state.instruments.keys()) losses = losses.plus(lossOf(state, accountId, other));
  const loss = lossOf(state, accountId, name);
  if (loss.isZero()) return ZERO;
  const held = state.position({ accountId, block: null }, name).quantity.abs();
  return minOf(shortfall.times(loss).dividedBy(losses), loss).dividedBy(held);
}

function lossOf(state: ModelState, accountId: string, name: string): Decimal {
  return maxOf(ZERO, crossRisk(state, accountId, name).unrealizedPnl.negated());
}

function toTick(state: ModelState, name: string, price: Decimal, inFavour: Decimal): Decimal {
  const { tickSize } = state.instrument(name).spec;
  return maxOf(tickSize, inFavour.greaterThan(0) ? roundUpTo(price, tickSize) : roundDownTo(price, tickSize));
}

import { accountFigures, crossRisk } from './accountFigures';
import type { EventContext } from './context';
import { crossLiquidationLimit } from './crossLiquidation';
import { type Decimal, maxOf, minOf, moneyCeil, moneyFloor, show, ZERO } from './decimal';
import type { Spec } from './instrument';
import type { Holder, Liquidation, ModelState } from './state';

export function newLiquidation(accountId: string | null, instrument: string, quantity: Decimal, value: Decimal): Liquidation {
  return {
    accountId,
    instrument,
    long: quantity.greaterThan(0),
    quantity: quantity.abs(),
    value,
    filledLots: ZERO,
    filledValue: ZERO,
    takerFees: ZERO,
    feesDue: false,
    handedLots: ZERO,
    handedValue: ZERO,
    fundLots: null,
    queue: null,
  };
}

/** What the book left of a liquidation and nobody has taken yet. */
export function restOf(liquidation: Liquidation): Decimal {
  return liquidation.quantity.minus(liquidation.filledLots).minus(liquidation.handedLots);
}

/** Notional of the next part: ⌊price × lots⌋ for a long, ⌈ ⌉ for a short; the last part takes what rounding left (rules.md §6.3). */
export function partValue(liquidation: Liquidation, quantity: Decimal): Decimal {
  const round = liquidation.long ? moneyFloor : moneyCeil;
  const at = (lots: Decimal) => round(liquidation.value.times(lots).dividedBy(liquidation.quantity));
  const last = quantity.equals(restOf(liquidation));
  return last ? at(liquidation.quantity.minus(liquidation.filledLots)).minus(liquidation.handedValue) : at(quantity);
}

export interface LiquidationFees {
  readonly takerFee: Decimal;
  readonly liquidationFee: Decimal;
}

/** Taker fee of its trades, then the liquidation fee, together at most what the fills brought above the limit (rules.md §6.2). */
export function liquidationFees(liquidation: Liquidation, spec: Spec): LiquidationFees {
  const atLimit = liquidation.value.times(liquidation.filledLots).dividedBy(liquidation.quantity);
  const surplus = liquidation.long ? liquidation.filledValue.minus(atLimit) : atLimit.minus(liquidation.filledValue);
  const cap = maxOf(ZERO, moneyFloor(surplus));
  const takerFee = minOf(cap, liquidation.takerFees);
  const liquidationFee = minOf(cap.minus(takerFee), moneyCeil(liquidation.filledValue.times(spec.liquidationFeeRate)));
  return { takerFee, liquidationFee };
}

export function liquidationKey(holder: Holder): string {
  return holder.block?.id ?? `cross:${holder.accountId}`;
}

/** The liquidation that an event belongs to; of a cross account the next step begins with its first event. */
export function liquidationFor(event: EventContext, holder: Holder, instrument: string): Liquidation | null {
  const { state } = event;
  const key = liquidationKey(holder);
  const current = state.liquidations.get(key) ?? null;
  if (holder.block !== null || holder.accountId === null || !state.crossLiquidations.has(holder.accountId)) return current;
  if (current !== null && current.instrument === instrument && restOf(current).greaterThan(0)) return current;
  if (current !== null) requireFeesCharged(event, current);
  const next = nextCrossStep(event, holder.accountId, instrument);
  state.liquidations.set(key, next);
  return next;
}

/** Per position, largest MM first, ties by listing, halted ones skipped (rules.md §6, cross). */
function nextCrossStep(event: EventContext, accountId: string, instrument: string): Liquidation {
  const { state } = event;
  const figures = accountFigures(state, accountId);
  const due = figures.equity.lessThan(figures.maintenanceMargin);
  event.require(due, 'equity', `< MM ${show(figures.maintenanceMargin)}`, show(figures.equity), 'rules.md §6 repeat while equity < MM');
  const largest = largestPosition(state, accountId);
  event.require(largest === instrument, 'instrument', String(largest), instrument, 'rules.md §6 largest MM first');
  const limit = crossLiquidationLimit(state, accountId, instrument);
  return newLiquidation(accountId, instrument, limit.quantity, limit.price.times(limit.quantity.abs()));
}

function largestPosition(state: ModelState, accountId: string): string | null {
  let largest: { name: string; margin: Decimal } | null = null;
  for (const instrument of state.instruments.values()) {
    const position = state.position({ accountId, block: null }, instrument.name);
    if (position.quantity.isZero() || instrument.halted === 'ALL') continue;
    const margin = crossRisk(state, accountId, instrument.name).maintenanceMargin;
    if (largest === null || margin.greaterThan(largest.margin)) largest = { name: instrument.name, margin };
  }
  return largest?.name ?? null;
}

/** Fills of a liquidation order that ended without the fees which they owe. */
export function requireFeesCharged(event: EventContext, liquidation: Liquidation): void {
  if (!liquidation.feesDue) return;
  liquidation.feesDue = false;
  const { spec } = event.state.instrument(liquidation.instrument);
  const { takerFee, liquidationFee } = liquidationFees(liquidation, spec);
  const owed = takerFee.plus(liquidationFee);
  event.require(owed.isZero(), 'LiquidationFeesCharged', show(owed), 'absent', 'rules.md §6.2');
}

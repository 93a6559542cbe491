import type { Decimal } from './decimal';
import { type FillOutcome, fillPosition } from './positions';
import type { Holder, ModelState } from './state';

/**
 * Credits a USD amount (negative: debits) from a USD ledger account to a holder's cash.
 * A USDC block's part passes through `conversion`, USDC on one side and USD on the
 * other, so that each currency sums to zero by itself (rules.md §7).
 */
export function creditUsd(state: ModelState, holder: Holder, from: string, amount: Decimal): void {
  const cash = state.cashAccount(holder);
  if (state.currency(holder) === 'USD') {
    state.ledger.transfer(from, cash, 'USD', amount);
    return;
  }
  state.ledger.transfer(from, 'conversion', 'USD', amount);
  state.ledger.transfer('conversion', cash, 'USDC', amount);
}

/** Realised PnL: its other side is `clearing` (rules.md §5). */
export function realize(state: ModelState, holder: Holder, pnl: Decimal): void {
  creditUsd(state, holder, 'clearing', pnl);
}

/** A fee in the holder's own currency, to `fees` or `insurance`; negative is a rebate. */
export function chargeFee(state: ModelState, holder: Holder, to: 'fees' | 'insurance', fee: Decimal): void {
  state.ledger.transfer(state.cashAccount(holder), to, state.currency(holder), fee);
}

/** Fills a holder's position and books the PnL that its closed lots realised. */
export function settleFill(
  state: ModelState,
  holder: Holder,
  instrument: string,
  quantity: Decimal,
  worthOf: (lots: Decimal) => Decimal,
): FillOutcome {
  const position = state.position(holder, instrument);
  const { quantity: before, cost } = position;
  const outcome = fillPosition(position, quantity, worthOf);
  const turned = before.isZero() || before.isNegative() !== position.quantity.isNegative();
  if (turned && !position.quantity.isZero()) position.leftZero = state.eventCount;
  state.positionMoved(holder, instrument, position, { quantity: before, cost });
  realize(state, holder, outcome.realizedPnl);
  return outcome;
}

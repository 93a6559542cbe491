import { abs, add, type Int, max, mulDivFloor, negate, sign, sub } from '../../num/int';
import { valueAt } from '../margin/margin';
import { linkOpen, unlinkOpen } from '../state/links';
import type { Currency } from '../state/model';
import type { PositionRow } from '../state/positions';
import type { State } from '../state/state';

/** Money of a position's own pocket: a block's cash, the main balance behind a cross position, the insurance fund's. */
export function creditPocket(state: State, position: PositionRow, amount: Int): void {
  if (amount === 0) return;
  const { positions } = state;
  if (positions.isIsolated(position)) {
    state.touchBlock(position);
    positions.addCash(position, amount);
  } else {
    state.creditMain(positions.account(position), 'USD', amount);
  }
}

/**
 * Realised PnL against the ledger account `clearing`, which is in USD; that of a USDC
 * block passes through `conversion` (rules.md §§5, 7).
 */
export function realizePnl(state: State, position: PositionRow, pnl: Int): void {
  if (pnl === 0) return;
  const { positions } = state;
  creditPocket(state, position, pnl);
  positions.addRealizedPnl(position, pnl);
  throughConversion(state, positions.currency(position), pnl);
  state.debitTotal('USD', 'clearing', pnl);
}

/** The two legs by which a USD amount reaches a USDC pocket. */
export function throughConversion(state: State, currency: Currency, amount: Int): void {
  if (currency === 'USD') return;
  state.debitTotal('USDC', 'conversion', amount);
  state.creditTotal('USD', 'conversion', amount);
}

/**
 * Moves a position by signed lots. `closedValue` is what the closed lots brought, of
 * which `pnl` was profit: the rest is the entry cost that leaves; opened lots enter
 * at `openedValue` (both unsigned). The open interest and the instrument's list of
 * open positions follow.
 */
export function moveLots(state: State, position: PositionRow, lots: Int, closed: Int, closedValue: Int, pnl: Int, openedValue: Int): void {
  const { positions } = state;
  state.touchPosition(position);
  const before = positions.quantity(position);
  const after = add(before, lots);
  if (closed !== 0) {
    const removed = sub(before > 0 ? closedValue : negate(closedValue), pnl);
    positions.addEntryCost(position, negate(removed));
  }
  if (openedValue !== 0) positions.addEntryCost(position, lots > 0 ? openedValue : negate(openedValue));
  positions.setQuantity(position, after);
  const instrument = state.instrumentOf(position);
  state.undo.save(instrument);
  instrument.openInterest = add(instrument.openInterest, sub(max(after, 0), max(before, 0)));
  if (sign(before) === sign(after)) return;
  if (before !== 0) unlinkOpen(state, instrument, position);
  if (after !== 0) {
    positions.setOpened(position, state.seq, state.eventIndex);
    positions.setOpenedAt(position, state.clock);
    linkOpen(state, instrument, position);
  }
}

/** A fill at a tick price: `closed` of its lots close, the rest opens. */
export function fillLots(state: State, position: PositionRow, lots: number, price: number, closed: number, pnl: Int): void {
  const { spec } = state.instrumentOf(position);
  const opened = Math.abs(lots) - closed;
  const closedValue = closed === 0 ? 0 : valueAt(spec, closed, price);
  moveLots(state, position, lots, closed, closedValue, pnl, opened === 0 ? 0 : valueAt(spec, opened, price));
  realizePnl(state, position, pnl);
}

/** All of the lots change hands at a whole value, as in a take-over or a deleveraging. */
export function closeLotsAtValue(state: State, position: PositionRow, lots: Int, value: Int, pnl: Int): void {
  moveLots(state, position, lots, abs(lots), value, pnl, 0);
  realizePnl(state, position, pnl);
}

/** The position of an account that events name by account, instrument and block; without an account the insurance fund's. */
export function positionOf(state: State, accountId: string | undefined, instrument: string, isolationId: number): PositionRow {
  if (isolationId !== 0) return state.block(isolationId);
  const account = accountId === undefined ? state.accounts.fund : state.account(accountId);
  return state.cross(account, state.instrument(instrument));
}

/** How a part of `lots` that is worth `value` in all splits into what closes a position and what opens. */
export function splitValue(value: Int, lots: Int, closed: Int): { closedValue: Int; openedValue: Int } {
  if (closed === 0) return { closedValue: 0, openedValue: value };
  if (closed === lots) return { closedValue: value, openedValue: 0 };
  const closedValue = mulDivFloor(value, closed, lots);
  return { closedValue, openedValue: sub(value, closedValue) };
}

import { abs, add, type Int, max, mulDivFloor, sign, sub } from '../../num/int';
import { valueAt } from '../margin/margin';
import { linkOpen, unlinkOpen } from '../state/links';
import { type Account, type Currency, type Holding, Position } from '../state/model';
import type { State } from '../state/state';

/** Money of a position's own pocket: a block's cash, the main balance behind a cross position, the insurance fund's. */
export function creditPocket(state: State, position: Position, amount: Int): void {
  if (amount === 0) return;
  if (position.isolationId !== 0) {
    state.touchBlock(position);
    position.cash = add(position.cash, amount);
  } else {
    state.creditMain(position.holding.account, 'USD', amount);
  }
}

/**
 * Realised PnL against the ledger account `clearing`, which is in USD; that of a USDC
 * block passes through `conversion` (rules.md §§5, 7).
 */
export function realizePnl(state: State, position: Position, pnl: Int): void {
  if (pnl === 0) return;
  creditPocket(state, position, pnl);
  position.realizedPnl = add(position.realizedPnl, pnl);
  throughConversion(state, position.currency, pnl);
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
export function moveLots(state: State, position: Position, lots: Int, closed: Int, closedValue: Int, pnl: Int, openedValue: Int): void {
  state.touchPosition(position);
  const before = position.quantity;
  const after = add(before, lots);
  if (closed !== 0) {
    const removed = sub(before > 0 ? closedValue : sub(0, closedValue), pnl);
    position.entryCost = sub(position.entryCost, removed);
  }
  if (openedValue !== 0) position.entryCost = add(position.entryCost, lots > 0 ? openedValue : sub(0, openedValue));
  position.quantity = after;
  const { instrument } = position.holding;
  state.undo.save(instrument);
  instrument.openInterest = add(instrument.openInterest, sub(max(after, 0), max(before, 0)));
  if (sign(before) === sign(after)) return;
  if (before !== 0) unlinkOpen(instrument, position, state.undo);
  if (after !== 0) {
    position.openedSeq = state.seq;
    position.openedIndex = state.eventIndex;
    position.openedAt = state.clock;
    linkOpen(instrument, position, state.undo);
  }
}

/** A fill at a tick price: `closed` of its lots close, the rest opens. */
export function fillLots(state: State, position: Position, lots: number, price: number, closed: number, pnl: Int): void {
  const { spec } = position.holding.instrument;
  const opened = Math.abs(lots) - closed;
  const closedValue = closed === 0 ? 0 : valueAt(spec, closed, price);
  moveLots(state, position, lots, closed, closedValue, pnl, opened === 0 ? 0 : valueAt(spec, opened, price));
  realizePnl(state, position, pnl);
}

/** All of the lots change hands at a whole value, as in a take-over or a deleveraging. */
export function closeLotsAtValue(state: State, position: Position, lots: Int, value: Int, pnl: Int): void {
  moveLots(state, position, lots, abs(lots), value, pnl, 0);
  realizePnl(state, position, pnl);
}

/** The position of an account that events name by account, instrument and block. */
export function positionOf(state: State, accountId: string | undefined, instrument: string, isolationId: number): Position {
  if (isolationId !== 0) return state.block(isolationId);
  const account = accountId === undefined ? state.fund : state.account(accountId);
  return crossPosition(state, account, instrument);
}

export function crossPosition(state: State, account: Account, instrument: string): Position {
  const holding = state.holding(account, state.instrument(instrument));
  return ensureCross(state, holding);
}

/** The cross position of a holding, made on first use; without lots and orders it is nothing. */
export function ensureCross(state: State, holding: Holding): Position {
  if (holding.cross === undefined) {
    state.undo.save(holding);
    holding.cross = new Position(holding, 0, 'USD', undefined);
  }
  return holding.cross;
}

/** How a part of `lots` that is worth `value` in all splits into what closes a position and what opens. */
export function splitValue(value: Int, lots: Int, closed: Int): { closedValue: Int; openedValue: Int } {
  if (closed === 0) return { closedValue: 0, openedValue: value };
  if (closed === lots) return { closedValue: value, openedValue: 0 };
  const closedValue = mulDivFloor(value, closed, lots);
  return { closedValue, openedValue: sub(value, closedValue) };
}

import { compareFractions, type Fraction } from '../../num/fraction';
import type { Int } from '../../num/int';
import { settleNegativeUsd } from '../accounts/balances';
import { crossRisk } from '../accounts/figures';
import { blockValuation } from '../isolated/figures';
import { triggerPrice } from '../margin/liquidationPrice';
import type { Recorder } from '../recorder';
import type { AccountRow } from '../state/accounts';
import { compareOpenings } from '../state/links';
import type { Instrument } from '../state/model';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { liquidateBlock } from './block';
import { liquidateCrossAccount } from './cross';
import { deleverageInsolventFund } from './fund';
import { hasReached, takeReached, watchAccount, watchBlock } from './watch';

/**
 * The pass (rules.md §6, Order of things): over everything that was touched, blocks
 * first, then cross accounts, each checked again at its turn, repeated until none is
 * left; at its end the insurance fund is checked.
 */
export function pass(rec: Recorder): void {
  const { state } = rec;
  do {
    while (liquidationRound(rec)) {}
  } while (deleverageInsolventFund(rec));
  if (state.touchedInstruments.size > 0) state.touchedInstruments.clear();
}

/**
 * Renews the watch on everything touched, and adds its instruments to those that are
 * looked at. USDC that came home to an account that owes USD is converted here.
 */
function renewWatch(rec: Recorder): void {
  const { state } = rec;
  const { accounts, positions, touchedBlocks, touchedAccounts, touchedInstruments } = state;
  for (let slot = 0; slot < touchedBlocks.count; slot++) {
    const block = touchedBlocks.at(slot);
    positions.setTouched(block, false);
    watchBlock(state, block);
    const instrument = state.instrumentOf(block);
    if (!touchedInstruments.has(instrument)) touchedInstruments.add(instrument);
  }
  touchedBlocks.shorten(0);
  for (let slot = 0; slot < touchedAccounts.count; slot++) {
    const account = touchedAccounts.at(slot);
    settleNegativeUsd(rec, account);
    accounts.setTouched(account, false);
    watchAccount(state, account);
    touchInstrumentsOf(state, account);
  }
  touchedAccounts.shorten(0);
}

function touchInstrumentsOf(state: State, account: AccountRow): void {
  const { accounts, positions, touchedInstruments } = state;
  for (let position = accounts.firstPosition(account); position !== NO_POSITION; position = positions.nextOfAccount(position)) {
    if (positions.quantity(position) === 0) continue;
    const instrument = state.instrumentOf(position);
    if (!touchedInstruments.has(instrument)) touchedInstruments.add(instrument);
  }
}

export function isLiquidatable(state: State, block: PositionRow): boolean {
  if (state.positions.quantity(block) === 0) return false;
  const { equity, maintenanceMargin } = blockValuation(state, block);
  return equity < maintenanceMargin;
}

export function isAccountLiquidatable(state: State, account: AccountRow): boolean {
  const { equity, maintenanceMargin } = crossRisk(state, account);
  return equity < maintenanceMargin;
}

function anyReached(instruments: ReadonlySet<Instrument>): boolean {
  for (const instrument of instruments) if (instrument.halt !== 'ALL' && hasReached(instrument)) return true;
  return false;
}

/** One look at everything within reach of its mark; tells whether anything was liquidated. */
function liquidationRound(rec: Recorder): boolean {
  const { state } = rec;
  if (state.touchedBlocks.count === 0 && state.touchedAccounts.count === 0 && state.touchedInstruments.size === 0) return false;
  renewWatch(rec);
  if (!anyReached(state.touchedInstruments)) return false;
  const { positions } = state;
  const blocks: PositionRow[] = [];
  const accounts = new Set<AccountRow>();
  const looked: PositionRow[] = [];
  for (const instrument of byListing(state.touchedInstruments)) {
    if (instrument.halt === 'ALL') continue;
    const reached = takeReached(instrument);
    if (reached.length === 0) continue;
    const liquidatable: PositionRow[] = [];
    for (const position of reached) {
      looked.push(position);
      if (!positions.isIsolated(position)) accounts.add(positions.account(position));
      else if (isLiquidatable(state, position)) liquidatable.push(position);
    }
    for (const block of inOrder(state, liquidatable)) blocks.push(block);
  }
  if (looked.length === 0) return false;
  let liquidated = false;
  for (const block of blocks) {
    if (!positions.isOpen(block) || !isLiquidatable(state, block)) continue;
    liquidateBlock(rec, block);
    liquidated = true;
  }
  for (const account of [...accounts].sort((a, b) => a - b)) {
    if (!isAccountLiquidatable(state, account)) continue;
    liquidated = liquidateCrossAccount(rec, account) || liquidated;
  }
  for (const position of looked) {
    if (positions.isIsolated(position)) watchBlock(state, position);
    else watchAccount(state, positions.account(position));
  }
  return liquidated;
}

/** Instruments in order of listing, safe against the set growing meanwhile. */
export function byListing(instruments: Set<Instrument>): Instrument[] {
  return [...instruments].sort((a, b) => a.number - b.number);
}

interface Ranked {
  readonly block: PositionRow;
  readonly isLong: boolean;
  readonly price: Fraction | undefined;
}

/** Longs by highest liquidation price, then shorts by lowest, ties by opening. */
function inOrder(state: State, blocks: PositionRow[]): PositionRow[] {
  if (blocks.length < 2) return blocks;
  const { positions } = state;
  const ranked: Ranked[] = blocks.map((block) => {
    const { spec } = state.instrumentOf(block);
    const quantity = positions.quantity(block);
    const price = triggerPrice(spec, quantity, positions.entryCost(block), positions.cash(block));
    return { block, isLong: quantity > 0, price };
  });
  return ranked.sort((a, b) => compareRanked(state, a, b)).map(({ block }) => block);
}

function compareRanked(state: State, a: Ranked, b: Ranked): number {
  if (a.isLong !== b.isLong) return a.isLong ? -1 : 1;
  const byPrice = comparePrices(a.price, b.price);
  if (byPrice !== 0) return a.isLong ? -byPrice : byPrice;
  return compareOpenings(state, a.block, b.block);
}

function comparePrices(a: Fraction | undefined, b: Fraction | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const [x, y] = [ratio(a), ratio(b)];
  // Only prices that doubles cannot tell apart need the exact comparison.
  if (Math.abs(x - y) > (Math.abs(x) + Math.abs(y)) * 1e-12) return x - y;
  return compareFractions(a, b);
}

function ratio({ n, d }: { n: Int; d: Int }): number {
  return Number(n) / Number(d);
}

import { compareFractions, type Fraction } from '../../num/fraction';
import type { Int } from '../../num/int';
import { settleNegativeUsd } from '../accounts/balances';
import { crossRisk } from '../accounts/figures';
import { blockValuation } from '../isolated/figures';
import { triggerPrice } from '../margin/liquidationPrice';
import type { Recorder } from '../recorder';
import { byOpening } from '../state/links';
import type { Account, Instrument, Position } from '../state/model';
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
  const { touchedBlocks, touchedAccounts, touchedInstruments } = state;
  for (let slot = 0; slot < touchedBlocks.count; slot++) {
    const block = touchedBlocks.at(slot);
    block.touched = false;
    watchBlock(block, state.undo);
    const { instrument } = block;
    if (!touchedInstruments.has(instrument)) touchedInstruments.add(instrument);
  }
  touchedBlocks.shorten(0);
  for (let slot = 0; slot < touchedAccounts.count; slot++) {
    const account = touchedAccounts.at(slot);
    settleNegativeUsd(rec, account);
    account.touched = false;
    watchAccount(account, state.undo);
    touchInstrumentsOf(account, touchedInstruments);
  }
  touchedAccounts.shorten(0);
}

function touchInstrumentsOf({ holdings }: Account, touched: Set<Instrument>): void {
  for (let number = 0; number < holdings.length; number++) {
    const holding = holdings[number];
    if (holding?.cross === undefined || holding.cross.quantity === 0 || touched.has(holding.instrument)) continue;
    touched.add(holding.instrument);
  }
}

export function isLiquidatable(block: Position): boolean {
  if (block.quantity === 0) return false;
  const { equity, maintenanceMargin } = blockValuation(block);
  return equity < maintenanceMargin;
}

export function isAccountLiquidatable(account: Account): boolean {
  const { equity, maintenanceMargin } = crossRisk(account);
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
  const blocks: Position[] = [];
  const accounts = new Set<Account>();
  const looked: Position[] = [];
  for (const instrument of byListing(state.touchedInstruments)) {
    if (instrument.halt === 'ALL') continue;
    const reached = takeReached(instrument, state.undo);
    if (reached.length === 0) continue;
    looked.push(...reached);
    blocks.push(...inOrder(reached.filter((position) => position.isolated && isLiquidatable(position))));
    for (const position of reached) if (!position.isolated) accounts.add(position.account);
  }
  if (looked.length === 0) return false;
  let liquidated = false;
  for (const block of blocks) {
    if (state.blocks.get(block.isolationId) !== block || !isLiquidatable(block)) continue;
    liquidateBlock(rec, block);
    liquidated = true;
  }
  for (const account of [...accounts].sort((a, b) => a.number - b.number)) {
    if (!isAccountLiquidatable(account)) continue;
    liquidated = liquidateCrossAccount(rec, account) || liquidated;
  }
  for (const position of looked) {
    if (position.isolated) watchBlock(position, state.undo);
    else watchAccount(position.account, state.undo);
  }
  return liquidated;
}

/** Instruments in order of listing, safe against the set growing meanwhile. */
export function byListing(instruments: Set<Instrument>): Instrument[] {
  return [...instruments].sort((a, b) => a.number - b.number);
}

interface Ranked {
  readonly block: Position;
  readonly price: Fraction | undefined;
}

/** Longs by highest liquidation price, then shorts by lowest, ties by opening. */
function inOrder(blocks: Position[]): Position[] {
  if (blocks.length < 2) return blocks;
  const ranked: Ranked[] = blocks.map((block) => {
    const { spec } = block.instrument;
    return { block, price: triggerPrice(spec, block.quantity, block.entryCost, block.cash) };
  });
  return ranked.sort(compareRanked).map(({ block }) => block);
}

function compareRanked(a: Ranked, b: Ranked): number {
  const longA = a.block.quantity > 0;
  if (longA !== b.block.quantity > 0) return longA ? -1 : 1;
  const byPrice = comparePrices(a.price, b.price);
  if (byPrice !== 0) return longA ? -byPrice : byPrice;
  return byOpening(a.block, b.block);
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

import { accountFigures } from './accountFigures';
import type { Instrument } from './instrument';
import { markOf } from './positions';
import { BlockReach } from './reach';
import type { Account, Block, Holder, ModelState, Room } from './state';
import { highestRate, triggerNotional } from './tiers';

/**
 * Whom a mark may have brought below MM. Comparing equity and MM of every position at every mark in decimals takes
 * hours for a large journal; most of them are so far away that a double tells. A hint decides nothing: whoever may be
 * within reach is compared exactly, and a hint leans to that side by far more than doubles and roundings are off.
 */
const RELATIVE_SLACK = 1e-9;
/** Two roundings up, of MM and of the fee reserve, in money. */
const ROUNDINGS = 4e-6;

/** Holders of open positions of an instrument that may have equity < MM at the present marks. */
export function* withinReach(state: ModelState, name: string): Generator<Holder> {
  const instrument = state.instrument(name);
  const mark = markNumber(instrument);
  for (const block of reachOf(state, name).within(mark)) yield { accountId: block.accountId, block };
  for (const holder of state.openCrossPositions(name).values()) {
    if (isAccountNear(state, state.account(holder.accountId as string))) yield holder;
  }
}

/** The mark as a double. */
export function markNumber(instrument: Instrument): number {
  const mark = markOf(instrument);
  if (instrument.markHint?.of !== mark) instrument.markHint = { of: mark, value: mark.toNumber() };
  return instrument.markHint.value;
}

function reachOf(state: ModelState, name: string): BlockReach {
  const known = state.reaches.get(name);
  if (known !== undefined) return known;
  const reach = new BlockReach((block) => safePrice(state, block));
  for (const { block } of state.openPositions(name).values()) if (block !== null) reach.forget(block);
  state.reaches.set(name, reach);
  return reach;
}

/** A long is certainly safe above it, a short below it. */
function safePrice(state: ModelState, block: Block): number {
  const { position } = block;
  const { tiers, feeReserveRate } = state.instrument(block.instrument).spec;
  const long = !position.quantity.isNegative();
  const steepest = 1 - feeReserveRate.plus(highestRate(tiers)).toNumber();
  const notional = triggerNotional(tiers, state.blockCash(block).minus(position.cost), long, feeReserveRate);
  if (notional === null || steepest <= 0) return long ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const lots = position.quantity.abs().toNumber();
  const price = notional.toNumber() / lots;
  const slack = Math.abs(price) * RELATIVE_SLACK + ROUNDINGS / (lots * steepest);
  return long ? price + slack : price - slack;
}

/**
 * Equity − MM of a cross account moves by at most |quantity| × (1 + rate + reserve rate) for each unit of a mark,
 * since MM is convex and its slope never above the highest rate.
 */
function isAccountNear(state: ModelState, account: Account): boolean {
  account.room ??= roomOf(state, account);
  let used = 0;
  for (const { instrument, mark, weight } of account.room.parts) used += Math.abs(markNumber(instrument) - mark) * weight;
  if (used < account.room.equity) return false;
  account.room = roomOf(state, account);
  return account.room.equity <= 0;
}

function roomOf(state: ModelState, account: Account): Room {
  const { equity, maintenanceMargin, cash } = accountFigures(state, account.id);
  let scale = cash.abs().plus(equity.abs()).toNumber();
  const parts: Room['parts'][number][] = [];
  for (const [name, position] of account.positions) {
    if (position.quantity.isZero()) continue;
    const instrument = state.instrument(name);
    const { tiers, feeReserveRate } = instrument.spec;
    const weight = position.quantity.abs().toNumber() * (1 + feeReserveRate.plus(highestRate(tiers)).toNumber());
    const mark = markNumber(instrument);
    scale += weight * mark;
    parts.push({ instrument, mark, weight });
  }
  const slack = ROUNDINGS * (parts.length + 1) + scale * RELATIVE_SLACK;
  return { equity: equity.minus(maintenanceMargin).toNumber() - slack, parts };
}

/** What an event posted to has another reach now. */
export function forgetPosted(state: ModelState): void {
  for (const posted of state.ledger.postedTo()) {
    const [name = ''] = posted.split(' ', 1);
    const id = name.slice(name.indexOf(':') + 1);
    const block = name.startsWith('block:') ? state.blocks.get(id) : undefined;
    if (block !== undefined) state.forgetHints({ accountId: block.accountId, block });
    else if (name.startsWith('main:') && state.accounts.has(id)) state.forgetHints({ accountId: id, block: null });
  }
}

import { accountFigures } from './accountFigures';
import { blockRisk } from './blockFigures';
import type { EventContext } from './context';
import { type Ratio, ratio, ZERO } from './decimal';
import type { Instrument } from './instrument';
import type { Position } from './positions';
import type { Account, Block, ModelState } from './state';
import { triggerRatio } from './tiers';
import { withinReach } from './watch';

/**
 * Whose turn it is (rules.md §6, Order of things): blocks of an instrument, longs by
 * highest liquidation price, then shorts by lowest, ties by opening; then cross accounts
 * by creation; each checked again at its turn, and the whole repeated until none is left.
 */
export function requireTurn(event: EventContext, key: string): void {
  const { state, whole } = event;
  const place = whole.liquidationQueue.indexOf(key);
  const inTurn = place >= 0 && whole.liquidationQueue.slice(0, place).every((before) => !isDue(state, before));
  if (!inTurn) whole.liquidationQueue = round(state, key);
  const first = inTurn ? key : whole.liquidationQueue[0];
  event.require(first === key, 'turn', String(first), key, 'rules.md §6 Order of things');
  whole.liquidationQueue.splice(0, whole.liquidationQueue.indexOf(key) + 1);
}

const CROSS = 'cross:';

function isDue(state: ModelState, key: string): boolean {
  if (key.startsWith(CROSS)) return isAccountDue(state, key.slice(CROSS.length));
  const block = state.blocks.get(key);
  return block !== undefined && isBlockDue(state, block);
}

function isBlockDue(state: ModelState, block: Block): boolean {
  if (block.position.quantity.isZero() || state.instrument(block.instrument).halted === 'ALL') return false;
  const { equity, maintenanceMargin } = blockRisk(state, block);
  return equity.lessThan(maintenanceMargin);
}

function isAccountDue(state: ModelState, accountId: string): boolean {
  let sellable = false;
  for (const [name, position] of state.account(accountId).positions) {
    sellable ||= !position.quantity.isZero() && state.instrument(name).halted !== 'ALL';
  }
  if (!sellable) return false;
  const { equity, maintenanceMargin } = accountFigures(state, accountId);
  return equity.lessThan(maintenanceMargin);
}

function holdsHalted(state: ModelState, accountId: string): boolean {
  const halted = ([name, position]: [string, Position]) => !position.quantity.isZero() && state.instrument(name).halted === 'ALL';
  return [...state.account(accountId).positions].some(halted);
}

/**
 * All that is due now, in order. A mark of a halted instrument liquidates nobody: an
 * account that it left behind has its turn only once something else touches it.
 */
function round(state: ModelState, key: string): string[] {
  const turns: Turn[] = [];
  const accounts = new Set<Account>();
  for (const { name } of state.instruments.values()) {
    for (const holder of withinReach(state, name)) {
      if (holder.block === null) accounts.add(state.account(holder.accountId as string));
      else if (isBlockDue(state, holder.block)) turns.push(turnOf(state, holder.block));
    }
  }
  const due = [...accounts].filter(({ id }) => isAccountDue(state, id) && (key === `${CROSS}${id}` || !holdsHalted(state, id)));
  const byCreation = due.sort((a, b) => a.number - b.number);
  return [...turns.sort(byTurn).map(({ block }) => block.id), ...byCreation.map(({ id }) => `${CROSS}${id}`)];
}

interface Turn {
  readonly block: Block;
  readonly instrument: Instrument;
  readonly long: boolean;
  /** Exact: two blocks with one price are told apart by their opening alone. */
  readonly price: Ratio;
}

function turnOf(state: ModelState, block: Block): Turn {
  const { position } = block;
  const instrument = state.instrument(block.instrument);
  const long = position.quantity.greaterThan(0);
  const base = state.blockCash(block).minus(position.cost);
  const notional = triggerRatio(instrument.spec.tiers, base, long, instrument.spec.feeReserveRate) ?? ratio(ZERO);
  return { block, instrument, long, price: ratio(notional.n, notional.d.times(position.quantity.abs())) };
}

function byTurn(a: Turn, b: Turn): number {
  if (a.instrument !== b.instrument) return a.instrument.listing - b.instrument.listing;
  if (a.long !== b.long) return a.long ? -1 : 1;
  const rising = a.price.n.times(b.price.d).comparedTo(b.price.n.times(a.price.d));
  if (rising !== 0) return a.long ? -rising : rising;
  return (a.block.position.leftZero ?? 0) - (b.block.position.leftZero ?? 0);
}

import { accountFigures } from './accountFigures';
import { blockFigures } from './blockFigures';
import type { EventContext, Handler } from './context';
import { type Decimal, show } from './decimal';
import { requireTurn } from './liquidationOrder';
import { newLiquidation, requireFeesCharged, restOf } from './liquidations';
import { bankruptcyPrice, bankruptcyValue } from './positions';
import type { Block, Liquidation } from './state';

const started: Handler = (event) => {
  const holder = event.holder();
  if (holder.block !== null) startBlock(event, holder.block);
  else startCross(event);
};

function startBlock(event: EventContext, block: Block): void {
  requireTurn(event, block.id);
  const figures = blockFigures(event.state, block);
  const { position } = block;
  const due = figures.equity.lessThan(figures.maintenanceMargin);
  event.require(due, 'equity', `< MM ${show(figures.maintenanceMargin)}`, show(figures.equity), 'rules.md §3 liquidated when equity < MM');
  event.expect('quantity', position.quantity, 'rules.md §6.1 the whole position goes');
  event.expect('equity', figures.equity, 'rules.md §1 equity');
  event.expect('maintenanceMargin', figures.maintenanceMargin, 'rules.md §3 MM');
  event.expectOrNull('bankruptcyPrice', bankruptcyPrice(position, figures.cash), 'rules.md §3 bankruptcy price');
  const value = bankruptcyValue(position, figures.cash);
  event.state.liquidations.set(block.id, newLiquidation(block.accountId, block.instrument, position.quantity, value));
  event.whole.isolation.set(block.id, { accountId: block.accountId, balances: balancesBesides(event, block) });
}

/** The account as a whole; each of its positions follows as a step of its own. */
function startCross(event: EventContext): void {
  const accountId = event.text('accountId');
  requireTurn(event, `cross:${accountId}`);
  const figures = accountFigures(event.state, accountId);
  const due = figures.equity.lessThan(figures.maintenanceMargin);
  event.require(due, 'equity', `< MM ${show(figures.maintenanceMargin)}`, show(figures.equity), 'rules.md §6 cross account');
  event.expect('equity', figures.equity, 'rules.md §1 equity');
  event.expect('maintenanceMargin', figures.maintenanceMargin, 'rules.md §3 MM');
  event.state.crossLiquidations.add(accountId);
}

/** Balances of the owner that a block's liquidation may not touch (rules.md §6.5): all but the block's own. */
function balancesBesides(event: EventContext, block: Block): Map<string, Decimal> {
  const { ledger } = event.state;
  const owner = event.state.account(block.accountId);
  const names = [`main:${owner.id}`];
  for (const other of owner.blocks.values()) if (other !== block) names.push(`block:${other.id}`, `margin:${other.id}`);
  const balances = new Map<string, Decimal>();
  for (const name of names) {
    balances.set(`${name} USD`, ledger.balance(name, 'USD'));
    balances.set(`${name} USDC`, ledger.balance(name, 'USDC'));
  }
  return balances;
}

const blockLiquidated: Handler = (event) => {
  const { block } = event.holder();
  if (block === null) throw new Error('a liquidated block without an id');
  const cash = event.state.blockCash(block);
  const held = event.state.heldOrderMargin(block);
  event.require(block.position.quantity.isZero(), 'position', '0', show(block.position.quantity), 'rules.md §6.1 the whole position goes');
  event.require(cash.isZero(), 'cash', '0', show(cash), 'rules.md §6.5 remaining cash goes to the insurance fund');
  event.require(held.isZero(), 'order margin', '0', show(held), 'rules.md §6.1 reserved margin returns to the main account');
  requireIsolation(event, block);
  const liquidation = event.state.liquidations.get(block.id);
  if (liquidation !== undefined) requireFeesCharged(event, liquidation);
  event.state.removeBlock(block);
  event.state.liquidations.delete(block.id);
  event.whole.isolation.delete(block.id);
};

/** Events by which order margin that is no longer needed returns to its owner: cancels, and what they end. */
const RETURNS = new Set(['OrderCanceled', 'OrderMarginReleased', 'IsolatedCashReturned', 'IsolatedBlockClosed']);

/**
 * Reserved margin of a liquidated block returns to the main account (rules.md §6.1), and
 * so does that of the owner's orders which the liquidation order meets (§9): the
 * balances to compare with move along.
 */
export function followReturns(event: EventContext): void {
  if (!RETURNS.has(event.event.type)) return;
  for (const { accountId, balances } of event.whole.isolation.values()) {
    if (event.textOrNull('accountId') !== accountId) continue;
    for (const [key, change] of event.state.ledger.changesOfEvent()) {
      const before = balances.get(key);
      if (before !== undefined) balances.set(key, before.plus(change));
    }
  }
}

/** The owner's other balances stand as they did when the liquidation began, to the digit (rules.md §6.5). */
function requireIsolation(event: EventContext, block: Block): void {
  for (const [key, before] of event.whole.isolation.get(block.id)?.balances ?? []) {
    const [name, currency] = key.split(' ') as [string, 'USD' | 'USDC'];
    const now = event.state.ledger.balance(name, currency);
    event.require(now.equals(before), key, show(before), show(now), 'rules.md §6.5 not touched by a single digit');
  }
}

/** Unfilled lots of a step go to the fund or ADL: none may stay behind (rules.md §6, cross). */
function requireWhole(event: EventContext, liquidation: Liquidation): void {
  const rest = restOf(liquidation);
  event.require(
    rest.isZero(),
    `${liquidation.instrument} lots left of a step`,
    '0',
    show(rest),
    'rules.md §6 unfilled lots to the fund or ADL',
  );
}

const crossLiquidated: Handler = (event) => {
  const accountId = event.text('accountId');
  const figures = accountFigures(event.state, accountId);
  event.expect('equity', figures.equity, 'rules.md §1 equity');
  event.expect('maintenanceMargin', figures.maintenanceMargin, 'rules.md §3 MM');
  const last = event.state.liquidations.get(`cross:${accountId}`);
  if (last !== undefined) {
    requireFeesCharged(event, last);
    requireWhole(event, last);
  }
  event.state.liquidations.delete(`cross:${accountId}`);
  event.state.crossLiquidations.delete(accountId);
};

export const liquidationHandlers: Readonly<Record<string, Handler>> = {
  LiquidationStarted: started,
  IsolatedBlockLiquidated: blockLiquidated,
  CrossAccountLiquidated: crossLiquidated,
};

import type * as Events from '../../contract/generated/events';
import type { Fraction } from '../../num/fraction';
import { add, sub } from '../../num/int';
import { parseLeverage } from '../margin/leverage';
import { countIn, countOut } from '../margin/orderSide';
import type { Position } from '../state/model';
import type { State } from '../state/state';
import { refreshOrderMargin, reserve } from './orders';
import { creditPocket, positionOf, throughConversion } from './positions';

export function isolatedBlockOpened(state: State, event: Events.IsolatedBlockOpened): void {
  const holding = state.holding(state.account(event.accountId), state.instrument(event.instrument));
  const block = state.newBlock(holding, event.isolationId, event.marginCurrency, parseLeverage(event.leverage));
  block.openedAt = state.clock;
  block.updatedSeq = state.seq;
  state.undo.save(holding);
  holding.block = block;
  state.blocks.set(block.isolationId, block);
  if (block.currency === 'USDC') state.usdcBlocks.add(block.isolationId);
  if (state.undo.isArmed)
    state.undo.onRollback(() => {
      state.blocks.delete(block.isolationId);
      state.usdcBlocks.delete(block.isolationId);
    });
}

/** Cash from the main account into the block, or back when negative. */
function transferIn(state: State, block: Position, amount: Events.IsolatedMarginAdded['amount']): void {
  if (amount === 0) return;
  state.creditMain(block.account, block.currency, sub(0, amount));
  state.touchBlock(block);
  block.cash = add(block.cash, amount);
  block.updatedSeq = state.seq;
}

export function isolatedMarginAdded(state: State, event: Events.IsolatedMarginAdded): void {
  transferIn(state, state.block(event.isolationId), event.amount);
}

export function isolatedMarginRemoved(state: State, event: Events.IsolatedMarginRemoved): void {
  transferIn(state, state.block(event.isolationId), sub(0, event.amount));
}

export function isolatedCashReturned(state: State, event: Events.IsolatedCashReturned): void {
  transferIn(state, state.block(event.isolationId), sub(0, event.amount));
}

/** Ends a block: the last of its cash goes home and its id is never used again. */
export function isolatedBlockClosed(state: State, event: Events.IsolatedBlockClosed): void {
  const block = state.block(event.isolationId);
  transferIn(state, block, sub(0, event.returned));
  forget(state, block);
}

export function isolatedBlockLiquidated(state: State, event: Events.IsolatedBlockLiquidated): void {
  forget(state, state.block(event.isolationId));
}

function forget(state: State, block: Position): void {
  state.touchBlock(block);
  const { holding } = block;
  state.undo.save(holding);
  holding.block = undefined;
  state.blocks.delete(block.isolationId);
  state.endedBlocks.end(block);
  if (state.usdcBlocks.delete(block.isolationId)) state.endedUsdcBlocks.add(block.isolationId);
  if (state.undo.isArmed)
    state.undo.onRollback(() => {
      state.endedBlocks.revive();
      state.blocks.set(block.isolationId, block);
      if (block.currency === 'USDC') state.usdcBlocks.add(block.isolationId);
    });
}

export function leverageChanged(state: State, event: Events.LeverageChanged): void {
  const leverage = parseLeverage(event.leverage);
  if (event.marginMode === 'CROSS') {
    const holding = state.holding(state.account(event.accountId), state.instrument(event.instrument));
    state.undo.save(holding);
    holding.leverage = leverage;
    state.touchAccount(holding.account);
    if (holding.cross !== undefined && event.remargined) remargin(state, holding.cross, event.marginRate as Fraction);
    return;
  }
  const block = state.block(event.isolationId);
  state.touchBlock(block);
  block.leverage = leverage;
  block.updatedSeq = state.seq;
  transferIn(state, block, event.transferred);
  if (event.remargined) remargin(state, block, event.marginRate as Fraction);
  reserve(state, block, event.reserved);
}

/** Leverage down fixes the rate of open orders anew (rules.md §4). */
function remargin(state: State, position: Position, rate: Fraction): void {
  for (const { first } of [position.buys, position.sells]) {
    for (let order = first; order !== undefined; order = order.nextOfSide) {
      countOut(order, state.undo);
      state.undo.save(order);
      order.marginRate = rate;
      refreshOrderMargin(order);
      countIn(order, state.undo);
    }
  }
}

/** Every payment goes to the insurance fund and every receipt comes from it, in USD (rules.md §8). */
export function fundingSettled(state: State, event: Events.FundingSettled): void {
  const position = positionOf(state, event.accountId, event.instrument, event.isolationId);
  state.touchPosition(position);
  creditPocket(state, position, sub(0, event.payment));
  position.fundingPaid = add(position.fundingPaid, event.payment);
  throughConversion(state, position.currency, sub(0, event.payment));
  state.creditMain(state.fund, 'USD', event.payment);
}

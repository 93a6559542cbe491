import type * as Events from '../../contract/generated/events';
import type { Fraction } from '../../num/fraction';
import { sub } from '../../num/int';
import { parseLeverage } from '../margin/leverage';
import { countIn, countOut } from '../margin/orderSide';
import { NO_ORDER } from '../state/orders';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { refreshOrderMargin, reserve } from './orders';
import { creditPocket, positionOf, throughConversion } from './positions';

export function isolatedBlockOpened(state: State, event: Events.IsolatedBlockOpened): void {
  const { positions } = state;
  const { isolationId, marginCurrency } = event;
  const cross = state.cross(state.account(event.accountId), state.instrument(event.instrument));
  const block = positions.takeBlock(cross, isolationId, marginCurrency, parseLeverage(event.leverage));
  positions.setOpenedAt(block, state.clock);
  positions.setUpdatedSeq(block, state.seq);
  positions.save(cross);
  positions.setBlock(cross, block);
  state.blocks.set(isolationId, block);
  if (marginCurrency === 'USDC') state.usdcBlocks.add(isolationId);
  if (state.undo.isArmed)
    state.undo.onRollback(() => {
      state.blocks.delete(isolationId);
      state.usdcBlocks.delete(isolationId);
    });
}

/** Cash from the main account into the block, or back when negative. */
function transferIn(state: State, block: PositionRow, amount: Events.IsolatedMarginAdded['amount']): void {
  if (amount === 0) return;
  const { positions } = state;
  state.creditMain(positions.account(block), positions.currency(block), sub(0, amount));
  state.touchBlock(block);
  positions.addCash(block, amount);
  positions.setUpdatedSeq(block, state.seq);
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

function forget(state: State, block: PositionRow): void {
  const { positions } = state;
  const isolationId = positions.isolationId(block);
  const cross = positions.cross(block);
  state.touchBlock(block);
  positions.save(cross);
  positions.setBlock(cross, NO_POSITION);
  state.blocks.delete(isolationId);
  positions.release(block);
  const inUsdc = state.usdcBlocks.delete(isolationId);
  if (inUsdc) state.endedUsdcBlocks.add(isolationId);
  if (state.undo.isArmed)
    state.undo.onRollback(() => {
      state.blocks.set(isolationId, block);
      if (inUsdc) state.usdcBlocks.add(isolationId);
    });
}

export function leverageChanged(state: State, event: Events.LeverageChanged): void {
  const { positions } = state;
  const leverage = parseLeverage(event.leverage);
  if (event.marginMode === 'CROSS') {
    const account = state.account(event.accountId);
    const cross = state.cross(account, state.instrument(event.instrument));
    positions.save(cross);
    positions.setLeverage(cross, leverage);
    state.touchAccount(account);
    if (event.remargined) remargin(state, cross, event.marginRate as Fraction);
    return;
  }
  const block = state.block(event.isolationId);
  state.touchBlock(block);
  positions.setLeverage(block, leverage);
  positions.setUpdatedSeq(block, state.seq);
  transferIn(state, block, event.transferred);
  if (event.remargined) remargin(state, block, event.marginRate as Fraction);
  reserve(state, block, event.reserved);
}

/** Leverage down fixes the rate of open orders anew (rules.md §4). */
function remargin(state: State, position: PositionRow, rate: Fraction): void {
  const { orders, positions } = state;
  for (const direction of [1, -1] as const) {
    const first = positions.firstOrder(positions.side(position, direction));
    for (let order = first; order !== NO_ORDER; order = orders.nextOfSide(order)) {
      countOut(state, order);
      orders.save(order);
      orders.setMarginRate(order, rate);
      refreshOrderMargin(state, order);
      countIn(state, order);
    }
  }
}

/** Every payment goes to the insurance fund and every receipt comes from it, in USD (rules.md §8). */
export function fundingSettled(state: State, event: Events.FundingSettled): void {
  const position = positionOf(state, event.accountId, event.instrument, event.isolationId);
  state.touchPosition(position);
  creditPocket(state, position, sub(0, event.payment));
  state.positions.addFundingPaid(position, event.payment);
  throughConversion(state, state.positions.currency(position), sub(0, event.payment));
  state.creditMain(state.accounts.fund, 'USD', event.payment);
}

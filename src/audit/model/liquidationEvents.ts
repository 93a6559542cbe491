import { accountFigures } from './accountFigures';
import { removeBlock } from './blockEvents';
import { blockFigures } from './blockFigures';
import type { EventContext, Handler } from './context';
import { crossLiquidationLimit } from './crossLiquidation';
import { type Decimal, moneyCeil, moneyFloor, show, shownPrice, ZERO } from './decimal';
import { bankruptcyPrice, bankruptcyValue, fillPosition, markOf } from './positions';
import { realize } from './settlement';
import { type Block, FUND, type Holder, type Liquidation } from './state';

const PARTS = 'rules.md §6.3 each part’s notional is ⌊BP × lots⌋ for a long, ⌈ ⌉ for a short, the last part takes the remainder';

const started: Handler = (event) => {
  const holder = event.holder();
  if (holder.block !== null) startBlock(event, holder.block);
  else startCross(event);
};

function startBlock(event: EventContext, block: Block): void {
  const figures = blockFigures(event.state, block);
  const { position } = block;
  const due = figures.equity.lessThan(figures.maintenanceMargin);
  event.require(due, 'equity', `< MM ${show(figures.maintenanceMargin)}`, show(figures.equity), 'rules.md §3 liquidated when equity < MM');
  event.expect('quantity', position.quantity, 'rules.md §6.1 the whole position goes');
  event.expect('equity', figures.equity, 'rules.md §1 equity');
  event.expect('maintenanceMargin', figures.maintenanceMargin, 'rules.md §3 MM');
  event.expectOrNull('bankruptcyPrice', bankruptcyPrice(position, figures.cash), 'rules.md §3 bankruptcy price');
  begin(event, block.id, position.quantity, bankruptcyValue(position, figures.cash));
  event.whole.isolation.set(block.id, balancesBesides(event, block));
}

function begin(event: EventContext, key: string, quantity: Decimal, value: Decimal): void {
  event.state.liquidations.set(key, {
    accountId: event.text('accountId'),
    instrument: event.text('instrument'),
    long: quantity.greaterThan(0),
    quantity: quantity.abs(),
    value,
    filledLots: ZERO,
    filledValue: ZERO,
    handedLots: ZERO,
    handedValue: ZERO,
  });
}

function startCross(event: EventContext): void {
  const accountId = event.text('accountId');
  const figures = accountFigures(event.state, accountId);
  const due = figures.equity.lessThan(figures.maintenanceMargin);
  event.require(due, 'equity', `< MM ${show(figures.maintenanceMargin)}`, show(figures.equity), 'rules.md §6 cross account');
  event.expect('equity', figures.equity, 'rules.md §1 equity');
  event.expect('maintenanceMargin', figures.maintenanceMargin, 'rules.md §3 MM');
  const name = event.textOrNull('instrument');
  if (name === null) return;
  const limit = crossLiquidationLimit(event.state, accountId, name);
  event.expect('quantity', limit.quantity, 'rules.md §6 the fewest lots that restore equity ≥ MM × 1.1');
  if (event.decimalOrNull('bankruptcyPrice') !== null) {
    event.expect('bankruptcyPrice', shownPrice(limit.price, limit.quantity.greaterThan(0)), 'rules.md §6 the price of a cross liquidation');
  }
  begin(event, `cross:${accountId}`, limit.quantity, limit.price.times(limit.quantity.abs()));
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

/** What has been handed over so far, this part included: the last part takes what rounding left. */
function partValue(liquidation: Liquidation, lots: Decimal): Decimal {
  const round = liquidation.long ? moneyFloor : moneyCeil;
  const at = (quantity: Decimal) => round(liquidation.value.times(quantity).dividedBy(liquidation.quantity));
  const rest = liquidation.quantity.minus(liquidation.filledLots);
  const last = liquidation.handedLots.plus(lots).equals(rest);
  const value = last ? at(rest).minus(liquidation.handedValue) : at(lots);
  liquidation.handedLots = liquidation.handedLots.plus(lots);
  liquidation.handedValue = liquidation.handedValue.plus(value);
  return value;
}

function liquidationOf(event: EventContext, holder: Holder): Liquidation {
  const liquidation = event.state.liquidations.get(holder.block?.id ?? `cross:${event.text('accountId')}`);
  if (liquidation === undefined) throw new Error('a part of a liquidation that never started');
  return liquidation;
}

/** Takes the lots out of the liquidated position at the part's value and checks what that realised. */
function handOver(event: EventContext, holder: Holder, value: Decimal): void {
  const quantity = event.decimal('quantity');
  const position = event.state.position(holder, event.text('instrument'));
  const held = position.quantity;
  const fits = quantity.isNegative() === held.isNegative() && quantity.abs().lessThanOrEqualTo(held.abs());
  event.require(fits, 'quantity', `within ${show(held)}`, show(quantity), 'rules.md §6 only what the position holds');
  event.expect('value', value, PARTS);
  const { realizedPnl } = fillPosition(position, quantity.negated(), shareOf(value, quantity));
  event.expect('realizedPnl', realizedPnl, 'rules.md §5 realised PnL');
  realize(event.state, holder, realizedPnl);
}

/** The value of some of the lots of a part: all of it, or its share down. */
function shareOf(value: Decimal, quantity: Decimal): (lots: Decimal) => Decimal {
  const all = quantity.abs();
  return (lots) => (lots.equals(all) ? value : moneyFloor(value.times(lots).dividedBy(all)));
}

const takenOver: Handler = (event) => {
  const holder = event.holder();
  const quantity = event.decimal('quantity');
  const value = partValue(liquidationOf(event, holder), quantity.abs());
  handOver(event, holder, value);
  const inventory = event.state.position(FUND, event.text('instrument'));
  const { closed, realizedPnl } = fillPosition(inventory, quantity, shareOf(value, quantity));
  event.expect('fundClosed', closed, 'rules.md §6.3 netting against opposite inventory');
  event.expect('fundRealizedPnl', realizedPnl, 'rules.md §5 realised PnL');
  realize(event.state, FUND, realizedPnl);
};

const deleveraged: Handler = (event) => {
  const ofFund = event.textOrNull('accountId') === null;
  const holder = ofFund ? FUND : event.holder();
  const quantity = event.decimal('quantity');
  const mark = markOf(event.state.instrument(event.text('instrument')));
  // The fund's inventory is deleveraged at mark (rules.md §6.6), everything else at the price fixed at its start.
  const value = ofFund ? mark.times(quantity.abs()) : partValue(liquidationOf(event, holder), quantity.abs());
  handOver(event, holder, value);
  const counterparty = event.holder('counterpartyAccountId', 'counterpartyIsolationId');
  event.require(
    ofFund || counterparty.accountId !== holder.accountId,
    'counterpartyAccountId',
    'another account',
    String(counterparty.accountId),
    'rules.md §6.4 never from another position of the liquidated account',
  );
  const position = event.state.position(counterparty, event.text('instrument'));
  const { opened, realizedPnl } = fillPosition(position, quantity, shareOf(value, quantity));
  event.require(opened.isZero(), 'counterparty', 'only closes', `opens ${show(opened)}`, 'rules.md §6.4 opposite positions');
  event.expect('counterpartyRealizedPnl', realizedPnl, 'rules.md §5 realised PnL');
  realize(event.state, counterparty, realizedPnl);
  requireHealthy(event, counterparty);
};

/** A deleveraged counterparty keeps equity ≥ MM; a closed block keeps cash ≥ 0 (rules.md §6.4). */
function requireHealthy(event: EventContext, holder: Holder): void {
  const { equity, maintenanceMargin } =
    holder.block === null ? accountFigures(event.state, holder.accountId as string) : blockFigures(event.state, holder.block);
  const holds = equity.greaterThanOrEqualTo(maintenanceMargin);
  event.require(holds, 'counterparty equity', `≥ MM ${show(maintenanceMargin)}`, show(equity), 'rules.md §6.4');
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
  removeBlock(event, block);
  event.state.liquidations.delete(block.id);
  event.whole.isolation.delete(block.id);
};

/** The owner's other balances stand as they did when the liquidation began, to the digit (rules.md §6.5). */
function requireIsolation(event: EventContext, block: Block): void {
  for (const [key, before] of event.whole.isolation.get(block.id) ?? []) {
    const [name, currency] = key.split(' ') as [string, 'USD' | 'USDC'];
    const now = event.state.ledger.balance(name, currency);
    event.require(now.equals(before), key, show(before), show(now), 'rules.md §6.5 not touched by a single digit');
  }
}

const crossLiquidated: Handler = (event) => {
  const accountId = event.text('accountId');
  const figures = accountFigures(event.state, accountId);
  event.expect('equity', figures.equity, 'rules.md §1 equity');
  event.expect('maintenanceMargin', figures.maintenanceMargin, 'rules.md §3 MM');
  event.state.liquidations.delete(`cross:${accountId}`);
};

export const liquidationHandlers: Readonly<Record<string, Handler>> = {
  LiquidationStarted: started,
  PositionTakenOver: takenOver,
  PositionDeleveraged: deleveraged,
  IsolatedBlockLiquidated: blockLiquidated,
  CrossAccountLiquidated: crossLiquidated,
};

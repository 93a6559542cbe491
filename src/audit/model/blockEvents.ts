import { blockFigures, blockLiquidationPrice, blockNeed, coverable } from './blockFigures';
import type { EventContext, Handler } from './context';
import { type Decimal, decimal, maxOf, minOf, show, ZERO } from './decimal';
import { isCurrency } from './ledger';
import { requireTransferable } from './moneyEvents';
import { orderMarginRate } from './orderMargin';
import { emptyPosition, markOf, riskFiguresAt } from './positions';
import type { Block } from './state';

const SHOWN = 'rules.md §4 each of these events carries the liquidation price before and after';

function blockOf(event: EventContext): Block {
  const { block } = event.holder();
  if (block === null) throw new Error('the event names no block');
  return block;
}

/** Runs a change of a block's cash between its two shown liquidation prices. */
export function withLiquidationPrices(event: EventContext, block: Block, change: () => void): void {
  event.expectOrNull('liquidationPriceBefore', blockLiquidationPrice(event.state, block), SHOWN);
  change();
  event.expectOrNull('liquidationPriceAfter', blockLiquidationPrice(event.state, block), SHOWN);
}

const opened: Handler = (event) => {
  const currency = event.text('marginCurrency');
  if (!isCurrency(currency)) throw new Error(`unknown currency ${currency}`);
  const [id, accountId, instrument] = [event.text('isolationId'), event.text('accountId'), event.text('instrument')];
  const account = event.state.account(accountId);
  const other = account.blocks.get(instrument);
  event.require(other === undefined, 'isolationId', 'no block open', other?.id ?? '', 'rules.md §1 one isolated position per instrument');
  event.require(!event.state.blocks.has(id), 'isolationId', 'never reused', id, 'rules.md §1 isolation id');
  const block: Block = { id, accountId, instrument, currency, leverage: event.decimal('leverage'), position: emptyPosition(), changes: 0 };
  account.blocks.set(instrument, block);
  event.state.blocks.set(id, block);
};

const marginAdded: Handler = (event) => {
  const block = blockOf(event);
  const amount = event.decimal('amount');
  if (event.command.type === 'AddIsolatedMargin') {
    event.expect('amount', decimal(String(event.command.data?.amount)), 'rules.md §4 AddIsolatedMargin');
  }
  requireTransferable(event, block.accountId, block.currency, amount);
  withLiquidationPrices(event, block, () => {
    event.state.ledger.transfer(`main:${block.accountId}`, `block:${block.id}`, block.currency, amount);
  });
};

const marginRemoved: Handler = (event) => {
  const block = blockOf(event);
  const { maxRemovable } = blockFigures(event.state, block);
  const asked = event.command.data?.amount;
  const amount = asked === 'MAX' ? maxRemovable : decimal(String(asked));
  event.expect('amount', amount, 'rules.md §4 RemoveIsolatedMargin');
  const holds = amount.lessThanOrEqualTo(maxRemovable);
  event.require(holds, 'amount ≤ maxRemovable', `≤ ${show(maxRemovable)}`, show(amount), 'rules.md §4 maxRemovable');
  withLiquidationPrices(event, block, () => {
    event.state.ledger.transfer(`block:${block.id}`, `main:${block.accountId}`, block.currency, amount);
  });
};

/** Up leaves the margin, down moves the shortfall against the new IM and re-margins open orders (rules.md §4). */
const leverageChanged: Handler = (event) => {
  const holder = event.holder();
  const instrument = event.state.instrument(event.text('instrument'));
  const leverage = event.decimal('leverage');
  if (event.command.type === 'SetLeverage') {
    event.expect('leverage', decimal(String(event.command.data?.leverage)), 'rules.md §4 SetLeverage');
  }
  const remargin = () => {
    if (!event.flag('remargined')) return;
    const rate = orderMarginRate(instrument.spec, leverage, holder.block !== null);
    for (const order of event.state.ordersOf(holder, instrument.name)) order.marginRate = rate;
  };
  if (holder.block === null) {
    event.state.account(event.text('accountId')).leverage.set(instrument.name, leverage);
    event.state.forgetHints(holder);
    remargin();
    return;
  }
  const { block } = holder;
  withLiquidationPrices(event, block, () => {
    const lowered = leverage.lessThan(block.leverage);
    const hasOrders = event.state.ordersOf(holder, instrument.name).length > 0;
    const mustRemargin = lowered && hasOrders;
    event.require(!mustRemargin || event.flag('remargined'), 'remargined', 'true', 'false', 'rules.md §4 down re-margins open orders');
    block.leverage = leverage;
    event.state.forgetHints(holder);
    const shortfall = lowered ? shortfallOf(event, block) : ZERO;
    remargin();
    const reserved = lowered ? blockNeed(event.state, block).minus(event.state.heldOrderMargin(block)) : ZERO;
    event.expect('transferred', shortfall, 'rules.md §4 SetLeverage down');
    event.expect('reserved', reserved, 'rules.md §4 SetLeverage down re-margins open orders');
    requireTransferable(event, block.accountId, block.currency, maxOf(ZERO, shortfall.plus(reserved)));
    event.state.ledger.transfer(`main:${block.accountId}`, `block:${block.id}`, block.currency, shortfall);
    event.state.ledger.transfer(`main:${block.accountId}`, `margin:${block.id}`, block.currency, reserved);
  });
};

function shortfallOf(event: EventContext, block: Block): Decimal {
  const instrument = event.state.instrument(block.instrument);
  const risk = riskFiguresAt(block.position, instrument.spec, markOf(instrument), block.leverage);
  const equity = event.state.blockCash(block).plus(risk.unrealizedPnl).minus(risk.feeReserve);
  return maxOf(ZERO, risk.initialMargin.minus(equity));
}

const cashReturned: Handler = (event) => {
  const block = blockOf(event);
  const cash = event.state.blockCash(block);
  event.require(block.position.quantity.isZero(), 'position', '0', show(block.position.quantity), 'rules.md §2.7');
  event.expect('amount', cash, 'rules.md §2.7 all cash not reserved by opening orders returns');
  event.state.ledger.transfer(`block:${block.id}`, `main:${block.accountId}`, block.currency, cash);
};

const closed: Handler = (event) => {
  const block = blockOf(event);
  const [cash, held] = [event.state.blockCash(block), event.state.heldOrderMargin(block)];
  event.require(block.position.quantity.isZero(), 'position', '0', show(block.position.quantity), 'rules.md §2.7');
  event.require(held.isZero(), 'order margin', '0', show(held), 'rules.md §2.7 an opening book order keeps a block alive');
  event.expect('returned', cash, 'rules.md §5 the block’s remaining cash returns to the main account');
  event.state.ledger.transfer(`block:${block.id}`, `main:${block.accountId}`, block.currency, cash);
  event.state.removeBlock(block);
};

/** Any fall of the need that no fill took along goes home at once (rules.md §2, "Order margin"). */
const marginReleased: Handler = (event) => {
  const block = blockOf(event);
  const surplus = event.state.heldOrderMargin(block).minus(blockNeed(event.state, block));
  event.expect('amount', surplus, 'rules.md §2 any other fall of the need goes to the main account');
  event.state.ledger.transfer(`margin:${block.id}`, `main:${block.accountId}`, block.currency, surplus);
};

const marginCovered: Handler = (event) => {
  const block = blockOf(event);
  const missing = blockNeed(event.state, block).minus(event.state.heldOrderMargin(block));
  const amount = minOf(missing, coverable(event.state, block));
  event.expect('amount', amount, 'rules.md §2 covered by what RemoveIsolatedMargin could pay out');
  event.state.ledger.transfer(`block:${block.id}`, `margin:${block.id}`, block.currency, amount);
};

export const blockHandlers: Readonly<Record<string, Handler>> = {
  IsolatedBlockOpened: opened,
  IsolatedMarginAdded: marginAdded,
  IsolatedMarginRemoved: marginRemoved,
  LeverageChanged: leverageChanged,
  IsolatedCashReturned: cashReturned,
  IsolatedBlockClosed: closed,
  OrderMarginReleased: marginReleased,
  OrderMarginCovered: marginCovered,
};

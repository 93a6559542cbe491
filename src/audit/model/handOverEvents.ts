import { accountFigures } from './accountFigures';
import { blockRisk } from './blockFigures';
import type { EventContext, Handler } from './context';
import { type Decimal, minOf, moneyFloor, show, ZERO } from './decimal';
import { deleverableLots, fundCapacity, fundSurplus } from './deleveraging';
import { DeleveragingQueue } from './deleveragingQueue';
import { liquidationFor, newLiquidation, partValue, requireFeesCharged, restOf } from './liquidations';
import { markOf } from './positions';
import { settleFill } from './settlement';
import { FUND, type Holder, holderKey, type Liquidation } from './state';

const PARTS = 'rules.md §6.3 each part’s notional is ⌊BP × lots⌋ for a long, ⌈ ⌉ for a short, the last part takes the remainder';

function liquidationOf(event: EventContext, holder: Holder): Liquidation {
  const liquidation = liquidationFor(event, holder, event.text('instrument'));
  if (liquidation === null) throw new Error('a part of a liquidation that never started');
  requireFeesCharged(event, liquidation);
  return liquidation;
}

/** The value of some of the lots of a part: all of it, or its share down. */
function shareOf(value: Decimal, quantity: Decimal): (lots: Decimal) => Decimal {
  const all = quantity.abs();
  return (lots) => (lots.equals(all) ? value : moneyFloor(value.times(lots).dividedBy(all)));
}

/** Takes the lots out of the position that ends, at the part's value, and checks what that realised. */
function handOver(event: EventContext, holder: Holder, value: Decimal): void {
  const [quantity, name] = [event.decimal('quantity'), event.text('instrument')];
  const held = event.state.position(holder, name).quantity;
  const fits = quantity.isNegative() === held.isNegative() && quantity.abs().lessThanOrEqualTo(held.abs());
  event.require(fits, 'quantity', `within ${show(held)}`, show(quantity), 'rules.md §6 only what the position holds');
  event.expect('value', value, PARTS);
  const { realizedPnl } = settleFill(event.state, holder, name, quantity.negated(), shareOf(value, quantity));
  event.expect('realizedPnl', realizedPnl, 'rules.md §5 realised PnL');
}

function countHandedOver(liquidation: Liquidation, lots: Decimal, value: Decimal): void {
  liquidation.handedLots = liquidation.handedLots.plus(lots);
  liquidation.handedValue = liquidation.handedValue.plus(value);
}

/** Lots of the rest that the fund may take, worked out once the book took its part. */
function fundShare(event: EventContext, liquidation: Liquidation): Decimal {
  if (liquidation.fundLots !== null) return liquidation.fundLots;
  const { lotSize } = event.state.instrument(liquidation.instrument).spec;
  const worth = (lots: Decimal) => partValue(liquidation, lots.times(lotSize));
  const lots = fundCapacity(event.state, liquidation.instrument, liquidation.long, restOf(liquidation).dividedBy(lotSize), worth);
  liquidation.fundLots = lots.times(lotSize);
  return liquidation.fundLots;
}

const takenOver: Handler = (event) => {
  const holder = event.holder();
  const liquidation = liquidationOf(event, holder);
  const quantity = event.decimal('quantity');
  requireFundShare(event, liquidation, quantity.abs());
  const value = partValue(liquidation, quantity.abs());
  handOver(event, holder, value);
  countHandedOver(liquidation, quantity.abs(), value);
  const { closed, realizedPnl } = settleFill(event.state, FUND, event.text('instrument'), quantity, shareOf(value, quantity));
  event.expect('fundClosed', closed, 'rules.md §6.3 netting against opposite inventory');
  event.expect('fundRealizedPnl', realizedPnl, 'rules.md §5 realised PnL');
};

/** The fund takes as many lots as its means allow; beyond that only what nobody else can take (rules.md §6.3, §6.4). */
function requireFundShare(event: EventContext, liquidation: Liquidation, lots: Decimal): void {
  const share = fundShare(event, liquidation);
  if (share.greaterThan(0)) {
    event.require(lots.lessThanOrEqualTo(share), 'quantity', `≤ ${show(share)}`, show(lots), 'rules.md §6.3 as the fund’s means allow');
    liquidation.fundLots = share.minus(minOf(share, lots));
    return;
  }
  const rest = restOf(liquidation);
  const next = nextCounterparty(event, liquidation);
  event.require(next === null, 'quantity', `nothing while ${next?.key} can take lots`, show(lots), 'rules.md §6.4 what nobody can take');
  const { quantity: held } = event.state.instrument(liquidation.instrument).inventory;
  const nets = !held.isZero() && held.isNegative() === liquidation.long;
  const part = nets ? minOf(held.abs(), rest) : rest;
  event.require(lots.equals(part), 'quantity', show(part), show(lots), 'rules.md §6.4 what nobody can take goes to the fund');
}

interface Counterparty {
  readonly key: string;
  readonly quantity: Decimal;
}

/** Who is next in rank and how much it can take of the rest; null when nobody can. */
function nextCounterparty(event: EventContext, liquidation: Liquidation): Counterparty | null {
  const { instrument, long, accountId } = liquidation;
  const { lotSize } = event.state.instrument(instrument).spec;
  liquidation.queue ??= new DeleveragingQueue(event.state, instrument, long, accountId);
  const wanted = restOf(liquidation).dividedBy(lotSize);
  const worth = (lots: Decimal) => partValue(liquidation, lots.times(lotSize));
  const { queue } = liquidation;
  for (let next = queue.first(); next !== undefined; queue.drop(), next = queue.first()) {
    const lots = deleverableLots(event.state, instrument, next, wanted, worth);
    if (lots.greaterThan(0)) return { key: holderKey(next), quantity: lots.times(lotSize) };
  }
  return null;
}

const deleveraged: Handler = (event) => {
  if (event.textOrNull('accountId') === null) deleverageFund(event);
  else deleverageHolder(event);
};

function deleverageHolder(event: EventContext): void {
  const holder = event.holder();
  const liquidation = liquidationOf(event, holder);
  const share = fundShare(event, liquidation);
  const lots = event.decimal('quantity').abs();
  event.require(share.isZero(), 'quantity', `the fund first takes ${show(share)}`, show(lots), 'rules.md §6.3, §6.4');
  closeAgainst(event, holder, liquidation);
}

/** When a pass leaves the fund's equity below its inventory's MM, the inventory is deleveraged at mark (rules.md §6.6). */
function deleverageFund(event: EventContext): void {
  const name = event.text('instrument');
  event.whole.fundDeleveraged ||= fundSurplus(event.state).lessThan(0);
  event.require(event.whole.fundDeleveraged, 'quantity', 'none while the fund’s equity ≥ MM', event.text('quantity'), 'rules.md §6.6');
  const { inventory } = event.state.instrument(name);
  const value = markOf(event.state.instrument(name)).times(inventory.quantity.abs());
  const underWay = event.whole.fundDeleveraging.get(name);
  const restarted =
    underWay === undefined ||
    !restOf(underWay).equals(inventory.quantity.abs()) ||
    (underWay.queue !== null && underWay.queue.first() === undefined);
  const liquidation = restarted ? newLiquidation(null, name, inventory.quantity, value) : underWay;
  event.whole.fundDeleveraging.set(name, liquidation);
  closeAgainst(event, FUND, liquidation);
}

/** The next in rank takes the most lots that leave it equity ≥ MM, at the price fixed for all parts (rules.md §6.4). */
function closeAgainst(event: EventContext, holder: Holder, liquidation: Liquidation): void {
  const lots = event.decimal('quantity').abs();
  const counterparty = event.holder('counterpartyAccountId', 'counterpartyIsolationId');
  const next = nextCounterparty(event, liquidation);
  const [key, most] = [next?.key ?? 'nobody', next?.quantity ?? ZERO];
  event.require(key === holderKey(counterparty), 'counterparty', key, holderKey(counterparty), 'rules.md §6.4 rank');
  event.require(lots.equals(most), 'quantity', show(most), show(lots), 'rules.md §6.4 the most lots that leave it equity ≥ MM');
  liquidation.queue?.drop();
  const value = partValue(liquidation, lots);
  handOver(event, holder, value);
  countHandedOver(liquidation, lots, value);
  closeCounterparty(event, counterparty, value);
}

function closeCounterparty(event: EventContext, holder: Holder, value: Decimal): void {
  const quantity = event.decimal('quantity');
  const { opened, realizedPnl } = settleFill(event.state, holder, event.text('instrument'), quantity, shareOf(value, quantity));
  if (holder.block?.position.quantity.isZero() === true) event.whole.emptied.add(holder.block);
  event.require(opened.isZero(), 'counterparty', 'only closes', `opens ${show(opened)}`, 'rules.md §6.4 opposite positions');
  event.expect('counterpartyRealizedPnl', realizedPnl, 'rules.md §5 realised PnL');
  const { equity, maintenanceMargin } =
    holder.block === null ? accountFigures(event.state, holder.accountId as string) : blockRisk(event.state, holder.block);
  const healthy = equity.greaterThanOrEqualTo(maintenanceMargin);
  event.require(healthy, 'counterparty equity', `≥ MM ${show(maintenanceMargin)}`, show(equity), 'rules.md §6.4');
}

export const handOverHandlers: Readonly<Record<string, Handler>> = {
  PositionTakenOver: takenOver,
  PositionDeleveraged: deleveraged,
};

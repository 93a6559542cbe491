import { formatIsolationId } from '../contract/ids';
import { add, type Int, negate } from '../num/int';
import { type LevelRow, NO_LEVEL } from './book/levels';
import { isLiquidatable } from './liquidation/pass';
import { notionalAt } from './margin/margin';
import { currentNeed, marginOfLots } from './margin/orderMargin';
import { isAcceptedAfter } from './state/links';
import type { Instrument } from './state/model';
import { NO_ORDER, type OrderRow } from './state/orders';
import { NO_POSITION, type PositionRow } from './state/positions';
import type { State } from './state/state';
import { ledgerTotals } from './views/ledger';

/** All invariants of rules.md §11 that one state can show; an empty list when they hold. */
export function brokenInvariants(state: State): string[] {
  const broken: string[] = [];
  const { accounts, positions } = state;
  checkLedger(state, broken);
  let cost: Int = 0;
  for (const instrument of state.instruments) cost = add(cost, checkInstrument(state, instrument, broken));
  if (state.totals.USD.clearing !== negate(cost)) {
    broken.push(`§5 clearing ${state.totals.USD.clearing} is not minus the entry cost of all positions ${cost}`);
  }
  for (const block of state.blocks.values()) checkBlock(state, block, broken);
  if (accounts.cash(accounts.fund) < 0) broken.push(`§11.8 the insurance fund's cash is negative: ${accounts.usd(accounts.fund)}`);
  for (const account of accounts) {
    const id = accounts.id(account);
    for (let cross = accounts.firstPosition(account); cross !== NO_POSITION; cross = positions.nextOfAccount(cross)) {
      checkSides(state, cross, `${id} ${state.instrumentOf(cross).name} CROSS`, broken);
      const block = positions.block(cross);
      if (block !== NO_POSITION) checkSides(state, block, formatIsolationId(positions.isolationId(block)), broken);
    }
    const [usd, usdc] = [accounts.usd(account), accounts.usdc(account)];
    if (usdc < 0) broken.push(`§7 USDC of ${id} is negative: ${usdc}`);
    if (usd < 0 && usdc > 0) broken.push(`§7 ${id} owes USD while it holds USDC`);
  }
  return broken;
}

function checkLedger(state: State, broken: string[]): void {
  for (const currency of ['USD', 'USDC'] as const) {
    let sum: Int = 0;
    for (const amount of Object.values(ledgerTotals(state, currency))) sum = add(sum, amount as Int);
    if (sum !== 0) broken.push(`§11.1 the ledger in ${currency} sums to ${sum}`);
  }
  if (add(state.totals.USD.conversion, state.totals.USDC.conversion) !== 0) broken.push('§7 conversion does not sum to zero');
}

/** Checks one market and returns the signed entry cost of its positions. */
function checkInstrument(state: State, instrument: Instrument, broken: string[]): Int {
  const { positions } = state;
  let net: Int = 0;
  let cost: Int = 0;
  for (let position = instrument.firstOpen; position !== NO_POSITION; position = positions.nextOpen(position)) {
    net = add(net, positions.quantity(position));
    cost = add(cost, positions.entryCost(position));
  }
  if (net !== 0) broken.push(`§11.2 ${instrument.name}: long − short = ${net} lots`);
  checkBook(state, instrument, broken);
  return cost;
}

function checkBook(state: State, { name, book }: Instrument, broken: string[]): void {
  const { levels } = state;
  const bid = book.bids.best();
  const ask = book.asks.best();
  const isCrossed = bid !== NO_LEVEL && ask !== NO_LEVEL && levels.price(bid) >= levels.price(ask);
  if (isCrossed) broken.push(`§11.4 ${name}: the book is crossed`);
  for (const level of [...book.bids.levels, ...book.asks.levels]) checkLevel(state, name, level, broken);
}

function checkLevel(state: State, name: string, level: LevelRow, broken: string[]): void {
  const { levels, orders } = state;
  const price = levels.price(level);
  let total: Int = 0;
  let before: OrderRow = NO_ORDER;
  for (let order = levels.first(level); order !== NO_ORDER; order = orders.next(order)) {
    total = add(total, orders.remaining(order));
    const inOrder = before === NO_ORDER || isAcceptedAfter(state, order, before);
    if (!inOrder || orders.remaining(order) <= 0 || orders.price(order) !== price) {
      broken.push(`§11.4 ${name}: order ${orders.id(order)} is out of place`);
    }
    before = order;
  }
  if (total !== levels.total(level)) broken.push(`§11.4 ${name}: level ${price} holds ${total} lots, not ${levels.total(level)}`);
}

/** What a side of a position counts must be what its orders come to. */
function checkSides(state: State, position: PositionRow, name: string, broken: string[]): void {
  const { orders, positions } = state;
  const { spec } = state.instrumentOf(position);
  for (const direction of [1, -1] as const) {
    const side = positions.side(position, direction);
    let value: Int = 0;
    let lots: Int = 0;
    let margin: Int = 0;
    let reduceOnlyOrders = 0;
    for (let order = positions.firstOrder(side); order !== NO_ORDER; order = orders.nextOfSide(order)) {
      const remaining = orders.remaining(order);
      value = add(value, notionalAt(spec, remaining, orders.price(order)));
      if (orders.isReduceOnly(order)) {
        reduceOnlyOrders += 1;
        continue;
      }
      lots = add(lots, remaining);
      margin = add(margin, marginOfLots(spec, remaining, orders.marginPrice(order), orders.marginRate(order)));
    }
    const counted: [string, Int, Int][] = [
      ['value', positions.sideValue(side), value],
      ['lots', positions.sideLots(side), lots],
      ['margin', positions.sideMargin(side), margin],
      ['reduceOnlyOrders', positions.reduceOnlyOrders(side), reduceOnlyOrders],
    ];
    for (const [what, said, sum] of counted) {
      if (said !== sum) broken.push(`§2 ${name}: ${what} of its orders is ${sum}, counted ${said}`);
    }
  }
}

function checkBlock(state: State, block: PositionRow, broken: string[]): void {
  const { positions } = state;
  const name = formatIsolationId(positions.isolationId(block));
  const need = currentNeed(state, block);
  const reserved = positions.orderMargin(block);
  if (reserved !== need) broken.push(`§11.4 ${name}: reserved ${reserved}, its orders need ${need}`);
  if (state.instrumentOf(block).halt !== 'ALL' && isLiquidatable(state, block)) broken.push(`§11.5 ${name}: equity is below MM`);
  if (positions.quantity(block) === 0 && !positions.hasOrders(block)) broken.push(`§2.7 ${name}: nothing keeps the block alive`);
  if (reserved < 0) broken.push(`§1 ${name}: order margin is negative`);
}

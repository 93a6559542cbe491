import { formatIsolationId } from '../contract/ids';
import { add, type Int, negate } from '../num/int';
import type { Book, Level } from './book/book';
import { isLiquidatable } from './liquidation/pass';
import { notionalAt } from './margin/margin';
import { currentNeed, marginOfLots } from './margin/orderMargin';
import { type Instrument, type Order, OrderSide, type Position } from './state/model';
import type { State } from './state/state';
import { ledgerTotals } from './views/ledger';

/** All invariants of rules.md §11 that one state can show; an empty list when they hold. */
export function brokenInvariants(state: State): string[] {
  const broken: string[] = [];
  checkLedger(state, broken);
  let cost: Int = 0;
  for (const instrument of state.instruments) cost = add(cost, checkInstrument(instrument, broken));
  if (state.totals.USD.clearing !== negate(cost)) {
    broken.push(`§5 clearing ${state.totals.USD.clearing} is not minus the entry cost of all positions ${cost}`);
  }
  for (const block of state.blocks.values()) checkBlock(block, broken);
  if (add(state.fund.usd, state.fund.usdc) < 0) broken.push(`§11.8 the insurance fund's cash is negative: ${state.fund.usd}`);
  for (const account of state.accounts) {
    for (const holding of account.holdings) {
      if (holding?.cross !== undefined) checkSides(holding.cross, `${account.id} ${holding.instrument.name} CROSS`, broken);
      if (holding?.block !== undefined) checkSides(holding.block, formatIsolationId(holding.block.isolationId), broken);
    }
    if (account.usdc < 0) broken.push(`§7 USDC of ${account.id} is negative: ${account.usdc}`);
    if (account.usd < 0 && account.usdc > 0) broken.push(`§7 ${account.id} owes USD while it holds USDC`);
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
function checkInstrument(instrument: Instrument, broken: string[]): Int {
  let net: Int = 0;
  let cost: Int = 0;
  for (let position = instrument.firstOpen; position !== undefined; position = position.nextOpen) {
    net = add(net, position.quantity);
    cost = add(cost, position.entryCost);
  }
  if (net !== 0) broken.push(`§11.2 ${instrument.name}: long − short = ${net} lots`);
  checkBook(instrument.name, instrument.book, broken);
  return cost;
}

function checkBook(name: string, book: Book, broken: string[]): void {
  const bid = book.bids.best();
  const ask = book.asks.best();
  if (bid !== undefined && ask !== undefined && bid.price >= ask.price) broken.push(`§11.4 ${name}: the book is crossed`);
  for (const level of [...book.bids.levels, ...book.asks.levels]) checkLevel(name, level, broken);
}

function checkLevel(name: string, level: Level, broken: string[]): void {
  let total: Int = 0;
  let before: Order | undefined;
  for (let order = level.first; order !== undefined; order = order.next) {
    total = add(total, order.remaining);
    const inOrder =
      before === undefined ||
      before.acceptedSeq < order.acceptedSeq ||
      (before.acceptedSeq === order.acceptedSeq && before.acceptedIndex < order.acceptedIndex);
    if (!inOrder || order.remaining <= 0 || order.price !== level.price) broken.push(`§11.4 ${name}: order ${order.id} is out of place`);
    before = order;
  }
  if (total !== level.total) broken.push(`§11.4 ${name}: level ${level.price} holds ${total} lots, not ${level.total}`);
}

/** What a side of a position counts must be what its orders come to. */
function checkSides(position: Position, name: string, broken: string[]): void {
  for (const side of [position.buys, position.sells]) {
    const sums = new OrderSide();
    for (let order = side.first; order !== undefined; order = order.nextOfSide) {
      sums.value = add(sums.value, notionalAt(order.instrument.spec, order.remaining, order.price));
      sums.reduceOnlyOrders += order.terms.reduceOnly ? 1 : 0;
      if (order.terms.reduceOnly) continue;
      sums.lots = add(sums.lots, order.remaining);
      sums.margin = add(sums.margin, marginOfLots(order.instrument.spec, order.remaining, order.marginPrice, order.marginRate));
    }
    for (const sum of ['value', 'lots', 'margin', 'reduceOnlyOrders'] as const) {
      if (side[sum] !== sums[sum]) broken.push(`§2 ${name}: ${sum} of its orders is ${sums[sum]}, counted ${side[sum]}`);
    }
  }
}

function checkBlock(block: Position, broken: string[]): void {
  const name = formatIsolationId(block.isolationId);
  const need = currentNeed(block);
  if (block.orderMargin !== need) broken.push(`§11.4 ${name}: reserved ${block.orderMargin}, its orders need ${need}`);
  if (block.instrument.halt !== 'ALL' && isLiquidatable(block)) broken.push(`§11.5 ${name}: equity is below MM`);
  if (block.quantity === 0 && !block.hasOrders) broken.push(`§2.7 ${name}: nothing keeps the block alive`);
  if (block.orderMargin < 0) broken.push(`§1 ${name}: order margin is negative`);
}

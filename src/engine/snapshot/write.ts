import type { ByteWriter } from '../../contract/bytes';
import { canonicalJson } from '../../contract/canonicalJson';
import type { Fraction } from '../../num/fraction';
import type { AccountRow } from '../state/accounts';
import type { CommandMemory } from '../state/commandMemory';
import type { Instrument, TriggerTerms } from '../state/model';
import type { OrderRow } from '../state/orders';
import { NO_POSITION, type PositionRow } from '../state/positions';
import type { State } from '../state/state';
import { CURRENCIES, HALTS, PREVENTIONS, SNAPSHOT_VERSION, SOURCES, TIMES_IN_FORCE, TOTALS } from './format';

function writeOptional<T>(writer: ByteWriter, value: T | undefined, write: (value: T) => void): void {
  writer.byte(value === undefined ? 0 : 1);
  if (value !== undefined) write(value);
}

function writeFraction(writer: ByteWriter, { n, d }: Fraction): void {
  writer.int(n);
  writer.int(d);
}

/** Writes everything that the state hash covers and a restore needs. */
export function writeSnapshot(writer: ByteWriter, state: State): void {
  writer.byte(SNAPSHOT_VERSION);
  writer.varint(state.shard);
  writer.varint(state.seq);
  writer.varint(state.clock);
  for (const currency of CURRENCIES) for (const name of TOTALS) writer.int(state.totals[currency][name]);
  writer.varint(state.instruments.length);
  for (const instrument of state.instruments) writeInstrument(writer, instrument);
  const { accounts, orders } = state;
  writer.varint(accounts.count);
  writeAccount(writer, state, accounts.fund);
  for (const account of accounts) writeAccount(writer, state, account);
  const live = orders.live().sort((a, b) => orders.id(a) - orders.id(b));
  writer.varint(live.length);
  for (const order of live) writeOrder(writer, state, order);
  const traded = [...state.tradedInstruments].map((instrument) => instrument.number).sort((a, b) => a - b);
  writer.varint(traded.length);
  for (const number of traded) writer.varint(number);
  writeMemory(writer, state.memory);
}

function writeInstrument(writer: ByteWriter, instrument: Instrument): void {
  writer.text(canonicalJson(instrument.spec.terms) as string);
  writeOptional(writer, instrument.mark, (mark) => writer.int(mark));
  writeOptional(writer, instrument.index, (index) => writer.int(index));
  writeOptional(writer, instrument.last, (last) => writer.int(last));
  writer.varint(instrument.markSeq);
  writer.byte(HALTS.indexOf(instrument.halt));
  writer.int(instrument.samples.sum);
  writer.varint(instrument.samples.count);
  writer.varint(instrument.nextFundingTime);
}

function writeAccount(writer: ByteWriter, state: State, account: AccountRow): void {
  const { accounts, positions } = state;
  writer.text(accounts.id(account));
  writer.int(accounts.usd(account));
  writer.int(accounts.usdc(account));
  writer.varint(accounts.cancelAllAfter(account));
  const held: PositionRow[] = [];
  for (let cross = accounts.firstPosition(account); cross !== NO_POSITION; cross = positions.nextOfAccount(cross)) {
    if (!isEmpty(state, cross)) held.push(cross);
  }
  writer.varint(held.length);
  for (const cross of held) {
    const block = positions.block(cross);
    writer.varint(positions.instrument(cross));
    writeOptional(writer, positions.leverage(cross), (leverage) => writeFraction(writer, leverage));
    writeOptional(writer, isBlank(state, cross) ? undefined : cross, (position) => writePosition(writer, state, position));
    writeOptional(writer, block === NO_POSITION ? undefined : block, (position) => writePosition(writer, state, position));
  }
}

/** Records that only a look has made hold nothing and are not part of the state. */
function isEmpty(state: State, cross: PositionRow): boolean {
  const { positions } = state;
  return positions.leverage(cross) === undefined && positions.block(cross) === NO_POSITION && isBlank(state, cross);
}

function isBlank({ positions }: State, cross: PositionRow): boolean {
  return positions.updatedSeq(cross) === 0 && !positions.hasOrders(cross);
}

function writePosition(writer: ByteWriter, { positions }: State, position: PositionRow): void {
  writer.varint(positions.isolationId(position));
  writer.byte(CURRENCIES.indexOf(positions.currency(position)));
  // The account's setting stands before its cross position, which has none of its own.
  const leverage = positions.isIsolated(position) ? positions.leverage(position) : undefined;
  writeOptional(writer, leverage, (own) => writeFraction(writer, own));
  writer.int(positions.quantity(position));
  writer.int(positions.entryCost(position));
  writer.int(positions.cash(position));
  writer.int(positions.orderMargin(position));
  writer.int(positions.realizedPnl(position));
  writer.int(positions.feesPaid(position));
  writer.int(positions.fundingPaid(position));
  writer.varint(positions.openedSeq(position));
  writer.varint(positions.openedIndex(position));
  writer.varint(positions.openedAt(position));
  writer.varint(positions.updatedSeq(position));
}

function writeOrder(writer: ByteWriter, state: State, order: OrderRow): void {
  const { accounts, orders, positions } = state;
  const terms = orders.terms(order);
  writer.varint(orders.id(order));
  writer.text(accounts.id(state.accountOfOrder(order)));
  writer.varint(state.instrumentOfOrder(order).number);
  writer.byte(orders.direction(order) > 0 ? 1 : 0);
  writer.text(terms.orderType);
  writer.byte(TIMES_IN_FORCE.indexOf(terms.timeInForce));
  writer.byte((terms.postOnly ? 1 : 0) + (terms.reduceOnly ? 2 : 0));
  writer.byte(PREVENTIONS.indexOf(terms.selfTradePrevention));
  writeOptional(writer, orders.clientOrderId(order), (id) => writer.text(id));
  writer.varint(orders.price(order));
  writer.varint(orders.remaining(order));
  writer.varint(orders.filled(order));
  writer.varint(orders.marginPrice(order));
  writeFraction(writer, orders.marginRate(order));
  writer.varint(orders.acceptedSeq(order));
  writer.varint(orders.acceptedIndex(order));
  writer.varint(orders.placedAt(order));
  writeOptional(writer, orders.trigger(order), (trigger) => writeTrigger(writer, trigger));
  writer.varint(positions.isolationId(orders.position(order)));
}

function writeTrigger(writer: ByteWriter, trigger: TriggerTerms): void {
  writer.varint(trigger.triggerPrice);
  writer.byte(SOURCES.indexOf(trigger.triggerBy));
  writer.byte(trigger.marginMode === 'ISOLATED' ? 1 : 0);
  writer.varint(trigger.isolationId);
  writeOptional(writer, trigger.leverage, (leverage) => writer.text(leverage));
  writeOptional(writer, trigger.isolatedMargin, (margin) => writer.int(margin));
  writeOptional(writer, trigger.marginCurrency, (currency) => writer.byte(CURRENCIES.indexOf(currency)));
}

function writeMemory(writer: ByteWriter, memory: CommandMemory): void {
  writer.varint(memory.capacity);
  writer.varint(memory.size);
  for (const slot of memory.slots()) {
    memory.writeId(writer, slot);
    const entry = memory.outcomeAt(slot);
    writer.varint(entry.seq);
    writer.varint(entry.time);
    writer.uint32(entry.bodyHashHigh);
    writer.uint32(entry.bodyHashLow);
    writeOptional(writer, entry.code, (code) => writer.text(code));
    writeOptional(writer, entry.message, (message) => writer.text(message));
    writer.varint(entry.orderId);
    writer.varint(entry.isolationId);
  }
}

import type { ByteWriter } from '../../contract/bytes';
import { canonicalJson } from '../../contract/canonicalJson';
import type { Fraction } from '../../num/fraction';
import type { CommandMemory } from '../state/commandMemory';
import type { Account, Holding, Instrument, Order, Position, TriggerTerms } from '../state/model';
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
  writer.varint(state.accounts.length);
  for (const account of [state.fund, ...state.accounts]) writeAccount(writer, account);
  const orders = [...state.orders.values()].sort((a, b) => a.id - b.id);
  writer.varint(orders.length);
  for (const order of orders) writeOrder(writer, order);
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

function writeAccount(writer: ByteWriter, account: Account): void {
  writer.text(account.id);
  writer.int(account.usd);
  writer.int(account.usdc);
  writer.varint(account.cancelAllAfter);
  const holdings = account.holdings.filter((holding): holding is Holding => holding !== undefined && !isEmpty(holding));
  writer.varint(holdings.length);
  for (const holding of holdings) {
    writer.varint(holding.instrument.number);
    writeOptional(writer, holding.leverage, (leverage) => writeFraction(writer, leverage));
    writeOptional(writer, isBlank(holding.cross) ? undefined : holding.cross, (cross) => writePosition(writer, cross));
    writeOptional(writer, holding.block, (block) => writePosition(writer, block));
  }
}

/** Records that only a look has made hold nothing and are not part of the state. */
function isEmpty(holding: Holding): boolean {
  return holding.leverage === undefined && holding.block === undefined && isBlank(holding.cross);
}

function isBlank(position: Position | undefined): boolean {
  return position === undefined || (position.updatedSeq === 0 && !position.hasOrders);
}

function writePosition(writer: ByteWriter, position: Position): void {
  writer.varint(position.isolationId);
  writer.byte(CURRENCIES.indexOf(position.currency));
  writeOptional(writer, position.leverage, (leverage) => writeFraction(writer, leverage));
  const { quantity, entryCost, cash, orderMargin, realizedPnl, feesPaid, fundingPaid } = position;
  for (const figure of [quantity, entryCost, cash, orderMargin, realizedPnl, feesPaid, fundingPaid]) writer.int(figure);
  writer.varint(position.openedSeq);
  writer.varint(position.openedIndex);
  writer.varint(position.openedAt);
  writer.varint(position.updatedSeq);
}

function writeOrder(writer: ByteWriter, order: Order): void {
  const { terms } = order;
  writer.varint(order.id);
  writer.text(order.account.id);
  writer.varint(order.instrument.number);
  writer.byte(order.direction > 0 ? 1 : 0);
  writer.text(terms.orderType);
  writer.byte(TIMES_IN_FORCE.indexOf(terms.timeInForce));
  writer.byte((terms.postOnly ? 1 : 0) + (terms.reduceOnly ? 2 : 0));
  writer.byte(PREVENTIONS.indexOf(terms.selfTradePrevention));
  writeOptional(writer, order.clientOrderId, (id) => writer.text(id));
  writer.varint(order.price);
  writer.varint(order.remaining);
  writer.varint(order.filled);
  writer.varint(order.marginPrice);
  writeFraction(writer, order.marginRate);
  writer.varint(order.acceptedSeq);
  writer.varint(order.acceptedIndex);
  writer.varint(order.placedAt);
  writeOptional(writer, order.trigger, (trigger) => writeTrigger(writer, trigger));
  writer.varint(order.position?.isolationId ?? 0);
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
  for (const entry of memory.entries()) {
    writer.text(entry.commandId);
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

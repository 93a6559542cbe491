import { type ByteReader, FormatError } from '../../contract/bytes';
import type { Fraction } from '../../num/fraction';
import { add } from '../../num/int';
import { countIn } from '../margin/orderSide';
import { type AccountRow, NO_ACCOUNT } from '../state/accounts';
import { CommandMemory } from '../state/commandMemory';
import { compareOpenings, isAcceptedAfter, linkOpen, linkToSide } from '../state/links';
import type { Instrument, TriggerTerms } from '../state/model';
import type { OrderRow } from '../state/orders';
import type { PositionRow } from '../state/positions';
import { State } from '../state/state';
import { orderTerms } from '../state/terms';
import { newInstrument } from '../transitions/instruments';
import { enroll, refreshOrderMargin } from '../transitions/orders';
import { CURRENCIES, HALTS, PREVENTIONS, SNAPSHOT_VERSION, SOURCES, TIMES_IN_FORCE, TOTALS } from './format';

function readOptional<T>(reader: ByteReader, read: () => T): T | undefined {
  return reader.byte() === 0 ? undefined : read();
}

function readFraction(reader: ByteReader): Fraction {
  const n = reader.int();
  return { n, d: reader.int() };
}

function pick<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new FormatError(`${index} is not one of ${values.join(', ')}`);
  return value;
}

/** The state that a snapshot was made of. Throws a FormatError on other bytes. */
export function readSnapshot(reader: ByteReader): State {
  const version = reader.byte();
  if (version !== SNAPSHOT_VERSION) throw new FormatError(`snapshot version ${version} is not ${SNAPSHOT_VERSION}`);
  // The memory of commandIds stands at the end.
  const state = new State(reader.varint(), new CommandMemory(1));
  state.seq = reader.varint();
  state.clock = reader.varint();
  for (const currency of CURRENCIES) for (const name of TOTALS) state.totals[currency][name] = reader.int();
  new SnapshotBody(reader, state).read();
  return state;
}

class SnapshotBody {
  private readonly open: PositionRow[] = [];
  private readonly booked: OrderRow[] = [];

  constructor(
    private readonly reader: ByteReader,
    private readonly state: State,
  ) {}

  read(): void {
    const { reader, state } = this;
    for (let left = reader.varint(); left > 0; left--) this.readInstrument();
    const accountCount = reader.varint();
    this.readFund();
    for (let number = 0; number < accountCount; number++) this.readAccount(state.accounts.open(reader.text()));
    for (let left = reader.varint(); left > 0; left--) this.readOrder();
    for (let left = reader.varint(); left > 0; left--) state.tradedInstruments.add(pick(state.instruments, reader.varint()));
    state.memory = this.readMemory();
    this.linkPositions();
    this.enterBooks();
    state.nextTimer = 0;
  }

  private readInstrument(): void {
    const { reader, state } = this;
    const instrument = newInstrument(state, JSON.parse(reader.text()));
    instrument.mark = readOptional(reader, () => reader.int());
    instrument.index = readOptional(reader, () => reader.int());
    instrument.last = readOptional(reader, () => Number(reader.int()));
    instrument.markSeq = reader.varint();
    instrument.halt = pick(HALTS, reader.byte());
    const sum = reader.int();
    instrument.samples = { sum, count: reader.varint() };
    instrument.nextFundingTime = reader.varint();
    state.instruments.push(instrument);
    state.instrumentsByName.set(instrument.name, instrument);
    state.regrid(instrument);
  }

  private readFund(): void {
    const { reader, state } = this;
    if (reader.text() !== '') throw new FormatError('the insurance fund does not come first');
    this.readAccount(state.accounts.fund);
  }

  /** Everything of an account but its id. */
  private readAccount(account: AccountRow): void {
    const { reader, state } = this;
    const { accounts, positions } = state;
    for (const currency of CURRENCIES) accounts.addCash(account, currency, reader.int());
    const deadline = reader.varint();
    accounts.setCancelAllAfter(account, deadline);
    if (deadline !== 0) state.armedAccounts.add(account);
    for (let left = reader.varint(); left > 0; left--) {
      const cross = state.cross(account, this.instrument(reader.varint()));
      positions.setLeverage(
        cross,
        readOptional(reader, () => readFraction(reader)),
      );
      if (reader.byte() !== 0) this.readCross(cross);
      if (reader.byte() !== 0) this.readBlock(cross);
    }
    state.touchAccount(account);
  }

  private instrument(number: number): Instrument {
    return pick(this.state.instruments, number);
  }

  private readCross(cross: PositionRow): void {
    const { reader } = this;
    if (reader.varint() !== 0 || reader.byte() !== 0 || reader.byte() !== 0) throw new FormatError('a cross position that is none');
    this.readFigures(cross);
  }

  private readBlock(cross: PositionRow): void {
    const { reader, state } = this;
    const { positions } = state;
    const isolationId = reader.varint();
    const currency = pick(CURRENCIES, reader.byte());
    const leverage = readOptional(reader, () => readFraction(reader));
    const block = positions.takeBlock(cross, isolationId, currency, leverage);
    this.readFigures(block);
    positions.setBlock(cross, block);
    state.blocks.set(isolationId, block);
    if (currency === 'USDC') state.usdcBlocks.add(isolationId);
    state.touchBlock(block);
  }

  private readFigures(position: PositionRow): void {
    const { reader, state } = this;
    const { positions } = state;
    positions.setQuantity(position, reader.int());
    positions.setEntryCost(position, reader.int());
    positions.addCash(position, reader.int());
    positions.addOrderMargin(position, reader.int());
    positions.addRealizedPnl(position, reader.int());
    positions.addFeesPaid(position, reader.int());
    positions.addFundingPaid(position, reader.int());
    positions.setOpened(position, reader.varint(), reader.varint());
    positions.setOpenedAt(position, reader.varint());
    positions.setUpdatedSeq(position, reader.varint());
    if (positions.quantity(position) !== 0) this.open.push(position);
  }

  private readOrder(): void {
    const { reader, state } = this;
    const { accounts, orders } = state;
    const id = reader.varint();
    const account = accounts.find(reader.text());
    if (account === NO_ACCOUNT) throw new FormatError(`order ${id} has no account`);
    const instrument = this.instrument(reader.varint());
    const cross = state.cross(account, instrument);
    const direction = reader.byte() === 1 ? 1 : -1;
    const orderType = reader.text();
    const timeInForce = pick(TIMES_IN_FORCE, reader.byte());
    const flags = reader.byte();
    const selfTradePrevention = pick(PREVENTIONS, reader.byte());
    const clientOrderId = readOptional(reader, () => reader.text());
    const terms = orderTerms(orderType, timeInForce, (flags & 1) !== 0, (flags & 2) !== 0, selfTradePrevention);
    const order = orders.take(id, cross, direction, terms, clientOrderId);
    orders.setPrice(order, reader.varint());
    orders.setRemaining(order, reader.varint());
    orders.setFilled(order, reader.varint());
    orders.setMarginPrice(order, reader.varint());
    orders.setMarginRate(order, readFraction(reader));
    orders.setAccepted(order, reader.varint(), reader.varint());
    orders.setPlacedAt(order, reader.varint());
    const trigger = readOptional(reader, () => this.readTrigger());
    const isolationId = reader.varint();
    enroll(state, order);
    if (trigger === undefined) {
      orders.setPosition(order, isolationId === 0 ? cross : state.block(isolationId));
      this.booked.push(order);
    } else {
      orders.setTrigger(order, trigger);
      instrument.triggers.add(order);
    }
  }

  private readTrigger(): TriggerTerms {
    const { reader } = this;
    return {
      triggerPrice: reader.varint(),
      triggerBy: pick(SOURCES, reader.byte()),
      marginMode: reader.byte() === 1 ? 'ISOLATED' : 'CROSS',
      isolationId: reader.varint(),
      leverage: readOptional(reader, () => reader.text()),
      isolatedMargin: readOptional(reader, () => reader.int()),
      marginCurrency: readOptional(reader, () => pick(CURRENCIES, reader.byte())),
    };
  }

  private readMemory(): CommandMemory {
    const { reader } = this;
    const memory = new CommandMemory(reader.varint());
    for (let left = reader.varint(); left > 0; left--) {
      const commandId = reader.text();
      const [seq, time] = [reader.varint(), reader.varint()];
      const [high, low] = [readWord(reader), readWord(reader)];
      const code = readOptional(reader, () => reader.text());
      const message = readOptional(reader, () => reader.text());
      memory.remember(commandId, seq, time, high, low, code, message, reader.varint(), reader.varint());
    }
    return memory;
  }

  /** In the order in which they left zero. */
  private linkPositions(): void {
    const { open, state } = this;
    const { positions } = state;
    for (const position of open.sort((a, b) => compareOpenings(state, a, b))) {
      const instrument = state.instrumentOf(position);
      const quantity = positions.quantity(position);
      linkOpen(state, instrument, position);
      if (quantity > 0) instrument.openInterest = add(instrument.openInterest, quantity);
    }
  }

  /** In the order in which they were accepted. */
  private enterBooks(): void {
    const { booked, state } = this;
    for (const order of booked.sort((a, b) => (isAcceptedAfter(state, a, b) ? 1 : -1))) {
      refreshOrderMargin(state, order);
      linkToSide(state, order);
      countIn(state, order);
      state.instrumentOfOrder(order).book.add(order);
    }
  }
}

function readWord(reader: ByteReader): number {
  let word = 0;
  for (let shift = 0; shift < 32; shift += 8) word |= reader.byte() << shift;
  return word >>> 0;
}

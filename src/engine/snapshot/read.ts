import { type ByteReader, FormatError } from '../../contract/bytes';
import { type Fraction, ZERO_FRACTION } from '../../num/fraction';
import { add, type Int } from '../../num/int';
import { acceptedAfter } from '../margin/orderMargin';
import { countIn, sideOf } from '../margin/orderSide';
import { CommandMemory } from '../state/commandMemory';
import { byOpening, linkOpen, linkToSide } from '../state/links';
import { Account, type Direction, Holding, type Instrument, Order, Position, type TriggerTerms } from '../state/model';
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
  const shard = reader.varint();
  const [seq, clock] = [reader.varint(), reader.varint()];
  const totals = CURRENCIES.map(() => TOTALS.map(() => reader.int()));
  const body = new SnapshotBody(reader, shard);
  const state = body.read();
  state.seq = seq;
  state.clock = clock;
  CURRENCIES.forEach((currency, row) => {
    TOTALS.forEach((name, column) => {
      state.totals[currency][name] = (totals[row] as Int[])[column] as Int;
    });
  });
  return state;
}

class SnapshotBody {
  private readonly instruments: Instrument[] = [];
  private readonly accounts: Account[] = [];
  private readonly orders: Order[] = [];
  private readonly blocks = new Map<number, Position>();

  constructor(
    private readonly reader: ByteReader,
    private readonly shard: number,
  ) {}

  read(): State {
    const { reader } = this;
    for (let left = reader.varint(); left > 0; left--) this.instruments.push(this.readInstrument());
    const accountCount = reader.varint();
    for (let number = -1; number < accountCount; number++) this.accounts.push(this.readAccount(number));
    const byId = new Map(this.accounts.map((account) => [account.id, account]));
    for (let left = reader.varint(); left > 0; left--) this.orders.push(this.readOrder(byId));
    const traded: Instrument[] = [];
    for (let left = reader.varint(); left > 0; left--) traded.push(pick(this.instruments, reader.varint()));
    const state = this.assemble(this.readMemory());
    for (const instrument of traded) state.tradedInstruments.add(instrument);
    return state;
  }

  private readInstrument(): Instrument {
    const { reader } = this;
    const instrument = newInstrument(this.instruments.length, JSON.parse(reader.text()));
    instrument.mark = readOptional(reader, () => reader.int());
    instrument.index = readOptional(reader, () => reader.int());
    instrument.last = readOptional(reader, () => Number(reader.int()));
    instrument.markSeq = reader.varint();
    instrument.halt = pick(HALTS, reader.byte());
    const sum = reader.int();
    instrument.samples = { sum, count: reader.varint() };
    instrument.nextFundingTime = reader.varint();
    return instrument;
  }

  private readAccount(number: number): Account {
    const { reader } = this;
    const account = new Account(reader.text(), number);
    account.usd = reader.int();
    account.usdc = reader.int();
    account.cancelAllAfter = reader.varint();
    for (let left = reader.varint(); left > 0; left--) {
      const holding = this.holding(account, reader.varint());
      holding.leverage = readOptional(reader, () => readFraction(reader));
      holding.cross = readOptional(reader, () => this.readPosition(holding));
      holding.block = readOptional(reader, () => this.readPosition(holding));
      if (holding.block !== undefined) this.blocks.set(holding.block.isolationId, holding.block);
    }
    return account;
  }

  private holding(account: Account, number: number): Holding {
    const instrument = pick(this.instruments, number);
    const existing = account.holdings[number];
    if (existing !== undefined) return existing;
    const made = new Holding(account, instrument);
    account.holdings[number] = made;
    return made;
  }

  private readPosition(holding: Holding): Position {
    const { reader } = this;
    const isolationId = reader.varint();
    const currency = pick(CURRENCIES, reader.byte());
    const position = new Position(
      holding,
      isolationId,
      currency,
      readOptional(reader, () => readFraction(reader)),
    );
    position.quantity = reader.int();
    position.entryCost = reader.int();
    position.cash = reader.int();
    position.orderMargin = reader.int();
    position.realizedPnl = reader.int();
    position.feesPaid = reader.int();
    position.fundingPaid = reader.int();
    position.openedSeq = reader.varint();
    position.openedIndex = reader.varint();
    position.openedAt = reader.varint();
    position.updatedSeq = reader.varint();
    return position;
  }

  private readOrder(accounts: ReadonlyMap<string, Account>): Order {
    const { reader } = this;
    const id = reader.varint();
    const account = accounts.get(reader.text());
    if (account === undefined) throw new FormatError(`order ${id} has no account`);
    const holding = this.holding(account, reader.varint());
    const direction: Direction = reader.byte() === 1 ? 1 : -1;
    const orderType = reader.text();
    const timeInForce = pick(TIMES_IN_FORCE, reader.byte());
    const flags = reader.byte();
    const selfTradePrevention = pick(PREVENTIONS, reader.byte());
    const clientOrderId = readOptional(reader, () => reader.text());
    const terms = orderTerms(orderType, timeInForce, (flags & 1) !== 0, (flags & 2) !== 0, selfTradePrevention);
    const order = new Order(id, holding, direction, terms, clientOrderId, ZERO_FRACTION);
    order.price = reader.varint();
    order.remaining = reader.varint();
    order.filled = reader.varint();
    order.marginPrice = reader.varint();
    order.marginRate = readFraction(reader);
    order.acceptedSeq = reader.varint();
    order.acceptedIndex = reader.varint();
    order.placedAt = reader.varint();
    order.trigger = readOptional(reader, () => this.readTrigger());
    const isolationId = reader.varint();
    if (order.trigger === undefined) order.position = isolationId === 0 ? holding.cross : this.blocks.get(isolationId);
    return order;
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

  /** Builds everything that is derived. */
  private assemble(memory: CommandMemory): State {
    const [fund, ...accounts] = this.accounts as [Account, ...Account[]];
    const state = new State(this.shard, memory, fund);
    for (const instrument of this.instruments) {
      state.instruments.push(instrument);
      state.instrumentsByName.set(instrument.name, instrument);
      state.regrid(instrument);
    }
    for (const account of accounts) {
      state.accounts.push(account);
      state.accountsById.set(account.id, account);
      if (account.cancelAllAfter !== 0) state.armedAccounts.add(account);
      state.touchAccount(account);
    }
    for (const block of this.blocks.values()) {
      state.blocks.set(block.isolationId, block);
      if (block.currency === 'USDC') state.usdcBlocks.add(block.isolationId);
      state.touchBlock(block);
    }
    linkPositions(this.accounts, state);
    this.enterOrders(state);
    state.nextTimer = 0;
    return state;
  }

  private enterOrders(state: State): void {
    for (const order of this.orders) {
      enroll(state, order.holding, order);
      if (order.trigger !== undefined) order.instrument.triggers.add(order, state.undo);
    }
    const booked = this.orders.filter((order) => order.trigger === undefined);
    booked.sort((a, b) => (acceptedAfter(a, b) ? 1 : -1));
    for (const order of booked) {
      refreshOrderMargin(order);
      linkToSide(sideOf(order.position as Position, order.direction), order, state.undo);
      countIn(order, state.undo);
      order.instrument.book.add(order, state.undo);
    }
  }
}

function readWord(reader: ByteReader): number {
  let word = 0;
  for (let shift = 0; shift < 32; shift += 8) word |= reader.byte() << shift;
  return word >>> 0;
}

function linkPositions(accounts: readonly Account[], state: State): void {
  const open: Position[] = [];
  for (const account of accounts) {
    for (const holding of account.holdings) {
      for (const position of [holding?.cross, holding?.block]) {
        if (position !== undefined && position.quantity !== 0) open.push(position);
      }
    }
  }
  for (const position of open.sort(byOpening)) {
    const { instrument } = position;
    linkOpen(instrument, position, state.undo);
    if (position.quantity > 0) instrument.openInterest = add(instrument.openInterest, position.quantity);
  }
}

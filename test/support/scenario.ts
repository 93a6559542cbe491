import { checkEverything } from './checks';
import {
  type Command,
  type Currency,
  createEngine,
  type EngineApi,
  type MarginMode,
  type Result,
  type Row,
  restoreEngine,
  type Side,
} from './engineApi';
import { JournaledEngine } from './hashes';

export type { Command, Currency, EngineApi, EngineEvent, MarginMode, Result, Row, Side } from './engineApi';

/** 2025-11-22T08:00:00Z: the clock of every scenario starts at an end of a funding interval. */
export const START = 1_763_798_400_000;

const DEFAULT_MARKET = {
  quote: 'USD',
  tickSize: '0.5',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '1000000',
  makerFeeRate: '0',
  takerFeeRate: '0.0005',
  liquidationFeeRate: '0',
  tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }],
};

/** `as` names the order, so that later lines can speak of it: `cancel('alice', 'entry')`. */
export interface OrderOptions extends Row {
  as?: string;
  type?: string;
  price?: string;
  marginMode?: MarginMode;
  leverage?: string;
}

export interface Envelope {
  commandId?: string;
  time?: number;
  expiresAt?: number;
  shard?: number;
}

/** One named story of commands and what must be true after them. */
export function scenario(name: string, body: (s: Scenario) => void): void {
  test(name, () => {
    const s = new Scenario();
    body(s);
    if (s.then.count === 0) throw new Error('a scenario without a then proves nothing');
    s.checkHistory();
  });
}

export class Scenario {
  private readonly journaled = new JournaledEngine({ shard: 0 });
  readonly engine = this.journaled.views as unknown as EngineApi;
  readonly given = new Actions(this, true);
  readonly when = new Actions(this, false);
  // biome-ignore lint/suspicious/noThenProperty: given, when, then are the words of a scenario, and none is ever awaited.
  readonly then = new Expectations(this);
  readonly commands: Command[] = [];
  readonly results: Result[] = [];
  readonly funded = new Set<string>();
  private readonly labels = new Map<string, Result>();
  private clock = START;

  /** Sets the time that following commands carry. */
  at(time: number): this {
    this.clock = time;
    return this;
  }

  later(ms: number): this {
    return this.at(this.clock + ms);
  }

  get now(): number {
    return this.clock;
  }

  get last(): Result {
    const result = this.results[this.results.length - 1];
    if (!result) throw new Error('no command was executed yet');
    return result;
  }

  /** The orderId of the order placed `as` this label; an unknown label is taken for an id. */
  id(label: string): string {
    return this.labels.get(label)?.orderId ?? label;
  }

  /** The isolationId of the order placed `as` this label. */
  iso(label: string): string {
    const id = this.labels.get(label)?.isolationId;
    if (!id) throw new Error(`no isolated order was placed as ${label}`);
    return id;
  }

  execute(type: string, data: Row, envelope: Envelope = {}, label?: string): Result {
    const command: Command = { commandId: `c-${this.results.length + 1}`, type, time: this.clock, ...envelope, data };
    const result = this.journaled.execute(command);
    if (result === undefined) throw new Error(`no command: ${JSON.stringify(command)}`);
    this.commands.push(command);
    this.results.push(result);
    checkEverything(this.engine, command, result);
    if (label) this.labels.set(label, result);
    return result;
  }

  /** The same commands again, and a snapshot half way with what came after it, end in the same state (rules.md §11.6). */
  checkHistory(): void {
    this.journaled.checkReexecution();
    const half = Math.ceil(this.commands.length / 2);
    const first = createEngine({ shard: 0 });
    for (const command of this.commands.slice(0, half)) first.execute(command);
    const restored = restoreEngine(first.snapshot());
    expect(this.commands.slice(half).map((command) => restored.execute(command))).toEqual(this.results.slice(half));
  }
}

/** Commands in a trader's words. In `given` each must be accepted; `when` leaves the verdict to `then`. */
export class Actions {
  constructor(
    private readonly s: Scenario,
    private readonly mustBeAccepted: boolean,
  ) {}

  /** Any command as the contract spells it. */
  command(type: string, data: Row, envelope?: Envelope, label?: string): Result {
    const result = this.s.execute(type, data, envelope, label);
    if (this.mustBeAccepted && result.status !== 'ACCEPTED') {
      throw new Error(`given ${type} ${JSON.stringify(data)}: ${result.status} ${result.code}: ${result.message}`);
    }
    return result;
  }

  market(instrument: string, changes: Row = {}): Result {
    const base = instrument.split('-')[0];
    return this.command('ListInstrument', { instrument, base, ...DEFAULT_MARKET, ...changes });
  }

  update(instrument: string, changes: Row): Result {
    return this.command('UpdateInstrument', { instrument, ...changes });
  }

  halt(instrument: string, mode?: 'ALL' | 'REDUCE_ONLY'): Result {
    return this.command('HaltInstrument', mode ? { instrument, mode } : { instrument });
  }

  resume(instrument: string): Result {
    return this.command('ResumeInstrument', { instrument });
  }

  deposit(accountId: string, amount: string, currency: Currency = 'USD'): Result {
    this.s.funded.add(accountId);
    return this.command('Deposit', { accountId, currency, amount });
  }

  withdraw(accountId: string, amount: string, currency: Currency = 'USD'): Result {
    return this.command('Withdraw', { accountId, currency, amount });
  }

  fundInsurance(amount: string, currency: Currency = 'USD'): Result {
    return this.command('FundInsurance', { currency, amount });
  }

  adjust(accountId: string, amount: string, currency: Currency = 'USD', reason = 'correction', reference = 'T-1'): Result {
    return this.command('AdjustBalance', { accountId, currency, amount, reason, reference });
  }

  mark(instrument: string, markPrice: string, extra: { indexPrice?: string; force?: boolean } = {}): Result {
    return this.command('MarkPriceTick', { instrument, markPrice, ...extra });
  }

  /** A market with its first mark. */
  marketAt(instrument: string, markPrice: string, changes: Row = {}): Result {
    this.market(instrument, changes);
    return this.mark(instrument, markPrice);
  }

  /** PlaceOrder; a LIMIT where `price` is given and a MARKET order otherwise, unless `type` says more. */
  order(accountId: string, instrument: string, side: Side, quantity: string, options: OrderOptions = {}): Result {
    const { as: label, ...rest } = options;
    const type = options.price === undefined ? 'MARKET' : 'LIMIT';
    return this.command('PlaceOrder', { accountId, instrument, side, type, quantity, ...rest }, undefined, label);
  }

  /** The same in isolated mode. */
  isolated(accountId: string, instrument: string, side: Side, quantity: string, options: OrderOptions = {}): Result {
    return this.order(accountId, instrument, side, quantity, { marginMode: 'ISOLATED', ...options });
  }

  /** A resting cross order of an account with plenty of money: the other side of a trade. */
  maker(accountId: string, instrument: string, side: Side, quantity: string, price: string, options: OrderOptions = {}): Result {
    if (!this.s.funded.has(accountId)) this.deposit(accountId, '1000000000');
    return this.order(accountId, instrument, side, quantity, { price, ...options });
  }

  /** The account takes `quantity` at `price` from maker `mm`; isolated at 10x unless the options say otherwise. */
  position(accountId: string, instrument: string, side: Side, quantity: string, price: string, options: OrderOptions = {}): Result {
    this.maker('mm', instrument, side === 'BUY' ? 'SELL' : 'BUY', quantity, price);
    return this.isolated(accountId, instrument, side, quantity, { price, leverage: '10', ...options });
  }

  /** The same as a cross position. */
  crossPosition(accountId: string, instrument: string, side: Side, quantity: string, price: string, options: OrderOptions = {}): Result {
    this.maker('mm', instrument, side === 'BUY' ? 'SELL' : 'BUY', quantity, price);
    return this.order(accountId, instrument, side, quantity, { price, ...options });
  }

  amend(accountId: string, order: string, changes: { price?: string; quantity?: string }): Result {
    return this.command('AmendOrder', { accountId, orderId: this.s.id(order), ...changes });
  }

  cancel(accountId: string, order: string): Result {
    return this.command('CancelOrder', { accountId, orderId: this.s.id(order) });
  }

  cancelAll(accountId: string, filter: { instrument?: string; marginMode?: MarginMode; kind?: 'LIMIT' | 'TRIGGER' } = {}): Result {
    return this.command('CancelAllOrders', { accountId, ...filter });
  }

  cancelAllAfter(accountId: string, timeoutMs: number): Result {
    return this.command('CancelAllAfter', { accountId, timeoutMs });
  }

  close(
    accountId: string,
    instrument: string,
    marginMode: MarginMode,
    options: { type?: string; price?: string; quantity?: string } = {},
  ): Result {
    const type = options.price === undefined ? 'MARKET' : 'LIMIT';
    return this.command('ClosePosition', { accountId, instrument, marginMode, type, ...options });
  }

  addMargin(accountId: string, instrument: string, amount: string): Result {
    return this.command('AddIsolatedMargin', { accountId, instrument, amount });
  }

  removeMargin(accountId: string, instrument: string, amount: string): Result {
    return this.command('RemoveIsolatedMargin', { accountId, instrument, amount });
  }

  leverage(accountId: string, instrument: string, marginMode: MarginMode, leverage: string): Result {
    return this.command('SetLeverage', { accountId, instrument, marginMode, leverage });
  }

  funding(instrument: string, rate: string): Result {
    return this.command('FundingTick', { instrument, rate });
  }

  /** Moves the clock on and lets the timers that are due run. */
  advance(ms: number): Result {
    return this.command('AdvanceTime', {}, { time: this.s.later(ms).now });
  }
}

/** What must be true now. Numbers are compared as the exact strings of the contract. */
export class Expectations {
  count = 0;

  constructor(private readonly s: Scenario) {}

  private get engine(): EngineApi {
    this.count += 1;
    return this.s.engine;
  }

  private get result(): Result {
    this.count += 1;
    return this.s.last;
  }

  accepted(): void {
    const { status, code, message } = this.result;
    expect({ status, code, message }).toEqual({ status: 'ACCEPTED' });
  }

  /** Refused with this code; `numbers` are what the sentence must name, its thousands separators aside. */
  rejected(code: string, ...numbers: (RegExp | string)[]): void {
    const result = this.result;
    expect({ status: result.status, code: result.code, message: result.message }).toMatchObject({ status: 'REJECTED', code });
    const sentence = result.message?.replace(/(?<=\d),(?=\d{3})/g, '') ?? '';
    for (const number of numbers) {
      if (typeof number === 'string') expect(sentence).toContain(number);
      else expect(sentence).toMatch(number);
    }
  }

  duplicateOf(original: Result): void {
    const result = this.result;
    expect(result.status).toBe('DUPLICATE');
    expect(result.original).toEqual(original);
  }

  position(accountId: string, instrument: string, marginMode: MarginMode, expected: Row): void {
    expect(this.engine.position(accountId, instrument, marginMode)).toMatchObject({ accountId, instrument, marginMode, ...expected });
  }

  noPosition(accountId: string, instrument: string, marginMode: MarginMode): void {
    expect(this.engine.position(accountId, instrument, marginMode)).toBeNull();
  }

  account(accountId: string, expected: Row): void {
    expect(this.engine.account(accountId)).toMatchObject({ accountId, ...expected });
  }

  /** One currency row of the account: cash, available, withdrawable, isolated. */
  balance(accountId: string, expected: Row, currency: Currency = 'USD'): void {
    this.account(accountId, { balances: { [currency]: expected } });
  }

  order(label: string, expected: Row): void {
    const id = this.s.id(label);
    expect(this.engine.order(id)).toMatchObject({ orderId: id, ...expected });
  }

  noOrder(label: string): void {
    expect(this.engine.order(this.s.id(label))).toBeNull();
  }

  book(instrument: string, expected: { bids?: [string, string][]; asks?: [string, string][] }): void {
    expect(this.engine.book(instrument)).toMatchObject(expected);
  }

  market(instrument: string, expected: Row): void {
    expect(this.engine.instrument(instrument)).toMatchObject(expected);
  }

  insurance(expected: Row): void {
    expect(this.engine.insurance()).toMatchObject(expected);
  }

  /** The balance of a ledger account; an account never used counts as zero. */
  ledger(account: string, amount: string, currency: Currency = 'USD'): void {
    expect(`${account} ${this.engine.ledger()[currency][account] ?? '0'}`).toBe(`${account} ${amount}`);
  }

  /** The types of the last command's events, in order. */
  events(...types: string[]): void {
    expect(this.result.events.map((event) => event.type)).toEqual(types);
  }

  /** Some event of the last command has this type and these data. */
  event(type: string, data: Row = {}): void {
    const found = this.result.events.filter((event) => event.type === type).map((event) => event.data);
    const match = found.find((candidate) => matches(candidate, data));
    expect(match ?? found).toMatchObject(data);
    expect(found.length).toBeGreaterThan(0);
  }

  noEvent(type: string): void {
    expect(this.result.events.filter((event) => event.type === type)).toEqual([]);
  }

  /** The data of every event of this type of the last command, in order. */
  eventsOf(type: string, ...expected: Row[]): void {
    const found = this.result.events.filter((event) => event.type === type).map((event) => event.data);
    expect(found).toMatchObject(expected);
  }

  /** The price and quantity of each trade of the last command, in order. */
  trades(...expected: [price: string, quantity: string][]): void {
    const trades = this.result.events.filter((event) => event.type === 'TradeExecuted');
    expect(trades.map(({ data }) => [data.price, data.quantity])).toEqual(expected);
  }

  /** Anything else, in jest's own words. */
  that<T>(actual: T): jest.JestMatchers<T> {
    this.count += 1;
    return expect(actual);
  }
}

function matches(candidate: Row, data: Row): boolean {
  try {
    expect(candidate).toMatchObject(data);
    return true;
  } catch {
    return false;
  }
}

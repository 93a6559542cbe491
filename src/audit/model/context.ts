import { type Decimal, decimal, show, ZERO } from './decimal';
import { compareNets, netOfTransfers } from './ledger';
import type { Block, Holder, Liquidation, ModelState } from './state';
import type { Difference, PublicCommand, PublicEvent, PublicResult, PublicTransfer } from './types';

/** An owner's balances besides the block that is being liquidated, as they must stand when it has ended. */
export interface Isolation {
  readonly accountId: string;
  readonly balances: Map<string, Decimal>;
}

/** What a command's events have changed, and so what is to be checked once it is done. */
export interface Touched {
  readonly accounts: Set<string>;
  /** Instruments whose mark, terms or halt changed. */
  readonly instruments: Set<string>;
  /** Those among them whose terms or halt changed. */
  readonly terms: Set<string>;
  positions: boolean;
}

const ACCOUNT_FIELDS = ['accountId', 'makerAccountId', 'takerAccountId', 'counterpartyAccountId'];
const OF_INSTRUMENT = new Set(['MarkPriceUpdated', 'InstrumentUpdated', 'InstrumentHalted', 'InstrumentResumed']);
const OF_POSITIONS = new Set(['TradeExecuted', 'PositionTakenOver', 'PositionDeleveraged']);

/** What the events of one command share. */
export class CommandContext {
  readonly differences: Difference[] = [];
  /** Blocks that a liquidation is emptying now, with the main account's balances before it (rules.md §11.3). */
  readonly isolation = new Map<string, Isolation>();
  /** Conversions made ahead of a draw on USD: afterwards the account's USD must be used up (rules.md §7). */
  readonly drawsAhead = new Set<string>();
  /** Whether the fund was found short of its inventory's MM, so that this inventory is being deleveraged. */
  fundDeleveraged = false;
  readonly fundDeleveraging = new Map<string, Liquidation>();
  /** The fund's inventory when a mark tick came, and what it worked off since (rules.md §6.6). */
  readonly inventoryAtTick = new Map<string, Decimal>();
  readonly workedOff = new Map<string, Decimal>();
  /** What was due when the present round of liquidations began and has not had its turn. */
  liquidationQueue: string[] = [];
  /** Blocks whose position came to zero: what they hold beside their orders' needs goes home at once (rules.md §2.7). */
  readonly emptied = new Set<Block>();
  /** By instrument: whose positions its change asks about, once the command is done. */
  readonly looked = new Map<string, readonly Holder[]>();

  constructor(
    readonly state: ModelState,
    readonly command: PublicCommand,
    readonly result: PublicResult,
  ) {}

  readonly touched: Touched = { accounts: new Set(), instruments: new Set(), terms: new Set(), positions: false };

  touch({ type, data }: PublicEvent): void {
    for (const field of ACCOUNT_FIELDS) if (typeof data[field] === 'string') this.touched.accounts.add(data[field]);
    if (OF_INSTRUMENT.has(type)) this.touched.instruments.add(String(data.instrument));
    if (OF_INSTRUMENT.has(type) && type !== 'MarkPriceUpdated') this.touched.terms.add(String(data.instrument));
    if (OF_POSITIONS.has(type)) this.touched.positions = true;
  }

  get seq(): number {
    return this.result.seq ?? 0;
  }

  report(path: string, expected: string, actual: string, rule: string): void {
    this.differences.push({ path, expected, actual, rule });
  }
}

/** One event under the model's eyes: its facts, and the amounts it must show. */
export class EventContext {
  readonly state: ModelState;
  private readonly path: string;

  constructor(
    readonly whole: CommandContext,
    readonly event: PublicEvent,
  ) {
    this.state = whole.state;
    this.path = `${whole.seq}.${event.index} ${event.type}`;
  }

  get command(): PublicCommand {
    return this.whole.command;
  }

  text(field: string): string {
    const value = this.event.data[field];
    if (typeof value !== 'string') throw new Error(`${this.path} lacks its field ${field}`);
    return value;
  }

  textOrNull(field: string): string | null {
    const value = this.event.data[field];
    return typeof value === 'string' ? value : null;
  }

  flag(field: string): boolean {
    return this.event.data[field] === true;
  }

  /** A decimal field; an absent one is 0. */
  decimal(field: string): Decimal {
    const value = this.event.data[field];
    return value === undefined || value === null ? ZERO : decimal(String(value));
  }

  decimalOrNull(field: string): Decimal | null {
    const value = this.event.data[field];
    return value === undefined || value === null ? null : decimal(String(value));
  }

  holder(accountField = 'accountId', isolationField = 'isolationId'): Holder {
    return this.state.holder(this.text(accountField), this.textOrNull(isolationField));
  }

  expect(field: string, expected: Decimal, rule: string): void {
    const actual = this.decimal(field);
    if (!actual.equals(expected)) this.differs(field, show(expected), show(actual), rule);
  }

  expectOrNull(field: string, expected: Decimal | null, rule: string): void {
    const actual = this.decimalOrNull(field);
    const same = expected === null || actual === null ? expected === actual : expected.equals(actual);
    if (!same) this.differs(field, show(expected), show(actual), rule);
  }

  require(holds: boolean, what: string, expected: string, actual: string, rule: string): void {
    if (!holds) this.differs(what, expected, actual, rule);
  }

  differs(what: string, expected: string, actual: string, rule: string): void {
    this.whole.report(`${this.path}.${what}`, expected, actual, rule);
  }

  /** What the model moved for this event must be what the event says moved, account by account. */
  compareTransfers(): void {
    const listed = (this.event.data.transfers ?? []) as readonly PublicTransfer[];
    for (const { key, expected, actual } of compareNets(this.state.ledger.changesOfEvent(), netOfTransfers(listed))) {
      this.differs(`transfers[${key}]`, expected, actual, 'contract.md Results: balances can be rebuilt from transfers');
    }
  }
}

export type Handler = (event: EventContext) => void;

import { type Grid, makeGrid } from '../../contract/grid';
import type { Fraction } from '../../num/fraction';
import { add, type Int, sub } from '../../num/int';
import type { CommandMemory } from './commandMemory';
import { IdTable } from './idTable';
import { type LedgerTotalName, LedgerTotals } from './ledgerTotals';
import { Account, type Currency, type Direction, Holding, type Instrument, Order, type OrderTerms, Position } from './model';
import { Recycler } from './recycler';
import { UndoLog } from './undo';
import { Waiting } from './waiting';

const FUND_NUMBER = -1;

/** Everything the engine knows. Only transitions change it (architecture: one place where state changes). */
export class State {
  /** seq of the last command. */
  seq = 0;
  /** The engine's clock, ms since the epoch; it never goes back. */
  clock = 0;
  /** Index of the last event within the command. */
  eventIndex = 0;
  readonly instruments: Instrument[] = [];
  readonly instrumentsByName = new Map<string, Instrument>();
  /** Grids by instrument, replaced as a whole when one changes, so that an outcome can keep those of its moment. */
  grids: ReadonlyMap<string, Grid> = new Map();
  readonly accounts: Account[] = [];
  readonly accountsById = new Map<string, Account>();
  readonly orders = new IdTable<Order>();
  readonly blocks = new IdTable<Position>();
  readonly endedOrders = new Recycler<Order>(() => true);
  /** One that still waits for a pass or is watched is left alone. */
  readonly endedBlocks = new Recycler<Position>((block) => !block.touched && block.indexSlot < 0);
  private imagined: Position | undefined = undefined;
  readonly totals: { readonly USD: LedgerTotals; readonly USDC: LedgerTotals } = { USD: new LedgerTotals(), USDC: new LedgerTotals() };
  /** Accounts whose CancelAllAfter is armed. */
  readonly armedAccounts = new Set<Account>();
  /** Earliest moment at which any timer may be due; a hint that is never too late. */
  nextTimer = Number.POSITIVE_INFINITY;
  readonly undo = new UndoLog();
  /** USDC blocks: the open ones, and those that the running command ended. */
  readonly usdcBlocks = new Set<number>();
  readonly endedUsdcBlocks = new Set<number>();
  /** Counts marks; a rank worked out before the last one is stale. */
  markEpoch = 0;
  /** What the next pass has to look at. */
  readonly touchedBlocks = new Waiting<Position>();
  readonly touchedAccounts = new Waiting<Account>();
  readonly touchedInstruments = new Set<Instrument>();
  /** Instruments whose last price moved since LAST triggers were looked at: after a refused command, until the next accepted one. */
  readonly tradedInstruments = new Set<Instrument>();

  private recentInstrument: Instrument | undefined = undefined;
  private recentAccount: Account | undefined = undefined;

  constructor(
    readonly shard: number,
    readonly memory: CommandMemory,
    readonly fund: Account = new Account('', FUND_NUMBER),
  ) {}

  /** Begins the next command. */
  next(): void {
    this.seq += 1;
    this.eventIndex = 0;
    if (this.endedUsdcBlocks.size > 0) this.endedUsdcBlocks.clear();
    this.endedOrders.reclaim();
    this.endedBlocks.reclaim();
  }

  /** An instrument by name, if listed. Commands come in runs on one instrument: the last answer is kept. */
  findInstrument(name: string): Instrument | undefined {
    const recent = this.recentInstrument;
    if (recent !== undefined && recent.name === name) return recent;
    const found = this.instrumentsByName.get(name);
    if (found !== undefined) this.recentInstrument = found;
    return found;
  }

  instrument(name: string): Instrument {
    const found = this.findInstrument(name);
    if (found === undefined) throw new Error(`invariant: unknown instrument ${name}`);
    return found;
  }

  /** An account by id, if it exists. One command asks for the same one several times: the last answer is kept. */
  findAccount(id: string): Account | undefined {
    const recent = this.recentAccount;
    if (recent !== undefined && recent.id === id) return recent;
    const found = this.accountsById.get(id);
    if (found !== undefined) this.recentAccount = found;
    return found;
  }

  /** Takes back the opening of an account. */
  forgetAccount(account: Account): void {
    this.accountsById.delete(account.id);
    if (this.recentAccount === account) this.recentAccount = undefined;
  }

  /** Takes back the listing of the last instrument. */
  forgetInstrument(instrument: Instrument): void {
    this.instruments.pop();
    this.instrumentsByName.delete(instrument.name);
    if (this.recentInstrument === instrument) this.recentInstrument = undefined;
  }

  /** The way back for what a whole command changes beside objects, maps and lists, which the undo log takes care of. */
  keepCounters(): () => void {
    const { seq, nextTimer, markEpoch, grids } = this;
    const traded = [...this.tradedInstruments];
    return () => {
      this.seq = seq;
      this.nextTimer = nextTimer;
      this.markEpoch = markEpoch;
      this.grids = grids;
      this.endedUsdcBlocks.clear();
      this.touchedInstruments.clear();
      this.tradedInstruments.clear();
      for (const instrument of traded) this.tradedInstruments.add(instrument);
    };
  }

  account(id: string): Account {
    const found = this.findAccount(id);
    if (found === undefined) throw new Error(`invariant: unknown account ${id}`);
    return found;
  }

  order(id: number): Order {
    const found = this.orders.get(id);
    if (found === undefined) throw new Error(`invariant: unknown order ${id}`);
    return found;
  }

  block(isolationId: number): Position {
    const found = this.blocks.get(isolationId);
    if (found === undefined) throw new Error(`invariant: unknown block ${isolationId}`);
    return found;
  }

  regrid(instrument: Instrument): void {
    const { terms } = instrument.spec;
    const grid = makeGrid({ markTickSize: terms.markTickSize ?? terms.tickSize, lotSize: terms.lotSize });
    this.grids = new Map(this.grids).set(instrument.name, grid);
  }

  /** The account's holding of an instrument, made on first use. */
  holding(account: Account, instrument: Instrument): Holding {
    const existing = account.holdings[instrument.number];
    if (existing !== undefined) return existing;
    const made = new Holding(account, instrument);
    account.holdings[instrument.number] = made;
    return made;
  }

  /** A position as it would begin, to be asked about until the next one is imagined; nothing may point at it. */
  imagine(holding: Holding, isolationId: number, currency: Currency, leverage: Fraction | undefined): Position {
    if (this.imagined === undefined) this.imagined = new Position(holding, isolationId, currency, leverage);
    else this.imagined.begin(holding, isolationId, currency, leverage);
    return this.imagined;
  }

  /** An order that is live from now on. */
  newOrder(
    id: number,
    holding: Holding,
    direction: Direction,
    terms: OrderTerms,
    clientOrderId: string | undefined,
    marginRate: Fraction,
  ): Order {
    const order = this.endedOrders.take();
    if (order === undefined) return new Order(id, holding, direction, terms, clientOrderId, marginRate);
    order.begin(id, holding, direction, terms, clientOrderId, marginRate);
    return order;
  }

  /** A block that is open from now on. */
  newBlock(holding: Holding, isolationId: number, currency: Currency, leverage: Fraction): Position {
    const block = this.endedBlocks.take();
    if (block === undefined) return new Position(holding, isolationId, currency, leverage);
    block.begin(holding, isolationId, currency, leverage);
    return block;
  }

  noteTrade(instrument: Instrument): void {
    if (this.tradedInstruments.has(instrument)) return;
    this.tradedInstruments.add(instrument);
    if (this.undo.isArmed) this.undo.onRollback(() => this.tradedInstruments.delete(instrument));
  }

  touchAccount(account: Account): void {
    this.undo.save(account);
    account.changeEpoch += 1;
    if (account.touched || account === this.fund) return;
    account.touched = true;
    this.touchedAccounts.push(account);
  }

  touchBlock(block: Position): void {
    this.undo.save(block);
    block.changeEpoch += 1;
    if (block.touched) return;
    block.touched = true;
    this.touchedBlocks.push(block);
  }

  /** Marks whatever stands behind a position for the next pass and saves it for a rollback. */
  touchPosition(position: Position): void {
    if (position.isolationId !== 0) {
      this.touchBlock(position);
    } else {
      this.undo.save(position);
      this.touchAccount(position.holding.account);
    }
    position.updatedSeq = this.seq;
  }

  /** Adds to a main balance; the caller's event names where it came from. */
  creditMain(account: Account, currency: Currency, amount: Int): void {
    if (amount === 0) return;
    this.touchAccount(account);
    if (currency === 'USD') account.usd = add(account.usd, amount);
    else account.usdc = add(account.usdc, amount);
  }

  /** Adds to one of the ledger accounts that are no trader's. */
  creditTotal(currency: Currency, name: LedgerTotalName, amount: Int): void {
    if (amount === 0) return;
    const totals = this.totals[currency];
    this.undo.save(totals);
    totals[name] = add(totals[name], amount);
  }

  debitTotal(currency: Currency, name: LedgerTotalName, amount: Int): void {
    this.creditTotal(currency, name, sub(0, amount));
  }
}

import { type Grid, makeGrid } from '../../contract/grid';
import { add, type Int, sub } from '../../num/int';
import { Levels } from '../book/levels';
import { type AccountRow, Accounts, NO_ACCOUNT } from './accounts';
import type { CommandMemory } from './commandMemory';
import { IdTable } from './idTable';
import { type LedgerTotalName, LedgerTotals } from './ledgerTotals';
import { linkCross } from './links';
import type { Currency, Instrument } from './model';
import { NO_ORDER, type OrderRow, Orders } from './orders';
import { NO_POSITION, type PositionRow, Positions } from './positions';
import { UndoLog } from './undo';
import { Waiting } from './waiting';

/** Everything the engine knows. Only transitions change it (architecture: one place where state changes). */
export class State {
  /** seq of the last command. */
  seq = 0;
  /** The engine's clock, ms since the epoch; it never goes back. */
  clock = 0;
  /** Index of the last event within the command. */
  eventIndex = 0;
  readonly undo = new UndoLog();
  readonly accounts = new Accounts(this.undo);
  readonly positions = new Positions(this.undo);
  readonly orders = new Orders(this.undo);
  readonly levels = new Levels(this.undo);
  readonly instruments: Instrument[] = [];
  readonly instrumentsByName = new Map<string, Instrument>();
  /** Grids by instrument, replaced as a whole when one changes, so that an outcome can keep those of its moment. */
  grids: ReadonlyMap<string, Grid> = new Map();
  /** Open blocks by isolation id. */
  readonly blocks = new IdTable<PositionRow>();
  readonly totals: { readonly USD: LedgerTotals; readonly USDC: LedgerTotals } = { USD: new LedgerTotals(), USDC: new LedgerTotals() };
  /** Accounts whose CancelAllAfter is armed. */
  readonly armedAccounts = new Set<AccountRow>();
  /** Earliest moment at which any timer may be due; a hint that is never too late. */
  nextTimer = Number.POSITIVE_INFINITY;
  /** USDC blocks: the open ones, and those that the running command ended. */
  readonly usdcBlocks = new Set<number>();
  readonly endedUsdcBlocks = new Set<number>();
  /** Counts marks; a rank worked out before the last one is stale. */
  markEpoch = 0;
  /** What the next pass has to look at. */
  readonly touchedBlocks = new Waiting<PositionRow>();
  readonly touchedAccounts = new Waiting<AccountRow>();
  readonly touchedInstruments = new Set<Instrument>();
  /** Instruments whose last price moved since LAST triggers were looked at: after a refused command, until the next accepted one. */
  readonly tradedInstruments = new Set<Instrument>();

  private recentInstrument: Instrument | undefined = undefined;

  constructor(
    readonly shard: number,
    public memory: CommandMemory,
  ) {}

  /** Begins the next command. */
  next(): void {
    this.seq += 1;
    this.eventIndex = 0;
    if (this.endedUsdcBlocks.size > 0) this.endedUsdcBlocks.clear();
    this.orders.reclaim();
    this.levels.reclaim();
    this.positions.reclaim(this.isForgotten);
  }

  /** A block that still waits for a pass or is watched is left alone. */
  private readonly isForgotten = (position: PositionRow): boolean =>
    !this.positions.isTouched(position) && this.positions.watchSlot(position) < 0;

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

  instrumentOf(position: PositionRow): Instrument {
    return this.instruments[this.positions.instrument(position)] as Instrument;
  }

  instrumentOfOrder(order: OrderRow): Instrument {
    return this.instrumentOf(this.orders.cross(order));
  }

  /** Takes back the listing of the last instrument. */
  forgetInstrument(instrument: Instrument): void {
    this.instruments.pop();
    this.instrumentsByName.delete(instrument.name);
    if (this.recentInstrument === instrument) this.recentInstrument = undefined;
  }

  /** The way back for what a whole command changes beside rows, objects, maps and lists, which the undo log takes care of. */
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

  account(id: string): AccountRow {
    const found = this.accounts.find(id);
    if (found === NO_ACCOUNT) throw new Error(`invariant: unknown account ${id}`);
    return found;
  }

  accountOfOrder(order: OrderRow): AccountRow {
    return this.positions.account(this.orders.cross(order));
  }

  /** How events name the owner of a position: the insurance fund has no id. */
  ownerId(position: PositionRow): string {
    return this.accounts.id(this.positions.account(position));
  }

  order(id: number): OrderRow {
    const found = this.orders.find(id);
    if (found === NO_ORDER) throw new Error(`invariant: unknown order ${id}`);
    return found;
  }

  block(isolationId: number): PositionRow {
    const found = this.blocks.get(isolationId);
    if (found === NO_POSITION) throw new Error(`invariant: unknown block ${isolationId}`);
    return found;
  }

  regrid(instrument: Instrument): void {
    const { terms } = instrument.spec;
    const grid = makeGrid({ markTickSize: terms.markTickSize ?? terms.tickSize, lotSize: terms.lotSize });
    this.grids = new Map(this.grids).set(instrument.name, grid);
  }

  /** The account's cross position on an instrument; NO_POSITION while it never touched that. */
  findCross(account: AccountRow, instrument: Instrument): PositionRow {
    const { positions } = this;
    let cross = this.accounts.firstPosition(account);
    while (cross !== NO_POSITION && positions.instrument(cross) !== instrument.number) cross = positions.nextOfAccount(cross);
    return cross;
  }

  /** The same, made on first use; without lots and orders it is nothing. */
  cross(account: AccountRow, instrument: Instrument): PositionRow {
    const existing = this.findCross(account, instrument);
    if (existing !== NO_POSITION) return existing;
    const made = this.positions.takeCross(account, instrument.number);
    linkCross(this, account, made);
    return made;
  }

  noteTrade(instrument: Instrument): void {
    if (this.tradedInstruments.has(instrument)) return;
    this.tradedInstruments.add(instrument);
    if (this.undo.isArmed) this.undo.onRollback(() => this.tradedInstruments.delete(instrument));
  }

  touchAccount(account: AccountRow): void {
    const { accounts } = this;
    accounts.save(account);
    accounts.countChange(account);
    if (accounts.isTouched(account) || account === accounts.fund) return;
    accounts.setTouched(account, true);
    this.touchedAccounts.push(account);
  }

  touchBlock(block: PositionRow): void {
    const { positions } = this;
    positions.save(block);
    positions.countChange(block);
    if (positions.isTouched(block)) return;
    positions.setTouched(block, true);
    this.touchedBlocks.push(block);
  }

  /** Marks whatever stands behind a position for the next pass and saves it for a rollback. */
  touchPosition(position: PositionRow): void {
    const { positions } = this;
    if (positions.isIsolated(position)) {
      this.touchBlock(position);
    } else {
      positions.save(position);
      this.touchAccount(positions.account(position));
    }
    positions.setUpdatedSeq(position, this.seq);
  }

  /** Adds to a main balance; the caller's event names where it came from. */
  creditMain(account: AccountRow, currency: Currency, amount: Int): void {
    if (amount === 0) return;
    this.touchAccount(account);
    this.accounts.addCash(account, currency, amount);
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

import type { ByteReader, ByteWriter } from '../../contract/bytes';
import type { DomainEvent, TradeExecuted } from '../../contract/generated/events';
import { type Currency, type LedgerKind, type LedgerOwner, type TransferReason, TransferWalk } from '../../contract/transfers';
import { add, type Int, max, negate, sub } from '../../num/int';
import type { FoldableRecord } from '../record';
import { expectFold, writeFold } from '../saving';
import { type Balances, HouseLedger, type LedgerListener } from './ledger';
import { type Move, moveLots } from './lots';
import { FoldedAccount, type FoldedInstrument, FoldedPosition } from './model';
import { OrderFold } from './orders';
import { SavedHoldings, writeHoldings } from './saved';
import { ShownFields } from './shown';
import { regridded, termsOf } from './terms';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const POSITIONS_FOLD = 'positions-2';

/** A row whose own fields changed, with the index of the last event that touched it. */
export interface ChangedPosition {
  readonly position: FoldedPosition;
  readonly index: number;
}

const UNCHANGED: readonly ChangedPosition[] = [];

/**
 * Folds records into positions (contract.md, "Position"). `apply` must see every record of a journal once, in order of
 * seq; it returns the rows whose own fields changed, each once. A mark changes none (journal.md §4.3).
 */
export class PositionFold {
  /** seq of the last record. */
  seq = 0;
  private readonly instruments = new Map<string, FoldedInstrument>();
  private readonly accounts = new Map<string, FoldedAccount>();
  private readonly accountList: FoldedAccount[] = [];
  private readonly inventory = new Map<string, FoldedPosition>();
  private readonly blocks = new Map<number, FoldedPosition>();
  private openings = 0;
  private readonly orders = new OrderFold();
  private readonly touched: FoldedPosition[] = [];
  private ended: FoldedPosition[] = [];
  private event: DomainEvent | undefined;
  private index = 0;
  private readonly walk = new TransferWalk(
    (isolationId) => this.currencyOf(isolationId),
    (from, fromOwner, to, toOwner, currency, amount, reason) => {
      this.move(from, fromOwner, currency, negate(amount), to, toOwner, reason);
      this.move(to, toOwner, currency, amount, from, fromOwner, reason);
    },
  );
  readonly house = new HouseLedger();
  /** Accounts whose cash the last record moved, in order. */
  readonly movedAccounts: FoldedAccount[] = [];
  /** seq of the last record that moved money of the insurance fund. */
  insuranceMovedSeq = 0;

  constructor(private readonly heard?: LedgerListener) {}

  /** Writes all that it knows between two records, and must take none before the end. A piece of it may end at each `yield`. */
  *save(writer: ByteWriter): Generator<void> {
    writeFold(writer, POSITIONS_FOLD);
    writer.varint(this.seq);
    writer.varint(this.openings);
    this.house.save(writer);
    yield* writeHoldings(writer, this.instruments.values(), this.inventory.values(), this.accountList);
  }

  /** Goes on from what another has saved; this one must be new. */
  load(reader: ByteReader): void {
    expectFold(reader, POSITIONS_FOLD);
    this.seq = reader.varint();
    this.openings = reader.varint();
    this.house.load(reader);
    const { instruments, inventory, accounts, orders, blocks } = new SavedHoldings(reader);
    for (const instrument of instruments) this.instruments.set(instrument.terms.instrument, instrument);
    for (const held of inventory) this.inventory.set(held.instrument.terms.instrument, held);
    for (const account of accounts) this.register(account);
    for (const block of blocks) this.blocks.set(block.isolationId, block);
    for (const order of orders) this.orders.restored(order);
  }

  apply({ seq, events }: Pick<FoldableRecord, 'seq' | 'events'>): readonly ChangedPosition[] {
    if (seq !== this.seq + 1) throw new Error(`invariant: seq ${seq} after ${this.seq}`);
    this.seq = seq;
    if (this.ended.length > 0) this.forgetEnded();
    this.touched.length = 0;
    this.movedAccounts.length = 0;
    for (let place = 0; place < events.length; place++) {
      const event = events[place] as DomainEvent;
      this.event = event;
      this.index = place + 1;
      this.applyEvent(event, place + 1);
      this.walk.of(event);
    }
    return this.changed();
  }

  /** Positions with lots and living blocks. */
  *open(): Generator<FoldedPosition> {
    for (const account of this.accountList) yield* account.open();
  }

  instrument(name: string): FoldedInstrument {
    const found = this.instruments.get(name);
    if (found === undefined) throw new Error(`invariant: ${name} is not listed`);
    return found;
  }

  /** The main account's cash; zero for an account that never had any. */
  balances(accountId: string): Balances {
    return this.accounts.get(accountId) ?? { USD: 0, USDC: 0 };
  }

  account(accountId: string): FoldedAccount | undefined {
    return this.accounts.get(accountId);
  }

  /** Every account in order of opening. */
  get allAccounts(): readonly FoldedAccount[] {
    return this.accountList;
  }

  /** What the insurance fund holds or held, in the order of listing. */
  fundPositions(): readonly FoldedPosition[] {
    return [...this.inventory.values()].sort((a, b) => a.instrument.number - b.instrument.number);
  }

  currencyOf(isolationId: number): Currency {
    return this.blocks.get(isolationId)?.currency ?? 'USD';
  }

  /** Living blocks and those that the last record ended. */
  allBlocks(): Iterable<FoldedPosition> {
    return this.blocks.values();
  }

  /** A block's id is never used again; events of the command that ended it may still name it. */
  private forgetEnded(): void {
    for (const block of this.ended) this.blocks.delete(block.isolationId);
    this.ended = [];
  }

  private changed(): readonly ChangedPosition[] {
    if (this.touched.length === 0) return UNCHANGED;
    const changed: ChangedPosition[] = [];
    for (const position of this.touched) {
      if (position.isolationId === 0 && !position.wasOpen) continue;
      position.shown ??= new ShownFields();
      if (!position.shown.take(position)) continue;
      position.updatedSeq = this.seq;
      changed.push({ position, index: position.touchedIndex });
    }
    return changed;
  }

  private touch(position: FoldedPosition | undefined, index: number): void {
    if (position === undefined) return;
    if (position.touchedSeq !== this.seq) this.touched.push(position);
    position.touchedSeq = this.seq;
    position.touchedIndex = index;
  }

  private move(
    kind: LedgerKind,
    owner: LedgerOwner,
    currency: Currency,
    change: Int,
    otherKind: LedgerKind,
    otherOwner: LedgerOwner,
    reason: TransferReason,
  ): void {
    let accountId: string;
    let balance: Int;
    if (kind === 'main') {
      const account = this.main(owner as string);
      balance = add(account[currency], change);
      account[currency] = balance;
      accountId = account.accountId;
      if (account.movedSeq !== this.seq) this.movedAccounts.push(account);
      account.movedSeq = this.seq;
    } else if (kind === 'block' || kind === 'margin') {
      const block = this.block(owner as number);
      const field = kind === 'block' ? 'cash' : 'orderMargin';
      balance = add(block[field], change);
      block[field] = balance;
      accountId = block.accountId;
      this.touch(block, this.index);
    } else {
      this.house.move(kind, currency, change);
      if (kind === 'insurance') this.insuranceMovedSeq = this.seq;
      return;
    }
    const { event, index } = this;
    if (this.heard !== undefined && event !== undefined) {
      this.heard({ accountId, kind, owner, otherKind, otherOwner, currency, change, balance, reason, event, index });
    }
  }

  private block(isolationId: number): FoldedPosition {
    const block = this.blocks.get(isolationId);
    if (block === undefined) throw new Error(`invariant: block ${isolationId} is not known`);
    return block;
  }

  private position(accountId: string, instrument: string, isolationId: number): FoldedPosition {
    if (isolationId !== 0) return this.block(isolationId);
    const listed = this.instrument(instrument);
    const holding = this.main(accountId).holding(listed);
    holding.cross ??= new FoldedPosition(accountId, listed, 0, 'USD');
    return holding.cross;
  }

  private main(accountId: string): FoldedAccount {
    const account = this.accounts.get(accountId);
    if (account === undefined) throw new Error(`invariant: account ${accountId} is not open`);
    return account;
  }

  private fund(instrument: string): FoldedPosition {
    let position = this.inventory.get(instrument);
    if (position === undefined) {
      position = new FoldedPosition('', this.instrument(instrument), 0, 'USD');
      this.inventory.set(instrument, position);
    }
    return position;
  }

  private applyEvent(event: DomainEvent, index: number): void {
    switch (event.type) {
      case 'AccountOpened':
        this.accountOpened(event.accountId);
        break;
      case 'InstrumentListed': {
        const number = this.instruments.size;
        const nothingYet = { mark: undefined, markSeq: 0, openInterest: 0, open: new Set<FoldedPosition>() };
        this.instruments.set(event.instrument, { terms: termsOf(event.spec), number, ...nothingYet });
        break;
      }
      case 'InstrumentUpdated':
        this.updated(event.instrument, event.spec, index);
        break;
      case 'MarkPriceUpdated':
        Object.assign(this.instrument(event.instrument), { mark: event.markPrice, markSeq: this.seq });
        break;
      case 'IsolatedBlockOpened':
        this.blockOpened(event, index);
        break;
      case 'IsolatedBlockClosed':
      case 'IsolatedBlockLiquidated':
        this.blockEnded(event, index);
        break;
      case 'OrderAccepted': {
        const position = this.position(event.accountId, event.instrument, event.isolationId);
        this.orders.accepted(event, position);
        this.touch(position, index);
        break;
      }
      case 'OrderCanceled':
        this.touch(this.orders.canceled(event.orderId), index);
        break;
      case 'OrderReduced':
        this.touch(this.orders.reduced(event.orderId, event.quantity), index);
        break;
      case 'OrderAmended':
        this.touch(this.orders.amended(event), index);
        break;
      case 'LeverageChanged':
        this.leverageChanged(event, index);
        break;
      case 'TradeExecuted':
        this.traded(event, index);
        break;
      case 'FundingSettled': {
        const position = this.position(event.accountId, event.instrument, event.isolationId);
        position.fundingPaid = add(position.fundingPaid, event.payment);
        this.touch(position, index);
        break;
      }
      case 'LiquidationFeesCharged':
        this.paid(this.position(event.accountId, event.instrument, event.isolationId), add(event.takerFee, event.liquidationFee), index);
        break;
      case 'PositionTakenOver':
      case 'PositionDeleveraged':
        this.handedOver(event, index);
        break;
      default:
    }
  }

  private accountOpened(accountId: string): void {
    const account = new FoldedAccount(accountId, this.accountList.length);
    this.register(account);
    this.movedAccounts.push(account);
    account.movedSeq = this.seq;
  }

  private register(account: FoldedAccount): void {
    this.accounts.set(account.accountId, account);
    this.accountList.push(account);
  }

  private updated(name: string, spec: unknown, index: number): void {
    const instrument = this.instrument(name);
    const before = instrument.terms;
    instrument.terms = termsOf(spec);
    if (instrument.mark !== undefined) instrument.mark = regridded(instrument.mark, before, instrument.terms);
    for (const position of this.open()) if (position.instrument === instrument) this.touch(position, index);
  }

  private blockOpened(event: Extract<DomainEvent, { type: 'IsolatedBlockOpened' }>, index: number): void {
    const block = new FoldedPosition(event.accountId, this.instrument(event.instrument), event.isolationId, event.marginCurrency);
    block.setLeverage(event.leverage);
    block.openedAt = event.time;
    this.main(event.accountId).holding(block.instrument).block = block;
    this.blocks.set(event.isolationId, block);
    this.touch(block, index);
  }

  private blockEnded(event: Extract<DomainEvent, { type: 'IsolatedBlockClosed' | 'IsolatedBlockLiquidated' }>, index: number): void {
    const block = this.position(event.accountId, event.instrument, event.isolationId);
    block.status = event.type === 'IsolatedBlockClosed' ? 'CLOSED' : 'LIQUIDATED';
    block.endedAt = event.time;
    this.main(event.accountId).holding(block.instrument).block = undefined;
    this.ended.push(block);
    this.touch(block, index);
  }

  private leverageChanged(event: Extract<DomainEvent, { type: 'LeverageChanged' }>, index: number): void {
    const position = this.position(event.accountId, event.instrument, event.isolationId);
    position.setLeverage(event.leverage);
    const { marginRate } = event;
    if (event.remargined && marginRate !== undefined) {
      for (const order of [...position.buys, ...position.sells]) order.marginRate = marginRate;
    }
    this.touch(position, index);
  }

  private traded(event: TradeExecuted, index: number): void {
    const { quantity, value, instrument } = event;
    const takerLots = event.takerSide === 'BUY' ? quantity : -quantity;
    this.orders.filled(event.makerOrderId, quantity);
    this.orders.filled(event.takerOrderId, quantity);
    const maker = this.position(event.makerAccountId, instrument, event.makerIsolationId);
    this.moved(maker, { lots: -takerLots, value, closed: event.makerClosed, pnl: event.makerRealizedPnl }, 'CLOSED', event.time);
    this.paid(maker, event.makerFee, index);
    const takerMove = { lots: takerLots, value, closed: event.takerClosed, pnl: event.takerRealizedPnl };
    // Without an account it is the insurance fund that trades; its inventory is no row.
    if (event.takerAccountId === undefined) {
      this.moved(this.fund(instrument), takerMove, 'CLOSED', event.time);
      return;
    }
    const taker = this.position(event.takerAccountId, instrument, event.takerIsolationId);
    const end = event.takerOrderId < 0 ? 'LIQUIDATED' : 'CLOSED';
    this.moved(taker, takerMove, end, event.time);
    this.paid(taker, event.takerFee, index);
  }

  private handedOver(event: Extract<DomainEvent, { type: 'PositionTakenOver' | 'PositionDeleveraged' }>, index: number): void {
    const { instrument, quantity, value, realizedPnl: pnl, time } = event;
    const closed = quantity < 0 ? sub(0, quantity) : quantity;
    if (event.accountId !== undefined) {
      const position = this.position(event.accountId, instrument, event.isolationId);
      this.moved(position, { lots: sub(0, quantity), value, closed, pnl }, 'LIQUIDATED', time);
      this.touch(position, index);
    } else {
      this.moved(this.fund(instrument), { lots: sub(0, quantity), value, closed, pnl }, 'CLOSED', time);
    }
    if (event.type === 'PositionTakenOver') {
      this.moved(this.fund(instrument), { lots: quantity, value, closed: event.fundClosed, pnl: event.fundRealizedPnl }, 'CLOSED', time);
      return;
    }
    const other = this.position(event.counterpartyAccountId, instrument, event.counterpartyIsolationId);
    this.moved(other, { lots: quantity, value, closed, pnl: event.counterpartyRealizedPnl }, 'CLOSED', time);
    this.touch(other, index);
  }

  /** `end` is what a cross position without lots is then; a block lives on until it is closed. */
  private moved(position: FoldedPosition, move: Move, end: 'CLOSED' | 'LIQUIDATED', time: number): void {
    const { instrument, quantity: before } = position;
    if (moveLots(position, move, time)) position.opening = ++this.openings;
    instrument.openInterest = add(instrument.openInterest, sub(max(position.quantity, 0), max(before, 0)));
    if (before === 0) instrument.open.add(position);
    if (position.quantity === 0) instrument.open.delete(position);
    if (position.quantity !== 0) {
      position.status = 'ACTIVE';
      position.wasOpen = true;
    } else if (position.isolationId === 0) {
      position.status = end;
      position.endedAt = time;
    } else {
      position.status = 'PENDING';
    }
  }

  private paid(position: FoldedPosition, fee: Int, index: number): void {
    position.feesPaid = add(position.feesPaid, fee);
    this.touch(position, index);
  }
}

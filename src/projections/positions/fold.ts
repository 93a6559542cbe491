import type { DomainEvent, TradeExecuted } from '../../contract/generated/events';
import { formatIsolationId } from '../../contract/ids';
import { type Currency, type Transfer, transfersOf } from '../../contract/transfers';
import { add, type Int, max, sub } from '../../num/int';
import type { FoldableRecord } from '../record';
import { type Move, moveLots } from './lots';
import { FoldedAccount, type FoldedInstrument, FoldedPosition } from './model';
import { OrderFold, orderNeed } from './orders';
import { regridded, termsOf } from './terms';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const POSITIONS_FOLD = 'positions-1';

export type MainBalances = { readonly [C in Currency]: Int };

/** Hears of each transfer between ledger accounts right after it was folded. */
export type TransferListener = (transfer: Transfer, event: DomainEvent, index: number) => void;

/** A row whose own fields changed, with the index of the last event that touched it. */
export interface ChangedPosition {
  readonly position: FoldedPosition;
  readonly index: number;
}

/** The fields of a row that the mark does not move; what is equal here needs no new row. */
function fieldsOf(position: FoldedPosition): readonly unknown[] {
  const { isolationId, status, quantity, entryCost, cash, realizedPnl, feesPaid, fundingPaid, openedAt } = position;
  const always = [isolationId, status, quantity, entryCost, cash, realizedPnl, feesPaid, fundingPaid, openedAt];
  // Orders and settings of a cross position without lots are the account's affair.
  if (isolationId === 0 && quantity === 0) return always;
  return [...always, isolationId === 0 ? orderNeed(position) : position.orderMargin, position.leverage, position.instrument.terms];
}

function isSame(shown: readonly unknown[] | undefined, fields: readonly unknown[]): boolean {
  return shown?.length === fields.length && shown.every((value, place) => value === fields[place]);
}

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
  /** Cash and order margin of blocks by the names of their ledger accounts. */
  private readonly pockets = new Map<string, { readonly block: FoldedPosition; readonly field: 'cash' | 'orderMargin' }>();
  private openings = 0;
  private readonly orders = new OrderFold();
  private touched = new Map<FoldedPosition, number>();
  private ended: FoldedPosition[] = [];

  constructor(private readonly heard?: TransferListener) {}

  apply(record: Pick<FoldableRecord, 'seq' | 'events'>): ChangedPosition[] {
    if (record.seq !== this.seq + 1) throw new Error(`invariant: seq ${record.seq} after ${this.seq}`);
    this.seq = record.seq;
    this.forgetEnded();
    this.touched = new Map();
    record.events.forEach((event, place) => {
      this.applyEvent(event, place + 1);
      for (const transfer of transfersOf(event, (id) => this.currencyOf(id))) {
        this.move(transfer.from, transfer.currency, sub(0, transfer.amount), place + 1);
        this.move(transfer.to, transfer.currency, transfer.amount, place + 1);
        this.heard?.(transfer, event, place + 1);
      }
    });
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
  balances(accountId: string): MainBalances {
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

  /** A block's id is never used again; events of the command that ended it may still name it. */
  private forgetEnded(): void {
    for (const block of this.ended) {
      this.blocks.delete(block.isolationId);
      const id = formatIsolationId(block.isolationId);
      this.pockets.delete(`block:${id}`);
      this.pockets.delete(`margin:${id}`);
    }
    this.ended = [];
  }

  private changed(): ChangedPosition[] {
    const changed: ChangedPosition[] = [];
    for (const [position, index] of this.touched) {
      const isCross = position.isolationId === 0;
      if (isCross && !position.wasOpen) continue;
      const fields = fieldsOf(position);
      if (isSame(position.shown, fields)) continue;
      position.shown = fields;
      position.updatedSeq = this.seq;
      changed.push({ position, index });
    }
    return changed;
  }

  private touch(position: FoldedPosition | undefined, index: number): void {
    if (position !== undefined) this.touched.set(position, index);
  }

  private move(ledgerAccount: string, currency: Currency, amount: Int, index: number): void {
    const pocket = this.pockets.get(ledgerAccount);
    if (pocket !== undefined) {
      pocket.block[pocket.field] = add(pocket.block[pocket.field], amount);
      this.touch(pocket.block, index);
    } else if (ledgerAccount.startsWith('main:')) {
      const main = this.main(ledgerAccount.slice(5));
      main[currency] = add(main[currency], amount);
    }
  }

  private position(accountId: string, instrument: string, isolationId: number): FoldedPosition {
    if (isolationId !== 0) {
      const block = this.blocks.get(isolationId);
      if (block === undefined) throw new Error(`invariant: block ${isolationId} is not known`);
      return block;
    }
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
        const nothingYet = { mark: undefined, markSeq: 0, openInterest: 0, openPositions: 0 };
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
    this.accounts.set(accountId, account);
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
    const id = formatIsolationId(event.isolationId);
    this.pockets.set(`block:${id}`, { block, field: 'cash' });
    this.pockets.set(`margin:${id}`, { block, field: 'orderMargin' });
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
    instrument.openPositions += Number(position.quantity !== 0) - Number(before !== 0);
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

import type { DomainEvent, TradeExecuted } from '../../contract/generated/events';
import { formatIsolationId } from '../../contract/ids';
import type { JournalRecord } from '../../contract/record';
import { type Currency, transfersOf } from '../../contract/transfers';
import { add, type Int, sub } from '../../num/int';
import { type Move, moveLots } from './lots';
import { type FoldedInstrument, FoldedPosition, positionKey } from './model';
import { OrderFold, orderNeed } from './orders';
import { regridded, termsOf } from './terms';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const POSITIONS_FOLD = 'positions-1';

export type MainBalances = { readonly [C in Currency]: Int };

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
  private readonly crosses = new Map<string, FoldedPosition>();
  private readonly blocks = new Map<number, FoldedPosition>();
  /** Cash and order margin of blocks by the names of their ledger accounts. */
  private readonly pockets = new Map<string, { readonly block: FoldedPosition; readonly field: 'cash' | 'orderMargin' }>();
  private readonly mains = new Map<string, { USD: Int; USDC: Int }>();
  private readonly settings = new Map<string, string>();
  private readonly orders = new OrderFold();
  private touched = new Map<FoldedPosition, number>();
  private ended: FoldedPosition[] = [];

  apply(record: JournalRecord): ChangedPosition[] {
    if (record.seq !== this.seq + 1) throw new Error(`invariant: seq ${record.seq} after ${this.seq}`);
    this.seq = record.seq;
    this.forgetEnded();
    this.touched = new Map();
    record.events.forEach((event, place) => {
      this.applyEvent(event, place + 1);
      for (const transfer of transfersOf(event, (id) => this.currencyOf(id))) {
        this.move(transfer.from, transfer.currency, sub(0, transfer.amount), place + 1);
        this.move(transfer.to, transfer.currency, transfer.amount, place + 1);
      }
    });
    return this.changed();
  }

  /** Positions with lots and living blocks. */
  *open(): Generator<FoldedPosition> {
    for (const cross of this.crosses.values()) if (cross.quantity !== 0) yield cross;
    for (const block of this.blocks.values()) if (block.status === 'PENDING' || block.status === 'ACTIVE') yield block;
  }

  instrument(name: string): FoldedInstrument {
    const found = this.instruments.get(name);
    if (found === undefined) throw new Error(`invariant: ${name} is not listed`);
    return found;
  }

  /** The main account's cash; zero for an account that never had any. */
  balances(accountId: string): MainBalances {
    return this.mains.get(`main:${accountId}`) ?? { USD: 0, USDC: 0 };
  }

  private currencyOf(isolationId: number): Currency {
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
      const main = this.mains.get(ledgerAccount) ?? { USD: 0, USDC: 0 };
      main[currency] = add(main[currency], amount);
      this.mains.set(ledgerAccount, main);
    }
  }

  private position(accountId: string, instrument: string, isolationId: number): FoldedPosition {
    if (isolationId !== 0) {
      const block = this.blocks.get(isolationId);
      if (block === undefined) throw new Error(`invariant: block ${isolationId} is not known`);
      return block;
    }
    const key = positionKey(accountId, instrument, 'CROSS');
    let cross = this.crosses.get(key);
    if (cross === undefined) {
      cross = new FoldedPosition(accountId, this.instrument(instrument), 0, 'USD');
      cross.leverage = this.settings.get(key);
      this.crosses.set(key, cross);
    }
    return cross;
  }

  private applyEvent(event: DomainEvent, index: number): void {
    switch (event.type) {
      case 'InstrumentListed':
        this.instruments.set(event.instrument, { terms: termsOf(event.spec), mark: undefined, markSeq: 0 });
        break;
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

  private updated(name: string, spec: unknown, index: number): void {
    const instrument = this.instrument(name);
    const before = instrument.terms;
    instrument.terms = termsOf(spec);
    if (instrument.mark !== undefined) instrument.mark = regridded(instrument.mark, before, instrument.terms);
    for (const position of this.open()) if (position.instrument === instrument) this.touch(position, index);
  }

  private blockOpened(event: Extract<DomainEvent, { type: 'IsolatedBlockOpened' }>, index: number): void {
    const block = new FoldedPosition(event.accountId, this.instrument(event.instrument), event.isolationId, event.marginCurrency);
    block.leverage = event.leverage;
    block.openedAt = event.time;
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
    this.ended.push(block);
    this.touch(block, index);
  }

  private leverageChanged(event: Extract<DomainEvent, { type: 'LeverageChanged' }>, index: number): void {
    if (event.isolationId === 0) this.settings.set(positionKey(event.accountId, event.instrument, 'CROSS'), event.leverage);
    const position = this.position(event.accountId, event.instrument, event.isolationId);
    position.leverage = event.leverage;
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
    // Without an account it is the insurance fund that trades; its inventory is no row.
    if (event.takerAccountId === undefined) return;
    const taker = this.position(event.takerAccountId, instrument, event.takerIsolationId);
    const end = event.takerOrderId < 0 ? 'LIQUIDATED' : 'CLOSED';
    this.moved(taker, { lots: takerLots, value, closed: event.takerClosed, pnl: event.takerRealizedPnl }, end, event.time);
    this.paid(taker, event.takerFee, index);
  }

  private handedOver(event: Extract<DomainEvent, { type: 'PositionTakenOver' | 'PositionDeleveraged' }>, index: number): void {
    const { instrument, quantity, value, realizedPnl: pnl, time } = event;
    const closed = quantity < 0 ? sub(0, quantity) : quantity;
    if (event.accountId !== undefined) {
      const position = this.position(event.accountId, instrument, event.isolationId);
      this.moved(position, { lots: sub(0, quantity), value, closed, pnl }, 'LIQUIDATED', time);
      this.touch(position, index);
    }
    if (event.type === 'PositionTakenOver') return;
    const other = this.position(event.counterpartyAccountId, instrument, event.counterpartyIsolationId);
    this.moved(other, { lots: quantity, value, closed, pnl: event.counterpartyRealizedPnl }, 'CLOSED', time);
    this.touch(other, index);
  }

  /** `end` is what a cross position without lots is then; a block lives on until it is closed. */
  private moved(position: FoldedPosition, move: Move, end: 'CLOSED' | 'LIQUIDATED', time: number): void {
    moveLots(position, move, time);
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

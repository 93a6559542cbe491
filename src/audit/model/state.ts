import { type Decimal, type Ratio, ZERO } from './decimal';
import type { DeleveragingQueue } from './deleveragingQueue';
import type { Instrument } from './instrument';
import { Ledger } from './ledger';
import type { MarginedOrder } from './orderMargin';
import { emptyPosition, type Position } from './positions';
import type { Ranking } from './ranking';
import type { BlockReach } from './reach';
import type { Currency } from './types';

export interface Block {
  readonly id: string;
  readonly accountId: string;
  readonly instrument: string;
  readonly currency: Currency;
  leverage: Decimal;
  readonly position: Position;
  /** Counts the changes of its position and cash. */
  changes: number;
}

export interface Account {
  readonly id: string;
  /** Place in the order of creation. */
  readonly number: number;
  /** Cross positions and the leverage set for them, by instrument. */
  readonly positions: Map<string, Position>;
  readonly leverage: Map<string, Decimal>;
  /** The open block of each instrument. */
  readonly blocks: Map<string, Block>;
  /** How far its marks may move before its cross equity could fall below MM (see watch.ts); undefined: not known. */
  room?: Room | undefined;
  /** Counts the changes of its cross positions and cash. */
  changes: number;
}

export interface Room {
  readonly equity: number;
  readonly parts: readonly { readonly instrument: Instrument; readonly mark: number; readonly weight: number }[];
}

export interface Order extends MarginedOrder {
  readonly id: string;
  readonly accountId: string;
  readonly instrument: string;
  readonly block: Block | null;
  price: Decimal;
  open: Decimal;
  filled: Decimal;
  priority: number;
  marginPrice: Decimal;
  marginRate: Ratio;
}

/** What a resting trigger brings along when it fires. */
export interface Trigger {
  readonly id: string;
  readonly accountId: string;
  readonly instrument: string;
  readonly isolatedMargin: Decimal | null;
  readonly leverage: Decimal | null;
}

/** A liquidation in progress: the bankruptcy value that was fixed when it started (rules.md §6). */
export interface Liquidation {
  /** Null for the fund's own inventory. */
  readonly accountId: string | null;
  readonly instrument: string;
  readonly long: boolean;
  readonly quantity: Decimal;
  /** |quantity| × price at which take-over and ADL run. */
  readonly value: Decimal;
  filledLots: Decimal;
  filledValue: Decimal;
  /** Taker fees of its trades, each rounded up. */
  takerFees: Decimal;
  feesDue: boolean;
  handedLots: Decimal;
  handedValue: Decimal;
  /** Lots that the insurance fund may still take; null until its capacity was worked out. */
  fundLots: Decimal | null;
  /** Opposite positions by rank that were not asked yet; null until the first is needed. */
  queue: DeleveragingQueue | null;
}

/** Whose position, cash and orders: an account's cross side, a block, or the insurance fund. */
export interface Holder {
  readonly accountId: string | null;
  readonly block: Block | null;
}

export const FUND: Holder = { accountId: null, block: null };

export interface OpenSums {
  readonly quantity: Decimal;
  readonly cost: Decimal;
}

const NONE: ReadonlyMap<Position, Holder> = new Map();
const NO_SUMS: OpenSums = { quantity: ZERO, cost: ZERO };

export class ModelState {
  readonly ledger = new Ledger();
  readonly accounts = new Map<string, Account>();
  readonly instruments = new Map<string, Instrument>();
  readonly blocks = new Map<string, Block>();
  private readonly orders = new Map<string, Order>();
  private readonly open = new Map<string, Map<Position, Holder>>();
  private readonly openCross = new Map<string, Map<Position, Holder>>();
  private readonly sums = new Map<string, OpenSums>();
  private readonly ordersByHolder = new Map<string, Set<Order>>();
  readonly triggers = new Map<string, Trigger>();
  /** Liquidations in progress: of a block by its id, of a cross account by `cross:<account>`. */
  readonly liquidations = new Map<string, Liquidation>();
  /** Cross accounts that are being liquidated now. */
  readonly crossLiquidations = new Set<string>();
  /** Accounts that owe since an adjustment took them below zero: nobody pays that (rules.md §7). */
  readonly owing = new Set<string>();
  /** Funding payments that a settlement still owes its events, by holder. */
  expectedFunding = new Map<string, Decimal>();
  /** Events folded so far: the order in which positions left zero (rules.md §6.4, ties). */
  eventCount = 0;
  /** Counts the changes of marks and terms. */
  markChanges = 0;
  /** Blocks of each instrument by how far its mark is from them (watch.ts). */
  readonly reaches = new Map<string, BlockReach>();
  /** The last order of deleveraging of each instrument and side (deleveragingQueue.ts). */
  readonly rankings = new Map<string, Ranking>();
  private nextPriority = 1;

  takePriority(): number {
    return this.nextPriority++;
  }

  account(id: string): Account {
    let account = this.accounts.get(id);
    if (account === undefined) {
      account = { id, number: this.accounts.size, changes: 0, positions: new Map(), leverage: new Map(), blocks: new Map() };
      this.accounts.set(id, account);
    }
    return account;
  }

  instrument(name: string): Instrument {
    const instrument = this.instruments.get(name);
    if (instrument === undefined) throw new Error(`an event names instrument ${name}, which was never listed`);
    return instrument;
  }

  holder(accountId: string, isolationId: string | null): Holder {
    if (isolationId === null) return { accountId, block: null };
    const block = this.blocks.get(isolationId);
    if (block === undefined) throw new Error(`an event names block ${isolationId}, which is not open`);
    return { accountId, block };
  }

  position(holder: Holder, instrument: string): Position {
    if (holder.block !== null) return holder.block.position;
    if (holder.accountId === null) return this.instrument(instrument).inventory;
    const { positions } = this.account(holder.accountId);
    let position = positions.get(instrument);
    if (position === undefined) {
      position = emptyPosition();
      positions.set(instrument, position);
    }
    return position;
  }

  order(id: string): Order | undefined {
    return this.orders.get(id);
  }

  addOrder(order: Order): void {
    this.orders.set(order.id, order);
    const key = orderKey(order, order.instrument);
    const among = this.ordersByHolder.get(key) ?? new Set();
    this.ordersByHolder.set(key, among.add(order));
  }

  removeOrder(order: Order): void {
    this.orders.delete(order.id);
    this.ordersByHolder.get(orderKey(order, order.instrument))?.delete(order);
  }

  ordersOf(holder: Holder, instrument: string): Order[] {
    return [...(this.ordersByHolder.get(orderKey(holder, instrument)) ?? [])];
  }

  liveOrders(): readonly Order[] {
    return [...this.orders.values()];
  }

  cashAccount(holder: Holder): string {
    if (holder.block !== null) return `block:${holder.block.id}`;
    return holder.accountId === null ? 'insurance' : `main:${holder.accountId}`;
  }

  currency(holder: Holder): Currency {
    return holder.block?.currency ?? 'USD';
  }

  blockCash(block: Block): Decimal {
    return this.ledger.balance(`block:${block.id}`, block.currency);
  }

  heldOrderMargin(block: Block): Decimal {
    return this.ledger.balance(`margin:${block.id}`, block.currency);
  }

  /** Cash of the main account in both currencies, at par (rules.md §7). */
  mainCash(accountId: string): Decimal {
    return this.ledger.balance(`main:${accountId}`, 'USD').plus(this.ledger.balance(`main:${accountId}`, 'USDC'));
  }

  fundCash(): Decimal {
    return this.ledger.balance('insurance', 'USD').plus(this.ledger.balance('insurance', 'USDC'));
  }

  deficit(): Decimal {
    return this.ledger.balance('deficit', 'USD').negated();
  }

  /** Every open position of an instrument with its holder, the fund's inventory included. */
  openPositions(instrument: string): ReadonlyMap<Position, Holder> {
    return this.open.get(instrument) ?? NONE;
  }

  /** Those among them that are accounts' cross positions. */
  openCrossPositions(instrument: string): ReadonlyMap<Position, Holder> {
    return this.openCross.get(instrument) ?? NONE;
  }

  /** Lots and signed entry cost of all open positions of an instrument. */
  openSums(instrument: string): OpenSums {
    return this.sums.get(instrument) ?? NO_SUMS;
  }

  /** Takes note of a position that has changed; `before` is what it was. */
  positionMoved(holder: Holder, instrument: string, position: Position, before: OpenSums): void {
    const { quantity, cost } = this.openSums(instrument);
    this.sums.set(instrument, {
      quantity: quantity.plus(position.quantity).minus(before.quantity),
      cost: cost.plus(position.cost).minus(before.cost),
    });
    for (const open of holder.block === null && holder.accountId !== null ? [this.open, this.openCross] : [this.open]) {
      if (position.quantity.isZero()) open.get(instrument)?.delete(position);
      else openOf(open, instrument).set(position, holder);
    }
    this.forgetHints(holder);
  }

  /** Whatever was worked out of a holder's figures is to be worked out anew. */
  forgetHints({ accountId, block }: Holder): void {
    if (block !== null) {
      block.changes += 1;
      this.reaches.get(block.instrument)?.forget(block);
      this.forgetRank(block);
    } else if (accountId !== null) {
      const account = this.account(accountId);
      account.room = undefined;
      account.changes += 1;
      this.forgetRank(account);
    }
  }

  private forgetRank(owner: Block | Account): void {
    for (const [key, ranking] of this.rankings) {
      if (ranking.markChanges === this.markChanges) ranking.forget(owner);
      else this.rankings.delete(key);
    }
  }

  removeBlock(block: Block): void {
    this.account(block.accountId).blocks.delete(block.instrument);
    this.blocks.delete(block.id);
    this.open.get(block.instrument)?.delete(block.position);
    this.forgetHints({ accountId: block.accountId, block });
  }
}

function openOf(open: Map<string, Map<Position, Holder>>, instrument: string): Map<Position, Holder> {
  const known = open.get(instrument) ?? new Map<Position, Holder>();
  open.set(instrument, known);
  return known;
}

function orderKey(holder: Holder, instrument: string): string {
  return `${holderKey(holder)} ${instrument}`;
}

export function holderKey(holder: Holder): string {
  return `${holder.accountId ?? 'insurance'} ${holder.block?.id ?? 'CROSS'}`;
}

import type { Fraction } from '../../num/fraction';
import type { Int } from '../../num/int';
import type { Book, Level } from '../book/book';
import type { InstrumentSpec } from '../instruments/spec';
import type { Rank } from '../liquidation/deleveragingQueue';
import type { LiquidationIndex } from '../liquidation/index';
import type { TriggerBook } from '../orders/triggerBook';

export type Currency = 'USD' | 'USDC';
export type MarginMode = 'CROSS' | 'ISOLATED';
/** +1 buys, −1 sells: the sign of the position that a fill adds. */
export type Direction = 1 | -1;
export type HaltMode = 'NONE' | 'ALL' | 'REDUCE_ONLY';

/** One trader's main account, or the insurance fund, which is an account without orders. */
export class Account {
  usd: Int = 0;
  usdc: Int = 0;
  /** By listing number of the instrument. */
  holdings: (Holding | undefined)[] = [];
  /** Live orders, triggers included, in order of placement. */
  firstOrder: Order | undefined = undefined;
  lastOrder: Order | undefined = undefined;
  /** Live orders by clientOrderId; made when the first one is used. */
  clientOrders: Map<string, Order> | undefined = undefined;
  /** When CancelAllAfter fires, ms since the epoch; 0 when it is not armed. */
  cancelAllAfter = 0;
  /** Counts changes of what stands behind its cross positions. */
  changeEpoch = 0;
  /** Whether its cross positions wait to be looked at by the next pass. */
  touched = false;

  /** For the undo log, as in every class it saves. */
  savedIn = 0;

  /** `number` counts accounts by creation; the insurance fund has −1. */
  constructor(
    readonly id: string,
    readonly number: number,
  ) {}

  mutableFields(): object {
    return {
      usd: this.usd,
      usdc: this.usdc,
      holdings: this.holdings,
      firstOrder: this.firstOrder,
      lastOrder: this.lastOrder,
      clientOrders: this.clientOrders,
      cancelAllAfter: this.cancelAllAfter,
      changeEpoch: this.changeEpoch,
      touched: this.touched,
      savedIn: this.savedIn,
    };
  }
}

/** What one account has on one instrument: its cross position, its isolated block, its setting. */
export class Holding {
  cross: Position | undefined = undefined;
  block: Position | undefined = undefined;
  /** Live orders, triggers included, cross and isolated alike (maxOpenOrders). */
  openOrders = 0;
  /** The account's leverage setting for its cross position; undefined: the tier's maximum. */
  leverage: Fraction | undefined = undefined;
  savedIn = 0;

  constructor(
    readonly account: Account,
    readonly instrument: Instrument,
  ) {}

  mutableFields(): object {
    return {
      cross: this.cross,
      block: this.block,
      openOrders: this.openOrders,
      leverage: this.leverage,
      savedIn: this.savedIn,
    };
  }
}

/** The book orders of one side of a position, and what they come to, so that no check has to walk them. */
export class OrderSide {
  /** Linked, best price first, then by acceptance. */
  first: Order | undefined = undefined;
  last: Order | undefined = undefined;
  /** Lots of those that are not reduce-only. */
  lots: Int = 0;
  /** Σ of their margins, were none of their lots free. */
  margin: Int = 0;
  /** Σ remaining × price of all of them, micro-units. */
  value: Int = 0;
  reduceOnlyOrders = 0;
  savedIn = 0;

  mutableFields(): object {
    return {
      first: this.first,
      last: this.last,
      lots: this.lots,
      margin: this.margin,
      value: this.value,
      reduceOnlyOrders: this.reduceOnlyOrders,
      savedIn: this.savedIn,
    };
  }
}

/** A cross position or an isolated block (isolationId > 0), open or pending. */
export class Position {
  /** Signed lots. */
  quantity: Int = 0;
  /** Signed entry notional in micro-units: positive for longs. */
  entryCost: Int = 0;
  /** A block's own money, micro-units of `currency`; unused by a cross position. */
  cash: Int = 0;
  /** Money reserved for the block's open orders, beside its cash (rules.md §1); unused by a cross position. */
  orderMargin: Int = 0;
  leverage: Fraction | undefined;
  readonly buys = new OrderSide();
  readonly sells = new OrderSide();
  realizedPnl: Int = 0;
  feesPaid: Int = 0;
  fundingPaid: Int = 0;
  /** (seq, index) of the event at which the position last left zero; ranks ties (rules.md §6.4). */
  openedSeq = 0;
  openedIndex = 0;
  openedAt = 0;
  updatedSeq = 0;
  /** Neighbours among the instrument's open positions, in the order in which they left zero. */
  previousOpen: Position | undefined = undefined;
  nextOpen: Position | undefined = undefined;
  /** Place in the liquidation index of that direction, which keeps both; −1 when it is in none. */
  indexSlot = -1;
  indexDirection: Direction = 1;
  /** Counts changes of a block; a cross position changes with its account. */
  changeEpoch = 0;
  /** Its place in the deleveraging queue as last worked out; derived. */
  rank: Rank | undefined = undefined;
  /** Whether it waits to be looked at by the next pass (blocks; a cross position waits with its account). */
  touched = false;

  savedIn = 0;

  constructor(
    public holding: Holding,
    public isolationId: number,
    public currency: Currency,
    leverage: Fraction | undefined,
  ) {
    this.leverage = leverage;
  }

  /** Makes the object of an ended block, which has no lots, orders or watch any more, that of a new one. */
  begin(holding: Holding, isolationId: number, currency: Currency, leverage: Fraction | undefined): void {
    this.holding = holding;
    this.isolationId = isolationId;
    this.currency = currency;
    this.leverage = leverage;
    this.quantity = 0;
    this.entryCost = 0;
    this.cash = 0;
    this.orderMargin = 0;
    this.realizedPnl = 0;
    this.feesPaid = 0;
    this.fundingPaid = 0;
    this.openedSeq = 0;
    this.openedIndex = 0;
    this.openedAt = 0;
    this.updatedSeq = 0;
    this.rank = undefined;
  }

  mutableFields(): object {
    return {
      quantity: this.quantity,
      entryCost: this.entryCost,
      cash: this.cash,
      orderMargin: this.orderMargin,
      leverage: this.leverage,
      realizedPnl: this.realizedPnl,
      feesPaid: this.feesPaid,
      fundingPaid: this.fundingPaid,
      openedSeq: this.openedSeq,
      openedIndex: this.openedIndex,
      openedAt: this.openedAt,
      updatedSeq: this.updatedSeq,
      previousOpen: this.previousOpen,
      nextOpen: this.nextOpen,
      changeEpoch: this.changeEpoch,
      rank: this.rank,
      touched: this.touched,
      savedIn: this.savedIn,
    };
  }

  get account(): Account {
    return this.holding.account;
  }

  get instrument(): Instrument {
    return this.holding.instrument;
  }

  get isolated(): boolean {
    return this.isolationId !== 0;
  }

  get hasOrders(): boolean {
    return this.buys.first !== undefined || this.sells.first !== undefined;
  }
}

export type SelfTradePrevention = 'CANCEL_MAKER' | 'CANCEL_TAKER' | 'CANCEL_BOTH';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';

/** How an order behaves; fixed when it is placed, and shared by all orders of the same kind (`state/terms.ts`). */
export interface OrderTerms {
  readonly orderType: string;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
}

/** What an untriggered order carries to the moment it fires (rules.md §9, Triggers). */
export interface TriggerTerms {
  readonly triggerPrice: number;
  readonly triggerBy: 'MARK' | 'INDEX' | 'LAST';
  readonly marginMode: MarginMode;
  /** The block that was open when it was placed, with which it dies; 0: it joins or opens one. */
  readonly isolationId: number;
  readonly leverage: string | undefined;
  readonly isolatedMargin: Int | undefined;
  readonly marginCurrency: Currency | undefined;
}

/** A live order: in the book, or waiting for its trigger. */
export class Order {
  /** Limit in price units; 0 for an untriggered order to market. */
  price = 0;
  /** Lots still open. */
  remaining = 0;
  filled = 0;
  position: Position | undefined = undefined;
  trigger: TriggerTerms | undefined = undefined;
  /** Price and rate at which each opening lot reserves margin, fixed at acceptance (rules.md §2). */
  marginPrice = 0;
  marginRate: Fraction;
  /** Margin of all remaining lots at that price and rate, were none of them free. */
  margin: Int = 0;
  acceptedSeq = 0;
  acceptedIndex = 0;
  placedAt = 0;
  level: Level | undefined = undefined;
  previous: Order | undefined = undefined;
  next: Order | undefined = undefined;
  /** Neighbours on its side of the position. */
  previousOfSide: Order | undefined = undefined;
  nextOfSide: Order | undefined = undefined;
  previousOfAccount: Order | undefined = undefined;
  nextOfAccount: Order | undefined = undefined;
  savedIn = 0;

  constructor(
    public id: number,
    public holding: Holding,
    public direction: Direction,
    public terms: OrderTerms,
    public clientOrderId: string | undefined,
    marginRate: Fraction,
  ) {
    this.marginRate = marginRate;
  }

  /** Makes the object of an ended order, which is in no list any more, that of a new one. */
  begin(
    id: number,
    holding: Holding,
    direction: Direction,
    terms: OrderTerms,
    clientOrderId: string | undefined,
    marginRate: Fraction,
  ): void {
    this.id = id;
    this.holding = holding;
    this.direction = direction;
    this.terms = terms;
    this.clientOrderId = clientOrderId;
    this.marginRate = marginRate;
    this.price = 0;
    this.remaining = 0;
    this.filled = 0;
    this.position = undefined;
    this.trigger = undefined;
    this.marginPrice = 0;
    this.margin = 0;
    this.acceptedSeq = 0;
    this.acceptedIndex = 0;
    this.placedAt = 0;
  }

  mutableFields(): object {
    return {
      price: this.price,
      remaining: this.remaining,
      filled: this.filled,
      position: this.position,
      trigger: this.trigger,
      marginPrice: this.marginPrice,
      marginRate: this.marginRate,
      margin: this.margin,
      acceptedSeq: this.acceptedSeq,
      acceptedIndex: this.acceptedIndex,
      placedAt: this.placedAt,
      level: this.level,
      previous: this.previous,
      next: this.next,
      previousOfSide: this.previousOfSide,
      nextOfSide: this.nextOfSide,
      previousOfAccount: this.previousOfAccount,
      nextOfAccount: this.nextOfAccount,
      savedIn: this.savedIn,
    };
  }

  get account(): Account {
    return this.holding.account;
  }

  get instrument(): Instrument {
    return this.holding.instrument;
  }
}

/** Premium samples of the running funding interval: their sum at 10⁻³⁶ and their number (rules.md §8). */
export interface PremiumSamples {
  readonly sum: Int;
  readonly count: number;
}

export class Instrument {
  mark: Int | undefined = undefined;
  index: Int | undefined = undefined;
  last: number | undefined = undefined;
  /** seq of the last mark. */
  markSeq = 0;
  halt: HaltMode = 'NONE';
  samples: PremiumSamples = { sum: 0, count: 0 };
  /** End of the running funding interval, ms; 0 when the instrument has none. */
  nextFundingTime = 0;
  firstOpen: Position | undefined = undefined;
  lastOpen: Position | undefined = undefined;
  /** Σ of long lots, the insurance fund's included. */
  openInterest: Int = 0;
  /** Book orders and untriggered orders. */
  orderCount = 0;
  savedIn = 0;

  constructor(
    readonly number: number,
    public spec: InstrumentSpec,
    readonly book: Book,
    readonly triggers: TriggerBook,
    readonly longs: LiquidationIndex,
    readonly shorts: LiquidationIndex,
  ) {}

  mutableFields(): object {
    return {
      spec: this.spec,
      mark: this.mark,
      index: this.index,
      last: this.last,
      markSeq: this.markSeq,
      halt: this.halt,
      samples: this.samples,
      nextFundingTime: this.nextFundingTime,
      firstOpen: this.firstOpen,
      lastOpen: this.lastOpen,
      openInterest: this.openInterest,
      orderCount: this.orderCount,
      savedIn: this.savedIn,
    };
  }

  get name(): string {
    return this.spec.instrument;
  }
}

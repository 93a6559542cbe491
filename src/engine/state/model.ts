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

  /** `number` counts accounts by creation; the insurance fund has −1. */
  constructor(
    readonly id: string,
    readonly number: number,
  ) {}
}

/** What one account has on one instrument: its cross position, its isolated block, its setting. */
export class Holding {
  cross: Position | undefined = undefined;
  block: Position | undefined = undefined;
  /** Live orders, triggers included, cross and isolated alike (maxOpenOrders). */
  openOrders = 0;
  /** The account's leverage setting for its cross position; undefined: the tier's maximum. */
  leverage: Fraction | undefined = undefined;

  constructor(
    readonly account: Account,
    readonly instrument: Instrument,
  ) {}
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
  /** Book orders of each side, best price first, then by acceptance. */
  readonly buys: Order[] = [];
  readonly sells: Order[] = [];
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
  /** Place in the liquidation index of that direction; −1 when it is in none. */
  indexSlot = -1;
  indexDirection: Direction = 1;
  /** Counts changes of a block; a cross position changes with its account. */
  changeEpoch = 0;
  /** Its place in the deleveraging queue as last worked out; derived. */
  rank: Rank | undefined = undefined;
  /** Whether it waits to be looked at by the next pass (blocks; a cross position waits with its account). */
  touched = false;

  constructor(
    readonly holding: Holding,
    readonly isolationId: number,
    readonly currency: Currency,
    leverage: Fraction | undefined,
  ) {
    this.leverage = leverage;
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
}

export type SelfTradePrevention = 'CANCEL_MAKER' | 'CANCEL_TAKER' | 'CANCEL_BOTH';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';

/** What the trader asked for; fixed when the order is placed. */
export interface OrderTerms {
  readonly orderType: string;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly selfTradePrevention: SelfTradePrevention;
  readonly clientOrderId: string | undefined;
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
  previousOfAccount: Order | undefined = undefined;
  nextOfAccount: Order | undefined = undefined;

  constructor(
    readonly id: number,
    readonly holding: Holding,
    readonly direction: Direction,
    readonly terms: OrderTerms,
    marginRate: Fraction,
  ) {
    this.marginRate = marginRate;
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

  constructor(
    readonly number: number,
    public spec: InstrumentSpec,
    readonly book: Book,
    readonly triggers: TriggerBook,
    readonly longs: LiquidationIndex,
    readonly shorts: LiquidationIndex,
  ) {}

  get name(): string {
    return this.spec.instrument;
  }
}

/** Ledger accounts that are not a trader's, per currency, as signed balances. */
export interface LedgerTotals {
  external: Int;
  fees: Int;
  deficit: Int;
  clearing: Int;
  conversion: Int;
}

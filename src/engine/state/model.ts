import type { Int } from '../../num/int';
import type { Book } from '../book/book';
import type { InstrumentSpec } from '../instruments/spec';
import type { LiquidationIndex } from '../liquidation/index';
import type { TriggerBook } from '../orders/triggerBook';
import { NO_POSITION, type PositionRow } from './positions';

export type Currency = 'USD' | 'USDC';
export type MarginMode = 'CROSS' | 'ISOLATED';
/** +1 buys, −1 sells: the sign of the position that a fill adds. */
export type Direction = 1 | -1;
export type HaltMode = 'NONE' | 'ALL' | 'REDUCE_ONLY';

export type SelfTradePrevention = 'CANCEL_MAKER' | 'CANCEL_TAKER' | 'CANCEL_BOTH';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';

/** How an order behaves; fixed when it is placed, and shared by all orders of the same kind (`state/terms.ts`). */
export interface OrderTerms {
  /** By which rows name it. */
  readonly number: number;
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

/** Premium samples of the running funding interval: their sum at 10⁻³⁶ and their number (rules.md §8). */
export interface PremiumSamples {
  readonly sum: Int;
  readonly count: number;
}

/** A market. There are few, and each is asked for by many commands in a row: an object. */
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
  /** Its open positions are linked in the order in which they left zero. */
  firstOpen: PositionRow = NO_POSITION;
  lastOpen: PositionRow = NO_POSITION;
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

import type { Currency } from '../../contract/transfers';
import type { Fraction } from '../../num/fraction';
import type { Int } from '../../num/int';
import type { Terms } from './terms';

export type MarginMode = 'CROSS' | 'ISOLATED';
export type PositionStatus = 'PENDING' | 'ACTIVE' | 'CLOSED' | 'LIQUIDATED';

/** An order in the book, as far as order margin goes. */
export interface FoldedOrder {
  readonly id: number;
  readonly position: FoldedPosition;
  /** 1 buys, −1 sells. */
  readonly direction: 1 | -1;
  readonly reduceOnly: boolean;
  price: number;
  remaining: number;
  filled: number;
  /** Price and rate at which each opening lot reserves. */
  marginPrice: number;
  marginRate: Fraction;
}

/** An instrument: its terms of the moment and its last mark. */
export interface FoldedInstrument {
  terms: Terms;
  /** In price units; undefined before the first mark. */
  mark: Int | undefined;
  markSeq: number;
}

/** A cross position or the latest block of an account in an instrument. */
export class FoldedPosition {
  status: PositionStatus = 'PENDING';
  /** Signed lots, and their signed entry notional in micro-units. */
  quantity: Int = 0;
  entryCost: Int = 0;
  /** A block's own, in micro-units of its currency. */
  cash: Int = 0;
  orderMargin: Int = 0;
  /** As it was set; undefined: a cross position without a setting. */
  leverage: string | undefined = undefined;
  realizedPnl: Int = 0;
  feesPaid: Int = 0;
  fundingPaid: Int = 0;
  openedAt = 0;
  /** Whether it had lots once: a cross position has no row before. */
  wasOpen = false;
  /** Engine time at which it was closed or liquidated. */
  endedAt = 0;
  /** Book orders of each side, best price first, then by acceptance. */
  readonly buys: FoldedOrder[] = [];
  readonly sells: FoldedOrder[] = [];
  /** What the row showed when it was last given out, and at which seq it came to that. */
  shown: readonly unknown[] | undefined = undefined;
  updatedSeq = 0;

  constructor(
    readonly accountId: string,
    readonly instrument: FoldedInstrument,
    /** 0: a cross position. */
    readonly isolationId: number,
    readonly currency: Currency,
  ) {}

  get mode(): MarginMode {
    return this.isolationId === 0 ? 'CROSS' : 'ISOLATED';
  }

  get key(): string {
    return positionKey(this.accountId, this.instrument.terms.instrument, this.mode);
  }

  side(direction: 1 | -1): FoldedOrder[] {
    return direction > 0 ? this.buys : this.sells;
  }
}

/** The key of a row (contract.md, `bulkhead.positions.v1`). */
export function positionKey(accountId: string, instrument: string, mode: MarginMode): string {
  return `${accountId}/${instrument}/${mode}`;
}

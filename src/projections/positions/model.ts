import type { Currency } from '../../contract/transfers';
import { parseFraction } from '../../num/decimal';
import type { Fraction } from '../../num/fraction';
import type { Int } from '../../num/int';
import type { ShownFields } from './shown';
import type { Terms } from './terms';

export type MarginMode = 'CROSS' | 'ISOLATED';
export type PositionStatus = 'PENDING' | 'ACTIVE' | 'CLOSED' | 'LIQUIDATED';

/** An order in the book, as far as order margin goes. */
export class FoldedOrder {
  filled = 0;

  constructor(
    readonly id: number,
    readonly position: FoldedPosition,
    /** 1 buys, −1 sells. */
    readonly direction: 1 | -1,
    readonly reduceOnly: boolean,
    public price: number,
    public remaining: number,
    /** Price and rate at which each opening lot reserves. */
    public marginPrice: number,
    public marginRate: Fraction,
  ) {}
}

/** An instrument: its terms of the moment and its last mark. */
export interface FoldedInstrument {
  terms: Terms;
  /** In price units; undefined before the first mark. */
  mark: Int | undefined;
  markSeq: number;
  /** Its place in the order of listing. */
  readonly number: number;
  /** Lots of all longs, those of the insurance fund included. */
  openInterest: Int;
  /** The positions with lots, those of the insurance fund included. */
  readonly open: Set<FoldedPosition>;
}

/** Most sides never have an order; this is theirs, and nobody changes it. */
const NO_ORDERS: FoldedOrder[] = [];

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
  /** `leverage` as a number. */
  setting: Fraction | undefined = undefined;
  realizedPnl: Int = 0;
  feesPaid: Int = 0;
  fundingPaid: Int = 0;
  openedAt = 0;
  /** Counts up with each position that leaves zero: the order of opening. */
  opening = 0;
  /** Whether it had lots once: a cross position has no row before. */
  wasOpen = false;
  /** Engine time at which it was closed or liquidated. */
  endedAt = 0;
  /** Book orders of each side, best price first, then by acceptance. */
  buys: FoldedOrder[] = NO_ORDERS;
  sells: FoldedOrder[] = NO_ORDERS;
  /** What the row showed when it was last given out, and at which seq it came to that. */
  shown: ShownFields | undefined = undefined;
  updatedSeq = 0;
  /** seq and index of the last event that touched it. */
  touchedSeq = 0;
  touchedIndex = 0;

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

  setLeverage(leverage: string | undefined): void {
    this.leverage = leverage;
    this.setting = leverage === undefined ? undefined : parseFraction(leverage);
  }

  side(direction: 1 | -1): readonly FoldedOrder[] {
    return direction > 0 ? this.buys : this.sells;
  }

  /** The orders of a side, to be changed. */
  ownSide(direction: 1 | -1): FoldedOrder[] {
    if (direction > 0) {
      if (this.buys === NO_ORDERS) this.buys = [];
      return this.buys;
    }
    if (this.sells === NO_ORDERS) this.sells = [];
    return this.sells;
  }
}

/** What an account holds in one instrument. */
export interface FoldedHolding {
  cross: FoldedPosition | undefined;
  /** While it lives. */
  block: FoldedPosition | undefined;
}

/** A main account with its holdings by the number of their instrument. */
export class FoldedAccount {
  USD: Int = 0;
  USDC: Int = 0;
  /** seq of the last record that moved its cash. */
  movedSeq = 0;
  readonly holdings: (FoldedHolding | undefined)[] = [];

  constructor(
    readonly accountId: string,
    /** Its place in the order of opening. */
    readonly number: number,
  ) {}

  holding(instrument: FoldedInstrument): FoldedHolding {
    let holding = this.holdings[instrument.number];
    if (holding === undefined) {
      holding = { cross: undefined, block: undefined };
      this.holdings[instrument.number] = holding;
    }
    return holding;
  }

  *crosses(): Generator<FoldedPosition> {
    for (const holding of this.holdings) if (holding?.cross !== undefined) yield holding.cross;
  }

  /** Cross positions with lots and living blocks, in the order of listing. */
  *open(): Generator<FoldedPosition> {
    for (const holding of this.holdings) {
      if (holding?.cross !== undefined && holding.cross.quantity !== 0) yield holding.cross;
      if (holding?.block !== undefined) yield holding.block;
    }
  }
}

/** The key of a row (contract.md, `bulkhead.positions.v1`). */
export function positionKey(accountId: string, instrument: string, mode: MarginMode): string {
  return `${accountId}/${instrument}/${mode}`;
}

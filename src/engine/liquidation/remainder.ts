import { type Fraction, timesCeil, timesFloor } from '../../num/fraction';
import { type Int, sub } from '../../num/int';
import { costOfClosed } from '../margin/margin';
import type { Position } from '../state/model';

/** Lots that the book did not take, on their way to the fund and the opposite positions at one price. */
export class Remainder {
  lots: number;
  private valueLeft: Int;

  /** `perLot`: micro-units a lot is worth at the price fixed for the liquidation. */
  constructor(
    readonly position: Position,
    lots: number,
    readonly perLot: Fraction,
  ) {
    this.lots = lots;
    this.valueLeft = this.round(lots);
  }

  /** ⌊ ⌋ for a long, ⌈ ⌉ for a short (rules.md §6.3). */
  private round(lots: number): Int {
    return this.position.quantity > 0 ? timesFloor(lots, this.perLot) : timesCeil(lots, this.perLot);
  }

  /** Value of a part; the last part takes what the rounding of the others left. */
  valueOf(lots: number): Int {
    return lots === this.lots ? this.valueLeft : this.round(lots);
  }

  take(lots: number): Int {
    const value = this.valueOf(lots);
    this.lots -= lots;
    this.valueLeft = sub(this.valueLeft, value);
    return value;
  }
}

/** Profit of closing lots of a position that are worth `value` together. */
export function profitOfClosing(position: Position, lots: Int, value: Int): Int {
  const signed = position.quantity > 0 ? value : sub(0, value);
  return sub(signed, costOfClosed(position.quantity, position.entryCost, lots));
}

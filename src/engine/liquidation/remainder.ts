import { type Fraction, timesCeil, timesFloor } from '../../num/fraction';
import { type Int, sub } from '../../num/int';
import { costOfClosed } from '../margin/margin';
import type { PositionRow, Positions } from '../state/positions';

/** Lots that the book did not take, on their way to the fund and the opposite positions at one price. */
export class Remainder {
  lots: number;
  private valueLeft: Int;

  /** `perLot`: micro-units a lot is worth at the price fixed for the liquidation. */
  constructor(
    private readonly positions: Positions,
    readonly position: PositionRow,
    lots: number,
    readonly perLot: Fraction,
  ) {
    this.lots = lots;
    this.valueLeft = this.round(lots);
  }

  /** ⌊ ⌋ for a long, ⌈ ⌉ for a short (rules.md §6.3). */
  private round(lots: number): Int {
    return this.positions.quantity(this.position) > 0 ? timesFloor(lots, this.perLot) : timesCeil(lots, this.perLot);
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
export function profitOfClosing(positions: Positions, position: PositionRow, lots: Int, value: Int): Int {
  const quantity = positions.quantity(position);
  const signed = quantity > 0 ? value : sub(0, value);
  return sub(signed, costOfClosed(quantity, positions.entryCost(position), lots));
}

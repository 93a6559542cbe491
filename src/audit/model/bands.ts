import { type Decimal, maxOf, ONE, roundDownTo, roundUpTo } from './decimal';
import type { Instrument } from './instrument';
import type { Side } from './orderMargin';
import { markOf } from './positions';

/** The aggressive end of the band, rounded inward to the tick; below one tick it counts as one (rules.md §9). */
export function aggressiveEdge(instrument: Instrument, side: Side): Decimal {
  const { bands, tickSize } = instrument.spec;
  const mark = markOf(instrument);
  const edge =
    side === 'BUY'
      ? roundDownTo(mark.times(ONE.plus(bands.aggressive)), tickSize)
      : roundUpTo(mark.times(ONE.minus(bands.aggressive)), tickSize);
  return maxOf(edge, tickSize);
}

/** A price rounded to a tick in favour of whoever trades on this side: a seller's up, a buyer's down. */
export function inFavourOf(side: Side, price: Decimal, tickSize: Decimal): Decimal {
  return side === 'SELL' ? roundUpTo(price, tickSize) : roundDownTo(price, tickSize);
}

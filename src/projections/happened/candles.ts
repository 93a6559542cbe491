import type { TradeExecuted } from '../../contract/generated/events';
import { formatPrice, formatQuantity, type Grid } from '../../contract/grid';
import { type CandleInterval, type CandleView, candleIntervals } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import { add, type Int } from '../../num/int';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const CANDLES_FOLD = 'candles-1';

interface Candle {
  readonly openTime: number;
  readonly open: number;
  high: number;
  low: number;
  close: number;
  lots: Int;
  value: Int;
  trades: number;
}

const intervals = Object.entries(candleIntervals) as [CandleInterval, number][];

/** The candle of each instrument and interval that trades go into now. */
export class CandlesFold {
  private readonly running = new Map<string, Candle>();

  /** Takes a trade into its candles, and gives out each as it is then. */
  apply({ instrument, time, price, quantity, value }: TradeExecuted, grid: Grid): CandleView[] {
    return intervals.map(([interval, ms]) => {
      const openTime = time - (time % ms);
      const name = `${instrument}/${interval}`;
      let candle = this.running.get(name);
      if (candle?.openTime !== openTime) {
        candle = { openTime, open: price, high: price, low: price, close: price, lots: 0, value: 0, trades: 0 };
        this.running.set(name, candle);
      }
      candle.high = Math.max(candle.high, price);
      candle.low = Math.min(candle.low, price);
      candle.close = price;
      candle.lots = add(candle.lots, quantity);
      candle.value = add(candle.value, value);
      candle.trades += 1;
      return candleRow(instrument, interval, candle, grid);
    });
  }
}

function candleRow(instrument: string, interval: CandleInterval, candle: Candle, grid: Grid): CandleView {
  return {
    instrument,
    interval,
    openTime: candle.openTime,
    open: formatPrice(grid, candle.open),
    high: formatPrice(grid, candle.high),
    low: formatPrice(grid, candle.low),
    close: formatPrice(grid, candle.close),
    volume: formatQuantity(grid, candle.lots),
    turnover: formatMoney(candle.value),
    trades: candle.trades,
  };
}

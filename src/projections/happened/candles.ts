import type { TradeExecuted } from '../../contract/generated/events';
import { formatPrice, formatQuantity, type Grid } from '../../contract/grid';
import { type CandleInterval, type CandleView, candleIntervals } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import { add, type Int } from '../../num/int';
import type { HappenedRow } from './store';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const CANDLES_FOLD = 'candles-1';

/** The trades of an interval; its row shows those so far. */
export class Candle implements HappenedRow {
  readonly view = 'candles';
  readonly list: string;
  readonly n = 0;
  private open = 0;
  private high = 0;
  private low = 0;
  private close = 0;
  private lots: Int = 0;
  private value: Int = 0;
  private trades = 0;
  private grid: Grid | undefined;

  constructor(
    private readonly instrument: string,
    private readonly interval: CandleInterval,
    /** Where the interval begins. */
    readonly at: number,
  ) {
    this.list = `${instrument}/${interval}`;
  }

  take({ price, quantity, value }: TradeExecuted, grid: Grid): void {
    if (this.trades === 0) {
      this.open = price;
      this.high = price;
      this.low = price;
    }
    this.high = Math.max(this.high, price);
    this.low = Math.min(this.low, price);
    this.close = price;
    this.lots = add(this.lots, quantity);
    this.value = add(this.value, value);
    this.trades += 1;
    this.grid = grid;
  }

  get row(): CandleView {
    const grid = this.grid as Grid;
    return {
      instrument: this.instrument,
      interval: this.interval,
      openTime: this.at,
      open: formatPrice(grid, this.open),
      high: formatPrice(grid, this.high),
      low: formatPrice(grid, this.low),
      close: formatPrice(grid, this.close),
      volume: formatQuantity(grid, this.lots),
      turnover: formatMoney(this.value),
      trades: this.trades,
    };
  }
}

const intervals = Object.entries(candleIntervals) as [CandleInterval, number][];

/** The candle of each instrument and interval that trades go into now. */
export class CandlesFold {
  private readonly running = new Map<string, Candle[]>();

  /** Takes a trade into its candles, and gives them out. */
  apply(event: TradeExecuted, grid: Grid): readonly Candle[] {
    const { instrument, time } = event;
    let candles = this.running.get(instrument);
    if (candles === undefined) {
      candles = intervals.map(([interval, ms]) => new Candle(instrument, interval, time - (time % ms)));
      this.running.set(instrument, candles);
    }
    for (let place = 0; place < candles.length; place++) {
      const [interval, ms] = intervals[place] as [CandleInterval, number];
      const openTime = time - (time % ms);
      if ((candles[place] as Candle).at !== openTime) candles[place] = new Candle(instrument, interval, openTime);
      (candles[place] as Candle).take(event, grid);
    }
    return candles;
  }
}

import type { ByteReader, ByteWriter } from '../../contract/bytes';
import type { TradeExecuted } from '../../contract/generated/events';
import { commonGrid, commonPrice, commonQuantity, formatPrice, formatQuantity, type Grid } from '../../contract/grid';
import { type CandleInterval, type CandleView, candleIntervals } from '../../contract/views';
import { formatMoney } from '../../num/decimal';
import { add, type Int, max, min } from '../../num/int';
import { expectFold, readGrid, readOptional, writeFold, writeGrid, writeOptional } from '../saving';
import type { HappenedRow } from './store';

/** Name and version of this fold: what it keeps is made anew when they change. */
export const CANDLES_FOLD = 'candles-2';

/** The trades of an interval; its row shows those so far. */
export class Candle implements HappenedRow {
  readonly view = 'candles';
  readonly list: string;
  readonly n = 0;
  private open: Int = 0;
  private high: Int = 0;
  private low: Int = 0;
  private close: Int = 0;
  private lots: Int = 0;
  private value: Int = 0;
  private trades = 0;
  /** What its figures are in: the instrument's grid, or one that all the grids fit on which it had meanwhile. */
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
    if (grid === this.grid) this.addTrade(price, quantity, value);
    else this.addFrom(grid, price, quantity, value);
  }

  private addFrom(grid: Grid, price: number, quantity: number, value: Int): void {
    const { grid: own } = this;
    if (own === undefined || (own.markTickSize === grid.markTickSize && own.lotSize === grid.lotSize)) {
      this.grid = grid;
      this.addTrade(price, quantity, value);
      return;
    }
    const common = commonGrid(own, grid);
    this.open = commonPrice(this.open, own, common);
    this.high = commonPrice(this.high, own, common);
    this.low = commonPrice(this.low, own, common);
    this.lots = commonQuantity(this.lots, own, common);
    this.grid = common;
    this.addTrade(commonPrice(price, grid, common), commonQuantity(quantity, grid, common), value);
  }

  private addTrade(price: Int, quantity: Int, value: Int): void {
    if (this.trades === 0) {
      this.open = price;
      this.high = price;
      this.low = price;
    }
    this.high = max(this.high, price);
    this.low = min(this.low, price);
    this.close = price;
    this.lots = add(this.lots, quantity);
    this.value = add(this.value, value);
    this.trades += 1;
  }

  save(writer: ByteWriter): void {
    writer.varint(this.at);
    for (const price of [this.open, this.high, this.low, this.close]) writer.int(price);
    writer.int(this.lots);
    writer.int(this.value);
    writer.varint(this.trades);
    writeOptional(writer, this.grid, (grid) => writeGrid(writer, grid));
  }

  static load(reader: ByteReader, instrument: string, interval: CandleInterval): Candle {
    const candle = new Candle(instrument, interval, reader.varint());
    candle.open = reader.int();
    candle.high = reader.int();
    candle.low = reader.int();
    candle.close = reader.int();
    candle.lots = reader.int();
    candle.value = reader.int();
    candle.trades = reader.varint();
    candle.grid = readOptional(reader, () => readGrid(reader));
    return candle;
  }

  static read(list: string, _at: number, _n: number, reader: ByteReader): Candle {
    const slash = list.lastIndexOf('/');
    return Candle.load(reader, list.slice(0, slash), list.slice(slash + 1) as CandleInterval);
  }

  write(writer: ByteWriter): void {
    this.save(writer);
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

  /** Writes all that it knows. */
  save(writer: ByteWriter): void {
    writeFold(writer, CANDLES_FOLD);
    writer.varint(this.running.size);
    for (const [instrument, candles] of this.running) {
      writer.text(instrument);
      for (const candle of candles) candle.save(writer);
    }
  }

  /** Goes on from what another has saved. */
  load(reader: ByteReader): void {
    expectFold(reader, CANDLES_FOLD);
    for (let left = reader.varint(); left > 0; left--) {
      const instrument = reader.text();
      this.running.set(
        instrument,
        intervals.map(([interval]) => Candle.load(reader, instrument, interval)),
      );
    }
  }

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

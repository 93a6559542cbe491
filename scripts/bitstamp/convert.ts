import { toDecimal, toUnits } from '../lib/fixed';
import { field, type GeneratedCommand, type Row } from '../lib/io';
import { type Direction, MirrorBook, type MirrorOrder } from './mirrorBook';

/**
 * Bitstamp's order flow as commands. Their book showed creates, changes and deletes but no trades; ours matches by itself:
 *
 *   created                     PlaceOrder LIMIT, clientOrderId = Bitstamp's id
 *   changed, other price        AmendOrder price (their market orders walk the book this way), with the volume shown
 *   changed, less volume        a fill that our book made too: nothing; where ours still has more, AmendOrder down to it
 *   deleted                     our book filled it already: nothing; otherwise CancelOrder
 *
 * A row for an order that our book does not hold any more is counted, not sent: a mirror of the book decides.
 * Orders older than the capture (no create row) are placed before it with the volume first seen, if that is not zero
 * and they do not cross. A create that comes after its own delete is left out.
 *
 * Buyers and sellers are pools of accounts of their own, so no order can meet one of its own account.
 * `time` is the greatest exchange timestamp so far: change and delete rows carry the time of the order's creation.
 */
export const instrument = 'BTC-USD';
const lotDigits = 4;
const sourceDigits = 8;
const sourceUnitsPerLot = 10n ** BigInt(sourceDigits - lotDigits);
const poolSize = 64;
const markEveryMs = 60_000;

export const countNames = [
  'rows',
  'placed',
  'placedBeforeCapture',
  'amendedPrice',
  'amendedDown',
  'canceled',
  'fillsLeftToTheBook',
  'goneAlready',
  'deletedTwice',
  'createdAfterDelete',
  'beforeCaptureSkipped',
  'volumeRoseIgnored',
  'roundedDownToLot',
  'belowOneLot',
  'marks',
] as const;
export type Counts = Record<(typeof countNames)[number], number>;

interface SourceRow {
  readonly id: string;
  readonly time: number;
  readonly price: number;
  readonly lots: number;
  readonly exact: boolean;
  readonly action: string;
  readonly direction: Direction;
}

function parseRow(row: Row): SourceRow {
  const volume = BigInt(field(row, 'volume'));
  const direction = field(row, 'direction');
  if (direction !== 'bid' && direction !== 'ask') throw new Error(`direction ${direction}`);
  return {
    id: field(row, 'id'),
    time: Number(field(row, 'exchange.timestamp')),
    price: Number(toUnits(field(row, 'price'), 2)),
    lots: Number(volume / sourceUnitsPerLot),
    exact: volume % sourceUnitsPerLot === 0n,
    action: field(row, 'action'),
    direction,
  };
}

export class BitstampConverter {
  readonly book = new MirrorBook();
  readonly counts = Object.fromEntries(countNames.map((name) => [name, 0])) as Counts;
  private readonly deleted = new Set<string>();
  private time = 0;
  private commands = 0;
  private markedAt = 0;
  private markedPrice: number | undefined;

  constructor(private readonly emit: (command: GeneratedCommand) => void) {}

  convert(source: readonly Row[]): void {
    const rows = source.map(parseRow);
    const first = rows[0];
    if (!first) return;
    this.time = first.time;
    this.open(first.price);
    this.placeOlderOrders(rows);
    for (const row of rows) {
      this.counts.rows += 1;
      this.time = Math.max(this.time, row.time);
      this.mark();
      if (row.action === 'created') this.created(row);
      else if (row.action === 'changed') this.changed(row);
      else if (row.action === 'deleted') this.removed(row);
      else throw new Error(`row ${this.counts.rows + 1}: action ${row.action}`);
    }
  }

  private send(type: string, data: Record<string, unknown>): void {
    this.commands += 1;
    this.emit({ commandId: `bitstamp-${this.commands}`, type, time: this.time, data });
  }

  private open(price: number): void {
    this.send('ListInstrument', {
      instrument,
      base: 'BTC',
      quote: 'USD',
      tickSize: '0.01',
      lotSize: '0.0001',
      minQuantity: '0.0001',
      maxQuantity: '100000',
      makerFeeRate: '0.0025',
      takerFeeRate: '0.0025',
      liquidationFeeRate: '0',
      maxOpenOrders: 10_000,
      tiers: [{ floor: '0', maxLeverage: '10', maintenanceRate: '0.05' }],
      // The flow has bids far below and asks far above the market; none of them is to be refused for its price.
      priceBands: { aggressive: '10', passive: '10' },
    });
    for (let at = 0; at < poolSize; at += 1) {
      this.send('Deposit', { accountId: `buyer-${at}`, currency: 'USD', amount: '100000000' });
      this.send('Deposit', { accountId: `seller-${at}`, currency: 'USD', amount: '100000000' });
    }
    this.sendMark(price);
  }

  private sendMark(price: number): void {
    this.markedAt = this.time;
    this.markedPrice = price;
    this.counts.marks += 1;
    this.send('MarkPriceTick', { instrument, markPrice: cents(price) });
  }

  /** Once a minute the mark follows the last trade of the mirror. */
  private mark(): void {
    const last = this.book.lastPrice;
    if (this.time - this.markedAt >= markEveryMs && last !== undefined && last !== this.markedPrice) this.sendMark(last);
  }

  private placeOlderOrders(rows: readonly SourceRow[]): void {
    const created = new Set(rows.filter((row) => row.action === 'created').map((row) => row.id));
    const seen = new Set<string>();
    for (const row of rows) {
      if (created.has(row.id) || seen.has(row.id)) continue;
      seen.add(row.id);
      if (row.lots === 0 || this.book.crosses(row.direction, row.price)) this.counts.beforeCaptureSkipped += 1;
      else {
        this.counts.placedBeforeCapture += 1;
        this.place(row);
      }
    }
  }

  private created(row: SourceRow): void {
    if (this.deleted.has(row.id)) this.counts.createdAfterDelete += 1;
    else if (row.lots === 0) this.counts.belowOneLot += 1;
    else {
      this.counts.placed += 1;
      this.place(row);
    }
  }

  private place(row: SourceRow): void {
    if (!row.exact) this.counts.roundedDownToLot += 1;
    this.send('PlaceOrder', {
      accountId: accountOf(row),
      instrument,
      side: row.direction === 'bid' ? 'BUY' : 'SELL',
      type: 'LIMIT',
      price: cents(row.price),
      quantity: lotsText(row.lots),
      clientOrderId: row.id,
    });
    this.book.place(row.id, row.direction, row.price, row.lots);
  }

  private changed(row: SourceRow): void {
    const order = this.book.get(row.id);
    if (!order) this.counts.goneAlready += 1;
    else if (row.lots === 0) this.cancel(row, order);
    else if (row.price !== order.price) this.reprice(row, order);
    else if (row.lots < order.open) this.decrease(row, order);
    else if (row.lots > order.open + order.filled) this.counts.volumeRoseIgnored += 1;
    else this.counts.fillsLeftToTheBook += 1;
  }

  private reprice(row: SourceRow, order: MirrorOrder): void {
    const open = Math.min(row.lots, order.open);
    this.counts.amendedPrice += 1;
    this.send('AmendOrder', {
      accountId: accountOf(row),
      clientOrderId: row.id,
      price: cents(row.price),
      quantity: lotsText(order.filled + open),
    });
    this.book.reprice(order, row.price, open);
  }

  private decrease(row: SourceRow, order: MirrorOrder): void {
    this.counts.amendedDown += 1;
    this.send('AmendOrder', { accountId: accountOf(row), clientOrderId: row.id, quantity: lotsText(order.filled + row.lots) });
    this.book.decrease(order, row.lots);
  }

  private removed(row: SourceRow): void {
    const order = this.book.get(row.id);
    if (order) this.cancel(row, order);
    else if (this.deleted.has(row.id)) this.counts.deletedTwice += 1;
    else this.counts.goneAlready += 1;
    this.deleted.add(row.id);
  }

  private cancel(row: SourceRow, order: MirrorOrder): void {
    this.counts.canceled += 1;
    this.send('CancelOrder', { accountId: accountOf(row), clientOrderId: row.id });
    this.book.cancel(order);
  }
}

const cents = (price: number) => toDecimal(BigInt(price), 2);
const lotsText = (lots: number) => toDecimal(BigInt(lots), lotDigits);
const accountOf = (row: SourceRow) => `${row.direction === 'bid' ? 'buyer' : 'seller'}-${Number(row.id) % poolSize}`;

import type { ByteReader, ByteWriter } from '../../contract/bytes';
import { decodeEvent, encodeEvent } from '../../contract/generated/eventCodec';
import type { TradeExecuted } from '../../contract/generated/events';
import { formatPrice, formatQuantity, type Grid } from '../../contract/grid';
import type { FillView, TradeView } from '../../contract/views';
import { readChoice, readGrid, writeChoice, writeGrid } from '../saving';
import { fillAt } from './fills';
import { currencies } from './ledger';
import type { HappenedRow } from './store';

const ROLES = ['MAKER', 'TAKER'] as const;

function readTrade(reader: ByteReader): TradeExecuted {
  return decodeEvent(reader, 0) as TradeExecuted;
}

/** A trade in its instrument's list. */
export class TradeRow implements HappenedRow {
  readonly view = 'trades';

  constructor(
    readonly at: number,
    readonly n: number,
    private readonly index: number,
    private readonly event: TradeExecuted,
    private readonly grid: Grid,
  ) {}

  static read(_list: string, at: number, n: number, reader: ByteReader): TradeRow {
    return new TradeRow(at, n, reader.varint(), readTrade(reader), readGrid(reader));
  }

  get list(): string {
    return this.event.instrument;
  }

  write(writer: ByteWriter): void {
    writer.varint(this.index);
    encodeEvent(writer, this.event, 0);
    writeGrid(writer, this.grid);
  }

  get row(): TradeView {
    const { at: seq, index, event, grid } = this;
    const { instrument, time, price, quantity, takerSide, takerOrderId } = event;
    const shown = { price: formatPrice(grid, price), quantity: formatQuantity(grid, quantity) };
    return { seq, index, time, instrument, ...shown, takerSide, isLiquidation: takerOrderId < 0 };
  }
}

/** One side of a trade in its account's list. */
export class FillRow implements HappenedRow {
  readonly view = 'fills';

  constructor(
    readonly at: number,
    readonly n: number,
    readonly list: string,
    private readonly index: number,
    private readonly role: FillView['role'],
    private readonly event: TradeExecuted,
    private readonly grid: Grid,
    private readonly currency: FillView['currency'],
  ) {}

  static read(list: string, at: number, n: number, reader: ByteReader): FillRow {
    const [index, role] = [reader.varint(), readChoice(reader, ROLES)];
    return new FillRow(at, n, list, index, role, readTrade(reader), readGrid(reader), readChoice(reader, currencies));
  }

  write(writer: ByteWriter): void {
    writer.varint(this.index);
    writeChoice(writer, ROLES, this.role);
    encodeEvent(writer, this.event, 0);
    writeGrid(writer, this.grid);
    writeChoice(writer, currencies, this.currency);
  }

  get row(): FillView {
    const { at: seq, index, list: accountId, event, role } = this;
    return { ...fillAt(event, role, this.grid, this.currency), accountId, seq, index, time: event.time };
  }
}

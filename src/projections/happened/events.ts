import type { ByteReader, ByteWriter } from '../../contract/bytes';
import { decodeEvent, encodeEvent } from '../../contract/generated/eventCodec';
import type { DomainEvent } from '../../contract/generated/events';
import type { Grid } from '../../contract/grid';
import type { EventView } from '../../contract/views';
import { publicData } from '../publicEvents';
import { readGrid, readOptional, writeGrid, writeOptional } from '../saving';
import type { HappenedRow } from './store';

/** Where a row's event stands. Rows keep their event in integers, and are written out when they are read. */
interface Origin {
  readonly seq: number;
  readonly index: number;
  readonly time: number;
}

/** An event that several lists have, as the public JSON shows it. */
export class ListedEvent {
  constructor(
    private readonly origin: Origin,
    private readonly event: DomainEvent,
    private readonly grid: Grid | undefined,
    private readonly usdcBlocks: readonly number[],
  ) {}

  static read(seq: number, reader: ByteReader): ListedEvent {
    const index = reader.varint();
    const event = decodeEvent(reader, 0);
    const grid = readOptional(reader, () => readGrid(reader));
    const usdcBlocks = Array.from({ length: reader.varint() }, () => reader.varint());
    return new ListedEvent({ seq, index, time: event.time }, event, grid, usdcBlocks);
  }

  write(writer: ByteWriter): void {
    writer.varint(this.origin.index);
    encodeEvent(writer, this.event, 0);
    writeOptional(writer, this.grid, (grid) => writeGrid(writer, grid));
    writer.varint(this.usdcBlocks.length);
    for (const isolationId of this.usdcBlocks) writer.varint(isolationId);
  }

  get row(): EventView {
    const { seq, index, time } = this.origin;
    const { event, grid, usdcBlocks } = this;
    const data = publicData(
      event,
      () => grid as Grid,
      (isolationId) => (usdcBlocks.includes(isolationId) ? 'USDC' : 'USD'),
    );
    return { seq, index, time, type: event.type, data };
  }
}

/** An event in one of the lists that have it. */
export class EventRow implements HappenedRow {
  constructor(
    readonly view: 'liquidations' | 'funding',
    readonly list: string,
    readonly at: number,
    readonly n: number,
    private readonly listed: ListedEvent,
  ) {}

  static reader(view: 'liquidations' | 'funding') {
    return (list: string, at: number, n: number, reader: ByteReader) => new EventRow(view, list, at, n, ListedEvent.read(at, reader));
  }

  write(writer: ByteWriter): void {
    this.listed.write(writer);
  }

  get row(): EventView {
    return this.listed.row;
  }
}

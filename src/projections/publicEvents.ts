import type { ByteReader, ByteWriter } from '../contract/bytes';
import { eventData, type GridOf } from '../contract/generated/eventJson';
import type { DomainEvent } from '../contract/generated/events';
import { type Grid, makeGrid } from '../contract/grid';
import { formatIsolationId, formatOrderId } from '../contract/ids';
import type { JournalRecord } from '../contract/record';
import type { PublicEvent, Result } from '../contract/results';
import { type CurrencyOf, movesMoney, publicTransfer, transfersOf } from '../contract/transfers';
import type { FoldableRecord } from './record';
import { readGrid, writeGrid } from './saving';

/** The first event of every record: the command itself, what was decided, and how many events follow (journal.md §1.1). */
export interface CommandEvent {
  readonly type: 'CommandAccepted' | 'CommandRejected';
  readonly seq: number;
  readonly index: 0;
  readonly time: number;
  readonly commandId: string;
  readonly data: { readonly [field: string]: unknown };
}

/**
 * Turns records into the public JSON of contract.md, "Results". It remembers what a record alone does not say: the grids
 * of the instruments and which blocks are kept in USDC. `take` must see every record of the journal, in order.
 */
export class PublicEvents {
  private readonly grids = new Map<string, Grid>();
  private readonly usdcBlocks = new Set<number>();
  private ended: number[] = [];

  constructor(private readonly shard: number) {}

  /** Instead of the records up to some seq: what the engine knows there. */
  startFrom(grids: Iterable<readonly [string, Grid]>, usdcBlocks: Iterable<number>): void {
    for (const [instrument, grid] of grids) this.grids.set(instrument, grid);
    for (const isolationId of usdcBlocks) this.usdcBlocks.add(isolationId);
  }

  /** Writes all that it remembers for the records that follow. */
  save(writer: ByteWriter): void {
    writer.varint(this.grids.size);
    for (const [instrument, grid] of this.grids) {
      writer.text(instrument);
      writeGrid(writer, grid);
    }
    const ended = new Set(this.ended);
    const living = [...this.usdcBlocks].filter((isolationId) => !ended.has(isolationId));
    writer.varint(living.length);
    for (const isolationId of living) writer.varint(isolationId);
  }

  /** Goes on from what another has saved. */
  load(reader: ByteReader): void {
    for (let left = reader.varint(); left > 0; left--) {
      const instrument = reader.text();
      this.grids.set(instrument, readGrid(reader));
    }
    for (let left = reader.varint(); left > 0; left--) this.usdcBlocks.add(reader.varint());
  }

  /** Moves on to this record; the other functions then speak of it. */
  take(record: Pick<FoldableRecord, 'events'>): void {
    if (this.ended.length > 0) {
      for (const isolationId of this.ended) this.usdcBlocks.delete(isolationId);
      this.ended = [];
    }
    for (const event of record.events) this.learn(event);
  }

  private learn(event: DomainEvent): void {
    switch (event.type) {
      case 'InstrumentListed':
      case 'InstrumentUpdated':
        this.grids.set(event.instrument, gridOf(event.spec));
        break;
      case 'IsolatedBlockOpened':
        if (event.marginCurrency === 'USDC') this.usdcBlocks.add(event.isolationId);
        break;
      case 'IsolatedBlockClosed':
      case 'IsolatedBlockLiquidated':
        // Later events of the same command may still name the block.
        if (this.usdcBlocks.has(event.isolationId)) this.ended.push(event.isolationId);
        break;
      default:
    }
  }

  grid(instrument: string): Grid {
    const grid = this.grids.get(instrument);
    if (grid === undefined) throw new Error(`invariant: no grid for ${instrument}`);
    return grid;
  }

  currencyOf(isolationId: number): 'USD' | 'USDC' {
    return this.usdcBlocks.has(isolationId) ? 'USDC' : 'USD';
  }

  command(record: JournalRecord): CommandEvent {
    const { command, status, code, message, source, actor, orderId, isolationId, events } = record;
    const type = status === 'ACCEPTED' ? 'CommandAccepted' : 'CommandRejected';
    const data = {
      // Its id stands in front. To leave a field out of a copy costs several times what the whole of the copy does.
      command: { ...command, commandId: undefined },
      actor,
      source,
      code,
      message,
      orderId: orderIdText(orderId),
      isolationId: isolationIdText(isolationId),
      eventCount: events.length,
    };
    return { type, seq: record.seq, index: 0, time: record.time, commandId: command.commandId, data };
  }

  event({ seq, command }: Pick<FoldableRecord, 'seq' | 'command'>, event: DomainEvent, index: number): PublicEvent {
    const data = publicData(
      event,
      (instrument) => this.grid(instrument),
      (isolationId) => this.currencyOf(isolationId),
    );
    return { type: event.type, seq, index, time: event.time, commandId: command.commandId, data };
  }

  /** The result with the first `events` of its events. */
  result(record: FoldableRecord, events: readonly PublicEvent[]): Result {
    const head = this.resultHead(record);
    return { ...head, events, eventsTruncated: events.length < head.eventCount ? true : undefined };
  }

  /** The result but for the list of its events. */
  resultHead(record: FoldableRecord): Omit<Result, 'events'> {
    const { command, seq, time, status, code, message, orderId, isolationId } = record;
    return {
      commandId: command.commandId,
      type: command.type,
      seq,
      shard: this.shard,
      time,
      status,
      code,
      message: code === undefined ? undefined : message,
      orderId: orderIdText(orderId),
      isolationId: isolationIdText(isolationId),
      eventCount: record.events.length,
    };
  }
}

/** What a public event says beside its place: its fields in decimals, and its transfers where it can move money. */
export function publicData(event: DomainEvent, gridOf: GridOf, currencyOf: CurrencyOf): PublicEvent['data'] {
  const data: { [field: string]: unknown } = eventData(event, gridOf);
  if (movesMoney(event.type)) data.transfers = transfersOf(event, currencyOf).map(publicTransfer);
  return data;
}

/** The grid of an instrument by the `spec` that an event tells of it. */
export function gridOf(spec: unknown): Grid {
  const { markTickSize, tickSize, lotSize } = spec as { markTickSize?: string; tickSize: string; lotSize: string };
  return makeGrid({ markTickSize: markTickSize ?? tickSize, lotSize });
}

const orderIdText = (orderId: number | undefined) => (orderId === undefined ? undefined : formatOrderId(orderId));
const isolationIdText = (isolationId: number | undefined) => (isolationId === undefined ? undefined : formatIsolationId(isolationId));

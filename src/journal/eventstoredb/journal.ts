import { setTimeout as sleep } from 'node:timers/promises';
import { v4 as uuid } from 'uuid';
import { chainStart } from '../chain';
import { followDurable } from '../follow';
import { assertNext } from '../groupCommit';
import {
  DEFAULT_MAX_PENDING_BYTES,
  entriesOfAll,
  type Journal,
  JournalClosed,
  type JournalEntry,
  JournalFailed,
  JournalFull,
  type JournalOrigin,
  type JournalRecord,
  MAX_RECORD_BYTES,
  type Position,
  type RecordBatch,
  type UnfinishedRecord,
} from '../port';
import type { RunningChain } from '../runningChain';
import { Watermark } from '../watermark';
import { Appender } from './appender';
import { chainUpTo } from './chainSearch';
import { type PlacedEvent, StreamClient } from './client';
import { EventIds } from './eventIds';
import { FrameQueue } from './frames';
import type { Outgoing } from './grouping';
import { beginningOf, FRAME, type Presenter, rawOf, type StreamEvent } from './packing';
import { RecentHashes } from './recentHashes';
import { EventQueue, type Packed, type RecordQueue } from './recordQueue';
import { StoreAway } from './storeAway';
import { endOf, eventAtHead, placeOf, readRecords, type StreamEnd } from './streamReader';

export type Packing = 'events' | 'frame';

export interface EventStoreOptions {
  /** `esdb://host:port?tls=…` */
  readonly url: string;
  readonly stream: string;
  /** Whose commands the stream holds. */
  readonly shard: number;
  readonly packing: Packing;
  /** How a record becomes events; asked in order of revision. */
  readonly present: Presenter;
  /** Appends in flight. */
  readonly maxInFlight?: number;
  /** An append or a read that is not answered so long is taken for lost, ms. */
  readonly timeoutMs?: number;
  readonly maxPendingBytes?: number;
}

const DEFAULT_IN_FLIGHT = 4;
const DEFAULT_TIMEOUT_MS = 10_000;
const READ_AGAIN_MS = 200;

/**
 * The journal in an EventStoreDB stream (journal.md §2): one event for each domain
 * event, or frames of whole records. Only one writer's events follow each other: who
 * appends behind another's is fenced by the exact revision.
 */
export class EventStoreJournal implements Journal {
  readonly meta: JournalOrigin;
  private readonly watermark: Watermark;
  private readonly ids: EventIds;
  private readonly reader: StreamClient;
  private readonly appender: Appender;
  private readonly maxPendingBytes: number;
  private lastRevision: number;
  private lastSeq: number;
  private begun: readonly PlacedEvent[];
  private readonly waiting: RecordQueue;
  private bytesPending = 0;
  /** What was packed and is not durable yet. */
  private underWay: Packed[] = [];
  private readyWaiters: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private readonly chain: RecentHashes;
  private isFlushing = false;
  private closing: Promise<void> | null = null;
  /** Stream revision up to which everything is known to stand. */
  private streamRevision: number;

  private constructor(
    private readonly options: EventStoreOptions,
    readonly writer: string,
    connect: () => StreamClient,
    end: StreamEnd,
    chain: RunningChain,
    firstWriter: string,
  ) {
    this.meta = { id: firstWriter, shard: options.shard };
    this.ids = new EventIds(writer);
    this.chain = new RecentHashes(chain);
    this.waiting = this.queueOf(options.packing);
    this.lastRevision = end.revision;
    this.lastSeq = end.seq;
    this.begun = end.unfinished;
    this.watermark = new Watermark(this.head);
    this.reader = connect();
    this.streamRevision = end.lastRevision;
    this.maxPendingBytes = options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES;
    this.appender = new Appender({
      connect,
      writer,
      lastRevision: end.lastRevision,
      maxInFlight: options.maxInFlight ?? DEFAULT_IN_FLIGHT,
      onDurable: (position, streamRevision) => this.advance(position, streamRevision),
      onRoom: () => this.flush(),
      onFailure: (failure) => this.fail(failure),
    });
  }

  /** Finds the end of the stream. Rejects when the store cannot be reached. */
  static async open(options: EventStoreOptions): Promise<EventStoreJournal> {
    const connect = () => new StreamClient(options.url, options.stream, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const client = connect();
    try {
      const end = await endOf(client);
      const chain = await chainUpTo(client, end.lastRevision - end.unfinished.length, end.seq);
      const writer = uuid();
      const first = await client.at(0);
      return new EventStoreJournal(options, writer, connect, end, chain, first?.metadata.writer ?? writer);
    } finally {
      void client.dispose();
    }
  }

  get unfinished(): UnfinishedRecord | undefined {
    const [first] = this.begun;
    if (first === undefined) return undefined;
    // A record that is cut off is a command: all others fit into one append.
    return { revision: this.lastRevision + 1, seq: this.lastSeq + 1, bytes: beginningOf(this.begun) };
  }

  get stream(): string {
    return this.options.stream;
  }

  get head(): Position {
    return { revision: this.lastRevision, seq: this.lastSeq };
  }

  get durable(): Position {
    return this.watermark.durable;
  }

  get failure(): Error | null {
    return this.watermark.failure;
  }

  get pendingBytes(): number {
    return this.bytesPending;
  }

  get isReady(): boolean {
    return this.bytesPending < this.maxPendingBytes;
  }

  ready(): Promise<void> {
    const ended = this.ended();
    if (ended) return Promise.reject(ended);
    if (this.isReady) return Promise.resolve();
    return new Promise((resolve, reject) => this.readyWaiters.push({ resolve, reject }));
  }

  append(record: JournalRecord): number {
    const ended = this.ended();
    if (ended) throw ended;
    if (!this.isReady) throw new JournalFull(this.bytesPending);
    const isNext = record.seq === (record.kind === 'command' ? this.lastSeq + 1 : 0) && record.bytes.length <= MAX_RECORD_BYTES;
    if (!isNext) assertNext(record, this.head);
    this.lastRevision += 1;
    if (record.kind === 'command') this.lastSeq += 1;
    this.bytesPending += record.bytes.length;
    if (this.begun.length > 0) {
      this.finishBegun(record);
      return this.lastRevision;
    }
    this.waiting.add(record, this.lastRevision, this.lastSeq);
    if (!this.isFlushing) this.flushSoon();
    return this.lastRevision;
  }

  private queueOf(packing: Packing): RecordQueue {
    return packing === 'frame' ? new FrameQueue(this.writer, this.chain) : new EventQueue(this.writer, this.chain, this.options.present);
  }

  /** A microtask later the caller has appended the rest of its slice. */
  private flushSoon(): void {
    this.isFlushing = true;
    void Promise.resolve().then(() => {
      this.isFlushing = false;
      this.flush();
    });
  }

  /** The rest of the command that a dead writer left unfinished, in the packing that it had; its prefix must be what stands in the stream. */
  private finishBegun(record: JournalRecord): void {
    const { begun, options } = this;
    const { seq } = record;
    const packing = begun[0]?.type === FRAME ? 'frame' : 'events';
    const queue = this.queueOf(packing);
    queue.add(record, this.lastRevision, this.lastSeq);
    const packed = queue.take();
    // What presents the records behind it must have seen it.
    if (packing !== options.packing && options.packing === 'events') options.present(record);
    const { events } = packed;
    const isSame = events.length >= begun.length && begun.every((event, index) => rawOf(event).equals(rawOf(events[index] as StreamEvent)));
    if (!isSame) {
      const failure = new Error(`seq ${seq} executed again differs from the ${begun.length} events that stand in the stream`);
      this.fail(failure);
      throw failure;
    }
    this.begun = [];
    this.send(packed, begun.length);
  }

  private send(packed: Packed, from = 0): void {
    const { events } = packed;
    this.underWay.push(packed);
    this.appender.add(this.outgoing(from === 0 ? events : events.slice(from)));
  }

  private outgoing(events: readonly StreamEvent[]): Outgoing[] {
    return events.map((event) => {
      const { revision, head, count = 1, last } = event.metadata;
      const completes = last ? { revision: revision + count - 1, seq: head } : undefined;
      return { id: this.ids.of(revision, event.index), event, completes };
    });
  }

  private flush(): void {
    try {
      while (this.isWorthTaking && this.failure === null) this.send(this.waiting.take());
    } catch (error) {
      // A record that cannot be presented: nothing behind it may be sent.
      this.fail(new JournalFailed(error));
    }
  }

  /** What is not a whole append yet goes only when the store has nothing to do: it grows while it waits. */
  private get isWorthTaking(): boolean {
    const { waiting, appender } = this;
    return !waiting.isEmpty && (waiting.isFull ? appender.wantsMore : appender.isIdle);
  }

  private advance(position: Position, streamRevision: number): void {
    this.streamRevision = streamRevision;
    let done = 0;
    for (const packed of this.underWay) {
      if (packed.last > position.revision) break;
      this.bytesPending -= packed.bytes;
      this.waiting.release(packed);
      done += 1;
    }
    this.underWay.splice(0, done);
    this.watermark.advance(position);
    if (this.isReady) for (const { resolve } of this.readyWaiters.splice(0)) resolve();
  }

  private fail(failure: Error): void {
    this.watermark.fail(failure);
    for (const { reject } of this.readyWaiters.splice(0)) reject(failure);
  }

  private ended(): Error | null {
    return this.watermark.failure ?? (this.closing === null ? null : new JournalClosed());
  }

  whenDurable(revision: number): Promise<void> {
    return this.watermark.whenDurable(revision);
  }

  onDurable(listener: (durable: Position) => void): () => void {
    return this.watermark.onDurable(listener);
  }

  onFailure(listener: (failure: Error) => void): () => void {
    return this.watermark.onFailure(listener);
  }

  async *readBatches(fromRevision = 0): AsyncGenerator<RecordBatch> {
    yield* this.recordsUpTo(fromRevision, this.durable.revision);
  }

  private async *recordsUpTo(fromRevision: number, upTo: number): AsyncGenerator<RecordBatch> {
    if (fromRevision > upTo) return;
    const place = fromRevision === 0 ? 0 : await placeOf(this.reader, this.streamRevision, fromRevision);
    yield* readRecords(this.reader, place, fromRevision, upTo);
  }

  read(fromRevision = 0): AsyncIterable<JournalEntry> {
    return entriesOfAll(this.readBatches(fromRevision));
  }

  /** A store that goes away meanwhile is asked again, until this journal fails or is closed. */
  follow(fromRevision = 0, signal?: AbortSignal): AsyncIterable<RecordBatch> {
    return followDurable(this.watermark, (from) => this.readPatiently(from, signal), fromRevision, signal);
  }

  private async *readPatiently(fromRevision: number, signal?: AbortSignal): AsyncGenerator<RecordBatch> {
    for (let next = fromRevision; ; ) {
      try {
        for await (const batch of this.readBatches(next)) {
          yield batch;
          next = batch.firstRevision + batch.count;
        }
        return;
      } catch (error) {
        if (!(error instanceof StoreAway) || this.ended() !== null) throw error;
        await sleep(READ_AGAIN_MS, undefined, { signal }).catch(() => undefined);
        if (signal?.aborted) return;
      }
    }
  }

  /** From the stream's own metadata where a record or frame ends at that seq, else computed from the last link before it. */
  async chainHash(seq: number): Promise<Uint8Array> {
    const { durable } = this;
    if (!Number.isInteger(seq) || seq < 0 || seq > durable.seq) {
      throw new RangeError(`the chain has no hash at seq ${seq}: the journal is durable up to ${durable.seq}`);
    }
    if (seq === 0) return chainStart();
    const recent = this.chain.at(seq);
    if (recent !== undefined) return Buffer.from(recent, 'hex');
    const event = await eventAtHead(this.reader, this.streamRevision, seq);
    if (event?.metadata.head === seq && event.metadata.hash !== undefined) return Buffer.from(event.metadata.hash, 'hex');
    return (await chainUpTo(this.reader, this.streamRevision, seq)).hash();
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    while (this.failure === null && (!this.waiting.isEmpty || this.isFlushing)) {
      this.flush();
      await Promise.race([this.watermark.whenDurable(this.lastRevision).catch(() => undefined), this.appender.settled()]);
      await Promise.resolve();
    }
    await this.appender.settled();
    this.appender.stop();
    this.watermark.close();
    for (const { reject } of this.readyWaiters.splice(0)) reject(new JournalClosed());
    await this.reader.dispose();
  }
}

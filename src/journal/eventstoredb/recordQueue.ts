import type { JournalRecord } from '../port';
import { type HeadedRecord, type PackedChain, type Presenter, packEvents, type StreamEvent } from './packing';

/** Some records as the events that the store gets. */
export interface Packed {
  readonly events: readonly StreamEvent[];
  /** Revision of the last of them. */
  readonly last: number;
  /** Bytes of the records. */
  readonly bytes: number;
}

/** Records that wait until they can soon be sent. */
export interface RecordQueue {
  readonly isEmpty: boolean;
  /** Whether the next ones that are taken are as many as they ever are. */
  readonly isFull: boolean;
  /** `head` is the seq of the last command up to the record. The bytes are copied: the caller goes on to use them. */
  add(record: JournalRecord, revision: number, head: number): void;
  /** The first ones, about as many as one append carries. Throws on a record that cannot be presented. */
  take(): Packed;
  /** What was taken is durable and will not be sent again: its memory may be used for others. */
  release(packed: Packed): void;
}

/** Bytes of records whose events are about one append. */
const PACK_BYTES = 32 * 1024;

/** One event for each part of a record. */
export class EventQueue implements RecordQueue {
  private records: HeadedRecord[] = [];
  private taken = 0;
  private bytes = 0;

  constructor(
    private readonly writer: string,
    private readonly chain: PackedChain,
    private readonly present: Presenter,
  ) {}

  get isEmpty(): boolean {
    return this.taken === this.records.length;
  }

  get isFull(): boolean {
    return this.bytes >= PACK_BYTES;
  }

  add({ kind, seq, bytes }: JournalRecord, revision: number, head: number): void {
    this.bytes += bytes.length;
    this.records.push({ kind, seq, bytes: Buffer.from(bytes), revision, head });
  }

  take(): Packed {
    const events: StreamEvent[] = [];
    let bytes = 0;
    let last = -1;
    while (!this.isEmpty && bytes < PACK_BYTES) {
      const record = this.records[this.taken++] as HeadedRecord;
      bytes += record.bytes.length;
      last = record.revision;
      for (const event of packEvents(this.writer, record, this.chain, this.present)) events.push(event);
    }
    this.bytes -= bytes;
    if (this.isEmpty) {
      this.records = [];
      this.taken = 0;
    }
    return { events, last, bytes };
  }

  release(): void {
    // Its events have memory of their own.
  }
}

import { GroupBuffer } from './groupBuffer';
import { JournalClosed, JournalFailed, JournalFull, type JournalRecord, MAX_RECORD_BYTES, type Position } from './port';
import type { Watermark } from './watermark';

/** Makes one group at a time durable. */
export interface GroupWriter {
  write(group: GroupBuffer): Promise<void>;
  /** Called when nothing waits. */
  mark(): Promise<void>;
}

/** Refuses a record that does not come next. */
export function assertNext(record: JournalRecord, head: Position): void {
  const expected = record.kind === 'command' ? head.seq + 1 : 0;
  if (record.seq !== expected) throw new RangeError(`a ${record.kind} record with seq ${record.seq} where ${expected} comes next`);
  if (record.bytes.length > MAX_RECORD_BYTES) throw new RangeError(`a record of ${record.bytes.length} bytes is above ${MAX_RECORD_BYTES}`);
}

/** Collects records while a group is being written; what has come by then is the next group. */
export class GroupCommit {
  private revision: number;
  private seq: number;
  private filling = new GroupBuffer();
  private writing = new GroupBuffer();
  private writingBytes = 0;
  private running: Promise<void> | null = null;
  private readyWaiters: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private isClosed = false;

  constructor(
    private readonly writer: GroupWriter,
    private readonly watermark: Watermark,
    private readonly maxPendingBytes: number,
  ) {
    this.revision = watermark.durable.revision;
    this.seq = watermark.durable.seq;
    this.filling.begin(this.head);
  }

  get head(): Position {
    return { revision: this.revision, seq: this.seq };
  }

  get pendingBytes(): number {
    return this.filling.bodyBytes + this.writingBytes;
  }

  get isReady(): boolean {
    return this.pendingBytes < this.maxPendingBytes;
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
    if (!this.isReady) throw new JournalFull(this.pendingBytes);
    const isControl = record.kind === 'control';
    if (record.seq !== (isControl ? 0 : this.seq + 1) || record.bytes.length > MAX_RECORD_BYTES) assertNext(record, this.head);
    this.filling.add(record.bytes, isControl);
    if (!isControl) this.seq++;
    // A microtask later the caller has appended the rest of its slice, and all of it goes into the first group.
    if (this.running === null) this.running = Promise.resolve().then(() => this.run());
    return ++this.revision;
  }

  /** Makes what is queued durable, then takes no more. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.running;
    this.rejectReady(new JournalClosed());
  }

  private ended(): Error | null {
    return this.watermark.failure ?? (this.isClosed ? new JournalClosed() : null);
  }

  private async run(): Promise<void> {
    try {
      do {
        while (this.filling.count > 0) await this.writeGroup();
        await this.writer.mark();
      } while (this.filling.count > 0);
    } catch (error) {
      const failure = new JournalFailed(error);
      this.watermark.fail(failure);
      this.rejectReady(failure);
    }
    this.running = null;
  }

  private async writeGroup(): Promise<void> {
    const group = this.filling;
    group.last = this.head;
    this.filling = this.writing;
    this.writing = group;
    this.writingBytes = group.bodyBytes;
    this.filling.begin(group.last);
    await this.writer.write(group);
    this.writingBytes = 0;
    this.watermark.advance(group.last);
    if (this.isReady) this.resolveReady();
  }

  private resolveReady(): void {
    const waiters = this.readyWaiters;
    this.readyWaiters = [];
    for (const waiter of waiters) waiter.resolve();
  }

  private rejectReady(error: Error): void {
    const waiters = this.readyWaiters;
    this.readyWaiters = [];
    for (const waiter of waiters) waiter.reject(error);
  }
}

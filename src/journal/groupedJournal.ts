import { randomUUID } from 'node:crypto';
import { followDurable } from './follow';
import { GroupCommit, type GroupWriter } from './groupCommit';
import {
  entriesOfAll,
  type Journal,
  type JournalEntry,
  type JournalOrigin,
  type JournalRecord,
  type Position,
  type RecordBatch,
} from './port';
import { Watermark } from './watermark';

/** A journal that makes groups durable one at a time, whatever takes them. */
export abstract class GroupedJournal implements Journal {
  abstract readonly meta: JournalOrigin;
  readonly writer = randomUUID();
  /** A record is in a group whole or not at all. */
  readonly unfinished = undefined;
  private readonly watermark: Watermark;
  private readonly commit: GroupCommit;
  private closing: Promise<void> | null = null;

  protected constructor(writer: GroupWriter, last: Position, maxPendingBytes: number) {
    this.watermark = new Watermark(last);
    this.commit = new GroupCommit(writer, this.watermark, maxPendingBytes);
  }

  abstract readBatches(fromRevision?: number): AsyncIterable<RecordBatch>;

  abstract chainHash(seq: number): Promise<Uint8Array>;

  /** Called once, when nothing is queued any more. */
  protected abstract finish(): Promise<void>;

  get head(): Position {
    return this.commit.head;
  }

  get durable(): Position {
    return this.watermark.durable;
  }

  get failure(): Error | null {
    return this.watermark.failure;
  }

  get pendingBytes(): number {
    return this.commit.pendingBytes;
  }

  get isReady(): boolean {
    return this.commit.isReady;
  }

  ready(): Promise<void> {
    return this.commit.ready();
  }

  append(record: JournalRecord): number {
    return this.commit.append(record);
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

  read(fromRevision = 0): AsyncIterable<JournalEntry> {
    return entriesOfAll(this.readBatches(fromRevision));
  }

  follow(fromRevision = 0, signal?: AbortSignal): AsyncIterable<RecordBatch> {
    return followDurable(this.watermark, (from) => this.readBatches(from), fromRevision, signal);
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    await this.commit.close();
    this.watermark.close();
    await this.finish();
  }
}

/** What the engine's node needs of a journal, whichever store is behind it: files, memory, or an EventStoreDB stream. */

export type RecordKind = 'command' | 'control';

/** A record to append. `bytes` are the canonical record encoding; the journal copies them and never looks inside. */
export interface JournalRecord {
  /** Commands: exactly the head's seq + 1. Control records: 0, they have no seq (journal.md §1.2). */
  readonly seq: number;
  readonly kind: RecordKind;
  readonly bytes: Uint8Array;
}

/** A place in the journal. Revisions count every record from 0, seqs count commands from 1. An empty journal is at (-1, 0). */
export interface Position {
  readonly revision: number;
  readonly seq: number;
}

export interface JournalEntry extends JournalRecord {
  readonly revision: number;
}

/**
 * Many records at once, for readers that cannot afford an object or a promise per record: record `i` has revision
 * `firstRevision + i`, seq `seqs[i]` (0 for control records) and the bytes `buffer[starts[i] … ends[i])`.
 * The buffer belongs to the reader: the journal does not write to it again.
 */
export interface RecordBatch {
  readonly firstRevision: number;
  readonly count: number;
  readonly buffer: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly seqs: Float64Array;
}

/** Tells one journal from every other. */
export interface JournalOrigin {
  /** A UUID. */
  readonly id: string;
  readonly shard: number;
}

/** A command of which only the first events reached the store before its writer died (journal.md §2.3); `bytes` are those of them. */
export interface UnfinishedRecord extends Position {
  readonly bytes: Uint8Array;
}

/** The half of a journal that an audit opens beside a running writer. */
export interface JournalReader {
  readonly meta: JournalOrigin;
  /** The last record that reads return: for a writer, the last durable one. */
  readonly durable: Position;
  /** Durable records from `fromRevision` (default 0) on, in order, up to the watermark of the moment of the call. Rejects with JournalDamaged. */
  readBatches(fromRevision?: number): AsyncIterable<RecordBatch>;
  /** The same record by record: convenient, several times slower. */
  read(fromRevision?: number): AsyncIterable<JournalEntry>;
  /**
   * The SHA-256 chain after the command `seq` (0: the chain's beginning), 32 bytes, computed off the caller's thread where it
   * would take long. Rejects with RangeError when `seq` is beyond the durable watermark.
   */
  chainHash(seq: number): Promise<Uint8Array>;
  /** Gives files, threads and the lock back. */
  close(): Promise<void>;
}

export interface Journal extends JournalReader {
  /** A random id of this opening. */
  readonly writer: string;
  /**
   * To be executed again from the state before it, and appended before anything else: the journal compares the
   * beginning with what stands there and adds the rest. Stores that write a record whole never have one.
   */
  readonly unfinished: UnfinishedRecord | undefined;
  /** The last appended record, durable or not. */
  readonly head: Position;
  /** Why the journal takes no more records, or null while it works. A failed journal stays failed until it is opened again. */
  readonly failure: Error | null;
  /** Bytes appended and not yet durable. */
  readonly pendingBytes: number;
  /** True while another record may be appended: cheaper to ask than to await `ready()`. */
  readonly isReady: boolean;
  /** Resolves once there is room for another record; rejects when the journal has failed or is closed. */
  ready(): Promise<void>;
  /**
   * Queues a record at the next revision and returns that revision; nothing is durable yet. Any number may be in flight; they
   * become durable in order, and once one fails all after it fail too.
   * Throws JournalFailed after a failure, JournalClosed after close(), RangeError on a seq out of order or a record above
   * MAX_RECORD_BYTES, and JournalFull when called while `isReady` is false.
   */
  append(record: JournalRecord): number;
  /** Resolves when `revision` and all before it are durable; rejects with JournalFailed or JournalClosed when they never will be here. */
  whenDurable(revision: number): Promise<void>;
  /** Calls back once per durable group with the new watermark. Returns the way to stop it. The listener must not throw. */
  onDurable(listener: (durable: Position) => void): () => void;
  /** Calls back once, when the journal fails. */
  onFailure(listener: (failure: Error) => void): () => void;
  /** Durable records from `fromRevision` on: those there are, then each as it becomes durable, until the journal is closed or `signal` aborts. */
  follow(fromRevision?: number, signal?: AbortSignal): AsyncIterable<RecordBatch>;
  /** Makes everything appended durable, then gives files, threads and the lock back. */
  close(): Promise<void>;
}

/** Largest record a journal takes: a mark tick that liquidates half a million blocks. It may pass the bound of what waits, alone. */
export const MAX_RECORD_BYTES = 1024 * 1024 * 1024;
/** Work that is not yet durable is bounded (journal.md §3.4). */
export const DEFAULT_MAX_PENDING_BYTES = 64 * 1024 * 1024;

/** A write or a sync failed. Nothing appended since the watermark is known to be durable, and nothing more will be. */
export class JournalFailed extends Error {
  override readonly name = 'JournalFailed';
  constructor(cause: unknown) {
    super(`the journal has failed and takes no more records: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export class JournalClosed extends Error {
  override readonly name = 'JournalClosed';
  constructor() {
    super('the journal is closed');
  }
}

/** More was appended than may wait for the disk: the caller did not heed `isReady`. */
export class JournalFull extends Error {
  override readonly name = 'JournalFull';
  constructor(pendingBytes: number) {
    super(`${pendingBytes} bytes wait for the disk already; await ready() before appending`);
  }
}

/** Somebody else has appended since: this writer must stop, and can never go on (journal.md §2.1). */
export class JournalFenced extends Error {
  override readonly name = 'JournalFenced';
  constructor(
    readonly writer: string,
    readonly streamRevision: number,
  ) {
    super(`writer ${writer} has taken over: it appended event ${streamRevision} of the stream`);
  }
}

/** Another process writes to this journal. */
export class JournalLocked extends Error {
  override readonly name = 'JournalLocked';
}

/** Bytes that were durable once cannot be read back: `seq` is the first command that is lost or in doubt. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged';
  constructor(
    readonly file: string,
    readonly offset: number,
    readonly seq: number,
    readonly reason: string,
  ) {
    super(`the journal is damaged: ${reason} (file ${file}, byte ${offset}, before seq ${seq})`);
  }
}

/** Walks a batch as entries. */
export function* entriesOf(batch: RecordBatch, fromRevision = 0): Generator<JournalEntry> {
  for (let i = Math.max(0, fromRevision - batch.firstRevision); i < batch.count; i++) {
    const seq = batch.seqs[i] as number;
    const bytes = batch.buffer.subarray(batch.starts[i], batch.ends[i]);
    yield { revision: batch.firstRevision + i, seq, kind: seq === 0 ? 'control' : 'command', bytes };
  }
}

/** Walks batches as entries. */
export async function* entriesOfAll(batches: AsyncIterable<RecordBatch>): AsyncGenerator<JournalEntry> {
  for await (const batch of batches) yield* entriesOf(batch);
}

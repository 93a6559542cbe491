/** What the node needs of a broker, whichever it is: commands come in at numbered places, durable records go out. */

/** One message as it came. `time` is the broker's, ms since the epoch. */
export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly time: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** What the broker holds of the input: offsets from `low` up to and without `high`. */
export interface InputMarks {
  readonly clusterId: string;
  readonly topic: string;
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

export interface InputReceiver {
  /**
   * Gets the messages in order of offset, each once, beginning with the one asked for. Offsets may jump (the broker keeps
   * records of its own between messages). Nothing more comes until the promise is settled; the connection is kept alive
   * meanwhile. When it rejects, the input stops and `failed` is called with the cause.
   */
  deliver(deliveries: readonly Delivery[]): Promise<void> | void;
  /** The input has ended for good and the node must stop: the position left the broker's marks, or the broker refused it. */
  failed(cause: Error): void;
}

/** The commands of one shard. An input that loses its broker tries again by itself, without an end. */
export interface CommandInput {
  /** What the broker holds now; asked for before `start` and compared with the journal's position (`checkInputPosition`). */
  marks(): Promise<InputMarks>;
  /** Begins to deliver at offset `next`. The offset is never guessed: it comes from the journal or from the operator. */
  start(next: number, receiver: InputReceiver): Promise<void>;
  /** Back-pressure: nothing more is fetched until `resume`. What is being delivered still arrives. Both may be called twice. */
  pause(): void;
  resume(): void;
  /** Tells the broker, for its lag figures alone, that everything before `next` is durable in the journal. Never waited for. */
  commit(next: number): void;
  /** Resolves when nothing will be delivered any more. May be called twice. */
  stop(): Promise<void>;
}

/** Records in order of revision, as journals hand them out (`journal/port.ts`, RecordBatch). */
export interface FedBatch {
  readonly firstRevision: number;
  readonly count: number;
  readonly buffer: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly seqs: Float64Array;
}

/** The durable records of one journal. Every Journal is one. */
export interface RecordFeed {
  /** Tells one journal from every other. */
  readonly meta: { readonly id: string };
  /** The last durable record; (-1, 0) when there is none. */
  readonly durable: { readonly revision: number; readonly seq: number };
  /** Durable records from `fromRevision` on, then each as it becomes durable, until the journal is closed or `signal` aborts. */
  follow(fromRevision?: number, signal?: AbortSignal): AsyncIterable<FedBatch>;
}

/** The last record that was published, with the seq of the last command up to it. Before the first: (-1, 0). */
export interface PublishedPosition {
  readonly revision: number;
  readonly seq: number;
}

/** What a publisher knew behind a record of its journal. */
export interface KeptFold extends PublishedPosition {
  readonly content: Uint8Array;
}

/** Keeps what a publisher has folded, so that a start need not fold the whole journal. */
export interface FoldKeeper {
  /** The newest of this very journal at or before a place in it; undefined when there is none that can be used. */
  newest(upTo: PublishedPosition): Promise<KeptFold | undefined>;
  keep(fold: KeptFold): Promise<void>;
}

/** Publishes what is durable in the journal, each record once, in order (journal.md §4). */
export interface Publisher {
  readonly position: PublishedPosition;
  /**
   * Shuts out every earlier publisher of this shard, reads how far they came, and publishes on from there until `stop`.
   * Resolves when it has taken over. Rejects with PublisherFenced, or when topics or position do not fit this journal.
   */
  start(feed: RecordFeed): Promise<void>;
  /** Calls back once, when it can publish no more: PublisherFenced when another took over, and then the node must stop. */
  onFailure(listener: (cause: Error) => void): void;
  /** Resolves when `revision` is published; rejects when it never will be by this publisher. */
  whenPublished(revision: number): Promise<void>;
  /** Publishes no more and disconnects; what is not out yet goes out after the next start. May be called twice. */
  stop(): Promise<void>;
}

/** Another process publishes this shard now. */
export class PublisherFenced extends Error {
  override readonly name = 'PublisherFenced';
  constructor(shard: number, cause: unknown) {
    super(`another node publishes shard ${shard} now; this one must stop`, { cause });
  }
}

/** The journal's input position is not in what the broker holds. */
export class InputPositionOutside extends Error {
  override readonly name = 'InputPositionOutside';
}

/** Settings of the broker, or topics, that cannot be used as they are: `problems` says each in one sentence. */
export class BusMisconfigured extends Error {
  override readonly name = 'BusMisconfigured';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

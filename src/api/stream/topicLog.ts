import { type Topic, topicName } from '../../contract/stream';
import type { Retold } from '../../history';
import type { StandingRows, ToldRows } from '../../views';
import { frameOf } from './messages';

/** Somebody who follows a topic. */
export interface Subscriber {
  /** Sends what has just happened, or gives the client up when it reads too slowly. */
  deliver(frame: Buffer): void;
}

/** All that one command changed in a topic, encoded once. */
export interface Delta {
  readonly seq: number;
  /** Messages, each with a part of the rows. */
  readonly parts: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  /** When it was told, in ms of a clock that never goes back. */
  readonly at: number;
}

/** Rows of one message: a frame stays far below what a client may have waiting. */
const ROWS_A_PART = 500;
/** A frame is closed behind the message that takes it over this. */
const FRAME_BYTES = 256 * 1024;

function partsOf<T>(rows: readonly T[]): (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let start = 0; start < rows.length || start === 0; start += ROWS_A_PART) parts.push(rows.slice(start, start + ROWS_A_PART));
  return parts;
}

/** One topic: who follows it, and the deltas of late, so that who was cut can go on. */
export class TopicLog {
  readonly name: string;
  readonly subscribers = new Set<Subscriber>();
  /** When something was last sent, in ms of the clock of the deltas. */
  flushedAt = Number.NEGATIVE_INFINITY;
  /** Those who follow it and those about to; without any it may be forgotten. */
  users = 0;
  /** Since when it has no users, in ms of the clock of the deltas. */
  idleSince = 0;
  private readonly head: string;
  private deltas: Delta[] = [];
  /** Deltas before this place of the list are kept no longer. */
  private dropped = 0;
  private unsent: string[] = [];
  /** Every delta after this seq is kept; undefined until the first snapshot has come. */
  private from: number | undefined;
  private droppedSeq = 0;

  /** `lastSeq` is not after the first delta that will be told. */
  constructor(
    readonly topic: Topic,
    private lastSeq: number,
  ) {
    this.name = topicName(topic);
    this.head = JSON.stringify(topic).slice(1, -1);
  }

  /** Whether what stands of it was ever answered. */
  get isBegun(): boolean {
    return this.from !== undefined;
  }

  /** Every delta behind this command is kept. Throws before the topic is begun. */
  get keptFrom(): number {
    if (this.from === undefined) throw new Error(`invariant: nothing of ${this.name} is kept yet`);
    return this.from;
  }

  /** A message about the topic. */
  frame(type: string, more: object): Buffer {
    return frameOf([`{"type":"${type}",${this.head},${JSON.stringify(more).slice(1, -1)}}`]);
  }

  /** Messages with rows; all but the last say that more of the same seq follows. */
  private rowMessages(type: string, about: object, rows: readonly string[]): string[] {
    const parts = partsOf(rows);
    const start = `{"type":"${type}",${this.head},${JSON.stringify(about).slice(1, -1)}`;
    return parts.map((part, place) => `${start}${place < parts.length - 1 ? ',"more":true' : ''},"rows":[${part.join(',')}]}`);
  }

  snapshotFrames({ seq, time, rows }: StandingRows): Buffer[] {
    this.from ??= Math.max(seq, this.droppedSeq);
    return this.rowMessages('snapshot', { seq, time }, rows).map((message) => frameOf([message]));
  }

  /** Deltas that are not kept, chained from a command to another; one without rows says that nothing more changed up to there. */
  retoldFrames({ deltas, time: timeThen }: Retold, fromSeq: number, upTo: number): Buffer[] {
    let prevSeq = fromSeq;
    const messages: string[] = [];
    for (const { seq, time, rows } of deltas) {
      messages.push(...this.rowMessages('delta', { seq, prevSeq, time }, rows));
      prevSeq = seq;
    }
    if (prevSeq < upTo) messages.push(...this.rowMessages('delta', { seq: upTo, prevSeq, time: timeThen }, []));
    return framesOf(messages);
  }

  add({ seq, time }: ToldRows, rows: readonly string[], at: number): Delta {
    const parts = this.rowMessages('delta', { seq, prevSeq: this.lastSeq, time }, rows);
    const delta = { seq, parts, rows: rows.length, bytes: parts.reduce((sum, { length }) => sum + length, 0), at };
    this.lastSeq = seq;
    this.deltas.push(delta);
    if (this.subscribers.size > 0) this.unsent.push(...parts);
    return delta;
  }

  /** Drops the oldest delta. */
  drop(): void {
    const oldest = this.deltas[this.dropped];
    if (oldest === undefined) return;
    this.droppedSeq = oldest.seq;
    if (this.from !== undefined) this.from = Math.max(this.from, oldest.seq);
    this.dropped += 1;
    if (this.dropped < 1_000 || this.dropped * 2 < this.deltas.length) return;
    this.deltas.splice(0, this.dropped);
    this.dropped = 0;
  }

  /** Whether who has everything up to `seq` can be given the rest. */
  goesOnFrom(seq: number): boolean {
    return this.from !== undefined && seq >= this.from;
  }

  /** Up to so many kept deltas behind `seq`, oldest first. */
  after(seq: number, most: number): readonly Delta[] {
    let low = this.dropped;
    let high = this.deltas.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.deltas[middle] as Delta).seq <= seq) low = middle + 1;
      else high = middle;
    }
    return this.deltas.slice(low, low + most);
  }

  /** Sends what was told since the last time to all who follow; the frames are made once. */
  flush(now: number): void {
    const { unsent } = this;
    if (unsent.length === 0) return;
    this.flushedAt = now;
    this.unsent = [];
    for (const frame of framesOf(unsent)) for (const subscriber of this.subscribers) subscriber.deliver(frame);
  }
}

/** Messages in as few frames as their size allows. */
export function framesOf(messages: readonly string[]): Buffer[] {
  const frames: Buffer[] = [];
  let start = 0;
  let bytes = 0;
  messages.forEach((message, place) => {
    bytes += message.length;
    if (bytes < FRAME_BYTES && place < messages.length - 1) return;
    frames.push(frameOf(messages.slice(start, place + 1)));
    start = place + 1;
    bytes = 0;
  });
  return frames;
}

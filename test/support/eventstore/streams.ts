import { EventEmitter } from 'node:events';
import { EventLog, type StoredEvent } from './eventLog';

export type Expected = number | 'no_stream' | 'any' | 'stream_exists';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export type Appended =
  | { readonly kind: 'SUCCESS'; readonly revision: number; readonly position: number | undefined }
  | { readonly kind: 'WRONG_EXPECTED_VERSION'; readonly current: number | undefined; readonly expected: Expected }
  | { readonly kind: 'STREAM_DELETED' }
  | { readonly kind: 'TOO_LARGE' }
  | { readonly kind: 'BAD_REQUEST' };

export const MAX_APPEND_BYTES = 1_048_576;
/** truncateBefore of a soft-deleted stream. */
const DELETED = '9223372036854775807';
/** Revision of the event that a tombstone leaves. */
export const TOMBSTONE_REVISION = 9_223_372_036_854_775_807n;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const POSITION_STEP = 100;

interface Limits {
  readonly maxCount?: number;
  readonly maxAge?: number;
  readonly truncateBefore?: number;
  readonly isDeleted: boolean;
}

class Stream {
  readonly events: StoredEvent[] = [];
  tombstoned = false;

  get last(): number {
    return this.events.length - 1;
  }
}

/**
 * Streams as EventStoreDB 23.10.8 keeps them: expected revisions, idempotence by event
 * ids, metadata, soft deletes and tombstones, as recorded of the real server in
 * conformance/. It is a stand-in for tests and no evidence about the real one.
 */
export class Streams extends EventEmitter {
  readonly all: StoredEvent[] = [];
  private readonly streams = new Map<string, Stream>();
  /** First place of each id, as the server's cache of recent ids keeps it; lost with the process. */
  private readonly recentIds = new Map<string, { readonly stream: string; readonly revision: number }>();
  private readonly log: EventLog;

  constructor(directory: string | undefined) {
    super();
    this.setMaxListeners(0);
    this.log = EventLog.open(directory, (events) => this.take(events));
  }

  close(): void {
    this.log.close();
  }

  lastRevision(name: string): number {
    return this.stream(name).last;
  }

  /** As if nothing behind `last` had ever been appended to a stream; for servers that keep nothing on disk. */
  cut(name: string, last: number): void {
    this.stream(name).events.length = last + 1;
    const kept = this.all.filter(({ stream, revision }) => stream !== name || revision <= last);
    this.all.splice(0, this.all.length, ...kept);
    this.recentIds.clear();
  }

  private stream(name: string): Stream {
    const known = this.streams.get(name);
    if (known !== undefined) return known;
    const made = new Stream();
    this.streams.set(name, made);
    return made;
  }

  private take(events: readonly StoredEvent[]): void {
    for (const event of events) {
      const stream = this.stream(event.stream);
      if (event.type === '$streamDeleted') stream.tombstoned = true;
      else stream.events.push(event);
      this.all.push(event);
    }
  }

  private write(name: string, proposed: readonly Proposed[]): StoredEvent[] {
    const first = this.stream(name).events.length;
    const start = (this.all[this.all.length - 1]?.position ?? 0) + POSITION_STEP;
    const created = Date.now();
    const events = proposed.map((one, index) => ({
      ...one,
      id: one.id.toLowerCase(),
      stream: name,
      revision: first + index,
      created,
      position: start + index * POSITION_STEP,
    }));
    this.log.append(events);
    this.take(events);
    for (const { id, revision } of events) if (!this.recentIds.has(id)) this.recentIds.set(id, { stream: name, revision });
    this.emit('appended');
    return events;
  }

  append(name: string, expected: Expected, proposed: readonly Proposed[]): Appended {
    if (name === '' || proposed.some(({ id, type }) => type === '' || !UUID.test(id))) return { kind: 'BAD_REQUEST' };
    if (this.isTombstoned(name)) return { kind: 'STREAM_DELETED' };
    if (proposed.reduce((sum, { data }) => sum + data.length, 0) > MAX_APPEND_BYTES) return { kind: 'TOO_LARGE' };
    const { last } = this.stream(name);
    const limits = this.limits(name);
    const wrong: Appended = { kind: 'WRONG_EXPECTED_VERSION', current: last < 0 ? undefined : last, expected };
    const wanted = expected === 'no_stream' ? -1 : expected;
    if (limits.isDeleted && expected === 'stream_exists') return { kind: 'STREAM_DELETED' };
    if (expected === 'stream_exists' && last < 0) return wrong;
    if (proposed.length === 0) {
      if (typeof expected === 'number' && expected !== last) return wrong;
      return { kind: 'SUCCESS', revision: Math.max(last, 0), position: undefined };
    }
    if (typeof wanted === 'number') {
      const startsAnew = limits.isDeleted && expected === 'no_stream';
      if (wanted > last) return wrong;
      if (wanted < last && !startsAnew) return this.repeated(name, wanted, proposed) ?? wrong;
    } else {
      const known = this.repeatedAnywhere(name, proposed);
      if (known === 'SOME') return wrong;
      if (known !== undefined) return known;
    }
    const events = this.write(name, proposed);
    const written = events[events.length - 1] as StoredEvent;
    if (limits.isDeleted) this.setMetadata(name, { $tb: last + 1 });
    return { kind: 'SUCCESS', revision: written.revision, position: written.position };
  }

  /** The same events at the same place were appended before: told so, nothing is written. */
  private repeated(name: string, wanted: number, proposed: readonly Proposed[]): Appended | undefined {
    const { events } = this.stream(name);
    const same = proposed.every(({ id }, index) => events[wanted + 1 + index]?.id === id.toLowerCase());
    if (!same) return undefined;
    const last = events[wanted + proposed.length] as StoredEvent;
    return { kind: 'SUCCESS', revision: last.revision, position: last.position };
  }

  private repeatedAnywhere(name: string, proposed: readonly Proposed[]): Appended | 'SOME' | undefined {
    const known = proposed
      .map(({ id }) => this.recentIds.get(id.toLowerCase()))
      .map((place) => (place?.stream === name ? place : undefined));
    if (known[0] === undefined) return undefined;
    if (known.some((place) => place === undefined)) return 'SOME';
    const revision = (known[known.length - 1] as { revision: number }).revision;
    return { kind: 'SUCCESS', revision, position: (this.stream(name).events[revision] as StoredEvent).position };
  }

  isTombstoned(name: string): boolean {
    return this.streams.get(name)?.tombstoned === true || (name.startsWith('$$') && this.streams.get(name.slice(2))?.tombstoned === true);
  }

  private limits(name: string): Limits {
    if (name.startsWith('$$')) return { isDeleted: false };
    const metastream = this.streams.get(`$$${name}`);
    const newest = metastream?.events[metastream.events.length - 1];
    if (newest === undefined) return { isDeleted: false };
    const text = Buffer.from(newest.data).toString('utf8');
    const { $maxCount, $maxAge, $tb } = JSON.parse(text) as { $maxCount?: number; $maxAge?: number; $tb?: number };
    const isDeleted = new RegExp(`"\\$tb":\\s*${DELETED}`).test(text);
    return { maxCount: $maxCount, maxAge: $maxAge, truncateBefore: $tb, isDeleted };
  }

  private setMetadata(name: string, metadata: { $tb: number | string }): void {
    const data = Buffer.from(`{"$tb":${metadata.$tb}}`);
    this.write(`$$${name}`, [
      { id: crypto.randomUUID(), type: '$metadata', contentType: 'application/json', data, metadata: new Uint8Array(0) },
    ]);
  }

  /** Undefined: there is no such stream, or a delete hides all of it. */
  visible(name: string): { readonly events: readonly StoredEvent[]; readonly first: number } | undefined {
    const stream = this.streams.get(name);
    if (stream === undefined || stream.events.length === 0) return undefined;
    const { maxCount, maxAge, truncateBefore, isDeleted } = this.limits(name);
    if (isDeleted) return undefined;
    let first = truncateBefore ?? 0;
    if (maxCount !== undefined && maxCount > 0) first = Math.max(first, stream.events.length - maxCount);
    if (maxAge !== undefined) while ((stream.events[first]?.created ?? Number.POSITIVE_INFINITY) < Date.now() - maxAge * 1000) first += 1;
    return { events: stream.events, first };
  }

  /** Undefined when it was done. */
  remove(name: string, expected: Expected, forGood: boolean): Appended | undefined {
    if (this.isTombstoned(name)) return { kind: 'STREAM_DELETED' };
    const last = this.streams.get(name)?.last ?? -1;
    const wanted = expected === 'no_stream' ? -1 : expected;
    const isWrong = typeof wanted === 'number' ? wanted !== last : !forGood && last < 0;
    if (isWrong) return { kind: 'WRONG_EXPECTED_VERSION', current: last < 0 ? undefined : last, expected };
    if (!forGood) {
      this.setMetadata(name, { $tb: DELETED });
      return undefined;
    }
    this.write(name, [
      {
        id: crypto.randomUUID(),
        type: '$streamDeleted',
        contentType: 'application/octet-stream',
        data: Buffer.alloc(0),
        metadata: Buffer.alloc(0),
      },
    ]);
    return undefined;
  }
}

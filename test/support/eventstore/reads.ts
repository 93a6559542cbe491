import { randomUUID } from 'node:crypto';
import type streamMessages from '@eventstore/db-client/generated/streams_pb';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import type { StoredEvent } from './eventLog';
import type { Faults } from './faults';
import type { Streams } from './streams';
import { caughtUp, checkpoint, confirmation, eventResponse, nameOf, notFoundResponse, Refused, refusalOf } from './wire';

type ReadCall = ServerWritableStream<streamMessages.ReadReq, streamMessages.ReadResp>;
type Options = streamMessages.ReadReq.Options;

const MOST = Number.MAX_SAFE_INTEGER;
/** Events that a live subscription of 23.10 buffers before it gives up ("Consumer too slow"). */
const LIVE_BUFFER = 32;
const BACKWARDS = 1;

function refuse(call: ReadCall, error: Refused): void {
  call.emit('error', error);
}

export function read(streams: Streams, faults: Faults): (call: ReadCall) => void {
  return (call) => {
    const options = call.request.getOptions() as Options;
    call.on('error', () => undefined);
    if (options.hasSubscription()) return subscribe(call, streams, faults, options);
    if (options.hasAll()) return readAll(call, streams, options);
    return readStream(call, streams, options);
  };
}

/** Resolves when the call takes more, or is over. */
function drained(call: ReadCall): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      call.off('drain', done).off('close', done);
      resolve();
    };
    call.on('drain', done).on('close', done);
  });
}

async function send(call: ReadCall, events: Iterable<StoredEvent>): Promise<void> {
  for (const event of events) {
    if (call.cancelled || call.destroyed) return;
    if (!call.write(eventResponse(event))) await drained(call);
  }
  call.end();
}

function readStream(call: ReadCall, streams: Streams, options: Options): void {
  const from = options.getStream() as streamMessages.ReadReq.Options.StreamOptions;
  const name = nameOf(from.getStreamIdentifier());
  const backwards = Number(options.getReadDirection()) === BACKWARDS;
  const count = Number(options.getCount());
  if (count === 0 || (!backwards && from.hasEnd())) {
    refuse(call, new Refused(status.UNKNOWN, 'Unexpected ReadStreamResult: Error'));
    return;
  }
  if (streams.isTombstoned(name)) {
    refuse(call, refusalOf(name, { kind: 'STREAM_DELETED' }));
    return;
  }
  const visible = streams.visible(name);
  if (visible === undefined) {
    call.write(notFoundResponse(name));
    call.end();
    return;
  }
  const { events, first } = visible;
  const start = from.hasStart() ? 0 : from.hasEnd() ? MOST : Number(from.getRevision());
  void send(call, backwards ? before(events, first, start, count) : after(events, first, start, count));
}

function* after(events: readonly StoredEvent[], first: number, from: number, count: number): Generator<StoredEvent> {
  const start = Math.max(first, from);
  for (let at = start; at < events.length && at - start < count; at++) yield events[at] as StoredEvent;
}

function* before(events: readonly StoredEvent[], first: number, from: number, count: number): Generator<StoredEvent> {
  const start = Math.min(events.length - 1, from);
  for (let at = start; at >= first && start - at < count; at--) yield events[at] as StoredEvent;
}

/** Index of the first event of $all at or behind a position. */
function indexAt(all: readonly StoredEvent[], position: number): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((all[middle] as StoredEvent).position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readAll(call: ReadCall, streams: Streams, options: Options): void {
  const from = options.getAll() as streamMessages.ReadReq.Options.AllOptions;
  const { all } = streams;
  const backwards = Number(options.getReadDirection()) === BACKWARDS;
  const count = Number(options.getCount());
  const position = Number(from.getPosition()?.getCommitPosition() ?? 0);
  if (backwards) {
    const start = from.hasEnd() ? all.length : from.hasStart() ? 0 : indexAt(all, position);
    void send(call, all.slice(Math.max(0, start - count), start).reverse());
  } else {
    const start = from.hasEnd() ? all.length : from.hasStart() ? 0 : indexAt(all, position);
    void send(call, all.slice(start, Math.min(all.length, start + count)));
  }
}

type Matches = (event: StoredEvent) => boolean;

function filterOf(options: Options): Matches {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const onStream = filter.hasStreamIdentifier();
  const expression = onStream ? filter.getStreamIdentifier() : filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = expression?.getRegex() ?? '';
  const textOf = (event: StoredEvent): string => (onStream ? event.stream : event.type);
  if (prefixes.length > 0) return (event) => prefixes.some((prefix) => textOf(event).startsWith(prefix));
  const pattern = new RegExp(regex);
  return (event) => pattern.test(textOf(event));
}

/** Where a subscription stands: what it reads next, and whether it has told that it caught up. */
abstract class Feed {
  protected isCaughtUp = false;
  private running = false;
  private again = false;
  private ended = false;

  constructor(
    protected readonly call: ReadCall,
    private readonly streams: Streams,
    private readonly faults: Faults,
  ) {
    const wake = () => this.pump();
    streams.on('appended', wake);
    const stop = () => {
      this.ended = true;
      streams.off('appended', wake);
    };
    call.on('cancelled', stop);
    call.on('close', stop);
    call.on('error', stop);
    this.stop = stop;
    call.write(confirmation(randomUUID()));
  }

  private readonly stop: () => void;

  protected abstract pending(): number;
  protected abstract next(): StoredEvent | 'SKIP' | undefined;
  protected abstract tellsCaughtUp(): boolean;
  protected abstract deleted(): Refused | undefined;

  pump(): void {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    void this.run().finally(() => {
      this.running = false;
      if (this.again && !this.ended) {
        this.again = false;
        this.pump();
      }
    });
  }

  private async run(): Promise<void> {
    if (this.isCaughtUp && this.faults.dropsSlowSubscriptions && this.pending() > LIVE_BUFFER) {
      this.stop();
      return refuse(
        this.call,
        new Refused(status.ABORTED, 'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.'),
      );
    }
    for (let event = this.next(); event !== undefined && !this.ended; event = this.next()) {
      if (event === 'SKIP') continue;
      if (!this.call.write(eventResponse(event))) await drained(this.call);
    }
    const deleted = this.deleted();
    if (deleted !== undefined && !this.ended) {
      this.stop();
      return refuse(this.call, deleted);
    }
    if (!this.isCaughtUp && this.tellsCaughtUp() && !this.ended) {
      this.isCaughtUp = true;
      this.call.write(caughtUp());
    }
  }

  protected get log(): Streams {
    return this.streams;
  }
}

class StreamFeed extends Feed {
  constructor(
    call: ReadCall,
    streams: Streams,
    faults: Faults,
    private readonly name: string,
    private at: number,
  ) {
    super(call, streams, faults);
  }

  protected pending(): number {
    return (this.log.visible(this.name)?.events.length ?? 0) - this.at;
  }

  protected next(): StoredEvent | undefined {
    const visible = this.log.visible(this.name);
    if (visible === undefined) return undefined;
    this.at = Math.max(this.at, visible.first);
    const event = visible.events[this.at];
    if (event !== undefined) this.at += 1;
    return event;
  }

  /** On a missing stream there is no caughtUp until its first event. */
  protected tellsCaughtUp(): boolean {
    return this.log.visible(this.name) !== undefined;
  }

  protected deleted(): Refused | undefined {
    return this.log.isTombstoned(this.name) ? refusalOf(this.name, { kind: 'STREAM_DELETED' }) : undefined;
  }
}

class AllFeed extends Feed {
  private scanned = 0;

  constructor(
    call: ReadCall,
    streams: Streams,
    faults: Faults,
    private at: number,
    private readonly matches: Matches,
    private readonly interval: number,
  ) {
    super(call, streams, faults);
  }

  protected pending(): number {
    return this.log.all.length - this.at;
  }

  protected next(): StoredEvent | 'SKIP' | undefined {
    const event = this.log.all[this.at];
    if (event === undefined) return undefined;
    this.at += 1;
    if (this.matches(event)) return event;
    this.scanned += 1;
    if (this.interval > 0 && this.scanned % this.interval === 0) this.call.write(checkpoint(event.position));
    return 'SKIP';
  }

  protected tellsCaughtUp(): boolean {
    return true;
  }

  protected deleted(): undefined {
    return undefined;
  }
}

function subscribe(call: ReadCall, streams: Streams, faults: Faults, options: Options): void {
  if (options.hasAll()) {
    const from = options.getAll() as streamMessages.ReadReq.Options.AllOptions;
    const position = Number(from.getPosition()?.getCommitPosition() ?? 0);
    const start = from.hasStart() ? 0 : from.hasEnd() ? streams.all.length : indexAt(streams.all, position + 1);
    const filter = options.getFilter();
    const interval = filter === undefined ? 0 : Math.max(1, filter.getMax()) * Math.max(1, filter.getCheckpointintervalmultiplier());
    new AllFeed(call, streams, faults, start, filterOf(options), interval).pump();
    return;
  }
  const from = options.getStream() as streamMessages.ReadReq.Options.StreamOptions;
  const name = nameOf(from.getStreamIdentifier());
  const end = streams.visible(name)?.events.length ?? 0;
  const start = from.hasStart() ? 0 : from.hasEnd() ? end : Number(from.getRevision()) + 1;
  new StreamFeed(call, streams, faults, name, start).pump();
}

import {
  AccessDeniedError,
  BACKWARDS,
  binaryEvent,
  END,
  EventStoreDBClient,
  FORWARDS,
  jsonEvent,
  NO_STREAM,
  type ResolvedEvent,
  StreamDeletedError,
  type StreamingRead,
  StreamNotFoundError,
} from '@eventstore/db-client';
import type { ReadEvent, StreamEvent, StreamMetadata } from './packing';

/** An event with its id, ready to be sent, and sent again. */
export interface SentEvent {
  readonly id: string;
  readonly event: StreamEvent;
}

/** An event in its place in the stream. */
export interface PlacedEvent extends ReadEvent {
  readonly id: string;
  readonly streamRevision: number;
}

/** Nobody answered, or not in time; whether it was done is not known. The next try may go well. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
}

const LONGEST_END_MS = 250;

function toClientEvent({ id, event: { type, data, metadataBytes: metadata } }: SentEvent) {
  return data instanceof Uint8Array ? binaryEvent({ id, type, data, metadata }) : jsonEvent({ id, type, data: data as never, metadata });
}

function placed(resolved: ResolvedEvent): PlacedEvent {
  const event = resolved.event;
  if (event === undefined) throw new Error('the stream holds a link where events are');
  const { id, type, data, metadata, revision } = event;
  return { id, type, data, metadata: metadata as unknown as StreamMetadata, streamRevision: Number(revision) };
}

/** All else may be a store that restarts: it comes with and without a type, and under several codes (eventstore/README, 5). */
function isForGood(error: unknown): boolean {
  return error instanceof StreamDeletedError || error instanceof AccessDeniedError || error instanceof TypeError;
}

async function* eventsOf(reading: StreamingRead<ResolvedEvent>): AsyncGenerator<PlacedEvent> {
  let isEnded = false;
  try {
    for await (const event of reading) yield placed(event);
    isEnded = true;
  } catch (error) {
    isEnded = true;
    if (!(error instanceof StreamNotFoundError)) throw isForGood(error) ? error : new StoreAway((error as Error).message, { cause: error });
  } finally {
    // Who leaves early must say so, or the server goes on sending.
    if (!isEnded) await reading.cancel();
  }
}

/**
 * One connection to one stream. It is thrown away after any failure of an append: the
 * client keeps pending appends in one table for the whole process and lets a lost reply
 * wait for ever (eventstore/README, "Guard the client").
 */
export class StreamClient {
  private readonly client: EventStoreDBClient;

  constructor(
    url: string,
    readonly stream: string,
    private readonly timeoutMs: number,
  ) {
    this.client = EventStoreDBClient.connectionString(url);
  }

  /** Appends behind `lastRevision` (−1: the stream is not there yet) and returns the revision of the last event. */
  async append(events: readonly SentEvent[], lastRevision: number): Promise<number> {
    const expectedRevision = lastRevision < 0 ? NO_STREAM : BigInt(lastRevision);
    const answer = this.client.appendToStream(this.stream, events.map(toClientEvent), { expectedRevision });
    const { nextExpectedRevision } = await this.inTime(answer, 'an append');
    return Number(nextExpectedRevision);
  }

  /** Events from a revision on, in order, at most `count`. Nothing when the stream is not there. */
  read(fromRevision: number, count: number = Number.MAX_SAFE_INTEGER): AsyncGenerator<PlacedEvent> {
    return eventsOf(this.client.readStream(this.stream, { direction: FORWARDS, fromRevision: BigInt(fromRevision), maxCount: count }));
  }

  /** Events from the end towards the beginning. */
  readBack(): AsyncGenerator<PlacedEvent> {
    return eventsOf(this.client.readStream(this.stream, { direction: BACKWARDS, fromRevision: END }));
  }

  /** The event at a revision, if there is one. */
  async at(revision: number): Promise<PlacedEvent | undefined> {
    const first = async (): Promise<PlacedEvent | undefined> => {
      for await (const event of this.read(revision, 1)) return event;
      return undefined;
    };
    return this.inTime(first(), 'a read');
  }

  /** Resolves when its streams have ended. */
  async dispose(): Promise<void> {
    // A connection that is broken already complains of it here once more, and a read that was left before its end never tells that it has ended.
    await this.inTime(this.client.dispose(), 'an end', LONGEST_END_MS).catch(() => undefined);
  }

  private async inTime<T>(answer: Promise<T>, what: string, timeoutMs = this.timeoutMs): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new StoreAway(`${what} was not answered within ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

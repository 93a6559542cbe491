import {
  AccessDeniedError,
  BACKWARDS,
  END,
  EventStoreDBClient,
  FORWARDS,
  type ResolvedEvent,
  StreamDeletedError,
  type StreamingRead,
  StreamNotFoundError,
} from '@eventstore/db-client';
import { AppendCall } from './appendCall';
import type { ReadEvent, SentEvent, StreamMetadata } from './packing';
import { StoreAway } from './storeAway';

/** An event in its place in the stream. */
export interface PlacedEvent extends ReadEvent {
  readonly id: string;
  readonly streamRevision: number;
}

const LONGEST_END_MS = 250;

function placed(resolved: ResolvedEvent): PlacedEvent {
  const event = resolved.event;
  if (event === undefined) throw new Error('the stream holds a link where events are');
  const { id, type, data, metadata, revision } = event;
  return { id, type, data, metadata: metadata as unknown as StreamMetadata, streamRevision: Number(revision) };
}

/** All else may be a store that restarts: it comes with and without a type, and under several codes (eventstore/README, 5). */
export function isForGood(error: unknown): boolean {
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
 * One connection to one stream. It is thrown away after any failure of an append, and an
 * append without an answer has failed after a while: a lost reply never comes.
 */
export class StreamClient {
  private readonly client: EventStoreDBClient;
  private appends: Promise<AppendCall> | undefined;

  constructor(
    url: string,
    readonly stream: string,
    private readonly timeoutMs: number,
  ) {
    this.client = EventStoreDBClient.connectionString(url);
  }

  /** Appends behind `lastRevision` (−1: the stream is not there yet) and returns the revision of the last event. Appends arrive in the order of the calls. */
  append(events: readonly SentEvent[], lastRevision: number): Promise<number> {
    this.appends ??= AppendCall.open(this.client);
    const answer = this.appends.then((call) => call.append(this.stream, events, lastRevision, this.timeoutMs));
    return this.inTime(answer, 'an append');
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

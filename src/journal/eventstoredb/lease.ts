import {
  type Credentials,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { isForGood } from './client';
import { StoreAway } from './storeAway';

/** What the leader of a shard says of itself, again and again (journal.md §2.6). */
export interface LeaseHolder {
  /** A random id of the process's turn as leader. */
  readonly holder: string;
  /** Where it answers writes. */
  readonly address: string;
  /** True in the last word of a leader that stops in order: nobody has to wait. */
  readonly isReleased: boolean;
}

export interface Lease extends LeaseHolder {
  /** Grows with every renewal, whoever makes it. */
  readonly revision: number;
}

const TYPE = 'LeaseRenewed';

/**
 * Appends with credentials take the client's unary call. The other way keeps what is
 * pending in one table for the whole process, and a broken lease must not fail the
 * journal's appends. A server without TLS takes any.
 */
export function credentialsIn(url: string): Credentials {
  // Not `new URL`: the store's addresses may name several hosts.
  const [, username = '', password = ''] = /^[^:]+:\/\/([^:@/?]*):?([^@/?]*)@/.exec(url) ?? [];
  return { username: decodeURIComponent(username) || 'bulkhead', password: decodeURIComponent(password) || 'bulkhead' };
}

function away(error: unknown): Error {
  return isForGood(error) ? (error as Error) : new StoreAway((error as Error).message, { cause: error });
}

/**
 * The last word of a shard's leader, in a stream of its own that keeps one event. It
 * only says when it is time to take over: what shuts an old leader out is the exact
 * revision of its next append.
 */
export class LeaseStream {
  private readonly client: EventStoreDBClient;
  private readonly credentials: Credentials;

  constructor(
    url: string,
    private readonly stream: string,
  ) {
    this.client = EventStoreDBClient.connectionString(url);
    this.credentials = credentialsIn(url);
  }

  /** Undefined when nobody ever led. Rejects when the store does not answer within `timeoutMs`. */
  async last(timeoutMs: number): Promise<Lease | undefined> {
    let lease: Lease | undefined;
    try {
      const events = this.client.readStream<{ type: string; data: LeaseHolder & Record<string, never> }>(this.stream, {
        direction: 'backwards',
        fromRevision: 'end',
        maxCount: 1,
        deadline: timeoutMs,
      });
      // To its end: the client waits for ever for a read that was left before.
      for await (const { event } of events) {
        if (event !== undefined) lease = { ...(event.data as LeaseHolder), revision: Number(event.revision) };
      }
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw away(error);
    }
    return lease;
  }

  /** Says it behind `revision` (−1: the first word ever) and returns its revision; undefined when somebody else has spoken since. */
  async say(word: LeaseHolder, revision: number, timeoutMs: number): Promise<number | undefined> {
    const expectedRevision = revision < 0 ? NO_STREAM : BigInt(revision);
    try {
      const call = { credentials: this.credentials, deadline: timeoutMs };
      if (revision < 0) await this.client.setStreamMetadata(this.stream, { maxCount: 1 }, call);
      const event = jsonEvent({ type: TYPE, data: { ...word } });
      const { nextExpectedRevision } = await this.client.appendToStream(this.stream, event, { ...call, expectedRevision });
      return Number(nextExpectedRevision);
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) return undefined;
      throw away(error);
    }
  }

  async close(): Promise<void> {
    await this.client.dispose().catch(() => undefined);
  }
}

import shared from '@eventstore/db-client/generated/shared_pb';
import streams from '@eventstore/db-client/generated/streams_pb';
import { Metadata, status } from '@grpc/grpc-js';
import type { StoredEvent } from './eventLog';
import { type Appended, type Expected, MAX_APPEND_BYTES, TOMBSTONE_REVISION } from './streams';

const TICKS_PER_MS = 10_000n;

function identifier(name: string) {
  const made = new shared.StreamIdentifier();
  made.setStreamName(Uint8Array.from(Buffer.from(name, 'utf8')));
  return made;
}

export function nameOf(from: shared.StreamIdentifier | undefined): string {
  return from === undefined ? '' : Buffer.from(from.getStreamName_asU8()).toString('utf8');
}

function recorded(event: StoredEvent) {
  const made = new streams.ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  id.setString(event.id);
  made.setId(id);
  made.setStreamIdentifier(identifier(event.stream));
  made.setStreamRevision(event.type === '$streamDeleted' ? String(TOMBSTONE_REVISION) : String(event.revision));
  made.setPreparePosition(String(event.position));
  made.setCommitPosition(String(event.position));
  made.getMetadataMap().set('type', event.type);
  made.getMetadataMap().set('content-type', event.contentType);
  made.getMetadataMap().set('created', String(BigInt(event.created) * TICKS_PER_MS));
  made.setCustomMetadata(event.metadata);
  made.setData(event.data);
  return made;
}

export function eventResponse(event: StoredEvent): streams.ReadResp {
  const readEvent = new streams.ReadResp.ReadEvent();
  readEvent.setEvent(recorded(event));
  readEvent.setCommitPosition(String(event.position));
  const response = new streams.ReadResp();
  response.setEvent(readEvent);
  return response;
}

export function notFoundResponse(name: string): streams.ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifier(name));
  const response = new streams.ReadResp();
  response.setStreamNotFound(notFound);
  return response;
}

export function confirmation(id: string): streams.ReadResp {
  const confirmed = new streams.ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId(id);
  const response = new streams.ReadResp();
  response.setConfirmation(confirmed);
  return response;
}

export function caughtUp(): streams.ReadResp {
  const response = new streams.ReadResp();
  response.setCaughtUp(new streams.ReadResp.CaughtUp());
  return response;
}

export function checkpoint(position: number): streams.ReadResp {
  const reached = new streams.ReadResp.Checkpoint();
  reached.setCommitPosition(String(position));
  reached.setPreparePosition(String(position));
  const response = new streams.ReadResp();
  response.setCheckpoint(reached);
  return response;
}

/** A refusal as a gRPC error with the metadata from which the client makes its typed errors. */
export class Refused extends Error {
  readonly metadata = new Metadata();
  constructor(
    readonly code: status,
    readonly details: string,
    exception?: string,
    facts: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    if (exception !== undefined) this.metadata.set('exception', exception);
    // Header values are ASCII.
    for (const [name, value] of Object.entries(facts)) this.metadata.set(name, value.replace(/[^\x20-\x7e]/g, '?'));
  }
}

const NUMBER_OF_EXPECTED = { any: '-2', no_stream: '-1', stream_exists: '-4' } as const;

/** The refusals that `delete`, `tombstone` and reads answer as errors, and the unary append where it has no field for them. */
export function refusalOf(name: string, outcome: Exclude<Appended, { kind: 'SUCCESS' }>): Refused {
  switch (outcome.kind) {
    case 'STREAM_DELETED':
      return new Refused(status.FAILED_PRECONDITION, `Event stream '${name}' is deleted.`, 'stream-deleted', { 'stream-name': name });
    case 'TOO_LARGE':
      return new Refused(status.INVALID_ARGUMENT, `Maximum Append Size of ${MAX_APPEND_BYTES} Exceeded.`, 'maximum-append-size-exceeded', {
        'maximum-append-size': String(MAX_APPEND_BYTES),
      });
    case 'BAD_REQUEST':
      return new Refused(status.UNKNOWN, 'Exception was thrown by handler.');
    case 'WRONG_EXPECTED_VERSION': {
      const expected = typeof outcome.expected === 'number' ? String(outcome.expected) : NUMBER_OF_EXPECTED[outcome.expected];
      return new Refused(
        status.FAILED_PRECONDITION,
        `Append failed due to WrongExpectedVersion. Stream: ${name}`,
        'wrong-expected-version',
        {
          'stream-name': name,
          'expected-version': expected,
          'actual-version': String(outcome.current ?? -1),
        },
      );
    }
  }
}

interface ExpectedOptions {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

export function expectedOf(options: ExpectedOptions, revision: string): Expected {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return Number(revision);
}

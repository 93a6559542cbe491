import { randomUUID } from 'node:crypto';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError';
import streamServices from '@eventstore/db-client/generated/streams_grpc_pb';
import type streamMessages from '@eventstore/db-client/generated/streams_pb';
import type { CallOptions, Client, ClientDuplexStream, Metadata, MethodDefinition } from '@grpc/grpc-js';
import { encodeBatch } from './batchRequest';
import type { SentEvent } from './packing';
import { StoreAway } from './storeAway';

type Answer = streamMessages.BatchAppendResp;
type Call = ClientDuplexStream<Uint8Array, Answer>;

/** What the client's own append is made of. It is not in its types; the version is pinned. */
interface InnerClient {
  supports(method: MethodDefinition<never, never>): Promise<boolean>;
  GRPCStreamCreator(kind: unknown, name: string, create: (client: Client) => Call): () => Promise<Call>;
  callArguments(options: object, callOptions: object): [Metadata, CallOptions];
}

interface Pending {
  readonly stream: string;
  readonly done: (lastRevision: number) => void;
  readonly failed: (cause: Error) => void;
}

const METHOD = streamServices.StreamsService.batchAppend;
const asIs = (bytes: Uint8Array): Buffer => bytes as Buffer;

/**
 * One call in which appends go out in order and answers come back. The client's own keeps what waits for an answer in one
 * table of the whole process, where a second answer to an append throws in the midst of a listener and leaves the connection
 * dead; here it ends this call, and whoever waits hears of it.
 */
export class AppendCall {
  private readonly pending = new Map<string, Pending>();
  private failure: Error | undefined;

  private constructor(private readonly call: Call) {
    call.on('data', (answer: Answer) => this.heard(answer));
    call.on('error', (cause: Error) => this.fail(new StoreAway(cause.message, { cause })));
    call.on('end', () => this.fail(new StoreAway('the store has ended the call in which it takes appends')));
  }

  /** Rejects when the store cannot be reached, or is older than this way of appending. */
  static async open(client: EventStoreDBClient): Promise<AppendCall> {
    const inner = client as unknown as InnerClient;
    if (!(await inner.supports(METHOD as never))) {
      throw new Error('the store takes no batches of appends: EventStoreDB 21.10 or newer is needed');
    }
    const [metadata, options] = inner.callArguments({}, { deadline: Number.POSITIVE_INFINITY });
    const create = inner.GRPCStreamCreator(streamServices.StreamsClient, 'appends', (grpc) =>
      grpc.makeBidiStreamRequest(METHOD.path, asIs, METHOD.responseDeserialize, metadata, options),
    );
    return new AppendCall(await create());
  }

  /** Appends behind a revision (−1: the stream is not there yet) and returns the revision of the last event. */
  append(stream: string, events: readonly SentEvent[], behind: number, timeoutMs: number): Promise<number> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const correlationId = randomUUID();
    return new Promise((done, failed) => {
      this.pending.set(correlationId, { stream, done, failed });
      this.call.write(encodeBatch({ correlationId, stream, behind, deadline: new Date(Date.now() + timeoutMs) }, events));
    });
  }

  private heard(answer: Answer): void {
    const id = answer.getCorrelationId()?.getString() ?? '';
    const pending = this.pending.get(id);
    if (pending === undefined) {
      this.fail(new StoreAway('the store has answered an append twice, or one that was never sent'));
      this.call.cancel();
      return;
    }
    this.pending.delete(id);
    const error = answer.getError();
    if (error === undefined) pending.done(Number(answer.getSuccess()?.getCurrentRevision()));
    else pending.failed(unpackToCommandError(error, pending.stream));
  }

  private fail(cause: Error): void {
    this.failure ??= cause;
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const { failed } of waiting) failed(cause);
  }
}

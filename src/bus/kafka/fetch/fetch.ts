import type { Broker } from 'kafkajs/src/cluster';
import { createErrorFromCode, failure } from 'kafkajs/src/protocol/error';
import { requests } from 'kafkajs/src/protocol/requests';
import { type AbortedTransaction, type FetchedMessages, readBatches } from './recordBatches';

export interface FetchRequest {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
}

/** What one partition answered. */
export interface FetchedPartition extends FetchedMessages {
  /** Behind the last message that the broker has. */
  readonly high: number;
}

const FETCH = 1;
/** The newest that the client knows; brokers since Kafka 2.3 do too. */
const VERSION = 11;
const READ_COMMITTED = 1;

class ResponseReader {
  at = 0;

  constructor(private readonly bytes: Buffer) {}

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  int64(): bigint {
    this.at += 8;
    return this.bytes.readBigInt64BE(this.at - 8);
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  /** Throws it, unless it is none. */
  error(): void {
    const code = this.int16();
    if (failure(code)) throw createErrorFromCode(code);
  }
}

interface FetchResponse {
  /** ms that the broker asks the client to be quiet for. */
  readonly clientSideThrottleTime: number;
  /** Undefined when the broker says nothing of it. */
  readonly partition: FetchedPartition | undefined;
}

/** Reads a response of version 11 to a request for one partition. Throws the protocol's errors as the client does. */
export function readFetchResponse(bytes: Buffer, from: number): FetchResponse {
  const reader = new ResponseReader(bytes);
  const clientSideThrottleTime = reader.int32();
  reader.error();
  // Id of the session.
  reader.skip(4);
  if (reader.int32() < 1) return { clientSideThrottleTime, partition: undefined };
  reader.skip(reader.int16());
  if (reader.int32() < 1) return { clientSideThrottleTime, partition: undefined };
  // Number of the partition.
  reader.skip(4);
  reader.error();
  const high = Number(reader.int64());
  // Last stable offset and beginning of the log.
  reader.skip(16);
  const aborted: AbortedTransaction[] = [];
  for (let count = reader.int32(); count > 0; count--) {
    aborted.push({ producerId: reader.int64(), firstOffset: Number(reader.int64()) });
  }
  // A replica that would be nearer.
  reader.skip(4);
  const length = Math.max(0, reader.int32());
  const read = readBatches(bytes.subarray(reader.at, reader.at + length), from, aborted);
  return { clientSideThrottleTime, partition: { high, ...read } };
}

/**
 * Committed messages of one partition from an offset on. The request is the client's own; its answer is read here, since
 * the client makes several objects, long integers and promises of what comes.
 */
export async function fetchPartition(broker: Broker, request: FetchRequest): Promise<FetchedPartition | undefined> {
  const { topic, partition, offset, maxWaitMs, maxBytes } = request;
  const protocol = broker.lookupRequest(
    FETCH,
    requests.Fetch,
  )({
    replicaId: -1,
    isolationLevel: READ_COMMITTED,
    maxWaitTime: maxWaitMs,
    minBytes: 1,
    maxBytes,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes }] }],
  });
  const { apiVersion } = protocol.request;
  if (apiVersion !== VERSION) throw new Error(`the broker takes fetches up to version ${apiVersion}; Kafka 2.3 or newer is needed`);
  const response = { decode: async (bytes: Buffer) => readFetchResponse(bytes, offset), parse: async (read: unknown) => read };
  const { partition: answer } = (await broker.connectionPool.send({ ...protocol, response })) as FetchResponse;
  return answer;
}

import type { Broker } from 'kafkajs/src/cluster';
import { requests } from 'kafkajs/src/protocol/requests';
import type { RecordBatch } from './recordBatch';

/** A batch and the partition that it is for. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: RecordBatch;
}

/** A batch of one producer in its final bytes. */
export interface SealedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Uint8Array;
}

const PRODUCE = 0;
const ALL_REPLICAS = -1;
const TIMEOUT_MS = 30_000;
const INT16_BYTES = 2;
const INT32_BYTES = 4;

function byTopic(batches: readonly SealedBatch[]): Map<string, SealedBatch[]> {
  const topics = new Map<string, SealedBatch[]>();
  for (const batch of batches) {
    const known = topics.get(batch.topic);
    if (known === undefined) topics.set(batch.topic, [batch]);
    else known.push(batch);
  }
  return topics;
}

/** Versions 3 to 7 of the request: transactional_id acks timeout [topic [partition record_set]]. */
function encode(transactionalId: string, batches: readonly SealedBatch[]): Buffer {
  const topics = byTopic(batches);
  const texts = [transactionalId, ...topics.keys()];
  const textBytes = texts.reduce((sum, text) => sum + INT16_BYTES + Buffer.byteLength(text), 0);
  const recordBytes = batches.reduce((sum, { bytes }) => sum + 2 * INT32_BYTES + bytes.length, 0);
  const body = Buffer.allocUnsafe(INT16_BYTES + 2 * INT32_BYTES + topics.size * INT32_BYTES + textBytes + recordBytes);
  let at = 0;
  const putInt32 = (value: number) => {
    at = body.writeInt32BE(value, at);
  };
  const putText = (text: string) => {
    const length = body.write(text, at + INT16_BYTES, 'utf8');
    at = body.writeInt16BE(length, at) + length;
  };
  putText(transactionalId);
  at = body.writeInt16BE(ALL_REPLICAS, at);
  putInt32(TIMEOUT_MS);
  putInt32(topics.size);
  for (const [topic, own] of topics) {
    putText(topic);
    putInt32(own.length);
    for (const { partition, bytes } of own) {
      putInt32(partition);
      putInt32(bytes.length);
      body.set(bytes, at);
      at += bytes.length;
    }
  }
  return body;
}

/** Sends batches to the broker that leads their partitions. Rejects as the client does, with the protocol's error. */
export async function produce(broker: Broker, transactionalId: string, batches: readonly SealedBatch[]): Promise<void> {
  const buffer = encode(transactionalId, batches);
  const { request, response } = broker.lookupRequest(PRODUCE, requests.Produce)({ acks: ALL_REPLICAS, topicData: [] });
  await broker.connectionPool.send({ request: { ...request, encode: async () => ({ buf: buffer, buffer }) }, response });
}

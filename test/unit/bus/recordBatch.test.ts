import clientPartition from 'kafkajs/src/producer/partitioners/default/murmur2';
import Decoder from 'kafkajs/src/protocol/decoder';
import clientCrc from 'kafkajs/src/protocol/recordBatch/crc32C/crc32C';
import decodeRecordBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder';
import { crc32c } from '../../../src/bus/kafka/produce/crc32c';
import { murmur2, partitionOfKey } from '../../../src/bus/kafka/produce/partition';
import { RecordBatch, type RecordParts } from '../../../src/bus/kafka/produce/recordBatch';

const ORIGIN = { producerId: 9_007_199_254_740_993n, producerEpoch: 7, firstSequence: 2_147_483_640, time: 1_763_800_000_123 };

const texts = [
  '',
  'a',
  'USD',
  'é',
  '価格',
  '🂡',
  'x'.repeat(47),
  'x'.repeat(48),
  'ü'.repeat(40),
  'long '.repeat(3_000),
  `${'y'.repeat(9_000)}ß`,
];

/** A batch as the client's own consumer reads it. */
async function decoded(bytes: Buffer) {
  const { records, ...head } = await decodeRecordBatch(new Decoder(bytes));
  return { records, head };
}

const buffer = (part: string | Uint8Array | null): Buffer | null => (part === null ? null : Buffer.from(part as string));

test('the client reads every record as it was written: short and long, with and without key, beyond ASCII', async () => {
  const parts = texts.flatMap((text): RecordParts[] => [
    { key: text, value: text, headers: { name: text, [text || 'empty']: 'of it' } },
    { key: null, value: text, headers: {} },
    { key: text, value: null, headers: { one: '1' } },
    { key: Buffer.from(text), value: Uint8Array.from([0, 255, 128]), headers: { two: '' } },
  ]);
  const batch = new RecordBatch();
  // What was in it before leaves no trace.
  batch.add({ key: 'before', value: 'before'.repeat(50_000), headers: {} });
  batch.clear();
  for (const part of parts) batch.add(part);
  const bytes = batch.sealed(ORIGIN);
  const { records, head } = await decoded(bytes);
  expect(records.map(({ key, value }) => ({ key, value }))).toEqual(
    parts.map(({ key, value }) => ({ key: buffer(key), value: buffer(value) })),
  );
  expect(records.map(({ headers }) => Object.entries(headers).map(([name, value]) => [name, String(value)]))).toEqual(
    parts.map(({ headers }) => Object.entries(headers)),
  );
  expect(records.map(({ offset }) => offset)).toEqual(parts.map((_, place) => String(place)));
  expect(head).toMatchObject({
    inTransaction: true,
    lastOffsetDelta: parts.length - 1,
    producerId: String(ORIGIN.producerId),
    producerEpoch: ORIGIN.producerEpoch,
    firstSequence: ORIGIN.firstSequence,
    firstTimestamp: String(ORIGIN.time),
    maxTimestamp: String(ORIGIN.time),
  });
  expect([bytes.readInt32BE(8), bytes.readInt8(16)]).toEqual([bytes.length - 12, 2]);
  // The broker checks it; the client's decoder does not.
  expect(bytes.readUInt32BE(17)).toBe(clientCrc(bytes.subarray(21)) >>> 0);
});

test('a batch can be sealed again for the producer that comes after', async () => {
  const batch = new RecordBatch();
  batch.add({ key: 'k', value: 'v', headers: {} });
  const first = Buffer.from(batch.sealed(ORIGIN));
  batch.sealed({ ...ORIGIN, producerEpoch: 8, firstSequence: 0 });
  expect(batch.sealed(ORIGIN)).toEqual(first);
});

test('checksum and hash of keys are those of the client, for every length up to 200', () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = Buffer.from(Array.from({ length }, (_, place) => (place * 131 + length * 17) & 0xff));
    expect(crc32c(bytes, 0, length)).toBe(clientCrc(bytes) >>> 0);
    expect(murmur2(bytes)).toBe(clientPartition(bytes));
  }
  expect(crc32c(Buffer.from('..123456789..'), 2, 11)).toBe(0xe3069283);
});

test.each([1, 4, 7])('of %d partitions every one gets keys', (partitions) => {
  const found = new Set(Array.from({ length: 500 }, (_, place) => partitionOfKey(`trader-${place}`, partitions)));
  expect([...found].sort()).toEqual(Array.from({ length: partitions }, (_, place) => place));
});

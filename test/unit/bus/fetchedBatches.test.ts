import { gzipSync } from 'node:zlib';
import { type FetchedMessage, readBatches, UnreadableRecords } from '../../../src/bus/kafka/fetch/recordBatches';
import { RecordBatch } from '../../../src/bus/kafka/produce/recordBatch';

const HEADER_BYTES = 61;
const TIME = 1_763_800_000_123;

interface Sent {
  readonly baseOffset: number;
  readonly producerId?: bigint;
  readonly attributes?: number;
  readonly gzip?: boolean;
}

/** A batch as a broker stores it: ours, with the offset and the attributes that the broker or another producer gives it. */
function batch(values: readonly string[], { baseOffset, producerId = -1n, attributes = 0, gzip = false }: Sent): Buffer {
  const written = new RecordBatch();
  for (const value of values) written.add({ key: `k-${value}`, value, headers: { h: value } });
  const sealed = Buffer.from(written.sealed({ producerId, producerEpoch: 0, firstSequence: 0, time: TIME }));
  const records = gzip ? gzipSync(sealed.subarray(HEADER_BYTES)) : sealed.subarray(HEADER_BYTES);
  const bytes = Buffer.concat([sealed.subarray(0, HEADER_BYTES), records]);
  bytes.writeBigInt64BE(BigInt(baseOffset), 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt16BE(attributes | (gzip ? 1 : 0), 21);
  return bytes;
}

/** The end of a transaction: one control record, whose key says version 0 and whether it commits. */
function marker(baseOffset: number, producerId: bigint, commits: boolean): Buffer {
  const written = new RecordBatch();
  written.add({ key: Buffer.from([0, 0, 0, commits ? 1 : 0]), value: Buffer.alloc(6), headers: {} });
  const bytes = Buffer.from(written.sealed({ producerId, producerEpoch: 0, firstSequence: -1, time: TIME }));
  bytes.writeBigInt64BE(BigInt(baseOffset), 0);
  bytes.writeInt16BE(16 | 32, 21);
  return bytes;
}

const shown = ({ offset, value }: FetchedMessage): string => `${offset} ${value}`;

test('messages come with offset, time, key and headers, from the offset that was asked for', () => {
  const bytes = Buffer.concat([batch(['a', 'b', 'c'], { baseOffset: 2 ** 40 }), batch(['d'], { baseOffset: 2 ** 40 + 3, gzip: true })]);
  const { messages, next } = readBatches(bytes, 2 ** 40 + 1, []);
  expect(messages.map(shown)).toEqual([`${2 ** 40 + 1} b`, `${2 ** 40 + 2} c`, `${2 ** 40 + 3} d`]);
  expect(next).toBe(2 ** 40 + 4);
  expect(messages[0]).toMatchObject({ time: TIME, key: Buffer.from('k-b'), headers: { h: Buffer.from('b') } });
});

test("with LogAppendTime all of a batch have the broker's time", () => {
  const bytes = batch(['a', 'b'], { baseOffset: 0, attributes: 8 });
  bytes.writeBigInt64BE(BigInt(TIME + 500), 35);
  expect(readBatches(bytes, 0, []).messages.map(({ time }) => time)).toEqual([TIME + 500, TIME + 500]);
});

test('a batch that came in part is left for the next fetch, wherever it was cut', () => {
  const whole = batch(['a'], { baseOffset: 7 });
  const second = batch(['b'.repeat(200)], { baseOffset: 8 });
  for (let cut = 0; cut < second.length; cut++) {
    const { messages, next } = readBatches(Buffer.concat([whole, second.subarray(0, cut)]), 7, []);
    expect([messages.map(shown), next]).toEqual([['7 a'], 8]);
  }
  expect(readBatches(second.subarray(0, 20), 8, [])).toEqual({ messages: [], next: undefined });
});

test('control records and aborted transactions are passed over, and what their producers sent before and after is not', () => {
  const transactional = { attributes: 16 };
  const bytes = Buffer.concat([
    batch(['kept'], { baseOffset: 0, producerId: 5n, ...transactional }),
    marker(1, 5n, true),
    batch(['aborted'], { baseOffset: 2, producerId: 5n, ...transactional }),
    batch(['of another'], { baseOffset: 3, producerId: 6n, ...transactional }),
    batch(['of none'], { baseOffset: 4 }),
    batch(['aborted too'], { baseOffset: 5, producerId: 5n, ...transactional }),
    marker(6, 5n, false),
    batch(['after'], { baseOffset: 7, producerId: 5n, ...transactional }),
    marker(8, 6n, true),
  ]);
  const { messages, next } = readBatches(bytes, 0, [{ producerId: 5n, firstOffset: 2 }]);
  expect(messages.map(shown)).toEqual(['0 kept', '3 of another', '4 of none', '7 after']);
  expect(next).toBe(9);
});

test('another codec and an old format are named', () => {
  expect(() => readBatches(batch(['a'], { baseOffset: 0, attributes: 4 }), 0, [])).toThrow(UnreadableRecords);
  const old = batch(['a'], { baseOffset: 0 });
  old.writeInt8(1, 16);
  expect(() => readBatches(old, 0, [])).toThrow('have format 1');
});

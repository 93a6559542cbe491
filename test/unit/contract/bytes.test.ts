import fc from 'fast-check';
import { ByteReader, ByteWriter, FormatError, LONGEST_INT, LONGEST_VARINT } from '../../../src/contract/bytes';
import { canonical, type Int } from '../../../src/num/int';

const int = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }).map(canonical),
);

function bytesOf(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter(1);
  write(writer);
  return writer.written().slice();
}

describe('ByteWriter and ByteReader', () => {
  const edges = [0, 1, 63, 64, 127, 128, 2 ** 29 - 1, 2 ** 29, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 52, Number.MAX_SAFE_INTEGER];

  test.each(edges)('varint and signed keep %d within eight bytes', (value) => {
    const unsigned = bytesOf((writer) => writer.varint(value));
    expect(new ByteReader(unsigned).varint()).toBe(value);
    const negative = bytesOf((writer) => writer.signed(-value));
    expect(new ByteReader(negative).signed()).toBe(value === 0 ? 0 : -value);
    expect(Math.max(unsigned.length, negative.length)).toBeLessThanOrEqual(LONGEST_VARINT);
  });

  test('integers of any size come back, in their canonical form', () => {
    fc.assert(
      fc.property(int, (raw) => {
        const value: Int = Object.is(raw, -0) ? 0 : raw;
        const bytes = bytesOf((writer) => writer.int(value));
        const reader = new ByteReader(bytes);
        expect(reader.int()).toBe(value);
        expect(reader.position).toBe(bytes.length);
        expect(bytes.length).toBeLessThanOrEqual(LONGEST_INT);
      }),
    );
  });

  test('texts of any script come back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const bytes = bytesOf((writer) => writer.text(text));
        expect(bytes.subarray(-Buffer.byteLength(text), bytes.length)).toEqual(text === '' ? bytes : new Uint8Array(Buffer.from(text)));
        expect(new ByteReader(bytes).text()).toBe(text);
      }),
    );
  });

  test('a text that begins with a byte order mark keeps it', () => {
    const text = '\uFEFFa';
    expect(new ByteReader(bytesOf((writer) => writer.text(text))).text()).toBe(text);
  });

  test('words of 32 bits and raw bytes', () => {
    const bytes = bytesOf((writer) => {
      writer.uint32(0xfedcba98);
      writer.raw(new Uint8Array(200).fill(7), 10, 110);
    });
    expect(new ByteReader(bytes).uint32()).toBe(0xfedcba98);
    expect([...bytes.subarray(0, 4)]).toEqual([0x98, 0xba, 0xdc, 0xfe]);
    expect(bytes.length).toBe(104);
  });

  const refused: [string, number[], (reader: ByteReader) => unknown][] = [
    ['a varint with a needless byte', [0x80, 0x00], (reader) => reader.varint()],
    ['a varint past 2^53', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], (reader) => reader.varint()],
    ['a varint that never ends', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], (reader) => reader.varint()],
    ['a signed with a needless byte', [0x82, 0x00], (reader) => reader.signed()],
    ['a negative zero', [0x01], (reader) => reader.signed()],
    ['a wide integer that is safe', [0x01, 0x02, 0x05], (reader) => reader.int()],
    ['a wide integer with a leading zero', [0x01, 0x12, 0, 1, 1, 1, 1, 1, 1, 1, 1], (reader) => reader.int()],
    ['a text that ends early', [0x05, 0x61], (reader) => reader.text()],
    ['a text that is not UTF-8', [0x01, 0xff], (reader) => reader.text()],
    ['nothing', [], (reader) => reader.byte()],
  ];
  test.each(refused)('%s is refused', (_name, bytes, read) => {
    expect(() => read(new ByteReader(new Uint8Array(bytes)))).toThrow(FormatError);
  });
});

import fc from 'fast-check';
import { bodyHash, hashBody } from '../../../src/contract/body';
import { ByteReader, ByteWriter, FormatError } from '../../../src/contract/bytes';
import type { Command, RawCommand } from '../../../src/contract/commands';
import { decodeCommand } from '../../../src/contract/decode';
import { bodyOf, decodeFoldRecord, decodeRecord, encodeRecord, type JournalRecord, sourceKinds } from '../../../src/contract/record';
import { anyEvent, commandJson, name } from './arbitraries';

const natural = fc.maxSafeNat();
const optionally = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const parts = fc.record({
  seq: natural,
  time: fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
  source: fc.record({
    kind: fc.constantFrom(...sourceKinds),
    topic: optionally(name),
    partition: optionally(natural),
    offset: optionally(natural),
    inputPosition: optionally(natural),
  }),
  actor: fc.string({ unit: 'grapheme' }),
  code: optionally(fc.constantFrom('INVALID_COMMAND' as const, 'INVALID_TICK' as const)),
  message: optionally(fc.string({ unit: 'grapheme' })),
  orderId: optionally(fc.maxSafeInteger().map((id) => id + 0 || 1)),
  isolationId: optionally(natural),
  events: fc.array(anyEvent, { maxLength: 5 }),
});

const json = fc.oneof(commandJson, fc.record({ commandId: name, type: fc.constant('Deposit'), data: fc.jsonValue({ maxDepth: 4 }) }));

const anyRecord = fc.tuple(parts, json).map(([fields, message]): JournalRecord => {
  const decoded = decodeCommand(message);
  if (!decoded.ok && decoded.kind === 'MALFORMED') throw new Error(decoded.reason);
  const body = bodyOf({ raw: !decoded.ok, command: decoded.command } as Pick<JournalRecord, 'raw' | 'command'>);
  const hash = hashBody(body.bytes, 0, body.position);
  const status = fields.code === undefined ? 'ACCEPTED' : 'REJECTED';
  return { ...fields, status, bodyHash: hash, raw: !decoded.ok, command: decoded.command } as JournalRecord;
});

function encoded(record: JournalRecord): Uint8Array {
  const writer = new ByteWriter(1);
  encodeRecord(writer, record);
  return writer.written().slice();
}

describe('journal record', () => {
  test('gives a fold the same, without what was asked for and by whom', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const writer = new ByteWriter();
        encodeRecord(writer, record);
        const reader = new ByteReader(writer.written());
        const { source, actor, raw, bodyHash: hash, command, ...decided } = decodeRecord(new ByteReader(writer.written()));
        expect(decodeFoldRecord(reader)).toEqual({ ...decided, command: { commandId: command.commandId, type: command.type } });
        expect(reader.position).toBe(writer.position);
      }),
    );
  });

  test('comes back as it was, and its bytes too', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const bytes = encoded(record);
        const reader = new ByteReader(bytes);
        const decoded = decodeRecord(reader);
        expect(reader.position).toBe(bytes.length);
        expect(decoded).toEqual(record);
        expect(encoded(decoded)).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  test('a record cut anywhere is refused, and none is read past its end', () => {
    fc.assert(
      fc.property(anyRecord, fc.nat(), (record, cut) => {
        const bytes = encoded(record);
        expect(() => decodeRecord(new ByteReader(bytes.subarray(0, cut % bytes.length)))).toThrow(FormatError);
      }),
    );
  });

  test('refused data is kept whole, whatever its field order', () => {
    const decoded = decodeCommand(JSON.parse('{"commandId":"c","type":"Deposit","data":{"b":[1,-0,"\\ud800"],"a":{"__proto__":1e400}}}'));
    if (decoded.ok || decoded.kind !== 'INVALID') throw new Error('expected INVALID');
    const body = bodyOf({ raw: true, command: decoded.command });
    expect(Buffer.from(body.written()).toString()).toContain('{"a":{"__proto__":1e999},"b":[1,-0,"\\ud800"]}');
  });
});

describe('hash of the body', () => {
  const deposit = (amount: string, commandId = 'c'): Command => {
    const decoded = decodeCommand({ commandId, type: 'Deposit', data: { accountId: 'a', currency: 'USD', amount } });
    if (!decoded.ok) throw new Error('expected a command');
    return decoded.command;
  };

  test('depends on type and data as decoded, and on nothing else', () => {
    expect(bodyHash(deposit('1.50', 'x'))).toEqual(bodyHash(deposit('1.5', 'y')));
    expect(bodyHash(deposit('1.51'))).not.toEqual(bodyHash(deposit('1.5')));
    const withdraw = { ...deposit('1.5'), type: 'Withdraw' } as Command;
    expect(bodyHash(withdraw)).not.toEqual(bodyHash(deposit('1.5')));
  });

  test('a refused command never has the body of an accepted one', () => {
    const raw: RawCommand = { ...deposit('1.5'), data: { accountId: 'a', currency: 'USD', amount: '1.5' } };
    expect(bodyOf({ raw: true, command: raw }).written()[0]).toBe(bodyOf({ raw: false, command: deposit('1.5') }).written()[0]! + 128);
  });

  test('neither half repeats over a hundred thousand bodies that differ in one number', () => {
    const bytes = new Uint8Array(80).fill(97);
    const seen = [new Set<number>(), new Set<number>(), new Set<string>()] as const;
    for (let n = 0; n < 100_000; n++) {
      bytes.set([n & 255, (n >>> 8) & 255, n >>> 16], 40);
      const { high, low } = hashBody(bytes, 0, 80);
      seen[0].add(high);
      seen[1].add(low);
      seen[2].add(`${high}:${low}`);
    }
    // Random 32-bit values repeat about once among 10⁵.
    expect(seen[0].size).toBeGreaterThan(99_985);
    expect(seen[1].size).toBeGreaterThan(99_985);
    expect(seen[2].size).toBe(100_000);
  });
});

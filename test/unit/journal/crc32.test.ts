import * as fc from 'fast-check';
import { crc32, crc32ByTable } from '../../../src/journal/crc32';

test('the CRC of the check string of the standard', () => {
  expect(crc32ByTable(Buffer.from('123456789'))).toBe(0xcbf43926);
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
});

test('the table and the native one agree, also when they continue', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (a, b) => {
      expect(crc32ByTable(b, crc32ByTable(a))).toBe(crc32(b, crc32(a)));
    }),
  );
});

import fc from 'fast-check';
import { jsonLength } from '../../../src/journal/eventstoredb/jsonLength';

test('the length is that of the JSON text in UTF-8, whatever the value', () => {
  const holds = (value: unknown) => expect(jsonLength(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
  fc.assert(fc.property(fc.jsonValue({ noNegativeZero: true } as never), holds), { numRuns: 2_000 });
  fc.assert(fc.property(fc.string({ unit: 'binary' }), holds), { numRuns: 2_000 });
  for (const value of ['"', '\\', '\u007f', '\u2028', '\ud800', 'é', '', {}, [], [[]], { a: undefined, b: 1 }]) holds(value);
});

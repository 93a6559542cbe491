import fc from 'fast-check';
import { type Line, LineSplitter, LONGEST_LINE_BYTES, UnreadableLine } from '../../../src/cli/lines';

function split(bytes: Uint8Array, cuts: readonly number[]): Line[] {
  const splitter = new LineSplitter();
  const lines: Line[] = [];
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    lines.push(...splitter.push(Buffer.from(bytes.subarray(from, to))));
    from = to;
  }
  return [...lines, ...splitter.end()];
}

const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe('lines of the input', () => {
  test('are the same wherever the pieces end', () => {
    const texts = fc.array(
      fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '').replace(/^\ufeff/, '')),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(texts, cuts, (lines, where) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        expect(split(bytes, where)).toEqual(lines.map((line) => Buffer.from(line).toString()));
      }),
      { numRuns: 300 },
    );
  });

  test('that are not UTF-8 leave the ones around them readable, wherever the pieces end', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('é', 'a', '€', 'BAD'), { minLength: 1, maxLength: 8 }), cuts, (kinds, where) => {
        const bytes = Buffer.concat(kinds.map((kind) => (kind === 'BAD' ? Buffer.of(0x61, 0xff, 0x0a) : Buffer.from(`${kind}\n`))));
        const shown = split(bytes, where).map((line) => (line instanceof UnreadableLine ? 'BAD' : line));
        expect(shown).toEqual(kinds);
      }),
      { numRuns: 300 },
    );
  });

  test('end with the input when the last has no newline, and are none when there is nothing', () => {
    expect(split(Buffer.from('a\nb'), [])).toEqual(['a', 'b']);
    expect(split(Buffer.from('a\n\n'), [1])).toEqual(['a', '']);
    expect(split(Buffer.from(''), [])).toEqual([]);
  });

  test('begin behind a byte order mark, which is one only at the very beginning', () => {
    expect(split(Buffer.from('\ufeffa\n\ufeffb'), [1])).toEqual(['a', '\ufeffb']);
  });

  test('that are longer than any command are counted and not kept', () => {
    const splitter = new LineSplitter();
    const piece = Buffer.alloc(1 << 20, 0x78);
    for (let bytes = 0; bytes <= LONGEST_LINE_BYTES; bytes += piece.length) expect(splitter.push(piece)).toEqual([]);
    const [long, next] = splitter.push(Buffer.from('x\nnext\n'));
    const bytes = LONGEST_LINE_BYTES + piece.length + 1;
    expect(long).toEqual(new UnreadableLine(`${bytes} bytes long, and no command has more than ${LONGEST_LINE_BYTES}`));
    expect(next).toBe('next');
  });
});

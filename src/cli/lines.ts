import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';

/** A piece of the input: its lines, the number of the first, and how many bytes of the file were read so far. */
export interface Chunk {
  readonly lines: readonly string[];
  readonly firstNumber: number;
  readonly bytesRead: number;
}

export interface Input {
  /** Bytes of the file; undefined for stdin. */
  readonly size: number | undefined;
  readonly chunks: AsyncIterable<Chunk>;
}

/** Lines of a file (plain or .gz), or of stdin for `-` and nothing. Rejects while reading when the file cannot be read. */
export function openInput(path: string | undefined): Input {
  if (path === undefined || path === '-') return { size: undefined, chunks: chunksOf(process.stdin, () => 0) };
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const size = statSync(path).size;
  if (!path.endsWith('.gz')) return { size, chunks: chunksOf(file, () => file.bytesRead) };
  const plain = createGunzip();
  file.on('error', (error) => plain.destroy(error));
  return { size, chunks: chunksOf(file.pipe(plain), () => file.bytesRead) };
}

async function* chunksOf(stream: Readable, bytesRead: () => number): AsyncGenerator<Chunk> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let firstNumber = 1;
  for await (const piece of stream) {
    const lines = (rest + decoder.write(piece as Buffer)).split('\n');
    rest = lines.pop() as string;
    yield { lines, firstNumber, bytesRead: bytesRead() };
    firstNumber += lines.length;
  }
  rest += decoder.end();
  if (rest !== '') yield { lines: [rest], firstNumber, bytesRead: bytesRead() };
}

import { isUtf8 } from 'node:buffer';
import { createReadStream, statSync } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A line that cannot be handed on as text. */
export class UnreadableLine {
  constructor(readonly reason: string) {}
}

export type Line = string | UnreadableLine;

/** A piece of the input: its lines, the number of the first, and how many bytes of the file were read so far. */
export interface Chunk {
  readonly lines: readonly Line[];
  readonly firstNumber: number;
  readonly bytesRead: number;
}

export interface Input {
  /** Bytes of the file; undefined for stdin. */
  readonly size: number | undefined;
  readonly chunks: AsyncIterable<Chunk>;
  /** Ends `chunks` without an error; a line that has not come whole is dropped. */
  stop(): void;
}

/** Longer lines are no commands: the largest that makes sense, a listing with all its tiers, has some kilobytes. */
export const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;
const FIRST_OF_GZIP = 0x1f;
const BYTE_ORDER_MARK = '\ufeff';

/** Lines of a file, or of stdin for `-` and nothing; what is compressed with gzip is recognised by its first byte. Throws when there is no such file. */
export function openInput(path: string | undefined): Input {
  if (path === undefined || path === '-') return inputFrom(() => process.stdin, undefined);
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? refuseMissing(path);
  return inputFrom(() => createReadStream(path, { highWaterMark: 1 << 18 }), size);
}

/** The stream is opened when reading begins: before, nobody would hear of its errors. */
function inputFrom(open: () => Readable & { readonly bytesRead?: number }, size: number | undefined): Input {
  let stream: ReturnType<typeof open> | undefined;
  let isStopped = false;
  async function* chunks(): AsyncGenerator<Chunk> {
    if (isStopped) return;
    const source = open();
    stream = source;
    try {
      yield* chunksOf(plainPiecesOf(source), () => source.bytesRead ?? 0);
    } catch (error) {
      // A stream that is destroyed by `stop` ends its readers with a complaint that means nothing here.
      if (!isStopped) throw error;
    } finally {
      source.destroy();
    }
  }
  const stop = () => {
    isStopped = true;
    stream?.destroy();
  };
  return { size, chunks: chunks(), stop };
}

async function* plainPiecesOf(stream: Readable): AsyncIterable<Buffer> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  const first = await pieces.next();
  if (first.done === true) return;
  async function* all(): AsyncIterable<Buffer> {
    yield first.value;
    yield* pieces;
  }
  if (first.value[0] !== FIRST_OF_GZIP) {
    yield* all();
    return;
  }
  const plain = createGunzip();
  // An error of either stream reaches the reader of `plain`.
  pipeline(all(), plain, () => undefined);
  yield* plain;
}

async function* chunksOf(pieces: AsyncIterable<Buffer>, bytesRead: () => number): AsyncGenerator<Chunk> {
  const splitter = new LineSplitter();
  let firstNumber = 1;
  for await (const piece of pieces) {
    const lines = splitter.push(piece);
    yield { lines, firstNumber, bytesRead: bytesRead() };
    firstNumber += lines.length;
  }
  yield { lines: splitter.end(), firstNumber, bytesRead: bytesRead() };
}

/** Cuts bytes into lines, and holds the last one back until its end has come. */
export class LineSplitter {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private isFirst = true;

  push(piece: Buffer): Line[] {
    const firstEnd = piece.indexOf(NEWLINE);
    if (firstEnd < 0) {
      this.hold(piece);
      return [];
    }
    this.hold(piece.subarray(0, firstEnd));
    const lines = [this.release()];
    const lastEnd = piece.lastIndexOf(NEWLINE);
    if (lastEnd > firstEnd) for (const line of linesIn(piece.subarray(firstEnd + 1, lastEnd))) lines.push(line);
    this.hold(piece.subarray(lastEnd + 1));
    return lines;
  }

  /** The line without a newline at the very end, when there is one. */
  end(): Line[] {
    return this.heldBytes === 0 ? [] : [this.release()];
  }

  /** Bytes past the limit are counted and not kept: a file without newlines must not fill the memory. */
  private hold(bytes: Buffer): void {
    this.heldBytes += bytes.length;
    if (this.heldBytes <= LONGEST_LINE_BYTES) this.held.push(bytes);
    else this.held = [];
  }

  private release(): Line {
    const line = this.heldBytes > LONGEST_LINE_BYTES ? tooLong(this.heldBytes) : textOf(Buffer.concat(this.held));
    this.held = [];
    this.heldBytes = 0;
    if (!this.isFirst) return line;
    this.isFirst = false;
    return typeof line === 'string' && line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
  }
}

function tooLong(bytes: number): UnreadableLine {
  return new UnreadableLine(`${bytes} bytes long, and no command has more than ${LONGEST_LINE_BYTES}`);
}

function textOf(bytes: Buffer): Line {
  // Replaced bytes would change what is recorded, so nothing is replaced.
  return isUtf8(bytes) ? bytes.toString('utf8') : new UnreadableLine('not UTF-8');
}

function linesIn(bytes: Buffer): Line[] {
  if (isUtf8(bytes)) return bytes.toString('utf8').split('\n');
  const lines: Line[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    lines.push(textOf(bytes.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

function refuseMissing(path: string): never {
  throw new Error(`there is no file ${path}`);
}

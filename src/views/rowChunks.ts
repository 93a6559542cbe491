import { ByteReader, ByteWriter } from '../contract/bytes';
import { type HappenedRow, type HappenedView, readRow } from '../projections/happened';

/** A list and the place of the first row of a chunk of it. */
export type ChunkKey = [view: HappenedView, list: string, at: number, n: number];

/** Who asks for a few rows reads whole chunks. */
const MOST_ROWS = 100;

/** Rows of one list that go into the store together, one behind the other: a key for each would cost more than the row. */
export class RowChunks {
  private lists = new Map<HappenedView, Map<string, HappenedRow[]>>();
  private readonly writer = new ByteWriter(1 << 16);

  /** A candle that grows comes again with each trade, and is taken once. */
  add(row: HappenedRow): void {
    let lists = this.lists.get(row.view);
    if (lists === undefined) {
      lists = new Map();
      this.lists.set(row.view, lists);
    }
    const rows = lists.get(row.list);
    if (rows === undefined) lists.set(row.list, [row]);
    else if (rows[rows.length - 1] !== row) rows.push(row);
  }

  /** Gives out all chunks and forgets them; the bytes are valid until the next one. */
  drain(take: (key: ChunkKey, bytes: Uint8Array) => void): void {
    const { lists } = this;
    this.lists = new Map();
    for (const [view, ofView] of lists) {
      for (const [list, rows] of ofView) {
        // A candle has the place of its interval, and is replaced as it grows.
        if (view === 'candles') for (const row of rows) take([view, list, row.at, row.n], this.bytesOf([row]));
        else this.split(rows, take);
      }
    }
  }

  private split(rows: readonly HappenedRow[], take: (key: ChunkKey, bytes: Uint8Array) => void): void {
    for (let start = 0; start < rows.length; start += MOST_ROWS) {
      const { view, list, at, n } = rows[start] as HappenedRow;
      take([view, list, at, n], this.bytesOf(rows.length <= MOST_ROWS ? rows : rows.slice(start, start + MOST_ROWS)));
    }
  }

  private bytesOf(rows: readonly HappenedRow[]): Uint8Array {
    const { writer } = this;
    writer.clear();
    for (const row of rows) {
      writer.varint(row.at);
      writer.varint(row.n);
      row.write(writer);
    }
    return writer.written();
  }
}

/** The rows of a chunk in their order. */
export function rowsOfChunk([view, list]: ChunkKey, bytes: Uint8Array): HappenedRow[] {
  const reader = new ByteReader(bytes);
  const rows: HappenedRow[] = [];
  while (reader.position < reader.end) rows.push(readRow(view, list, reader.varint(), reader.varint(), reader));
  return rows;
}

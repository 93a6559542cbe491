import type { ByteReader, ByteWriter } from '../../contract/bytes';
import type { FoldedPosition } from '../../projections/positions';

const TOMBSTONE_AFTER_MS = 24 * 3_600_000;

interface Ended {
  readonly key: string;
  readonly endedAt: number;
}

/** Rows that ended, in order of time, until their tombstone is due (journal.md §4.4). */
export class EndedPositions {
  private waiting: Ended[] = [];
  /** The last end under each key that was not opened again since. */
  private readonly current = new Map<string, Ended>();

  /** Writes all that it remembers. */
  save(writer: ByteWriter): void {
    writer.varint(this.waiting.length);
    for (const ended of this.waiting) {
      writer.text(ended.key);
      writer.varint(ended.endedAt);
      writer.byte(this.current.get(ended.key) === ended ? 1 : 0);
    }
  }

  /** Goes on from what another has saved. */
  load(reader: ByteReader): void {
    for (let left = reader.varint(); left > 0; left--) {
      const ended = { key: reader.freshText(), endedAt: reader.varint() };
      this.waiting.push(ended);
      if (reader.byte() === 1) this.current.set(ended.key, ended);
    }
  }

  /** To be called with every row that changed. */
  note({ key, status, endedAt }: FoldedPosition): void {
    if (status !== 'CLOSED' && status !== 'LIQUIDATED') {
      this.current.delete(key);
      return;
    }
    const ended = { key, endedAt };
    this.waiting.push(ended);
    this.current.set(key, ended);
  }

  /** Keys whose row ended 24 h of engine time ago or more and was not opened again. */
  due(time: number): string[] {
    let count = 0;
    while (count < this.waiting.length && (this.waiting[count] as Ended).endedAt + TOMBSTONE_AFTER_MS <= time) count += 1;
    if (count === 0) return [];
    const over = this.waiting.splice(0, count).filter((ended) => this.current.get(ended.key) === ended);
    return over.map(({ key }) => {
      this.current.delete(key);
      return key;
    });
  }
}

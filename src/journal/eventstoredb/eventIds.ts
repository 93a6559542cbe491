import { parse, stringify, v5 } from 'uuid';

const INDEX_BYTES = 4;

/**
 * The id of an event: a v5 UUID of its record in the namespace of its writer, with the
 * event's index in the last four bytes: one hash a record (journal.md §2.1). The same
 * writer makes the same id again for a retry; no other writer ever does.
 */
export class EventIds {
  private record = -1;
  private readonly base = new Uint8Array(16);

  constructor(private readonly writer: string) {}

  of(revision: number, index: number): string {
    if (revision !== this.record) {
      this.base.set(parse(v5(String(revision), this.writer)));
      this.record = revision;
    }
    const id = Uint8Array.from(this.base);
    new DataView(id.buffer).setUint32(id.length - INDEX_BYTES, index);
    return stringify(id);
  }
}

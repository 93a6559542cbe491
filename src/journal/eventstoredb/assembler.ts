import { isFrame, type PlacedRecord, type ReadEvent, rawOf, unpackFrame } from './packing';

/** Puts records together from the events of a stream, in either packing. A record is there when its last event is. */
export class Assembler {
  private open: ReadEvent[] = [];

  /** The records that this event completes. Throws on a stream that no writer of ours left so. */
  take(event: ReadEvent): PlacedRecord[] {
    const [first] = this.open;
    const { metadata } = event;
    const expected = first === undefined ? 0 : this.open.length;
    const isNext = metadata.index === expected && (first === undefined || first.metadata.revision === metadata.revision);
    if (!isNext) {
      throw new Error(`event ${metadata.index} of record ${metadata.revision} comes where event ${expected} was to come`);
    }
    this.open.push(event);
    if (!metadata.last) return [];
    const events = this.open;
    this.open = [];
    const bytes = events.length === 1 ? rawOf(event) : Buffer.concat(events.map(rawOf));
    if (isFrame(event)) return unpackFrame(bytes, metadata);
    const { revision, seq } = metadata;
    return [{ revision, seq, kind: seq === 0 ? 'control' : 'command', bytes }];
  }

  /** Events of a record whose last one has not come. */
  get unfinished(): readonly ReadEvent[] {
    return this.open;
  }
}

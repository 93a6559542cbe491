import { FrameQueue } from '../../../src/journal/eventstoredb/frames';
import type { Packed } from '../../../src/journal/eventstoredb/recordQueue';

const NO_CHAIN = { add: () => undefined, addFrame: () => undefined, hash: '', link: '' };
const RECORD_BYTES = 60_000;

/** Fills frames with records of one byte each, taken when they are full. */
class Filling {
  readonly queue = new FrameQueue('writer', NO_CHAIN);
  private records = 0;

  frame(byte: number): Packed {
    while (!this.queue.isFull) {
      this.records += 1;
      this.queue.add(
        { seq: this.records, kind: 'command', bytes: new Uint8Array(RECORD_BYTES).fill(byte) },
        this.records - 1,
        this.records,
      );
    }
    return this.queue.take();
  }
}

const dataOf = ({ events }: Packed): Uint8Array => (events[0] as { data: Uint8Array }).data;

describe('memory of frames', () => {
  test('that are not durable yet is left alone, however many more are filled', () => {
    const filling = new Filling();
    const taken: { packed: Packed; copy: Buffer }[] = [];
    for (let byte = 1; byte <= 60; byte++) {
      const packed = filling.frame(byte);
      taken.push({ packed, copy: Buffer.from(dataOf(packed)) });
      // Every third becomes durable at once, and is filled again while the others wait.
      if (byte % 3 === 0) filling.queue.release(packed);
    }
    const waiting = taken.filter((_, place) => (place + 1) % 3 !== 0);
    expect(waiting).toHaveLength(40);
    for (const { packed, copy } of waiting) expect(copy.equals(dataOf(packed))).toBe(true);
  });

  test('that are durable is filled again', () => {
    const filling = new Filling();
    const first = filling.frame(1);
    filling.queue.release(first);
    const next = [filling.frame(2), filling.frame(3)];
    expect(next.map((packed) => dataOf(packed).buffer)).toContain(dataOf(first).buffer);
  });
});

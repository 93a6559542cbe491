import { CONTROL_BIT } from '../../../src/journal/block';
import { RUN_LENGTH } from '../../../src/journal/chain';
import { RunningChain } from '../../../src/journal/runningChain';

const record = (seq: number): Buffer => Buffer.from(`command ${seq} ${'x'.repeat((seq * 37) % 90)}`);

function framed(bytes: Buffer, isControl: boolean): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(isControl ? bytes.length + CONTROL_BIT : bytes.length);
  return Buffer.concat([length, bytes]);
}

// Frames that begin and end within runs, hold whole ones, and have control records at every kind of place.
test('a frame of records is hashed as its commands are one by one', () => {
  const single = new RunningChain();
  const byFrame = new RunningChain();
  let seq = 0;
  for (const count of [1, 0, RUN_LENGTH - 1, RUN_LENGTH, 3, 2 * RUN_LENGTH + 5, 700]) {
    const parts: Buffer[] = [];
    for (let place = 0; place < count; place++) {
      if (seq % 50 === 0 || seq % RUN_LENGTH < 2) parts.push(framed(Buffer.from('{"type":"Control"}'), true));
      seq += 1;
      single.add(record(seq));
      parts.push(framed(record(seq), false));
    }
    parts.push(framed(Buffer.alloc(0), true));
    byFrame.addFrame(Buffer.concat(parts));
    expect([byFrame.seq, byFrame.hash().toString('hex')]).toEqual([seq, single.hash().toString('hex')]);
    expect(byFrame.link).toEqual(single.link);
  }
});

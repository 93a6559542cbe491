import { BatchWindow, movable } from '../../../src/threads';

/** Gives as many batches as it is asked for, and counts them. */
class Source {
  given = 0;

  async *batches(): AsyncGenerator<{ readonly buffer: Uint8Array }> {
    for (;;) {
      this.given += 1;
      yield { buffer: new Uint8Array(8) };
    }
  }
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('a window sends four batches ahead of what was taken, and reads one more', async () => {
  const [source, window, stop, sent] = [new Source(), new BatchWindow(), new AbortController(), [] as number[]];
  const sending = window.sendAll(source.batches(), (_, moved) => sent.push(moved.length), stop.signal);
  await turns();
  expect(sent).toEqual([1, 1, 1, 1]);
  expect(source.given).toBe(5);
  window.taken();
  await turns();
  expect(sent).toHaveLength(5);
  expect(source.given).toBe(6);
  stop.abort();
  await sending;
  expect(sent).toHaveLength(5);
});

test('a window rejects as the batches do', async () => {
  async function* broken(): AsyncGenerator<{ readonly buffer: Uint8Array }> {
    yield { buffer: new Uint8Array(1) };
    throw new Error('the disk is gone');
  }
  const sending = new BatchWindow().sendAll(broken(), () => undefined, new AbortController().signal);
  await expect(sending).rejects.toThrow('the disk is gone');
});

test('memory that a batch has for itself can move, and a part of a pool cannot', () => {
  const own = new Uint8Array(8);
  expect(movable({ buffer: own })).toEqual([own.buffer]);
  expect(movable({ buffer: own.subarray(1) })).toEqual([]);
  expect(movable({ buffer: new Uint8Array(new SharedArrayBuffer(8)) })).toEqual([]);
});

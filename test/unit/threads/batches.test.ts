import { BatchWindow, compact } from '../../../src/threads';

const batchOf = (buffer: Uint8Array, ...places: readonly (readonly [start: number, end: number])[]) => ({
  firstRevision: 7,
  count: places.length,
  buffer,
  // As a reader makes them: views of arrays that have room for more.
  starts: Uint32Array.from([...places.map(([start]) => start), 0, 0]).subarray(0, places.length),
  ends: Uint32Array.from([...places.map(([, end]) => end), 0, 0]).subarray(0, places.length),
  seqs: Float64Array.from([...places.map((_, at) => 40 + at), 0, 0]).subarray(0, places.length),
});

/** Gives as many batches as it is asked for, and counts them. */
class Source {
  given = 0;

  async *batches(): AsyncGenerator<ReturnType<typeof batchOf>> {
    for (;;) {
      this.given += 1;
      yield batchOf(new Uint8Array(64), [4, 8]);
    }
  }
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('a window sends four batches ahead of what was taken, and reads one more', async () => {
  const [source, window, stop, sent] = [new Source(), new BatchWindow(), new AbortController(), [] as number[]];
  const sending = window.sendAll(source.batches(), ({ buffer }) => sent.push(buffer.length), stop.signal);
  await turns();
  expect(sent).toEqual([4, 4, 4, 4]);
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
  async function* broken(): AsyncGenerator<ReturnType<typeof batchOf>> {
    yield batchOf(new Uint8Array(1), [0, 1]);
    throw new Error('the disk is gone');
  }
  const sending = new BatchWindow().sendAll(broken(), () => undefined, new AbortController().signal);
  await expect(sending).rejects.toThrow('the disk is gone');
});

test('what is sent holds the records and no other memory, and nothing is taken from the sender', () => {
  const memory = Uint8Array.from({ length: 1_000 }, (_, at) => at % 251);
  const batch = batchOf(memory.subarray(100, 900), [10, 20], [24, 30]);
  const sent = compact(batch);
  expect(sent).toMatchObject({ firstRevision: 7, count: 2 });
  expect([[...sent.starts], [...sent.ends], [...sent.seqs]]).toEqual([
    [0, 14],
    [10, 20],
    [40, 41],
  ]);
  expect([...sent.buffer]).toEqual([...memory.subarray(110, 130)]);
  const all = [sent.buffer, sent.starts, sent.ends, sent.seqs];
  expect(all.map(({ buffer }) => buffer.byteLength)).toEqual(all.map(({ byteLength }) => byteLength));
  expect(memory.byteLength).toBe(1_000);
  expect(compact(batchOf(memory)).buffer).toHaveLength(0);
});

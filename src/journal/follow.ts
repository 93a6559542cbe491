import { JournalClosed, type RecordBatch } from './port';
import type { Watermark } from './watermark';

type ReadBatches = (fromRevision: number) => AsyncIterable<RecordBatch>;

/** Resolves when `revision` is durable, with false when the signal came first. */
async function waitFor(watermark: Watermark, revision: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return false;
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
  });
  signal?.addEventListener('abort', stop);
  try {
    await Promise.race([watermark.whenDurable(revision), aborted]);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  return !signal?.aborted;
}

/** Reads what is durable, waits, reads on: `follow` of every journal that can read up to its watermark. */
export async function* followDurable(
  watermark: Watermark,
  readBatches: ReadBatches,
  fromRevision: number,
  signal?: AbortSignal,
): AsyncGenerator<RecordBatch> {
  let next = fromRevision;
  while (!signal?.aborted) {
    for await (const batch of readBatches(next)) {
      yield batch;
      next = batch.firstRevision + batch.count;
      if (signal?.aborted) return;
    }
    try {
      if (!(await waitFor(watermark, next, signal))) return;
    } catch (error) {
      if (error instanceof JournalClosed) return;
      throw error;
    }
  }
}

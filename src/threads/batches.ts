/** What a journal's reader gives: many records in one piece of memory, record `i` in `buffer[starts[i] … ends[i])`. */
interface Batch {
  readonly count: number;
  readonly buffer: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly seqs: Float64Array;
}

/**
 * The same records in memory that holds nothing else: a message to a thread copies all the memory that its views are of.
 * It is copied and never moved: when a thread gives an ArrayBuffer away for the first time, V8 throws away all of its
 * compiled code that reads typed arrays, and checks every access from then on; the engine's state is typed arrays.
 */
export function compact<B extends Batch>(batch: B): B {
  const { count, buffer, starts, ends, seqs } = batch;
  const begin = count === 0 ? 0 : (starts[0] as number);
  const end = count === 0 ? 0 : (ends[count - 1] as number);
  const moved = (places: Uint32Array) => places.slice(0, count).map((place) => place - begin);
  return {
    ...batch,
    buffer: Uint8Array.prototype.slice.call(buffer, begin, end),
    starts: moved(starts),
    ends: moved(ends),
    seqs: seqs.slice(0, count),
  };
}

/** Batches that wait for the thread: reading the journal goes no further ahead, so catching up cannot fill the memory. */
const MOST_UNDER_WAY = 4;

/** The batches that a thread was sent and has not taken yet. */
export class BatchWindow {
  private underWay = 0;
  private wake: (() => void) | undefined;

  /** Sends batch after batch, compact, a few ahead of the thread, until there are no more or the signal comes. Rejects as `batches` does. */
  async sendAll<B extends Batch>(batches: AsyncIterable<B>, send: (batch: B) => void, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.wake?.(), { once: true });
    for await (const batch of batches) {
      while (this.underWay >= MOST_UNDER_WAY && !signal.aborted) await this.untilTaken();
      if (signal.aborted) return;
      this.underWay += 1;
      send(compact(batch));
    }
  }

  /** To be called when the thread has taken a batch. */
  taken(): void {
    this.underWay -= 1;
    this.wake?.();
  }

  private untilTaken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

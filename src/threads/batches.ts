import type { TransferListItem } from 'node:worker_threads';

/** What a journal's reader gives, as far as it matters here: the bytes of many records, which belong to who has them. */
interface Batch {
  readonly buffer: Uint8Array;
}

/** Memory of a batch that goes to a thread without a copy. Buffers out of a pool cannot move; they are copied. */
export function movable({ buffer }: Batch): TransferListItem[] {
  const isWhole = buffer.byteOffset === 0 && buffer.byteLength === buffer.buffer.byteLength;
  return isWhole && buffer.buffer instanceof ArrayBuffer ? [buffer.buffer] : [];
}

/** Batches that wait for the thread: reading the journal goes no further ahead, so catching up cannot fill the memory. */
const MOST_UNDER_WAY = 4;

/** The batches that a thread was sent and has not taken yet. */
export class BatchWindow {
  private underWay = 0;
  private wake: (() => void) | undefined;

  /** Sends batch after batch, a few ahead of the thread, until there are no more or the signal comes. Rejects as `batches` does. */
  async sendAll<B extends Batch>(
    batches: AsyncIterable<B>,
    send: (batch: B, moved: TransferListItem[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    signal.addEventListener('abort', () => this.wake?.(), { once: true });
    for await (const batch of batches) {
      while (this.underWay >= MOST_UNDER_WAY && !signal.aborted) await this.untilTaken();
      if (signal.aborted) return;
      this.underWay += 1;
      send(batch, movable(batch));
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

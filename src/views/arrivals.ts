import { ViewsBehind } from './port';

/** How long a question waits for the command that it needs. */
const PATIENCE_MS = 1_000;

interface Waiting {
  readonly minSeq: number;
  readonly settle: (failure?: Error) => void;
}

/** Lets questions wait for a seq. */
export class Arrivals {
  private waiting: Waiting[] = [];

  constructor(
    private readonly current: () => number,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Resolves once the current seq is `minSeq` or above; rejects with ViewsBehind when that takes too long. */
  async until(minSeq: number | undefined): Promise<void> {
    if (minSeq === undefined || minSeq <= this.current()) return;
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        minSeq,
        settle: (failure) => {
          clearTimeout(timer);
          if (failure === undefined) resolve();
          else reject(failure);
        },
      };
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((other) => other !== waiting);
        waiting.settle(new ViewsBehind(minSeq, this.current()));
      }, this.patienceMs);
      this.waiting.push(waiting);
    });
  }

  /** To be called when the current seq has moved. */
  arrived(): void {
    if (this.waiting.length === 0) return;
    const seq = this.current();
    const due = this.waiting.filter(({ minSeq }) => minSeq <= seq);
    this.waiting = this.waiting.filter(({ minSeq }) => minSeq > seq);
    for (const { settle } of due) settle();
  }
}

import { setTimeout as pause } from 'node:timers/promises';

const MOST_WAITING = 1_000;

/**
 * Previews one after the other, in at most half of the engine's time: after each the next waits as long as it took, so that
 * questions about a tick that liquidates thousands do not stop the commands.
 */
export class PreviewTurns {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private restUntil = 0;

  /** `now`: ms of a clock that never goes back. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  get hasRoom(): boolean {
    return this.waiting < MOST_WAITING;
  }

  /** Runs `work` when it is its turn. Ask `hasRoom` first. */
  async take<T>(work: () => T): Promise<T> {
    this.waiting += 1;
    const mine = this.last.then(() => this.run(work));
    this.last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.waiting -= 1;
    }
  }

  private async run<T>(work: () => T): Promise<T> {
    const rest = this.restUntil - this.now();
    if (rest >= 1) await pause(rest);
    const started = this.now();
    try {
      return work();
    } finally {
      // Rests that are too short to be timed add up.
      this.restUntil = Math.max(this.restUntil, started) + 2 * (this.now() - started);
    }
  }
}

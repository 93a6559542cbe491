import type { Journal } from '../journal';
import type { Sequencer } from './sequencer';

/** A store that hangs without failing would leave the node waiting, and its standby too: it ends here. */
export class Watchdog {
  private revision = -1;
  private since = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly journal: Journal,
    private readonly timeoutMs: number,
  ) {}

  /** Throws when work has waited for so long, and nothing became durable. `now` in ms, of a clock that never goes back. */
  look(now: number): void {
    const { revision } = this.journal.durable;
    if (revision !== this.revision || this.sequencer.waitingEvents === 0) {
      this.revision = revision;
      this.since = now;
    }
    if (now - this.since >= this.timeoutMs) {
      throw new Error(
        `${this.sequencer.waitingEvents} events have waited ${this.timeoutMs} ms for the journal, and nothing became durable`,
      );
    }
  }
}

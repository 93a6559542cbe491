import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first signal asks for an orderly end, the second ends the program at once: the journal stands that. */
export class Signals {
  /** The signal that came, if one did. */
  received: (typeof SIGNALS)[number] | undefined;

  constructor(private readonly onFirst: () => void) {
    for (const signal of SIGNALS) process.on(signal, this.handle);
  }

  /** What a shell reports of a program that a signal ended; undefined when none came. */
  get exitCode(): number | undefined {
    return this.received === undefined ? undefined : 128 + constants.signals[this.received];
  }

  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.handle);
  }

  private readonly handle = (signal: NodeJS.Signals): void => {
    if (this.received !== undefined) process.exit(128 + constants.signals[signal]);
    this.received = signal as (typeof SIGNALS)[number];
    this.onFirst();
  };
}

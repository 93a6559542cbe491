import type { PublishedPosition } from './port';

interface Waiter {
  readonly revision: number;
  readonly done: () => void;
  readonly failed: (cause: Error) => void;
}

/** Before the first record that was published. */
export const NOTHING_PUBLISHED: PublishedPosition = { revision: -1, seq: 0 };

/** How far a publisher has come, who waits for it, and why it will come no further. */
export class Published {
  private waiters: Waiter[] = [];
  private listeners: ((cause: Error) => void)[] = [];
  private failure: Error | undefined;
  position = NOTHING_PUBLISHED;

  onFailure(listener: (cause: Error) => void): void {
    if (this.failure !== undefined) listener(this.failure);
    else this.listeners.push(listener);
  }

  when(revision: number): Promise<void> {
    if (revision <= this.position.revision) return Promise.resolve();
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((done, failed) => this.waiters.push({ revision, done, failed }));
  }

  /** Answers who waits for what is out. */
  reached(position: PublishedPosition): void {
    this.position = position;
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) {
      if (waiter.revision <= position.revision) waiter.done();
      else this.waiters.push(waiter);
    }
  }

  /** Nothing more goes out; whoever listens for failures need not know. */
  end(cause: Error): void {
    for (const { failed } of this.waiters.splice(0)) failed(cause);
  }

  fail(cause: Error): void {
    if (this.failure !== undefined) return;
    this.failure = cause;
    this.end(cause);
    for (const listener of this.listeners.splice(0)) listener(cause);
  }
}

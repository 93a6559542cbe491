import { JournalClosed, type Position } from './port';

interface Waiter {
  readonly revision: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** How far a journal is durable, who waits for it, and why it will go no further. Shared by all journals. */
export class Watermark {
  failure: Error | null = null;
  private waiters: Waiter[] = [];
  private readonly durableListeners = new Set<(durable: Position) => void>();
  private readonly failureListeners = new Set<(failure: Error) => void>();
  private isClosed = false;

  constructor(private position: Position) {}

  get durable(): Position {
    return this.position;
  }

  whenDurable(revision: number): Promise<void> {
    if (revision <= this.position.revision) return Promise.resolve();
    const end = this.failure ?? (this.isClosed ? new JournalClosed() : null);
    if (end) return Promise.reject(end);
    return new Promise((resolve, reject) => this.waiters.push({ revision, resolve, reject }));
  }

  onDurable(listener: (durable: Position) => void): () => void {
    this.durableListeners.add(listener);
    return () => this.durableListeners.delete(listener);
  }

  onFailure(listener: (failure: Error) => void): () => void {
    this.failureListeners.add(listener);
    return () => this.failureListeners.delete(listener);
  }

  advance(to: Position): void {
    this.position = to;
    const waiters = this.waiters;
    this.waiters = waiters.filter((waiter) => waiter.revision > to.revision);
    for (const waiter of waiters) if (waiter.revision <= to.revision) waiter.resolve();
    for (const listener of this.durableListeners) listener(to);
  }

  fail(error: Error): void {
    if (this.failure) return;
    this.failure = error;
    this.rejectWaiters(error);
    for (const listener of this.failureListeners) listener(error);
  }

  close(): void {
    this.isClosed = true;
    this.rejectWaiters(new JournalClosed());
  }

  private rejectWaiters(error: Error): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter.reject(error);
  }
}

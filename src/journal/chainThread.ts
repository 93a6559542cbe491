import type { Worker } from 'node:worker_threads';
import { startWorker } from '../threads';
import type { ChainState } from './chain';
import type { Segment } from './segment';

/** A question to the chain's thread: the hash at `seq`, read from these segments up to a durable revision. */
export interface ChainQuestion {
  readonly seq: number;
  readonly upToRevision: number;
  readonly segments: readonly Segment[];
}

export type ChainAnswer = { readonly hash: Uint8Array } | { readonly error: string };

/** Hashes in a thread of its own, which reads the segment files itself: appending costs the engine nothing for it. */
export class ChainThread {
  private readonly worker: Worker;
  private readonly waiting: { resolve: (hash: Uint8Array) => void; reject: (error: Error) => void }[] = [];
  private ended: Error | null = null;

  constructor(state: ChainState) {
    this.worker = startWorker(`${__dirname}/chainWorker`, { workerData: state });
    this.worker.unref();
    this.worker.on('message', (answer: ChainAnswer) => {
      const asked = this.waiting.shift();
      if (this.waiting.length === 0) this.worker.unref();
      if ('hash' in answer) asked?.resolve(answer.hash);
      else asked?.reject(new Error(answer.error));
    });
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('the thread of the hash chain has stopped')));
  }

  /** Answers come in the order of the questions. */
  ask(question: ChainQuestion): Promise<Uint8Array> {
    if (this.ended) return Promise.reject(this.ended);
    // The thread must not keep a process alive, but a question to it must.
    this.worker.ref();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const asked of this.waiting.splice(0)) asked.reject(this.ended);
  }
}

import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { BlockLife } from './life';
import type { HistorySource } from './source';
import type { ViewAnswer, ViewQuestion } from './views';

export type HistoryQuestion = (ViewQuestion & { readonly seq: number }) | { readonly isolationId: string; readonly seq: number };
export type HistoryAnswer = { readonly value: unknown } | { readonly error: string; readonly isBeyond: boolean };

/** A question that no answer can be given to: `isBeyond` when the journal does not reach so far. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  constructor(
    message: string,
    readonly isBeyond: boolean,
  ) {
    super(message);
  }
}

/** So many questions may wait; each can cost a part of the journal. */
const MOST_WAITING = 32;

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** From source (tests, tsx) the thread loads the TypeScript of its module; built, the JavaScript beside this file. */
function startThread(data: object): Worker {
  const built = `${__dirname}/thread.js`;
  if (existsSync(built)) return new Worker(built, { workerData: data });
  const source = `require('tsx/cjs'); require(${JSON.stringify(`${__dirname}/thread.ts`)});`;
  return new Worker(source, { eval: true, workerData: data });
}

/** The past of one journal, replayed in a thread of its own that is started by the first question: the engine's is not touched. */
export class History {
  private thread: Worker | undefined;
  private readonly waiting: Asked[] = [];

  constructor(
    private readonly source: HistorySource,
    private readonly shard: number,
  ) {}

  /** True while no more questions are taken. */
  get isBusy(): boolean {
    return this.waiting.length >= MOST_WAITING;
  }

  /** A view as it stood after the command `seq`. Rejects with HistoryError. */
  view(question: ViewQuestion, seq: number): Promise<ViewAnswer> {
    return this.ask({ ...question, seq }) as Promise<ViewAnswer>;
  }

  /** A block's life up to the command `seq`; undefined when there was none of that id. Rejects with HistoryError. */
  life(isolationId: string, seq: number): Promise<BlockLife | undefined> {
    return this.ask({ isolationId, seq }) as Promise<BlockLife | undefined>;
  }

  private ask(question: HistoryQuestion): Promise<unknown> {
    if (this.isBusy) return Promise.reject(new HistoryError('too many questions about the past wait already', false));
    this.thread ??= this.start();
    const { thread } = this;
    // The thread must not keep a process alive, but a question to it must.
    thread.ref();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      thread.postMessage(question);
    });
  }

  private start(): Worker {
    const thread = startThread({ source: this.source, shard: this.shard });
    thread.unref();
    thread.on('message', (answer: HistoryAnswer) => {
      const asked = this.waiting.shift();
      if (this.waiting.length === 0) thread.unref();
      if ('value' in answer) asked?.resolve(answer.value);
      else asked?.reject(new HistoryError(answer.error, answer.isBeyond));
    });
    const end = (error: Error) => {
      if (this.thread === thread) this.thread = undefined;
      for (const asked of this.waiting.splice(0)) asked.reject(error);
    };
    thread.on('error', end);
    thread.on('exit', () => end(new HistoryError('the thread of the past has stopped', false)));
    return thread;
  }

  async close(): Promise<void> {
    await this.thread?.terminate();
  }
}

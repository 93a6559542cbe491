import type { Worker } from 'node:worker_threads';
import type { RecordBatch } from '../journal';
import { movable, startWorker } from '../threads';
import type { EventsPage, EventsQuestion } from './events';
import type { BlockHistory } from './life';
import type { HistorySource } from './source';
import type { ViewAnswer, ViewQuestion } from './views';

/** As of when. */
export interface AsOf {
  /** After this command; undefined: now. */
  readonly at?: number | undefined;
  /** Not before this command is in. */
  readonly minSeq?: number | undefined;
}

export type HistoryQuestion = AsOf & { readonly head: number } & (
    | ({ readonly ask: 'view' } & ViewQuestion)
    | { readonly ask: 'life'; readonly isolationId: string }
    | ({ readonly ask: 'events' } & EventsQuestion)
  );
export type HistoryAnswer = { readonly value: unknown } | { readonly error: { readonly name: string; readonly message: string } };

/** A question without an answer; `name` is that of the error in the thread: `BeyondJournal` or another. */
export class HistoryError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** The node's journal as it becomes durable. */
export interface Feed {
  readonly durable: { readonly seq: number };
  follow(fromRevision?: number, signal?: AbortSignal): AsyncIterable<RecordBatch>;
}

export interface HistoryOptions {
  readonly source: HistorySource;
  readonly shard: number;
  /** What the node's journal hands on, from its beginning. */
  readonly feed: Feed;
}

/** So many questions may wait; each can cost a part of the journal. */
const MOST_WAITING = 64;

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The present and the past of one journal in a thread of its own, started by the first question: it follows what becomes
 * durable with the engine's own transitions, and reads the journal again for what was. The engine's thread only hands over bytes.
 */
export class History {
  private thread: Worker | undefined;
  private readonly waiting: Asked[] = [];
  private readonly closing = new AbortController();

  /** What was durable before anybody asked. While it is still being read, no answer is right about what stands. */
  private readonly begunAt: number;

  constructor(private readonly options: HistoryOptions) {
    this.begunAt = options.feed.durable.seq;
  }

  view(question: ViewQuestion, asOf: AsOf = {}): Promise<ViewAnswer> {
    return this.ask({ ask: 'view', ...question, ...this.when(asOf) }) as Promise<ViewAnswer>;
  }

  /** A block's life; undefined when there was none of that id. */
  life(isolationId: string, asOf: AsOf = {}): Promise<BlockHistory | undefined> {
    return this.ask({ ask: 'life', isolationId, ...this.when(asOf) }) as Promise<BlockHistory | undefined>;
  }

  /** The journal's events in order, as of the seq that the answer says. */
  events(question: EventsQuestion, asOf: Pick<AsOf, 'minSeq'> = {}): Promise<EventsPage & ViewAnswer> {
    return this.ask({ ask: 'events', ...question, ...this.when(asOf) }) as Promise<EventsPage & ViewAnswer>;
  }

  /** `head` is what is durable when somebody asks: in the answer, if the thread is not far behind. */
  private when({ at, minSeq }: AsOf): AsOf & { readonly head: number } {
    if (at !== undefined) return { at, minSeq, head: 0 };
    return { at, minSeq: Math.max(minSeq ?? 0, this.begunAt), head: this.options.feed.durable.seq };
  }

  /** Rejects with HistoryError. Answers come in the order of the questions. */
  private ask(question: HistoryQuestion): Promise<unknown> {
    if (this.waiting.length >= MOST_WAITING) return Promise.reject(new HistoryError('TooBusy', 'too many questions wait already'));
    this.thread ??= this.start();
    const { thread } = this;
    // The thread must not keep a process alive, but a question to it must.
    thread.ref();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      thread.postMessage({ question });
    });
  }

  private start(): Worker {
    const { source, shard } = this.options;
    const thread = startWorker(`${__dirname}/thread`, { workerData: { source, shard } });
    thread.unref();
    thread.on('message', (answer: HistoryAnswer) => {
      const asked = this.waiting.shift();
      if (this.waiting.length === 0) thread.unref();
      if ('value' in answer) asked?.resolve(answer.value);
      else asked?.reject(new HistoryError(answer.error.name, answer.error.message));
    });
    const end = (error: Error) => {
      if (this.thread === thread) this.thread = undefined;
      for (const asked of this.waiting.splice(0)) asked.reject(error);
    };
    thread.on('error', end);
    thread.on('exit', () => end(new HistoryError('Stopped', 'the thread of the views has stopped')));
    void this.feed(thread).catch((error: Error) => {
      end(error);
      void thread.terminate();
    });
    return thread;
  }

  /** The batches belong to their reader, so their memory moves to the thread. */
  private async feed(thread: Worker): Promise<void> {
    for await (const batch of this.options.feed.follow(0, this.closing.signal)) {
      if (this.thread !== thread) return;
      thread.postMessage({ batch }, movable(batch));
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.thread?.terminate();
  }
}

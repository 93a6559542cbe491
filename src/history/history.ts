import type { Worker } from 'node:worker_threads';
import type { Topic } from '../contract/stream';
import type { ViewName, ViewQuery, ViewText } from '../contract/views';
import { UnknownQuestion } from '../projections/readModel';
import { startWorker } from '../threads';
import type { EventsPage, EventsQuestion } from './events';
import type { BlockHistory } from './life';
import type { Moment } from './moment';
import type { Retold } from './retold';
import type { HistorySource } from './source';

/** Each as of the command `at`. */
export type HistoryQuestion =
  | { readonly ask: 'command'; readonly moment: Moment }
  | { readonly ask: 'view'; readonly name: ViewName; readonly query: ViewQuery; readonly at: number }
  | { readonly ask: 'deltas'; readonly topic: Topic; readonly fromSeq: number; readonly toSeq: number }
  | { readonly ask: 'life'; readonly isolationId: string; readonly at: number }
  | ({ readonly ask: 'events'; readonly at: number } & EventsQuestion);
export type HistoryAnswer =
  | { readonly value: unknown }
  | { readonly error: { readonly name: string; readonly message: string; readonly field?: string | undefined } };

/** Answers come as they are ready, each with the number of its question. */
export interface NumberedQuestion {
  readonly number: number;
  readonly question: HistoryQuestion;
}
export interface NumberedAnswer {
  readonly number: number;
  readonly answer: HistoryAnswer;
}

/** A question without an answer; `name` is that of the error in the thread: `BeyondJournal` or another. */
export class HistoryError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

export interface HistoryOptions {
  readonly source: HistorySource;
  readonly shard: number;
}

/** So many questions may wait; each can cost a part of the journal. */
const MOST_WAITING = 64;

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The past of one journal, in a thread of its own that the first question starts and that reads the journal beside its writer. */
export class History {
  private thread: Worker | undefined;
  private readonly waiting = new Map<number, Asked>();
  private asked = 0;

  constructor(private readonly options: HistoryOptions) {}

  /** The last command at or before a moment; seq 0 before the first. Rejects with HistoryError beyond the journal's last seq. */
  commandAt(moment: Moment): Promise<{ readonly seq: number; readonly time: number }> {
    return this.ask({ ask: 'command', moment }) as Promise<{ seq: number; time: number }>;
  }

  /** Rows that stood after the command `at`. Rejects with HistoryError, or UnknownQuestion for parameters that the view cannot answer. */
  view(name: ViewName, query: ViewQuery, at: number): Promise<ViewText> {
    return this.ask({ ask: 'view', name, query, at }) as Promise<ViewText>;
  }

  /** What was told of a topic behind a command, up to another; undefined where that is too much to be told again. */
  deltas(topic: Topic, fromSeq: number, toSeq: number): Promise<Retold | undefined> {
    return this.ask({ ask: 'deltas', topic, fromSeq, toSeq }) as Promise<Retold | undefined>;
  }

  /** A block's life up to the command `at`; undefined when there was none of that id. */
  life(isolationId: string, at: number): Promise<BlockHistory | undefined> {
    return this.ask({ ask: 'life', isolationId, at }) as Promise<BlockHistory | undefined>;
  }

  /** The journal's events in order, up to those of the command `at`. */
  events(question: EventsQuestion, at: number): Promise<EventsPage> {
    return this.ask({ ask: 'events', ...question, at }) as Promise<EventsPage>;
  }

  private ask(question: HistoryQuestion): Promise<unknown> {
    if (this.waiting.size >= MOST_WAITING) return Promise.reject(new HistoryError('TooBusy', 'too many questions wait already'));
    this.thread ??= this.start();
    const { thread } = this;
    // The thread must not keep a process alive, but a question to it must.
    thread.ref();
    return new Promise((resolve, reject) => {
      const numbered: NumberedQuestion = { number: ++this.asked, question };
      this.waiting.set(numbered.number, { resolve, reject });
      thread.postMessage(numbered);
    });
  }

  private start(): Worker {
    const { source, shard } = this.options;
    const thread = startWorker(`${__dirname}/thread`, { workerData: { source, shard } });
    thread.unref();
    thread.on('message', ({ number, answer }: NumberedAnswer) => {
      const asked = this.waiting.get(number);
      this.waiting.delete(number);
      if (this.waiting.size === 0) thread.unref();
      if ('value' in answer) asked?.resolve(answer.value);
      else asked?.reject(errorOf(answer.error));
    });
    const end = (error: Error) => {
      if (this.thread === thread) this.thread = undefined;
      for (const asked of this.waiting.values()) asked.reject(error);
      this.waiting.clear();
    };
    thread.on('error', end);
    thread.on('exit', () => end(new HistoryError('Stopped', 'the thread of the views has stopped')));
    return thread;
  }

  async close(): Promise<void> {
    await this.thread?.terminate();
  }
}

function errorOf({ name, message, field }: Extract<HistoryAnswer, { error: unknown }>['error']): Error {
  return field === undefined ? new HistoryError(name, message) : UnknownQuestion.of(field, message);
}

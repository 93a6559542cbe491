import type { Worker } from 'node:worker_threads';
import type { Topic } from '../contract/stream';
import type { ViewName, ViewQuery, ViewText } from '../contract/views';
import type { RecordBatch } from '../journal';
import { type StandingRows, type ToldRows, UnknownQuestion } from '../projections/readModel';
import { BatchWindow, startWorker } from '../threads';
import { Arrivals } from './arrivals';
import type { Begun, Folding, FoldingOptions } from './folding';
import type { FromThread, ToThread } from './messages';
import type { Place, Views } from './port';

/** The node's journal as it becomes durable. */
export interface DurableFeed {
  readonly durable: { readonly seq: number };
  follow(fromRevision?: number, signal?: AbortSignal): AsyncIterable<RecordBatch>;
  /** Of the chain after a durable command (journal.md §1.3). */
  chainHash(seq: number): Promise<Uint8Array>;
}

export interface ProjectorOptions extends FoldingOptions {
  readonly feed: DurableFeed;
  /** Hears from which command on the journal is folded, and why not from a later one. */
  readonly onBegun?: ((begun: Begun) => void) | undefined;
  /** Called once, when the projections can follow no longer. */
  readonly onFailure?: ((cause: Error) => void) | undefined;
}

type Answer = Extract<FromThread, { kind: 'ANSWER' }>['answer'];
type Question =
  | { readonly kind: 'ASK'; readonly name: ViewName; readonly query: ViewQuery }
  | { readonly kind: 'NOW' }
  | { readonly kind: 'MARKED'; readonly accountId: string }
  | { readonly kind: 'WATCH'; readonly topic: Topic };

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: Error) => void;
}

/**
 * The projections in a thread of their own. The node's thread hands over the bytes of durable records, those behind what the
 * thread has kept first, and decodes none of them.
 */
export class Projector implements Views {
  private readonly thread: Worker;
  private readonly arrivals = new Arrivals(() => this.seq);
  private readonly asked = new Map<number, Asked>();
  private readonly listeners = new Set<(told: ToldRows) => void>();
  private readonly closing = new AbortController();
  private readonly exited: Promise<void>;
  private questions = 0;
  private readonly window = new BatchWindow();
  private failure: Error | undefined;
  private begun = (): void => undefined;
  private readonly whenBegun = new Promise<void>((resolve) => {
    this.begun = resolve;
  });
  seq = 0;

  constructor(private readonly options: ProjectorOptions) {
    const { shard, store } = options;
    const workerData: FoldingOptions = { shard, store };
    this.thread = startWorker(`${__dirname}/thread`, { workerData });
    this.thread.unref();
    this.thread.on('message', (message: FromThread) => this.hear(message));
    this.thread.on('error', (cause) => this.fail(cause));
    this.exited = new Promise((resolve) => {
      this.thread.on('exit', () => {
        this.fail(new Error('the thread of the projections has stopped'));
        resolve();
      });
    });
  }

  /** As `Views.read`; what is durable when it is asked is in the answer, so who catches up refuses rather than show old rows. */
  async read(name: ViewName, query: ViewQuery): Promise<ViewText> {
    return (await this.ask({ kind: 'ASK', name, query }, query.minSeq)) as ViewText;
  }

  async now(minSeq?: number): Promise<Place> {
    return (await this.ask({ kind: 'NOW' }, minSeq)) as Place;
  }

  async marked(accountId: string): Promise<ViewText> {
    return (await this.ask({ kind: 'MARKED', accountId })) as ViewText;
  }

  async watch(topic: Topic): Promise<StandingRows | undefined> {
    return (await this.ask({ kind: 'WATCH', topic })) as StandingRows | undefined;
  }

  forget(topic: Topic): void {
    this.say({ kind: 'FORGET', topic });
  }

  onRows(listener: (told: ToldRows) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async ask(question: Question, minSeq = 0): Promise<Answer> {
    await this.arrivals.until(Math.max(minSeq, this.options.feed.durable.seq));
    await this.whenBegun;
    if (this.failure !== undefined) throw this.failure;
    const number = ++this.questions;
    return new Promise((resolve, reject) => {
      this.asked.set(number, { resolve, reject });
      this.say({ ...question, number });
    });
  }

  /** Ends the thread when it has taken what it was given. */
  async close(): Promise<void> {
    this.closing.abort();
    this.thread.ref();
    this.say({ kind: 'CLOSE' });
    await this.exited;
  }

  private say(message: ToThread): void {
    this.thread.postMessage(message);
  }

  private hear(message: FromThread): void {
    switch (message.kind) {
      case 'KEPT':
        void this.problemOf(message.kept).then((problem) => this.say({ kind: 'BEGIN', problem }));
        break;
      case 'BEGUN':
        this.begin(message.begun);
        break;
      case 'TAKEN':
        this.seq = message.seq;
        this.window.taken();
        for (const told of message.told) for (const listener of this.listeners) listener(told);
        this.arrivals.arrived();
        break;
      case 'ANSWER':
        this.take(message.number)?.resolve(message.answer);
        break;
      case 'REFUSED': {
        const { type, message: text, field = '' } = message;
        this.take(message.number)?.reject(type === 'UnknownQuestion' ? UnknownQuestion.of(field, text) : new Error(text));
      }
    }
  }

  private take(number: number): Asked | undefined {
    const asked = this.asked.get(number);
    this.asked.delete(number);
    return asked;
  }

  /** Why what was kept is not what this journal would give; undefined when it is. */
  private async problemOf(kept: Folding['kept']): Promise<string | undefined> {
    if (kept === undefined) return undefined;
    const { feed } = this.options;
    const { seq, chainHash } = kept;
    if (seq > feed.durable.seq) return `it is at seq ${seq}, and the journal ends at ${feed.durable.seq}`;
    try {
      const hash = Buffer.from(await feed.chainHash(seq)).toString('hex');
      return hash === chainHash ? undefined : `the journal has another hash at its seq ${seq}`;
    } catch (error) {
      return (error as Error).message;
    }
  }

  private begin(begun: Begun): void {
    this.seq = begun.seq;
    this.options.onBegun?.(begun);
    this.begun();
    this.arrivals.arrived();
    void this.feed(begun.revision).catch((cause: Error) => this.fail(cause));
  }

  private feed(fromRevision: number): Promise<void> {
    const { signal } = this.closing;
    const send = (batch: RecordBatch) => this.say({ kind: 'BATCH', batch });
    return this.window.sendAll(this.options.feed.follow(fromRevision, signal), send, signal);
  }

  private fail(cause: Error): void {
    if (this.failure !== undefined) return;
    this.failure = cause;
    this.begun();
    for (const { reject } of this.asked.values()) reject(cause);
    this.asked.clear();
    if (!this.closing.signal.aborted) {
      this.closing.abort();
      this.options.onFailure?.(cause);
    }
  }
}

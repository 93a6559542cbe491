import { MaxAppendSizeExceededError, StreamDeletedError } from '@eventstore/db-client';
import { JournalFailed, JournalFenced, type Position } from '../port';
import type { StreamClient } from './client';
import { fillsGroup, type Outgoing, takeGroup } from './grouping';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;

interface Append {
  readonly events: readonly Outgoing[];
  /** Stream revision behind which it goes. */
  readonly behind: number;
  isSent: boolean;
  isDone: boolean;
}

export interface AppenderOptions {
  readonly connect: () => StreamClient;
  readonly writer: string;
  /** Revision of the stream's last event; −1: there is none. */
  readonly lastRevision: number;
  readonly maxInFlight: number;
  /** Everything up to a position stands, and its last event at a stream revision. */
  readonly onDurable: (position: Position, streamRevision: number) => void;
  /** More may be added: something was acknowledged, or a failure is overcome. */
  readonly onRoom: () => void;
  readonly onFailure: (failure: Error) => void;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * Several appends in flight at exact revisions, acknowledged in order. After any
 * failure nothing more is sent: the stream is read from the last acknowledged event on;
 * what is there of the pending ones is durable, what is missing is sent again as it was,
 * and an event of somebody else is the end (journal.md §2.2).
 */
export class Appender {
  private client: StreamClient;
  private queue: Outgoing[] = [];
  private inFlight: Append[] = [];
  private sentRevision: number;
  private durableRevision: number;
  private era = 0;
  private isRecovering = false;
  private isStopped = false;
  /** The writer's first append was found in the stream as its own. */
  private isProven = false;
  /** This connection has answered an append. Until then one goes alone: on a new one the client lets the second overtake the first. */
  private isOpened = false;
  private idle: (() => void)[] = [];

  constructor(private readonly options: AppenderOptions) {
    this.client = options.connect();
    this.sentRevision = options.lastRevision;
    this.durableRevision = options.lastRevision;
  }

  add(events: readonly Outgoing[]): void {
    for (const event of events) this.queue.push(event);
    this.send();
  }

  /** Whether less than one append waits behind what is in flight: the next one must be at hand when an answer comes. */
  get wantsMore(): boolean {
    return !this.isRecovering && !fillsGroup(this.queue);
  }

  /** Whether another append could go at once, and there is none. */
  get isIdle(): boolean {
    return this.queue.length === 0 && this.hasRoom;
  }

  private get hasRoom(): boolean {
    return !this.isRecovering && this.inFlight.length < this.options.maxInFlight;
  }

  /** Resolves when nothing is pending any more, or nothing will be done about it. */
  settled(): Promise<void> {
    if (this.isStopped || (this.queue.length === 0 && this.inFlight.length === 0)) return Promise.resolve();
    return new Promise((done) => this.idle.push(done));
  }

  stop(): void {
    this.isStopped = true;
    void this.client.dispose();
    this.tellIdle();
  }

  private tellIdle(): void {
    for (const done of this.idle.splice(0)) done();
  }

  private send(): void {
    while (this.queue.length > 0 && this.hasRoom) {
      const events = takeGroup(this.queue);
      this.inFlight.push({ events, behind: this.sentRevision, isSent: false, isDone: false });
      this.sentRevision += events.length;
    }
    if (this.isStopped || this.isRecovering) return;
    for (const append of this.isOpened ? this.inFlight : this.inFlight.slice(0, 1)) this.transmit(append);
  }

  private transmit(append: Append): void {
    if (append.isSent) return;
    append.isSent = true;
    const { era, client } = this;
    client.append(append.events, append.behind).then(
      (last) => this.answered(append, last, era),
      (error: Error) => this.refused(error, era),
    );
  }

  private answered(append: Append, last: number, era: number): void {
    if (era !== this.era || this.isStopped) return;
    if (last !== append.behind + append.events.length) {
      this.fail(new Error(`invariant: an append behind ${append.behind} ended at ${last}`));
      return;
    }
    if (this.isProven) this.done(append);
    else void this.prove(append, era);
  }

  /** EventStoreDB takes equal ids for a repetition and tells two starters "success": what counts is what stands there. */
  private async prove(append: Append, era: number): Promise<void> {
    const [first] = append.events as readonly [Outgoing];
    try {
      const found = await this.client.at(append.behind + 1);
      if (era !== this.era || this.isStopped) return;
      if (found?.id !== first.id || found.metadata.writer !== this.options.writer) {
        this.fail(new JournalFenced(String(found?.metadata.writer), append.behind + 1));
        return;
      }
    } catch (error) {
      this.refused(error as Error, era);
      return;
    }
    this.isProven = true;
    this.done(append);
  }

  private done(append: Append): void {
    append.isDone = true;
    this.isOpened = true;
    while (this.inFlight[0]?.isDone === true) this.acknowledgeFirst();
    this.goOn();
  }

  private refused(error: Error, era: number): void {
    if (era !== this.era || this.isStopped || this.isRecovering) return;
    if (error instanceof MaxAppendSizeExceededError || error instanceof StreamDeletedError) this.fail(error);
    else void this.recover();
  }

  private fail(cause: Error): void {
    if (this.isStopped) return;
    this.stop();
    this.options.onFailure(cause instanceof JournalFenced ? cause : new JournalFailed(cause));
  }

  private async recover(): Promise<void> {
    this.era += 1;
    this.isRecovering = true;
    this.isOpened = false;
    const { era } = this;
    for (let wait = FIRST_PAUSE_MS; !this.isStopped && era === this.era; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      // The client's streams share one table of pending appends: a stream that ends late would refuse those of the next one.
      await this.client.dispose();
      this.client = this.options.connect();
      try {
        await this.findWhatArrived();
        break;
      } catch (error) {
        if (error instanceof JournalFenced) {
          this.fail(error);
          return;
        }
        await pause(wait);
      }
    }
    if (this.isStopped || era !== this.era) return;
    this.isRecovering = false;
    for (const append of this.inFlight) append.isSent = false;
    this.goOn();
  }

  /** Reads on from the last acknowledged event; an append is there whole or not at all. What arrived before a rival's event is durable all the same. */
  private async findWhatArrived(): Promise<void> {
    const pending = this.inFlight.flatMap(({ events }) => events);
    let rival: JournalFenced | undefined;
    let found = 0;
    for await (const event of this.client.read(this.durableRevision + 1)) {
      if (pending[found]?.id !== event.id) {
        rival = new JournalFenced(event.metadata.writer, event.streamRevision);
        break;
      }
      found += 1;
    }
    while (this.inFlight.length > 0 && found >= (this.inFlight[0] as Append).events.length) {
      found -= (this.inFlight[0] as Append).events.length;
      this.isProven = true;
      this.acknowledgeFirst();
    }
    if (rival !== undefined) throw rival;
    if (found > 0) throw new Error(`invariant: an append of ${this.inFlight[0]?.events.length} events is there with ${found}`);
  }

  private acknowledgeFirst(): void {
    const { events, behind } = this.inFlight.shift() as Append;
    this.durableRevision = behind + events.length;
    let durable: Position | undefined;
    for (const { completes } of events) durable = completes ?? durable;
    if (durable !== undefined) this.options.onDurable(durable, this.durableRevision);
  }

  private goOn(): void {
    this.send();
    this.options.onRoom();
    if (this.queue.length === 0 && this.inFlight.length === 0) this.tellIdle();
  }
}

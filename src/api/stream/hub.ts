import type { StreamClose, StreamReset, Topic } from '../../contract/stream';
import { topicName } from '../../contract/stream';
import type { Retold } from '../../history';
import { type StandingRows, type ToldRows, UnknownQuestion, type Views, ViewsBehind } from '../../views';
import { StreamError } from './messages';
import { framesOf, type Subscriber, TopicLog } from './topicLog';

/** A client that can be sent to at its own pace, and let go. */
export interface Follower extends Subscriber {
  /** Resolves when the frame has left the process; rejects when the client has gone. */
  sent(frame: Buffer): Promise<void>;
  close(why: StreamClose): void;
}

/** A client's wish to follow a topic. */
export interface Wish {
  readonly topic: Topic;
  /** The client has every row up to this command; undefined: none. */
  readonly fromSeq: number | undefined;
  /** False once it is taken back. */
  isWanted: boolean;
}

export interface HubOptions {
  /** Deltas are kept for who was cut: so many ms, rows and bytes of them at most. */
  readonly keptMs: number;
  readonly keptRows: number;
  readonly keptBytes: number;
  /** Frames of one topic go out at most every so many ms. */
  readonly flushMs: number;
}

/** What was told of a topic behind a command, up to another, made anew; undefined where that is too much. */
export type Retell = (topic: Topic, fromSeq: number, toSeq: number) => Promise<Retold | undefined>;

const NOTHING: Retold = { deltas: [], time: 0 };
const DEFAULTS: HubOptions = { keptMs: 600_000, keptRows: 1_000_000, keptBytes: 64 << 20, flushMs: 20 };
const DELTAS_AT_ONCE = 256;
const LOOK_EVERY_MS = 10_000;

interface Kept {
  readonly log: TopicLog;
  readonly rows: number;
  readonly bytes: number;
  readonly at: number;
}

/** Brings the rows of the views to those who follow them: each row is encoded once, each frame made once. */
export class StreamHub {
  readonly clients = new Set<Follower>();
  private readonly options: HubOptions;
  private readonly logs = new Map<string, TopicLog>();
  private readonly asked = new Map<TopicLog, Promise<readonly [StandingRows, readonly Buffer[]] | undefined>>();
  private readonly unsent = new Set<TopicLog>();
  /** Of all topics, oldest first. */
  private kept: Kept[] = [];
  private keptRows = 0;
  private keptBytes = 0;
  private views: Views | undefined;
  private stopHearing: (() => void) | undefined;
  private isFlushDue = false;
  private laterFlush: NodeJS.Timeout | undefined;
  private readonly looks: NodeJS.Timeout;

  constructor(
    private readonly current: () => Views | undefined,
    options: Partial<HubOptions> = {},
    private readonly retell: Retell = async () => undefined,
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.looks = setInterval(() => this.look(), Math.min(LOOK_EVERY_MS, this.options.keptMs)).unref();
  }

  /** Sends what waits to be sent; followers then know all of the commands up to the seq that is returned. */
  upToDate(): number {
    const now = performance.now();
    for (const log of this.unsent) this.flush(log, now);
    return this.views?.seq ?? 0;
  }

  /** Undefined while nobody can be told anything. Views that began anew know nothing of who was told what. */
  connected(): Views | undefined {
    const views = this.current();
    if (views === this.views) return views;
    if (this.views !== undefined) this.letGo('RESTARTED');
    this.views = views;
    this.stopHearing = views?.onRows((told) => this.hear(told));
    return views;
  }

  /** Sends what stands, or what came since `fromSeq`, and then what comes. Rejects with StreamError, or when the client has gone. */
  async follow(client: Follower, wish: Wish): Promise<void> {
    const views = this.connected();
    if (views === undefined) throw new StreamError('NOT_READY', 'the node is not ready', wish.topic);
    const log = this.logOf(wish.topic, views);
    log.users += 1;
    try {
      await this.catchUp(client, wish, log, views);
      if (!wish.isWanted || this.views !== views) return;
      // What the client was just given is still to go out to the others.
      this.flush(log, performance.now());
      log.subscribers.add(client);
    } finally {
      this.release(log, client);
    }
  }

  leave(client: Follower, topic: Topic): void {
    const log = this.logs.get(topicName(topic));
    if (log?.subscribers.delete(client) === true) this.release(log, client);
  }

  /** Closes all streams. */
  close(): void {
    clearInterval(this.looks);
    this.letGo('STOPPING');
  }

  private logOf(topic: Topic, views: Views): TopicLog {
    const name = topicName(topic);
    let log = this.logs.get(name);
    if (log === undefined) {
      log = new TopicLog(topic, views.seq);
      this.logs.set(name, log);
    }
    return log;
  }

  private release(log: TopicLog, client: Follower): void {
    if (log.subscribers.has(client)) return;
    log.users -= 1;
    if (log.users > 0) return;
    log.idleSince = performance.now();
    // Nothing is there that it could be of.
    if (!log.isBegun && this.logs.get(log.name) === log) this.logs.delete(log.name);
  }

  /** Until the client has every delta that was told so far. */
  private async catchUp(client: Follower, wish: Wish, log: TopicLog, views: Views): Promise<void> {
    let at = wish.fromSeq;
    // After a start the views come to what was durable before; what is beyond that is of another journal.
    if (at !== undefined && at > views.seq) await answered(views.now(), log.topic);
    if (at === undefined) at = await this.begin(client, log, views, 'NEW');
    else if (at > views.seq) at = await this.begin(client, log, views, 'AHEAD');
    else if (log.goesOnFrom(at)) await client.sent(log.frame('resumed', { seq: at }));
    else at = (await this.tellAgain(client, log, views, at)) ?? (await this.begin(client, log, views, 'TOO_OLD'));
    while (wish.isWanted && this.views === views) {
      if (!log.goesOnFrom(at)) {
        at = await this.begin(client, log, views, 'TOO_OLD');
        continue;
      }
      const deltas = log.after(at, DELTAS_AT_ONCE);
      const last = deltas.at(-1);
      if (last === undefined) return;
      for (const frame of framesOf(deltas.flatMap(({ parts }) => parts))) await client.sent(frame);
      at = last.seq;
    }
  }

  /**
   * Sends what came behind a command that nothing is kept of, read from the journal. Resolves with the seq up to which it
   * is told, behind which deltas are kept; undefined when it was nothing that could be told again.
   */
  private async tellAgain(client: Follower, log: TopicLog, views: Views, seq: number): Promise<number | undefined> {
    if (!log.isBegun && (await this.snapshot(log, views)) === undefined) return undefined;
    const upTo = log.keptFrom;
    // Who has no answer from the journal, for whatever reason, is told what stands.
    const told = upTo === seq ? NOTHING : await this.retell(log.topic, seq, upTo).catch(() => undefined);
    if (told === undefined) return undefined;
    await client.sent(log.frame('resumed', { seq }));
    for (const frame of log.retoldFrames(told, seq, upTo)) await client.sent(frame);
    return upTo;
  }

  /** Sends what stands, before which the client forgets what it has. Resolves with the seq of it. */
  private async begin(client: Follower, log: TopicLog, views: Views, reason: StreamReset): Promise<number> {
    const found = await this.snapshot(log, views);
    const { topic } = log;
    if (found === undefined) {
      if (topic.accountId === undefined) throw new StreamError('UNKNOWN_INSTRUMENT', `there is no instrument ${topic.instrument}`, topic);
      throw new StreamError('UNKNOWN_ACCOUNT', `there is no account ${topic.accountId}`, topic);
    }
    const [{ seq }, frames] = found;
    await client.sent(log.frame('reset', { reason }));
    for (const frame of frames) await client.sent(frame);
    return seq;
  }

  /** Who asks while an equal question is under way shares its answer. */
  private snapshot(log: TopicLog, views: Views): Promise<readonly [StandingRows, readonly Buffer[]] | undefined> {
    const asked = this.asked.get(log);
    if (asked !== undefined) return asked;
    const asking = answered(views.watch(log.topic), log.topic)
      .then((rows) => (rows === undefined ? undefined : ([rows, log.snapshotFrames(rows)] as const)))
      .finally(() => this.asked.delete(log));
    this.asked.set(log, asking);
    return asking;
  }

  private hear(told: ToldRows): void {
    const byLog = new Map<TopicLog, string[]>();
    for (const { topics, json } of told.rows) {
      for (const name of topics) {
        const log = this.logs.get(name);
        if (log === undefined) continue;
        const rows = byLog.get(log);
        if (rows === undefined) byLog.set(log, [json]);
        else rows.push(json);
      }
    }
    const now = performance.now();
    for (const [log, rows] of byLog) this.keep(log, log.add(told, rows, now));
    this.dropOld(now);
    if (byLog.size > 0) this.flushSoon();
  }

  private keep(log: TopicLog, { rows, bytes, at }: Omit<Kept, 'log'>): void {
    this.kept.push({ log, rows, bytes, at });
    this.keptRows += rows;
    this.keptBytes += bytes;
    this.unsent.add(log);
  }

  private dropOld(now: number): void {
    const { keptMs, keptRows, keptBytes } = this.options;
    let count = 0;
    for (const { log, rows, bytes, at } of this.kept) {
      if (this.keptRows <= keptRows && this.keptBytes <= keptBytes && now - at < keptMs) break;
      log.drop();
      this.keptRows -= rows;
      this.keptBytes -= bytes;
      count += 1;
    }
    if (count > 0) this.kept.splice(0, count);
  }

  /** A command's neighbours in the same batch are heard before the next turn. */
  private flushSoon(): void {
    if (this.isFlushDue) return;
    this.isFlushDue = true;
    setImmediate(() => this.flushDue());
  }

  /** Sends what each topic has, but for those that sent a moment ago: their turn comes later. */
  private flushDue(): void {
    this.isFlushDue = false;
    clearTimeout(this.laterFlush);
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const log of this.unsent) {
      const wait = log.flushedAt + this.options.flushMs - now;
      if (wait <= 0) this.flush(log, now);
      else next = Math.min(next, wait);
    }
    if (this.unsent.size > 0) this.laterFlush = setTimeout(() => this.flushDue(), next);
  }

  private flush(log: TopicLog, now: number): void {
    this.unsent.delete(log);
    log.flush(now);
  }

  /** Now and then: what is too old goes, and topics that nobody asked for in that time with it. */
  private look(): void {
    const now = performance.now();
    this.dropOld(now);
    const isForgotten = (log: TopicLog) => log.users === 0 && now - log.idleSince >= this.options.keptMs;
    const forgotten = new Set([...this.logs.values()].filter(isForgotten));
    if (forgotten.size === 0) return;
    for (const log of forgotten) {
      this.logs.delete(log.name);
      this.views?.forget(log.topic);
    }
    this.kept = this.kept.filter(({ log, rows, bytes }) => {
      if (!forgotten.has(log)) return true;
      this.keptRows -= rows;
      this.keptBytes -= bytes;
      return false;
    });
  }

  private letGo(why: StreamClose): void {
    this.stopHearing?.();
    this.stopHearing = undefined;
    clearTimeout(this.laterFlush);
    this.views = undefined;
    this.logs.clear();
    this.unsent.clear();
    this.kept = [];
    this.keptRows = 0;
    this.keptBytes = 0;
    for (const client of this.clients) client.close(why);
  }
}

/** What the views answer; rejects with the StreamError that says why they do not. */
async function answered<T>(asked: Promise<T>, topic: Topic): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ViewsBehind) throw new StreamError('NOT_READY', error.message, topic);
    if (error instanceof UnknownQuestion) throw new StreamError('INVALID_PARAMETER', error.message, topic);
    throw new StreamError('NOT_READY', 'the views have no answer now', topic);
  }
}

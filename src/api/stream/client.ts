import { WebSocket } from 'ws';
import { type StreamClose, streamCloseCodes, type Topic, topicName } from '../../contract/stream';
import { type AccessRefusal, type Caller, isRefusal } from '../access';
import type { CancelOnDisconnect } from './cancelOnDisconnect';
import type { Follower, StreamHub, Wish } from './hub';
import { MarkedRows } from './markedRows';
import { type ClientMessage, frameOf, readMessage, StreamError } from './messages';

export interface ClientLimits {
  /** ms between two pings; who has not answered one before the next is let go. */
  readonly heartbeatMs: number;
  /** Bytes that may wait to be read by a client when more is to be sent. */
  readonly mostBuffered: number;
}

export interface ClientOptions extends ClientLimits {
  readonly hub: StreamHub;
  /** Who it is, as of now. */
  readonly identify: () => Caller | AccessRefusal;
  /** Undefined when the caller may have the stream with what it was opened with. */
  readonly mayOpen: (caller: Caller) => AccessRefusal | undefined;
  /** Undefined when the caller may follow the topic. */
  readonly mayFollow: (caller: Caller, topic: Topic) => AccessRefusal | undefined;
  /** Takes a message from the caller's rate. */
  readonly limit: (caller: Caller) => AccessRefusal | undefined;
  readonly cancelOnDisconnect: CancelOnDisconnect | undefined;
}

const MOST_SUBSCRIPTIONS = 100;
/** A client that is let go may take so long to read what waits for it. */
const FAREWELL_MS = 2_000;
/** Messages of a client that wait for their turn; who sends more does not wait for answers. */
const MOST_WAITING = 1_000;

/** One open stream. */
export class StreamClient implements Follower {
  private readonly wishes = new Map<string, Wish>();
  private readonly marked = new Map<string, MarkedRows>();
  private readonly beats: NodeJS.Timeout;
  private isAlive = true;
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly socket: WebSocket,
    private caller: Caller,
    private readonly options: ClientOptions,
  ) {
    const { heartbeatMs, mostBuffered, hub, cancelOnDisconnect } = options;
    hub.clients.add(this);
    this.say({ type: 'hello', heartbeatMs, mostBuffered });
    this.beats = setInterval(() => this.beat(), heartbeatMs);
    socket.on('pong', () => this.heard());
    socket.on('message', (data, isBinary) => this.take(isBinary ? '' : String(data)));
    socket.on('close', () => this.gone());
    if (cancelOnDisconnect !== undefined) void this.refresh(cancelOnDisconnect, true);
  }

  deliver(frame: Buffer): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > this.options.mostBuffered) this.close('SLOW_CLIENT');
    else this.socket.send(frame, { binary: false });
  }

  sent(frame: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.send(frame, { binary: false }, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(why: StreamClose, reason: string = why): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.gone();
    this.socket.close(streamCloseCodes[why].code, reason);
    setTimeout(() => this.socket.terminate(), FAREWELL_MS).unref();
  }

  private say(message: object): void {
    this.deliver(frameOf([JSON.stringify(message)]));
  }

  private gone(): void {
    clearInterval(this.beats);
    const { hub } = this.options;
    hub.clients.delete(this);
    for (const wish of this.wishes.values()) this.drop(wish);
  }

  private heard(): void {
    this.isAlive = true;
    const { cancelOnDisconnect } = this.options;
    // Only an answer of the client itself is a sign of life: a dead connection may look open for long.
    if (cancelOnDisconnect !== undefined) void this.refresh(cancelOnDisconnect, false);
  }

  private async refresh(cancelOnDisconnect: CancelOnDisconnect, isFirst: boolean): Promise<void> {
    const refreshed = await cancelOnDisconnect.refresh();
    if (refreshed === undefined) return;
    const { accountId, timeoutMs } = cancelOnDisconnect.options;
    if ('failure' in refreshed) this.say({ type: 'error', code: 'CANCEL_ON_DISCONNECT_FAILED', error: refreshed.failure, accountId });
    else if (isFirst) this.say({ type: 'cancelOnDisconnect', accountId, timeoutMs, commandSeq: refreshed.seq });
  }

  private beat(): void {
    const caller = this.options.identify();
    const refused = isRefusal(caller) ? caller : this.noLonger(caller);
    if (!this.isAlive) this.close('HEARTBEAT_MISSED');
    else if (refused !== undefined) this.close('KEY_REFUSED', refused.code);
    else this.ping(caller as Caller);
  }

  /** The scopes of a key may be fewer by now than when the stream was opened and its topics asked for. */
  private noLonger(caller: Caller): AccessRefusal | undefined {
    const { mayOpen, mayFollow } = this.options;
    const topics = [...this.wishes.values()].map(({ topic }) => mayFollow(caller, topic));
    return mayOpen(caller) ?? topics.find((refused) => refused !== undefined);
  }

  private ping(caller: Caller): void {
    this.caller = caller;
    const { hub } = this.options;
    hub.connected();
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.isAlive = false;
    this.socket.ping();
    // Who is still catching up, or has not subscribed again yet, does not know everything up to that seq.
    if (this.waiting === 0 && this.wishes.size > 0) this.say({ type: 'heartbeat', seq: hub.upToDate() });
  }

  private take(text: string): void {
    this.isAlive = true;
    try {
      const refused = this.options.limit(this.caller);
      if (refused !== undefined) throw new StreamError('RATE_LIMITED', refused.error);
      if (this.waiting >= MOST_WAITING) throw new StreamError('RATE_LIMITED', 'too many messages wait for their turn');
      this.obey(readMessage(text));
    } catch (error) {
      this.sayError(error as Error);
    }
  }

  private obey(message: ClientMessage): void {
    const { topic } = message;
    const name = topicName(topic);
    const before = this.wishes.get(name);
    if (before !== undefined) {
      this.drop(before);
      this.wishes.delete(name);
    }
    if (message.op === 'subscribe') this.subscribe(message, name);
    else this.inTurn(async () => this.say({ type: 'unsubscribed', ...topic }));
  }

  private subscribe({ topic, fromSeq, markedEveryMs }: Extract<ClientMessage, { op: 'subscribe' }>, name: string): void {
    const refused = this.options.mayFollow(this.caller, topic);
    if (refused !== undefined) throw new StreamError('SCOPE_MISSING', refused.error, topic);
    if (this.wishes.size >= MOST_SUBSCRIPTIONS)
      throw new StreamError('TOO_MANY_SUBSCRIPTIONS', `a stream carries at most ${MOST_SUBSCRIPTIONS} subscriptions`, topic);
    const wish: Wish = { topic, fromSeq, isWanted: true };
    this.wishes.set(name, wish);
    this.inTurn(async () => {
      try {
        if (wish.isWanted) await this.options.hub.follow(this, wish);
        if (wish.isWanted && markedEveryMs !== undefined) this.tellMarked(wish, markedEveryMs);
      } catch (error) {
        if (this.wishes.get(name) === wish) this.wishes.delete(name);
        throw error;
      }
    });
  }

  private tellMarked({ topic }: Wish, everyMs: number): void {
    const { hub } = this.options;
    const tell = (message: string) => this.deliver(frameOf([message]));
    this.marked.set(topicName(topic), new MarkedRows(topic.accountId as string, everyMs, () => hub.connected(), tell));
  }

  /** One after the other: what answers a message is not mixed with what answers the next. */
  private inTurn(work: () => Promise<void>): void {
    this.waiting += 1;
    this.last = this.last
      .then(work)
      .catch((error: Error) => this.sayError(error))
      .finally(() => {
        this.waiting -= 1;
      });
  }

  private drop(wish: Wish): void {
    wish.isWanted = false;
    const name = topicName(wish.topic);
    this.marked.get(name)?.stop();
    this.marked.delete(name);
    this.options.hub.leave(this, wish.topic);
  }

  private sayError(error: Error): void {
    // Anything else is a socket that is no more.
    if (error instanceof StreamError) this.say({ type: 'error', code: error.code, error: error.message, ...error.topic });
  }
}

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Topic, topicName } from '../../../src/contract/stream';
import { Table } from './table';

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire is what is being looked at.
export type Message = any;

/** A WebSocket whose messages are kept as they come. */
export class RawStream {
  readonly messages: Message[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  private heard: (() => void)[] = [];

  protected constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        for (const wake of this.heard.splice(0)) wake();
      });
    });
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      for (const message of JSON.parse(String(data))) this.take(message);
      for (const wake of this.heard.splice(0)) wake();
    });
  }

  /** Rejects with what a plain answer said instead: `{ status, body }`. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<RawStream> {
    const socket = new WebSocket(url, { headers });
    const stream = new RawStream(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('unexpected-response', (_, response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (piece) => {
          body += piece;
        });
        // What is refused is closed by the node.
        response.on('close', () => reject({ status: response.statusCode, body: JSON.parse(body) }));
      });
    });
    return stream;
  }

  protected take(message: Message): void {
    this.messages.push(message);
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The first message that suits, when it has come; rejects when the stream closes without. */
  async message(suits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(suits);
      if (found !== undefined) return found;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed without; last: ${JSON.stringify(this.messages.slice(-3))}`);
      await new Promise<void>((done) => this.heard.push(done));
    }
  }

  of(type: string): Promise<Message> {
    return this.message((message) => message.type === type);
  }

  async cut(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.terminate();
    await closed;
  }
}

interface Followed {
  readonly topic: Topic;
  readonly table: Table;
  /** Everything up to this command is in the table; undefined: not even a snapshot is. */
  seq: number | undefined;
  /** Whether this connection has answered the subscription: only then does a heartbeat tell of it. */
  isAnswered: boolean;
}

/** A client that keeps the rows of some topics over any number of connections, as the README says it. */
export class Follower {
  readonly followed: ReadonlyMap<string, Followed>;
  /** What was not as it is promised. */
  readonly faults: string[] = [];
  readonly counts: { [type: string]: number } = {};
  private stream: RawStream | undefined;

  constructor(
    private readonly url: string,
    topics: readonly Topic[],
  ) {
    this.followed = new Map(topics.map((topic) => [topicName(topic), { topic, table: new Table(), seq: undefined, isAnswered: false }]));
  }

  async connect(): Promise<void> {
    const stream = await RawStream.open(this.url);
    this.stream = stream;
    for (const followed of this.followed.values()) followed.isAnswered = false;
    // What comes on a connection that was given up for another one is not looked at.
    stream.socket.on('message', (data) => {
      if (this.stream === stream) for (const message of JSON.parse(String(data))) this.take(message);
    });
    for (const { topic, seq } of this.followed.values()) stream.send({ op: 'subscribe', ...topic, fromSeq: seq });
  }

  async cut(): Promise<void> {
    const { stream } = this;
    this.stream = undefined;
    await stream?.cut();
  }

  private take(message: Message): void {
    const { type, seq, prevSeq, rows = [], more, reason } = message;
    const counted = reason === undefined ? type : `${type} ${reason}`;
    this.counts[counted] = (this.counts[counted] ?? 0) + 1;
    if (type === 'heartbeat') {
      for (const followed of this.followed.values()) {
        if (followed.isAnswered && followed.seq !== undefined) followed.seq = Math.max(followed.seq, seq);
      }
      return;
    }
    if (type === 'error') this.faults.push(JSON.stringify(message));
    const followed = this.followed.get(topicName(message));
    if (followed === undefined) return;
    followed.isAnswered = true;
    if (type === 'reset') {
      followed.table.clear();
      followed.seq = undefined;
    }
    if (type === 'delta' && !(seq > (followed.seq ?? Number.MAX_VALUE) && prevSeq <= (followed.seq as number)))
      this.faults.push(`${type} ${prevSeq} to ${seq} after ${followed.seq} of ${topicName(message)}`);
    for (const row of rows) followed.table.take(row);
    if ((type === 'snapshot' || type === 'delta') && more !== true) followed.seq = seq;
  }

  isAt(seq: number): boolean {
    return [...this.followed.values()].every((followed) => (followed.seq ?? 0) >= seq);
  }
}

import { WebSocket } from 'ws';
import type { Topic } from '../../contract/stream';
import { quantile } from '../benchmark';
import { type Judged, monotonicMs, type ToSubscribers } from './messages';

const CONNECTING_AT_ONCE = 20;
const SEQ = Buffer.from('{"type":"delta"');
const SEQ_FIELD = Buffer.from('"seq":');

/** A subscriber notes when it had which delta. It finds them in the frame without reading rows, whose cost is a client's own. */
class Subscriber {
  readonly heard = new Map<number, number>();
  private socket: WebSocket | undefined;

  open(url: string, topic: Topic): Promise<void> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    this.socket = socket;
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send(JSON.stringify({ op: 'subscribe', ...topic })));
      socket.on('message', (data) => {
        const frame = data as Buffer;
        if (frame.includes('"type":"snapshot"')) resolve();
        this.note(frame);
      });
    });
  }

  private note(frame: Buffer): void {
    const now = monotonicMs();
    for (let at = frame.indexOf(SEQ); at >= 0; at = frame.indexOf(SEQ, at + 1)) {
      const start = frame.indexOf(SEQ_FIELD, at) + SEQ_FIELD.length;
      this.heard.set(Number.parseInt(frame.toString('latin1', start, start + 16), 10), now);
    }
  }

  close(): void {
    this.socket?.terminate();
  }
}

const subscribers: Subscriber[] = [];

async function subscribe(url: string, topics: readonly Topic[]): Promise<void> {
  const waiting = topics.map((topic) => ({ topic, subscriber: new Subscriber() }));
  subscribers.push(...waiting.map(({ subscriber }) => subscriber));
  const connect = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next.subscriber.open(url, next.topic);
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connect));
}

function judge({ firstSeq, due, deltas }: Extract<ToSubscribers, { kind: 'JUDGE' }>): Judged {
  const hears = (place: number) => (deltas === 'ALL' ? subscribers : [subscribers[place % subscribers.length] as Subscriber]);
  const waits: number[] = [];
  let expected = 0;
  due.forEach((at, place) => {
    for (const { heard } of hears(place)) {
      expected += 1;
      const when = heard.get(firstSeq + place);
      if (when !== undefined) waits.push(when - at);
    }
  });
  const sorted = Float64Array.from(waits).sort();
  const longest = sorted.at(-1) ?? Number.NaN;
  return { kind: 'JUDGED', heard: sorted.length, expected, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), longest };
}

process.on('message', (message: ToSubscribers) => {
  if (message.kind === 'JUDGE') {
    process.send?.(judge(message));
    for (const subscriber of subscribers) subscriber.close();
    process.disconnect();
    return;
  }
  subscribe(message.url, message.topics).then(
    () => process.send?.({ kind: 'SUBSCRIBED' }),
    (error: Error) => {
      console.error(error);
      process.exit(1);
    },
  );
});

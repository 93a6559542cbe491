import { Decimal } from 'decimal.js';
import {
  Access,
  HttpServer,
  type HubOptions,
  type KeyRing,
  type Retell,
  StreamHub,
  streamRoutes,
  type TakeCommand,
} from '../../../src/api';
import { ByteReader } from '../../../src/contract/bytes';
import { decodeRecord } from '../../../src/contract/record';
import type { Topic } from '../../../src/contract/stream';
import { PastViews } from '../../../src/history/pastViews';
import { type RetellingLimits, retold } from '../../../src/history/retold';
import type { JournalReader } from '../../../src/journal';
import { type NodeHealth, NodeMetrics } from '../../../src/observe';
import { LocalViews, type Views } from '../../../src/views';
import type { Command } from '../engineApi';
import { RecordedEngine } from '../foldedEngine';
import { Draw } from '../generator/draw';
import { Generator } from '../generator/generator';

export interface WorldOptions {
  readonly seed?: number;
  readonly hub?: Partial<HubOptions>;
  /** Deltas that are kept no longer are read from what was recorded; undefined: never. */
  readonly retelling?: RetellingLimits;
  readonly heartbeatMs?: number;
  readonly mostBuffered?: number;
  readonly keys?: KeyRing;
  readonly take?: TakeCommand;
}

const NOBODY: TakeCommand = async () => ({ kind: 'BUSY' });

/** A seeded market behind `/v1/stream` on a free port of the loopback. */
export class StreamWorld {
  readonly views = new LocalViews(0);
  /** What the stream asks; another one is a node whose views began anew. */
  current: Views | undefined = this.views;
  private readonly source = new RecordedEngine();
  private readonly generator: Generator;
  private readonly draw: Draw;
  private readonly recorded: Uint8Array[] = [];
  private readonly past = new PastViews({ upTo: async () => readerOf(this.recorded) }, { spacing: 40 });
  private ticks = 0;
  private lastRetold: Promise<unknown> = Promise.resolve();
  private http: HttpServer | undefined;
  private hub: StreamHub | undefined;
  url = '';

  constructor(options: WorldOptions = {}) {
    const { seed = 1 } = options;
    this.generator = new Generator(seed, this.source.views);
    this.draw = new Draw(seed);
  }

  static async open(options: WorldOptions = {}): Promise<StreamWorld> {
    const world = new StreamWorld(options);
    for (const command of world.generator.opening()) world.send(command);
    const access = new Access({ keys: options.keys, rateLimit: undefined, clock: Date.now });
    const { heartbeatMs, mostBuffered } = options;
    const limits = { ...(heartbeatMs === undefined ? {} : { heartbeatMs }), ...(mostBuffered === undefined ? {} : { mostBuffered }) };
    const health: NodeHealth = { status: () => ({ state: 'leading' }), figures: () => undefined };
    world.http = new HttpServer({ health, metrics: new NodeMetrics(() => undefined), host: '127.0.0.1', port: 0 });
    const { app } = world.http;
    access.guard(app);
    app.post('/echo', async ({ body }) => body);
    world.hub = new StreamHub(
      () => world.current,
      options.hub,
      options.retelling && ((...asked) => world.retell(asked, options.retelling)),
    );
    app.register(streamRoutes({ hub: world.hub, access, take: options.take ?? NOBODY, limits }));
    world.url = `ws://127.0.0.1:${await world.http.listen()}/v1/stream`;
    return world;
  }

  /** How many streams are open. */
  get clients(): number {
    return this.hub?.clients.size ?? 0;
  }

  /** Of all commands so far. */
  get recordedEvents(): number {
    return this.recorded.reduce((sum, bytes) => sum + decodeRecord(new ByteReader(bytes)).events.length, 0);
  }

  send(command: Command): void {
    const bytes = this.source.bytes(command);
    if (bytes === undefined) return;
    this.recorded.push(bytes);
    this.views.take(decodeRecord(new ByteReader(bytes)));
  }

  private async retell([topic, fromSeq, toSeq]: Parameters<Retell>, limits: RetellingLimits | undefined): ReturnType<Retell> {
    // One after the other, as the history's thread does it: each moves the same folds.
    const asking = this.lastRetold.then(() => retold(this.past, topic, fromSeq, toSeq, limits));
    this.lastRetold = asking.catch(() => undefined);
    return asking;
  }

  /** Moves every mark by one tick, up and down in turns. */
  tick(): void {
    this.ticks += 1;
    for (const { instrument, markPrice, markTickSize, tickSize } of this.source.views.market().instruments) {
      const price = new Decimal(markPrice as string).plus(new Decimal(markTickSize ?? tickSize).times(this.ticks % 2 === 0 ? -1 : 1));
      this.send({
        commandId: `tick-${this.ticks}-${instrument}`,
        type: 'MarkPriceTick',
        data: { instrument, markPrice: price.toFixed() },
      } as never);
    }
  }

  play(commands: number): void {
    for (let count = 0; count < commands; count++) this.send(this.generator.next(this.draw.below(0xffffffff)));
  }

  /** One topic of each kind, for every account and instrument. */
  topics(): Topic[] {
    const { accounts, instruments } = this.source.views.state();
    return [
      { channel: 'positions' },
      { channel: 'marks' },
      { channel: 'liquidations' },
      ...accounts.map(({ accountId }): Topic => ({ channel: 'account', accountId })),
      ...instruments.flatMap(({ instrument }): Topic[] => [
        { channel: 'book', instrument },
        { channel: 'trades', instrument },
      ]),
    ];
  }

  async close(): Promise<void> {
    await this.http?.close();
  }
}

/** What was recorded, one record a batch. */
function readerOf(recorded: readonly Uint8Array[]): JournalReader {
  const reader: Pick<JournalReader, 'durable' | 'readBatches'> & { readonly meta: { readonly shard: number } } = {
    meta: { shard: 0 },
    durable: { seq: recorded.length, revision: recorded.length - 1 },
    async *readBatches(fromRevision = 0) {
      for (const [revision, bytes] of recorded.entries()) {
        if (revision < fromRevision) continue;
        const [starts, ends, seqs] = [Uint32Array.of(0), Uint32Array.of(bytes.length), Float64Array.of(revision + 1)];
        yield { firstRevision: revision, count: 1, buffer: bytes, starts, ends, seqs };
      }
    },
  };
  return reader as JournalReader;
}

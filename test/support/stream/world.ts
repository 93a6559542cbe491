import { Access, HttpServer, type HubOptions, type KeyRing, StreamHub, streamRoutes, type TakeCommand } from '../../../src/api';
import type { Topic } from '../../../src/contract/stream';
import { type NodeHealth, NodeMetrics } from '../../../src/observe';
import { LocalViews, type Views } from '../../../src/views';
import type { Command } from '../engineApi';
import { RecordedEngine } from '../foldedEngine';
import { Draw } from '../generator/draw';
import { Generator } from '../generator/generator';

export interface WorldOptions {
  readonly seed?: number;
  readonly hub?: Partial<HubOptions>;
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
    world.hub = new StreamHub(() => world.current, options.hub);
    app.register(streamRoutes({ hub: world.hub, access, take: options.take ?? NOBODY, limits }));
    world.url = `ws://127.0.0.1:${await world.http.listen()}/v1/stream`;
    return world;
  }

  /** How many streams are open. */
  get clients(): number {
    return this.hub?.clients.size ?? 0;
  }

  send(command: Command): void {
    const record = this.source.record(command);
    if (record !== undefined) this.views.take(record);
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

import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Access, HttpServer, StreamHub, streamRoutes } from '../../api';
import type { Topic } from '../../contract/stream';
import { NodeMetrics } from '../../observe';
import type { EngineNode } from '../../runtime/node';
import { Projector } from '../../views';
import { type Benchmark, collectGarbage, type Findings, quantile, type Sizes } from '../benchmark';
import { marketOn } from '../durableMarket';
import { type Market, openForCrash, openFragile } from '../market';
import { INSTRUMENT } from '../matching/commands';
import { openNode, temporaryData } from '../matching/durable';
import { type FromSubscribers, type Judged, monotonicMs, type ToSubscribers } from './messages';

const DELTA = 'stream delta';
const SECONDS = 10;
const WARM_SECONDS = 2;
/** As far apart as a timer of Node's fires; a loop without a pause would take a core for itself. */
const STEP_MS = 1;
const GOAL_MS = 50;
const LONGEST_WAIT_MS = 20_000;

/** Who hears of everything is a tenth as many: a hundred times the deltas, over sockets and in the subscribers' process. */
const SHARE_OF_ALL = 10;

const VARIANTS = {
  'each its own account': {
    deltas: 'IN_TURN',
    topicOf: (number: number): Topic => ({ channel: 'positions', accountId: `l${number}` }),
    clients: ({ subscribers }: Sizes) => subscribers,
  },
  'every position': {
    deltas: 'ALL',
    topicOf: (): Topic => ({ channel: 'positions' }),
    clients: ({ subscribers }: Sizes) => Math.ceil(subscribers / SHARE_OF_ALL),
  },
} as const;
type Variant = keyof typeof VARIANTS;

const labelOf = (variant: Variant, sizes: Sizes) =>
  `${variant}, ${VARIANTS[variant].clients(sizes).toLocaleString('en-US')} subscribers, ${sizes.changes.toLocaleString('en-US')}/s`;

/** The subscribers in a process of their own, so that what they cost is not taken from the node's thread. */
class Subscribers {
  private readonly child: ChildProcess;
  private readonly said: FromSubscribers[] = [];
  private wake: (() => void) | undefined;

  constructor() {
    const built = join(__dirname, 'subscribers.js');
    const execArgv = existsSync(built) ? [] : ['--require', 'tsx/cjs'];
    this.child = fork(existsSync(built) ? built : join(__dirname, 'subscribers.ts'), [], {
      execArgv,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child.on('message', (message: FromSubscribers) => {
      this.said.push(message);
      this.wake?.();
    });
    this.child.on('exit', () => this.wake?.());
  }

  async ask(message: ToSubscribers): Promise<FromSubscribers> {
    this.child.send(message);
    if (this.said.length === 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const answer = this.said.shift();
    if (answer === undefined) throw new Error('the subscribers have ended without an answer');
    return answer;
  }

  kill(): void {
    this.child.kill();
  }
}

/** One position's cash changes with each command. */
function change(market: Market, number: number): void {
  market.execute('AddIsolatedMargin', { accountId: `l${number}`, instrument: INSTRUMENT, amount: '0.01' });
}

/** Commands come at a steady rate, whatever becomes of them: each is timed from the moment at which it was due. */
async function steady(market: Market, subscribers: number, changes: number, count: number): Promise<number[]> {
  const due: number[] = [];
  const begun = monotonicMs();
  while (due.length < count) {
    const now = monotonicMs() - begun;
    for (let at = (due.length * 1000) / changes; at <= now && due.length < count; at = (due.length * 1000) / changes) {
      change(market, due.length % subscribers);
      due.push(begun + at);
    }
    await sleep(STEP_MS);
  }
  return due;
}

/** How long each command waits for its record to be durable: nobody is told anything before that. */
class DurableWaits {
  private readonly at: number[] = [];
  private readonly stop: () => void;

  constructor({ journal }: EngineNode) {
    const first = journal.head.seq;
    this.stop = journal.onDurable(({ seq }) => {
      while (this.at.length < seq - first) this.at.push(monotonicMs());
    });
  }

  /** In ascending order. */
  since(due: readonly number[]): Float64Array {
    this.stop();
    return Float64Array.from(due, (when, place) => (this.at[place] as number) - when).sort();
  }
}

async function untilViewed(projector: Projector, node: EngineNode): Promise<void> {
  await node.journal.whenDurable(node.journal.head.revision);
  for (const deadline = monotonicMs() + LONGEST_WAIT_MS; projector.seq < node.journal.head.seq && monotonicMs() < deadline; )
    await sleep(10);
}

async function measured(node: EngineNode, variant: Variant, sizes: Sizes): Promise<Findings> {
  const { subscribers, changes, commands } = sizes;
  const { deltas, topicOf, clients: clientsOf } = VARIANTS[variant];
  const market = marketOn(node);
  openForCrash(market);
  for (let number = 0; number < subscribers; number++) openFragile(market, number);
  const projector = new Projector({ shard: 0, feed: node.journal });
  const health = { status: () => ({ state: 'leading' }) as const, figures: () => undefined };
  const http = new HttpServer({ health, metrics: new NodeMetrics(() => undefined), host: '127.0.0.1', port: 0 });
  const access = new Access({ keys: undefined, rateLimit: undefined, clock: Date.now });
  access.guard(http.app);
  http.app.register(streamRoutes({ hub: new StreamHub(() => projector), access, take: async () => ({ kind: 'BUSY' }) }));
  const clients = new Subscribers();
  try {
    const port = await http.listen();
    await untilViewed(projector, node);
    const topics = Array.from({ length: clientsOf(sizes) }, (_, number) => topicOf(number));
    await clients.ask({ kind: 'SUBSCRIBE', url: `ws://127.0.0.1:${port}/v1/stream`, topics });
    const count = Math.min(commands, SECONDS * changes);
    await steady(market, subscribers, changes, Math.min(count, WARM_SECONDS * changes));
    await untilViewed(projector, node);
    collectGarbage();
    const firstSeq = node.journal.head.seq + 1;
    const durable = new DurableWaits(node);
    const cpuBefore = process.cpuUsage();
    const begun = monotonicMs();
    const due = await steady(market, subscribers, changes, count);
    const passed = monotonicMs() - begun;
    const cpu = process.cpuUsage(cpuBefore);
    await untilViewed(projector, node);
    // What is on its way when the last command is viewed arrives well within this.
    await sleep(1_000);
    const judged = (await clients.ask({ kind: 'JUDGE', firstSeq, due, deltas })) as Judged;
    const waits = durable.since(due);
    const label = labelOf(variant, sizes);
    const figure = (name: string, unit: string, value: number) => ({ name, variant: label, unit, value });
    return {
      figures: [
        figure(`${DELTA} p50`, 'ms', judged.p50),
        figure(`${DELTA} p99`, 'ms', judged.p99),
        figure(`${DELTA} longest`, 'ms', judged.longest),
        figure('of which until its record is durable, p50', 'ms', quantile(waits, 0.5)),
        figure('of which until its record is durable, p99', 'ms', quantile(waits, 0.99)),
        figure('stream deltas', 'deltas/s', (judged.heard / passed) * 1000),
        figure('cores that the node used, all threads', 'cores', (cpu.user + cpu.system) / 1000 / passed),
      ],
      checks: [{ variant, what: 'deltas that came, of those that had to', holds: judged.heard === judged.expected && judged.expected > 0 }],
    };
  } finally {
    clients.kill();
    await http.close();
    await projector.close();
  }
}

async function measure(variant: string, sizes: Sizes): Promise<Findings> {
  const directory = await temporaryData();
  try {
    const node = await openNode(directory);
    try {
      return await measured(node, variant as Variant, sizes);
    } finally {
      await node.journal.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export const stream: Benchmark = {
  name: 'stream',
  variants: Object.keys(VARIANTS),
  goals: (sizes) =>
    (Object.keys(VARIANTS) as Variant[]).map((variant) => ({
      what: `deltas p99, ${variant}`,
      over: { name: `${DELTA} p99`, variant: labelOf(variant, sizes) },
      atMost: GOAL_MS,
    })),
  missing: () => undefined,
  measure,
};

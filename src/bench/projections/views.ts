import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ViewName, type ViewQuery, viewNames } from '../../contract/views';
import { Projector } from '../../views';
import { collectGarbage, type Figure, type Findings, quantile, type Sizes } from '../benchmark';
import { MARK, openPair } from '../market';
import { INSTRUMENT } from '../matching/commands';
import { FedMarket } from './feed';

export const VIEW = 'view';
export const SLOWEST = 'slowest view, p99';

/** Open blocks; 1 % of the full size is the most at which places in the deleveraging queue are worked out. */
export const viewVariants: Readonly<Record<string, (sizes: Sizes) => number>> = {
  'views at 1 % of the blocks': ({ blocks }) => Math.ceil(blocks / 200) * 2,
  'views at all blocks': ({ blocks }) => blocks,
};

const ASKED = 1_000;
const WARM_UP = 1_000;
/** Has orders, which no other account has. */
const RESTING = 'resting';
/** Questions between two marks, each of which changes every shown position. */
const MARK_EVERY = 10;

async function opened(fed: FedMarket, blocks: number): Promise<void> {
  const { market } = fed;
  market.open();
  for (let pair = 0; pair < blocks / 2; pair++) {
    openPair(market, pair);
    if (fed.waiting > 4) while (fed.waiting > 1) await fed.turn();
  }
  market.deposit(RESTING, '1000000');
  for (let order = 0; order < 100; order++) market.order(RESTING, 1, '0.1', MARK - 1_000 - order);
  market.execute('FundingTick', { instrument: INSTRUMENT, rate: '0.0001' });
  fed.flush();
}

/** A question as people ask it: one account's rows, or the first page of what all see. */
function questionOf(name: ViewName, pair: number): ViewQuery {
  const accountId = `${pair % 2 === 0 ? 'l' : 's'}${pair}`;
  switch (name) {
    case 'positions':
    case 'accounts':
    case 'fills':
    case 'ledger':
      return { accountId };
    case 'orders':
      return { accountId: RESTING };
    case 'book':
      return { instrument: INSTRUMENT, depth: 50 };
    case 'trades':
      return { instrument: INSTRUMENT };
    case 'candles':
      return { instrument: INSTRUMENT, interval: '1m' };
    case 'commands':
      return { commandId: `m${pair * 4}` };
    default:
      return {};
  }
}

/** Spread over all pairs by a fixed stride, so that no row was asked for a moment ago. */
function pairsOf(pairs: number): number[] {
  return Array.from({ length: Math.min(ASKED, pairs) }, (_, at) => (at * 7_919) % pairs);
}

async function caughtUp(fed: FedMarket, projector: Projector): Promise<void> {
  while (projector.seq < fed.durable.seq) await fed.turn();
}

async function timed(fed: FedMarket, projector: Projector, queries: readonly [ViewName, ViewQuery][]): Promise<Float64Array> {
  const times = new Float64Array(queries.length);
  // Code that a node has run for a minute is compiled: without this the p99 is that of a start.
  for (const [name, query] of queries.slice(0, WARM_UP)) await projector.read(name, query);
  for (const [at, [name, query]] of queries.entries()) {
    if (at % MARK_EVERY === 0) {
      fed.market.mark(MARK + ((at * 37) % 400));
      fed.flush();
      await caughtUp(fed, projector);
    }
    const begun = performance.now();
    await projector.read(name, query);
    times[at] = performance.now() - begun;
  }
  return times.sort();
}

function figuresOf(variant: string, name: string, times: Float64Array): Figure[] {
  return [
    { name: `${VIEW} ${name}, p50`, variant, unit: 'ms', value: quantile(times, 0.5) },
    { name: `${VIEW} ${name}, p99`, variant, unit: 'ms', value: quantile(times, 0.99) },
  ];
}

/** Asked one at a time, through the thread of the projections, while the mark moves. */
export async function measureViews(variant: string, sizes: Sizes): Promise<Findings> {
  const blocks = (viewVariants[variant] as (sizes: Sizes) => number)(sizes);
  const directory = mkdtempSync(join(process.cwd(), '.bulkhead-bench-'));
  const fed = new FedMarket();
  const store = { path: join(directory, 'views'), version: 'bench' };
  const projector = new Projector({ shard: 0, feed: fed, store, onFailure: (cause) => fed.fail(cause) });
  try {
    await opened(fed, blocks);
    await caughtUp(fed, projector);
    collectGarbage();
    const pairs = pairsOf(blocks / 2);
    const figures: Figure[] = [];
    let slowest = 0;
    const asked: [string, [ViewName, ViewQuery][]][] = [
      ...viewNames.map((name): [string, [ViewName, ViewQuery][]] => [name, pairs.map((pair) => [name, questionOf(name, pair)])]),
      ['positions, a page of 100', pairs.map((pair) => ['positions', { cursor: String(pair * 2), limit: 100 }])],
      ['accounts, a page of 100', pairs.map((pair) => ['accounts', { cursor: String(pair * 2), limit: 100 }])],
    ];
    for (const [name, queries] of asked) {
      const times = await timed(fed, projector, queries);
      figures.push(...figuresOf(variant, name, times));
      slowest = Math.max(slowest, quantile(times, 0.99));
    }
    const [shown] = JSON.parse((await projector.read('positions', { accountId: 'l0' })).rows);
    figures.push({ name: SLOWEST, variant, unit: 'ms', value: slowest });
    return {
      figures,
      checks: [
        { variant, what: 'open blocks', holds: fed.market.openBlocks === blocks },
        { variant, what: 'a row as the engine has it', holds: shown?.quantity === '0.1' },
      ],
    };
  } finally {
    await projector.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

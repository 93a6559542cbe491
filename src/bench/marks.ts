import { type Benchmark, type Check, collectGarbage, type Figure, type Findings, quantile, type Sizes } from './benchmark';
import { durableCrash } from './durableMarket';
import { crashTick, liquidatedIn, MARK, Market, openForCrash, openFragile, openPair } from './market';
import { INSTRUMENT } from './matching/commands';

const MARKS = 'marks';
const TICKS = 2_001;
/** Far enough from every liquidation price of a leverage of at most 20. */
const CALM = 500;

interface Memory {
  readonly heap: number;
  readonly rss: number;
}

function memory(): Memory {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

function perItem(name: string, variant: string, before: Memory, after: Memory, count: number): Figure[] {
  return [
    { name: `${name}, heap`, variant, unit: 'bytes', value: (after.heap - before.heap) / count },
    { name: `${name}, resident`, variant, unit: 'bytes', value: (after.rss - before.rss) / count },
  ];
}

/** Ticks that move the mark up and down without reaching anybody, each timed. */
function calmTicks(market: Market, variant: string): { figures: Figure[]; liquidated: number } {
  const times = new Float64Array(TICKS);
  let liquidated = 0;
  for (let tick = -1000; tick < TICKS; tick++) {
    const target = MARK + ((tick * 37) % CALM);
    const begun = performance.now();
    const outcome = market.mark(target);
    if (tick >= 0) times[tick] = (performance.now() - begun) * 1000;
    liquidated += outcome.events.length - 1;
  }
  times.sort();
  const figures = [
    { name: 'mark tick', variant, unit: 'µs', value: quantile(times, 0.5) },
    { name: 'mark tick p99', variant, unit: 'µs', value: quantile(times, 0.99) },
  ];
  return { figures, liquidated };
}

function fundingTick(market: Market, variant: string): { figure: Figure; settled: number } {
  collectGarbage();
  const begun = performance.now();
  const { events } = market.execute('FundingTick', { instrument: INSTRUMENT, rate: '0.0001' });
  const value = performance.now() - begun;
  const settled = events.filter(({ type }) => type === 'FundingSettled').length;
  return { figure: { name: 'funding tick', variant, unit: 'ms', value }, settled };
}

async function calm(variant: string, blocks: number): Promise<Findings> {
  const market = new Market();
  market.open();
  const before = memory();
  for (let pair = 0; pair < blocks / 2; pair++) openPair(market, pair);
  const after = memory();
  const ticks = calmTicks(market, variant);
  const funding = fundingTick(market, variant);
  const checks: Check[] = [
    { variant, what: 'open blocks', holds: market.openBlocks === blocks },
    { variant, what: 'calm ticks liquidate nobody', holds: ticks.liquidated === 0 },
    { variant, what: 'funding reaches every block', holds: funding.settled === blocks },
  ];
  // The account with its balance and the two commandIds that each block took are in the figure, as they are in life.
  return { figures: [...ticks.figures, funding.figure, ...perItem('memory per block', variant, before, after, blocks)], checks };
}

/** Longs at one leverage that one fall of the mark reaches all together, before a fund that can take them over. */
async function crash(variant: string, count: number): Promise<Findings> {
  const market = new Market();
  openForCrash(market);
  for (let number = 0; number < count; number++) openFragile(market, number);
  collectGarbage();
  const begun = performance.now();
  const outcome = crashTick(market);
  const milliseconds = performance.now() - begun;
  const liquidated = liquidatedIn(outcome);
  const figures = [
    { name: 'liquidating tick', variant, unit: 'ms', value: milliseconds },
    { name: 'liquidating tick, each', variant, unit: 'µs', value: (milliseconds * 1000) / count },
    { name: 'liquidating tick, events', variant, unit: 'events', value: outcome.events.length },
  ];
  return { figures, checks: [{ variant, what: 'every block was liquidated', holds: liquidated === count && market.openBlocks === 0 }] };
}

/** Orders that rest, of accounts that have one each. */
async function resting(variant: string, count: number): Promise<Findings> {
  const market = new Market();
  market.open();
  for (let number = 0; number < count; number++) market.deposit(`r${number}`, '1000000');
  const before = memory();
  for (let number = 0; number < count; number++) market.order(`r${number}`, 1, '0.1', MARK - 1 - (number % 500));
  const after = memory();
  const { orders } = market.engine.state;
  return {
    figures: perItem('memory per resting order', variant, before, after, count),
    checks: [{ variant, what: 'resting orders', holds: orders.count === count }],
  };
}

const RESTING = 100_000;

/** Open blocks in the full measure and in its fractions: what a tick costs must not follow them. */
const fractions: Readonly<Record<string, number>> = { 'blocks 1 %': 100, 'blocks 10 %': 10, 'blocks 100 %': 1 };

function blocksAt(variant: string, { blocks }: Sizes): number {
  return Math.ceil(blocks / (fractions[variant] as number) / 2) * 2;
}

function blocksLabel(count: number): string {
  return `${count.toLocaleString('en-US')} blocks`;
}

const measurements: Readonly<Record<string, (variant: string, sizes: Sizes) => Promise<Findings>>> = {
  liquidations: (_, { liquidations }) => crash(`${liquidations.toLocaleString('en-US')} blocks`, liquidations),
  'durable liquidations': (_, { liquidations }) => durableCrash(`${liquidations.toLocaleString('en-US')} blocks, durable`, liquidations),
  'resting orders': (variant, { blocks }) => resting(variant, Math.min(blocks, RESTING)),
};

async function measure(variant: string, sizes: Sizes): Promise<Findings> {
  if (variant in fractions) {
    const count = blocksAt(variant, sizes);
    return calm(blocksLabel(count), count);
  }
  const measurement = measurements[variant];
  if (measurement === undefined) throw new Error(`there is no measurement ${variant}`);
  return measurement(variant, sizes);
}

export const marks: Benchmark = {
  name: MARKS,
  variants: [...Object.keys(fractions), ...Object.keys(measurements)],
  goals: (sizes) => {
    const [few, , all] = Object.keys(fractions).map((variant) => blocksLabel(blocksAt(variant, sizes))) as [string, string, string];
    const tick = (variant: string) => ({ name: 'mark tick', variant });
    return [{ what: `calm mark tick, ${all} / ${few}`, over: tick(all), under: tick(few), atMost: 2 }];
  },
  missing: () => undefined,
  measure,
};

import { type Benchmark, type Check, collectGarbage, type Figure, type Findings, quantile, type Sizes } from '../benchmark';
import { generate, sameDepth, sameTape, type Workload } from '../workload';
import { FromDecoded, FromLines, ThroughLibrary } from './bulkhead';
import { Durable } from './durable';
import { flatDirect } from './flatDirect';
import { flatMargin } from './flatMargin';
import { always, type Contender, type Matcher } from './matcher';
import { NaiveMap } from './naiveMap';
import { PeerOrderBook, peerMissing } from './peerOrderBook';

export const MATCHING = 'matching';

const contenders: readonly Contender[] = [
  { variant: 'bulkhead', sync: true, missing: always, make: async (workload) => new FromDecoded(workload, 'CROSS') },
  { variant: 'bulkhead-isolated', sync: true, missing: always, make: async (workload) => new FromDecoded(workload, 'ISOLATED') },
  { variant: 'bulkhead-json-lines', sync: true, missing: always, make: async (workload) => new FromLines(workload, 'CROSS') },
  { variant: 'bulkhead-library', sync: true, missing: always, make: async (workload) => new ThroughLibrary(workload, 'CROSS') },
  { variant: 'bulkhead-durable', sync: false, missing: always, make: (workload) => Durable.make(workload, 'CROSS') },
  { variant: 'bulkhead-isolated-durable', sync: false, missing: always, make: (workload) => Durable.make(workload, 'ISOLATED') },
  { variant: 'nodejs-order-book', sync: true, missing: peerMissing, make: async (workload) => new PeerOrderBook(workload) },
  { variant: 'naive-map', sync: true, missing: always, make: async (workload) => new NaiveMap(workload) },
  { variant: 'flat-direct', sync: true, missing: always, make: async (workload) => flatDirect(workload) },
  { variant: 'flat-margin-bin-strmap', sync: true, missing: always, make: async (workload) => flatMargin(workload) },
];

function contenderOf(variant: string): Contender {
  const found = contenders.find((contender) => contender.variant === variant);
  if (found === undefined) throw new Error(`there is no contender ${variant}`);
  return found;
}

/** What the contender ended with against what the generator expects of any engine. */
export function checkAgainst(variant: string, workload: Workload, matcher: Matcher): Check[] {
  const { depth, tape } = workload.expected;
  const checks = [{ variant, what: 'final depth', holds: sameDepth(matcher.depth(), depth) }];
  const told = matcher.tape();
  if (told !== undefined) checks.push({ variant, what: 'tape', holds: sameTape(told, tape) });
  return checks;
}

const LATENCIES = 200_000;

/** Times single rows. The clock's own cost, some tens of nanoseconds, is included. */
function latencies(variant: string, matcher: Matcher, from: number, to: number): Figure[] {
  const times = new Float64Array(to - from);
  for (let row = from; row < to; row++) {
    const begun = performance.now();
    void matcher.run(row, row + 1);
    times[row - from] = (performance.now() - begun) * 1000;
  }
  times.sort();
  const parts = { p50: 0.5, p99: 0.99, 'p99.9': 0.999 };
  return Object.entries(parts).map(([name, part]) => ({ name: `${MATCHING} ${name}`, variant, unit: 'µs', value: quantile(times, part) }));
}

async function measure(variant: string, { commands, depth, users }: Sizes): Promise<Findings> {
  const contender = contenderOf(variant);
  const single = contender.sync ? Math.min(commands, LATENCIES) : 0;
  const workload = generate({ commands: 2 * commands + single, depth, users });
  const matcher = await contender.make(workload);
  try {
    const timedFrom = workload.prefill + commands;
    const timedTo = timedFrom + commands;
    matcher.prepare(0, timedFrom);
    await matcher.run(0, timedFrom);
    matcher.prepare(timedFrom, timedTo);
    collectGarbage();
    const begun = performance.now();
    await matcher.run(timedFrom, timedTo);
    const seconds = (performance.now() - begun) / 1000;
    const figures: Figure[] = [{ name: MATCHING, variant, unit: 'commands/s', value: commands / seconds }];
    if (single > 0) {
      matcher.prepare(timedTo, workload.length);
      figures.push(...latencies(variant, matcher, timedTo, workload.length));
    }
    return { figures, checks: checkAgainst(variant, workload, matcher) };
  } finally {
    await matcher.close();
  }
}

const figure = (variant: string) => ({ name: MATCHING, variant });

export const matching: Benchmark = {
  name: MATCHING,
  variants: contenders.map(({ variant }) => variant),
  goals: () => [
    { what: 'in memory / nodejs-order-book', over: figure('bulkhead'), under: figure('nodejs-order-book'), atLeast: 10 },
    { what: 'in memory / flat-margin-bin-strmap', over: figure('bulkhead'), under: figure('flat-margin-bin-strmap'), atLeast: 0.4 },
    { what: 'durable / in memory', over: figure('bulkhead-durable'), under: figure('bulkhead'), atLeast: 0.7 },
    {
      what: 'isolated: durable / in memory',
      over: figure('bulkhead-isolated-durable'),
      under: figure('bulkhead-isolated'),
      atLeast: 0.7,
    },
  ],
  missing: (variant) => contenderOf(variant).missing(),
  measure,
};

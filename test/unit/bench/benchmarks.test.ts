import type { Findings, Sizes } from '../../../src/bench/benchmark';
import { benchmarks } from '../../../src/bench/benchmarks';
import { checkAgainst } from '../../../src/bench/matching/benchmark';
import { FromDecoded } from '../../../src/bench/matching/bulkhead';
import { NaiveMap } from '../../../src/bench/matching/naiveMap';
import { generate } from '../../../src/bench/workload';

const SIZES: Sizes = { commands: 600, depth: 150, users: 100, blocks: 200, liquidations: 30, rate: 2_000, subscribers: 20, changes: 500 };

jest.setTimeout(120_000);

// The command line starts its processes with --expose-gc; here figures do not matter, only that they come about.
const { gc } = globalThis;
beforeAll(() => {
  globalThis.gc = (() => undefined) as typeof globalThis.gc;
});
afterAll(() => {
  globalThis.gc = gc;
});

function expectFindings({ figures, checks }: Findings): void {
  expect(figures.length).toBeGreaterThan(0);
  expect(checks.length).toBeGreaterThan(0);
  for (const { value } of figures) expect(Number.isFinite(value)).toBe(true);
  expect(checks.filter(({ holds }) => !holds)).toEqual([]);
}

/** Those that measure servers run where the tests have the servers: test/eventstore, test/integration/kafka. */
const alone = benchmarks.filter(({ variants, missing }) => missing(variants[0] as string, SIZES) === undefined);

test('only benchmarks of servers are left out here', () => {
  expect(benchmarks.filter((one) => !alone.includes(one)).map(({ name }) => name)).toEqual(['store', 'kafka']);
});

for (const benchmark of alone) {
  const measured = new Set<string>();

  for (const variant of benchmark.variants) {
    test(`${benchmark.name}: ${variant} ends with what it must end with`, async () => {
      expect(benchmark.missing(variant, SIZES)).toBeUndefined();
      const findings = await benchmark.measure(variant, SIZES);
      expectFindings(findings);
      for (const { name, variant: label } of findings.figures) measured.add(`${name} of ${label}`);
    });
  }

  test(`${benchmark.name}: every goal is about figures that are measured`, () => {
    const named = benchmark.goals(SIZES).flatMap(({ over, under }) => (under === undefined ? [over] : [over, under]));
    expect(named.map(({ name, variant }) => `${name} of ${variant}`).filter((name) => !measured.has(name))).toEqual([]);
  });
}

describe('a contender that ends with something else is found out', () => {
  const workload = generate({ commands: 600, depth: 150 });

  test.each([
    ['the engine', () => new FromDecoded(workload, 'CROSS')],
    ['a peer', () => new NaiveMap(workload)],
  ])('%s that missed the last rows', (_, make) => {
    const matcher = make();
    const short = workload.length - 200;
    matcher.prepare(0, short);
    matcher.run(0, short);
    expect(checkAgainst('short', workload, matcher).map(({ what, holds }) => [what, holds])).toEqual([
      ['final depth', false],
      ['tape', false],
    ]);
  });
});

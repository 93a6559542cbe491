import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, Check, Figure, Findings, Sizes } from './benchmark';
import { checkLines, machine, rowsTable, serversNamed, verdictLines } from './output';
import { judge, rowsOf, summarize } from './statistics';

const CHILD = join(__dirname, 'child.js');
// The young generation and the collector's helpers as `bulkhead` itself starts with them, the same for every variant.
const HEAP = ['--max-old-space-size=8192', '--max-semi-space-size=64', '--v8-pool-size=1'];

/** Sizes that the figures of docs/measured.md are taken at. */
export const FULL: Sizes = {
  commands: 1_000_000,
  depth: 10_000,
  users: 10_000,
  blocks: 1_000_000,
  liquidations: 10_000,
  rate: 50_000,
  subscribers: 1_000,
  changes: 1_000,
};
export const ROUNDS = 5;

/** What is measured, and how. */
export interface BenchOptions {
  readonly chosen: readonly Benchmark[];
  /** Undefined: all. */
  readonly variants: readonly string[] | undefined;
  readonly json: boolean;
  readonly rounds: number;
  readonly sizes: Sizes;
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A fresh process: nothing that one measurement leaves in the compiler or on the heap reaches the next. */
function inFreshProcess(benchmark: Benchmark, variant: string, sizes: Sizes): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const args = [benchmark.name, variant, JSON.stringify(sizes)];
    const child = fork(CHILD, args, { execArgv: ['--expose-gc', ...HEAP], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let findings: Findings | undefined;
    child.on('message', (message) => {
      findings = message as Findings;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0 && findings !== undefined) resolve(findings);
      else reject(new Error(`${benchmark.name} ${variant} ended with ${signal ?? code}`));
    });
  });
}

interface Measured {
  readonly rounds: Figure[][];
  readonly checks: Check[];
}

/** Rounds that take every variant once: what else the machine does meanwhile hits all of them alike. */
async function measure(benchmark: Benchmark, variants: readonly string[], options: BenchOptions): Promise<Measured> {
  const rounds: Figure[][] = [];
  const checks: Check[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const figures: Figure[] = [];
    for (const variant of variants) {
      const findings = await inFreshProcess(benchmark, variant, options.sizes);
      figures.push(...findings.figures);
      checks.push(...findings.checks);
      const [first] = findings.figures;
      tell(`round ${round}/${options.rounds}  ${benchmark.name} ${variant}${first ? `: ${Math.round(first.value)} ${first.unit}` : ''}`);
    }
    rounds.push(figures);
  }
  return { rounds, checks };
}

function present(benchmark: Benchmark, wanted: readonly string[] | undefined, sizes: Sizes): { variants: string[]; skipped: string[] } {
  const variants: string[] = [];
  const skipped: string[] = [];
  for (const variant of benchmark.variants) {
    if (wanted !== undefined && !wanted.includes(variant)) continue;
    const missing = benchmark.missing(variant, sizes);
    if (missing === undefined) variants.push(variant);
    else skipped.push(`SKIPPED: ${benchmark.name} ${variant}: ${missing}`);
  }
  return { variants, skipped };
}

/** Measures and reports. Resolves with the exit code: 1 when a result was not what it has to be. */
export async function runBench(options: BenchOptions): Promise<number> {
  if (!existsSync(CHILD)) throw new Error('the benchmarks run from the build alone: npm run build, then node dist/src/cli/main.js bench');
  const out = (text: string) => process.stdout.write(`${text}\n`);
  if (!options.json) out(`${[machine(), ...serversNamed(options.sizes)].join('\n')}\n`);
  let failures = 0;
  for (const benchmark of options.chosen) {
    const { variants, skipped } = present(benchmark, options.variants, options.sizes);
    for (const line of skipped) tell(line);
    const { rounds, checks } = await measure(benchmark, variants, options);
    const rows = rowsOf(rounds.flat());
    const { holds, fails } = summarize(checks);
    failures += fails.length;
    if (options.json) {
      for (const row of rows) out(JSON.stringify(row));
      for (const { variant, what } of fails) tell(`CHECK FAILED: ${variant}: ${what} is not what it has to be`);
      continue;
    }
    const verdicts = benchmark.goals(options.sizes).map((goal) => judge(goal, rounds));
    out(`${[rowsTable(rows), verdictLines(verdicts), checkLines(holds, fails), ...skipped].join('\n\n')}\n`);
  }
  return failures > 0 ? 1 : 0;
}

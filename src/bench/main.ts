import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark, Check, Figure, Findings, Sizes } from './benchmark';
import { benchmarkNamed, benchmarks } from './benchmarks';
import { checkLines, machine, rowsTable, serversNamed, verdictLines } from './output';
import { judge, rowsOf, summarize } from './statistics';

const CHILD = join(__dirname, 'child.js');
// The young generation as `bulkhead` itself starts with it, the same for every variant.
const HEAP = ['--max-old-space-size=8192', '--max-semi-space-size=64'];

/** Sizes that the README's figures are taken at. */
const FULL: Sizes = {
  commands: 1_000_000,
  depth: 10_000,
  users: 10_000,
  blocks: 1_000_000,
  liquidations: 10_000,
  rate: 50_000,
  subscribers: 1_000,
  changes: 1_000,
};
const ROUNDS = 5;

interface Options {
  readonly chosen: readonly Benchmark[];
  readonly variants: readonly string[] | undefined;
  readonly json: boolean;
  readonly rounds: number;
  readonly sizes: Sizes;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${option} takes a whole number from 1 on, not ${text}`);
  return Number(text);
}

function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: String(ROUNDS) },
      commands: { type: 'string', default: String(FULL.commands) },
      blocks: { type: 'string', default: String(FULL.blocks) },
      rate: { type: 'string', default: String(FULL.rate) },
      subscribers: { type: 'string', default: String(FULL.subscribers) },
      changes: { type: 'string', default: String(FULL.changes) },
      variants: { type: 'string' },
      eventstore: { type: 'string' },
      kafka: { type: 'string' },
    },
  });
  const chosen = positionals.map((name) => {
    const found = benchmarkNamed(name);
    if (found === undefined) throw new Error(`there is no benchmark ${name}; there are ${benchmarks.map((one) => one.name).join(', ')}`);
    return found;
  });
  const commands = wholeNumber('commands', values.commands as string);
  const blocks = wholeNumber('blocks', values.blocks as string);
  const sizes = {
    ...FULL,
    commands,
    blocks,
    rate: wholeNumber('rate', values.rate as string),
    subscribers: wholeNumber('subscribers', values.subscribers as string),
    changes: wholeNumber('changes', values.changes as string),
    eventstore: values.eventstore,
    kafka: values.kafka,
  };
  return {
    chosen: chosen.length === 0 ? benchmarks : chosen,
    variants: values.variants?.split(','),
    json: values.json === true,
    rounds: wholeNumber('rounds', values.rounds as string),
    sizes,
  };
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
async function measure(benchmark: Benchmark, variants: readonly string[], options: Options): Promise<Measured> {
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

/** `bulkhead bench [NAME...] [--json]`. Resolves with the exit code: 1 when a result was not what it has to be. */
export async function runBench(args: string[]): Promise<number> {
  const options = readOptions(args);
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

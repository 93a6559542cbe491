import type { Sequenced } from '../engine/engine';
import { type Benchmark, collectGarbage, type Figure, type Findings, quantile, type Sizes } from './benchmark';
import { checkAgainst } from './matching/benchmark';
import { decoded } from './matching/bulkhead';
import { Durable, nextTurn } from './matching/durable';
import { generate } from './workload';

const LATENCY = 'durable latency';
const SECONDS = 4;
const QUANTILES = { p50: 0.5, p99: 0.99, 'p99.9': 0.999 };

/**
 * Commands come at a steady rate whatever the engine does: each is timed from the moment at which it was due, so that a
 * pause is felt by all that it kept waiting, until its record is durable.
 */
export async function steady(durable: Durable, commands: readonly Sequenced[], rate: number): Promise<Float64Array> {
  const { journal } = durable.node;
  const waits = new Float64Array(commands.length);
  const revisions = new Float64Array(commands.length);
  const interval = 1000 / rate;
  const begun = performance.now();
  let sent = 0;
  let answered = 0;
  const stop = journal.onDurable(({ revision }) => {
    const now = performance.now();
    while (answered < sent && (revisions[answered] as number) <= revision) {
      waits[answered] = now - (begun + answered * interval);
      answered += 1;
    }
  });
  while (sent < commands.length) {
    const due = Math.min(commands.length, Math.floor((performance.now() - begun) / interval) + 1);
    while (sent < due && journal.isReady) {
      revisions[sent] = durable.submit(commands[sent] as Sequenced);
      sent += 1;
    }
    await nextTurn();
  }
  await journal.whenDurable(journal.head.revision);
  stop();
  return waits.sort();
}

async function measure(variant: string, { commands, depth, users, rate }: Sizes): Promise<Findings> {
  const offered = Math.min(commands, rate * SECONDS);
  const warm = commands;
  const workload = generate({ commands: warm + offered, depth, users });
  const durable = await Durable.make(workload, 'CROSS');
  try {
    const from = workload.prefill + warm;
    durable.prepare(0, from);
    await durable.run(0, from);
    const timed: Sequenced[] = [];
    for (let row = from; row < workload.length; row++) timed.push(decoded(durable.commands.command(row)));
    collectGarbage();
    const begun = performance.now();
    const waits = await steady(durable, timed, rate);
    const reached = offered / ((performance.now() - begun) / 1000);
    const figures: Figure[] = Object.entries(QUANTILES).map(([name, part]) => ({
      name: `${LATENCY} ${name}`,
      variant: `${variant} at ${rate}/s`,
      unit: 'ms',
      value: quantile(waits, part),
    }));
    figures.push({ name: `${LATENCY}, rate reached`, variant: `${variant} at ${rate}/s`, unit: 'commands/s', value: reached });
    return { figures, checks: checkAgainst(variant, workload, durable) };
  } finally {
    await durable.close();
  }
}

export const latency: Benchmark = { name: 'latency', variants: ['bulkhead-durable'], goals: () => [], missing: () => undefined, measure };

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sequenced } from '../../engine/engine';
import { type DurableFeed, Projector } from '../../views';
import { collectGarbage, type Findings, quantile, type Sizes } from '../benchmark';
import { steady } from '../latency';
import { checkAgainst } from '../matching/benchmark';
import { decoded } from '../matching/bulkhead';
import { Durable } from '../matching/durable';
import { generate } from '../workload';

export const LATENCY = 'durable latency p99';
export const ALONE = 'engine alone';
export const BESIDE = 'beside projections that catch up';
export const TOGETHER = 'engine beside projections';

const TURNS = 3;
const SECONDS = 2;
/** Offered commands a second: a load that the engine carries with ease, so that what is felt is not its own queue. */
const RATE = 10_000;

/** Projections that begin at the journal's first record, and again whenever they have reached its end. */
class CatchingUp {
  private isStopped = false;
  private starts = 0;
  private readonly ended: Promise<void>;
  private hasBegun = false;
  folded = 0;

  constructor(
    private readonly journal: DurableFeed,
    private readonly directory: string,
  ) {
    mkdirSync(directory);
    this.ended = this.run();
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const path = join(this.directory, `views-${this.starts++}`);
      const projector = new Projector({ shard: 0, feed: this.journal, store: { path, version: 'bench' } });
      while (!this.isStopped && projector.seq < this.journal.durable.seq) {
        await sleep(5);
        this.hasBegun ||= projector.seq > 0;
      }
      this.folded += projector.seq;
      await projector.close();
    }
  }

  /** Resolves when its thread works. */
  async begun(): Promise<void> {
    while (!this.hasBegun) await sleep(5);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.ended;
  }
}

/** Alone and beside in turns, on one journal that was long before: what the machine does meanwhile hits both. */
export async function measureBeside(_: string, { commands, depth, users }: Sizes): Promise<Findings> {
  const stretch = Math.min(commands, RATE * SECONDS);
  const workload = generate({ commands: commands + (2 * TURNS + 1) * stretch, depth, users });
  const durable = await Durable.make(workload, 'CROSS');
  const directory = mkdtempSync(join(process.cwd(), '.bulkhead-bench-'));
  const waits: Readonly<Record<string, number[]>> = { [ALONE]: [], [BESIDE]: [] };
  let folded = 0;
  try {
    let next = workload.prefill + commands;
    durable.prepare(0, next);
    await durable.run(0, next);
    const offer = async (variant: string) => {
      const timed: Sequenced[] = [];
      const end = Math.min(workload.length, next + stretch);
      for (; next < end; next++) timed.push(decoded(durable.commands.command(next)));
      collectGarbage();
      for (const wait of await steady(durable, timed, RATE)) waits[variant]?.push(wait);
    };
    await offer('to warm up, and counted nowhere');
    for (let turn = 0; turn < TURNS; turn++) {
      await offer(ALONE);
      const catching = new CatchingUp(durable.node.journal, join(directory, `turn-${turn}`));
      await catching.begun();
      await offer(BESIDE);
      await catching.stop();
      folded += catching.folded;
    }
    durable.prepare(next, workload.length);
    await durable.run(next, workload.length);
    const quantiles = [ALONE, BESIDE].flatMap((variant) => {
      const sorted = Float64Array.from(waits[variant] ?? []).sort();
      return [
        { name: LATENCY, variant, unit: 'ms', value: quantile(sorted, 0.99) },
        { name: 'durable latency p50', variant, unit: 'ms', value: quantile(sorted, 0.5) },
      ];
    });
    const meanwhile = { name: 'commands folded meanwhile', variant: BESIDE, unit: 'commands/s', value: folded / (TURNS * SECONDS) };
    const checks = [{ variant: BESIDE, what: 'commands folded meanwhile', holds: folded > 0 }, ...checkAgainst(ALONE, workload, durable)];
    return { figures: [...quantiles, meanwhile], checks };
  } finally {
    await durable.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

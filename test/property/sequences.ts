import fc from 'fast-check';
import type { Command } from '../support/engineApi';
import { Draw } from '../support/generator/draw';
import { Generator } from '../support/generator/generator';
import { CheckedRun, type RunOptions } from './checkedRun';
import type { Reach } from './reach';

/** One sequence as fast-check draws it: a number for the world, and one for each step. */
export interface Sequence {
  readonly world: number;
  readonly steps: readonly number[];
}

const anyNumber = fc.noShrink(fc.noBias(fc.integer({ min: 0, max: 0xffffffff })));

export const sequences: fc.Arbitrary<Sequence> = fc.record({
  world: anyNumber,
  steps: fc.array(anyNumber, { minLength: 40, maxLength: 60, size: 'max' }),
});

export const SEED = Number(process.env.BULKHEAD_SEED ?? 20_251_010);
export const RUNS = Number(process.env.BULKHEAD_RUNS ?? 1000);

const FORGETFUL = 16;

/** Plays a sequence with every check on; `trace` collects what was sent. */
export function play({ world, steps }: Sequence, reach: Reach, options: RunOptions = {}, trace: Command[] = []): void {
  // Every third engine forgets, so that ids come back as new commands.
  const run = new CheckedRun(reach, world % 3 === 0 ? { commandMemory: FORGETFUL, ...options } : options);
  const generator = new Generator(world, run.engine.views);
  const send = (command: Command) => {
    trace.push(command);
    run.execute(command);
  };
  for (const command of generator.opening()) send(command);
  for (const step of steps) send(generator.next(step));
  const last = trace.at(-1);
  if (last !== undefined) run.compare(last);
  const draw = new Draw(world);
  for (let times = 0; times < 3; times++) recoverSomewhere(run, draw);
  run.engine.checkReexecution();
}

/** From a random snapshot over random events to the end, now and then with no events or nothing but events. */
function recoverSomewhere({ engine }: CheckedRun, draw: Draw): void {
  const kept = 1 + draw.below(engine.length);
  const until = draw.pick([kept, kept + draw.below(engine.length - kept + 1), engine.length]);
  engine.checkRecovery(kept, until);
}

/** Checks a property of sequences from the seed of the run; a failure names the seed and the commands that led there. */
export function checkSequences(seed: number, runs: number, reach: Reach): void {
  const property = fc.property(sequences, (sequence) => {
    const trace: Command[] = [];
    try {
      play(sequence, reach, {}, trace);
    } catch (error) {
      const sent = trace.map((command) => JSON.stringify(command)).join('\n');
      throw new Error(`${(error as Error).message}\nafter ${trace.length} commands:\n${sent}`, { cause: error });
    }
  });
  fc.assert(property, { seed, numRuns: runs });
}

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

/** Plays a sequence with every check on; `trace` collects what was sent. */
export function play({ world, steps }: Sequence, reach: Reach, options: RunOptions = {}, trace: Command[] = []): void {
  const run = new CheckedRun(reach, options);
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
  for (const part of [draw.next(), draw.next(), draw.next()]) run.engine.checkFrom(Math.floor(part * run.engine.length));
  run.engine.checkReexecution();
}

/** Checks a property of sequences from the seed of the run; a failure names the seed and the commands that led there. */
export function checkSequences(seed: number, runs: number, reach: Reach): void {
  const property = fc.property(sequences, (sequence) => {
    const trace: Command[] = [];
    try {
      play(sequence, reach, { compareEvery: 4 }, trace);
    } catch (error) {
      const sent = trace.map((command) => JSON.stringify(command)).join('\n');
      throw new Error(`${(error as Error).message}\nafter ${trace.length} commands:\n${sent}`, { cause: error });
    }
  });
  fc.assert(property, { seed, numRuns: runs });
}

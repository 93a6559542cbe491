import { createHash } from 'node:crypto';
import type { Result } from '../../../src/contract/results';
import { MalformedCommand } from '../../../src/index';
import { type Bulkhead, createEngine } from '../../../src/library/bulkhead';
import type { Command } from '../engineApi';
import { Generator } from '../generator/generator';

/** Commands with the results and the state that an engine in memory, never interrupted, gives for them. */
export interface Story {
  readonly lines: readonly string[];
  readonly results: readonly Result[];
  readonly seq: number;
  readonly stateHash: string;
}

export const hashOf = (engine: Bulkhead): string => createHash('sha256').update(engine.snapshot()).digest('hex');

/** Random orders, cancels, ticks, deposits, isolated margin and all else, drawn from a seed. */
export function tellStory(seed: number, length: number): Story {
  const engine = createEngine();
  const generator = new Generator(seed, engine);
  const lines: string[] = [];
  const results: Result[] = [];
  const bodies = new Map<string, string>();
  const take = (command: Command): void => {
    const body = JSON.stringify([command.type, command.data]);
    // The same id with other content is a new command each time it is sent, so sending it again is no repetition.
    if ((bodies.get(command.commandId) ?? body) !== body) return;
    bodies.set(command.commandId, body);
    try {
      results.push(engine.execute(command));
      lines.push(JSON.stringify(command));
    } catch (error) {
      if (!(error instanceof MalformedCommand)) throw error;
    }
  };
  for (const command of generator.opening()) take(command);
  for (let step = 1; lines.length < length; step++) take(generator.next(seed * 1_000_003 + step));
  return { lines, results, seq: engine.now().seq, stateHash: hashOf(engine) };
}

import { Engine } from '../../../src/engine/engine';
import { Bulkhead } from '../../../src/library/bulkhead';
import type { Command } from '../engineApi';
import { Draw } from '../generator/draw';
import { Generator } from '../generator/generator';

/** Commands of a random sequence, as they would be sent; a generator needs an engine to look at. */
export function commandsOf(world: number, steps: number): Command[] {
  const views = new Bulkhead(new Engine());
  const generator = new Generator(world, views);
  const draw = new Draw(world);
  const sent: Command[] = [];
  const send = (command: Command) => {
    sent.push(command);
    try {
      views.execute(command);
    } catch {
      // A message that is no command: the generator makes some.
    }
  };
  for (const command of generator.opening()) send(command);
  for (let step = 0; step < steps; step++) send(generator.next(draw.below(0xffffffff)));
  return sent;
}

/** Results of the same commands on an engine of its own, DUPLICATEs left out, as JSON would carry them. */
export function resultsOf(commands: readonly unknown[]): { results: Record<string, unknown>[]; views: Bulkhead } {
  const views = new Bulkhead(new Engine());
  const results: Record<string, unknown>[] = [];
  for (const command of commands) {
    try {
      const result = views.execute(command);
      if (result.status !== 'DUPLICATE') results.push(JSON.parse(JSON.stringify(result)));
    } catch {
      // No command, no result.
    }
  }
  return { results, views };
}

import { DecimalModel, type Difference } from '../../../src/audit/model';
import { createEngine, type EngineApi, type Result } from '../../support/engineApi';
import type { Command, Generator } from './generator';

export interface Run {
  readonly engine: EngineApi;
  readonly model: DecimalModel;
  readonly results: readonly Result[];
  readonly commands: readonly Command[];
}

/** What a run of commands has shown, for a test to say that it exercised what it means to. */
export function eventCounts(results: readonly Result[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const result of results) {
    for (const event of result.events) counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
  }
  return counts;
}

/** Folds an engine's results until the first differences, which name the command that they belong to. */
export function runAgainstModel(generator: Generator, commands: number, compareEvery: number): Run & { differences: Difference[] } {
  const engine = createEngine();
  const model = new DecimalModel();
  const results: Result[] = [];
  const executed: Command[] = [];
  for (let n = 1; n <= commands; n++) {
    const command = generator.command();
    const result = engine.execute(command as never);
    results.push(result);
    executed.push(command);
    if (command.type === 'PlaceOrder' && result.orderId !== undefined) generator.learn(command, result.orderId);
    const differences = model.apply(command, result);
    if (n % compareEvery === 0 && differences.length === 0) differences.push(...model.compareWith(engine));
    if (differences.length > 0) return { engine, model, results, commands: executed, differences };
  }
  return { engine, model, results, commands: executed, differences: [] };
}

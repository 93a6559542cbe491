import { decodeCommand } from '../../../src/contract/decode';
import type { JournalRecord } from '../../../src/contract/record';
import { Engine } from '../../../src/engine/engine';
import { toResult } from '../../../src/engine/results';
import { Bulkhead } from '../../../src/library/bulkhead';
import type { Command, Result } from '../engineApi';
import { Draw } from '../generator/draw';
import { Generator } from '../generator/generator';
import { recordOf } from '../hashes';

export interface Seen {
  readonly command: Command;
  readonly result: Result;
  /** Undefined for a DUPLICATE. */
  readonly record: JournalRecord | undefined;
  readonly views: Bulkhead;
}

const STEPS = 60;

/** Seeded worlds of the property tests' commands, without their checks; each begins with an engine of its own. */
export function seededRuns(seed: number, worlds: number, beginning: () => void, see: (seen: Seen) => void): void {
  const draw = new Draw(seed);
  for (let world = 0; world < worlds; world++) {
    beginning();
    const engine = new Engine(world % 3 === 0 ? { commandMemory: 16 } : {});
    const views = new Bulkhead(engine);
    const generator = new Generator(draw.below(2 ** 32), views);
    const send = (command: Command) => {
      const decoded = decodeCommand(command);
      if (!decoded.ok && decoded.kind === 'MALFORMED') return;
      const outcome = engine.execute(decoded);
      const record = outcome.kind === 'DUPLICATE' ? undefined : recordOf(outcome);
      see({ command, result: toResult(outcome, engine.state.shard) as unknown as Result, record, views });
    };
    for (const command of generator.opening()) send(command);
    for (let step = 0; step < STEPS; step++) send(generator.next(draw.below(2 ** 32)));
  }
}

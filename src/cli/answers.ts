import type { Outcome } from '../engine/engine';
import { toResult } from '../engine/results';
import type { Output } from './output';

interface Waiting {
  readonly outcome: Outcome;
  readonly revision: number;
}

/** Answers in the order of the commands, each only once its record is durable. */
export class Answers {
  private readonly waiting: Waiting[] = [];

  constructor(
    private readonly output: Output,
    private readonly shard: number,
    private readonly isQuiet: boolean,
  ) {}

  add(outcome: Outcome, revision: number): void {
    if (!this.isQuiet) this.waiting.push({ outcome, revision });
  }

  write(durableRevision: number): void {
    const { waiting, output, shard } = this;
    let written = 0;
    for (const { outcome, revision } of waiting) {
      if (revision > durableRevision) break;
      output.line(JSON.stringify(toResult(outcome, shard)));
      written += 1;
    }
    waiting.splice(0, written);
  }
}

import { DecimalModel, type Difference } from '../../src/audit/model';
import type { Command, EngineApi, Result } from '../support/engineApi';
import { JournaledEngine, type Tamper } from '../support/hashes';
import { breachesOfIsolation } from './isolation';
import { RebuiltLedger } from './ledger';
import type { Reach } from './reach';

export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

export interface RunOptions {
  /** How many commands go by between two comparisons of all views with the model. */
  readonly compareEvery?: number;
  readonly tamper?: Tamper;
  /** How many commandIds the engine remembers. */
  readonly commandMemory?: number;
  /** Falsifies results before they are checked, for a test that asks whether anybody notices. */
  readonly falsify?: (result: Result) => Result;
}

/** One engine, watched after every command by all that rules.md §11 asks for. */
export class CheckedRun {
  readonly engine: JournaledEngine;
  readonly model = new DecimalModel();
  private readonly ledger = new RebuiltLedger();
  private readonly compareEvery: number;
  private readonly falsify: (result: Result) => Result;

  constructor(
    private readonly reach: Reach,
    { compareEvery = 1, tamper, commandMemory = 1_000_000, falsify = (result) => result }: RunOptions = {},
  ) {
    this.engine = new JournaledEngine({ commandMemory }, tamper);
    this.compareEvery = compareEvery;
    this.falsify = falsify;
  }

  execute(command: Command): Result | undefined {
    const told = this.engine.execute(command);
    this.fail(command, this.engine.views.checkInvariants());
    if (told === undefined) return undefined;
    const result = this.falsify(told);
    if (result.status !== 'DUPLICATE') this.ledger.apply(result);
    this.fail(command, this.ledger.differences(this.engine.views.ledger()));
    this.fail(command, breachesOfIsolation(result));
    this.fail(command, this.model.apply(command, result).map(sayDifference));
    if (this.engine.length % this.compareEvery === 0) this.compare(command);
    this.reach.count(command, result, this.unfunded());
    return result;
  }

  /** Compares every view of the engine with the model's. */
  compare(command: Command): void {
    this.fail(command, this.model.compareWith(this.engine.views as unknown as EngineApi).map(sayDifference));
  }

  private unfunded(): Set<unknown> {
    const listed = this.engine.state.instruments.filter(({ spec }) => spec.insuranceLimit === 0);
    return new Set(listed.map(({ name }) => name));
  }

  private fail(command: Command, faults: readonly string[]): void {
    if (faults.length === 0) return;
    throw new CheckFailed(`${JSON.stringify(command)}\n${faults.slice(0, 8).join('\n')}`);
  }
}

function sayDifference({ path, expected, actual, rule }: Difference): string {
  return `${path}: the model has ${expected}, the engine ${actual} (${rule})`;
}

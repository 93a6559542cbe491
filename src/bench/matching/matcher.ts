import type { Depth, Tape, Workload } from '../workload';

/** One contender: something that takes the rows of the workload in order. */
export interface Matcher {
  /** Makes the rows' arguments (ids, decimal strings, JSON lines, command objects) before the clock starts. */
  prepare(from: number, to: number): void;
  run(from: number, to: number): void | Promise<void>;
  depth(): Depth;
  /** Undefined where the contender does not say which orders met. */
  tape(): Tape | undefined;
  close(): Promise<void>;
}

export interface Contender {
  readonly variant: string;
  /** Rows are fed one by one for the latency of each only where a call returns when its row is done. */
  readonly sync: boolean;
  /** Why it cannot run here, or undefined when it can. */
  missing(): string | undefined;
  make(workload: Workload): Promise<Matcher>;
}

export const always = (): undefined => undefined;

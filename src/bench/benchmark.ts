/** One figure of one process. */
export interface Figure {
  readonly name: string;
  readonly variant: string;
  readonly unit: string;
  readonly value: number;
}

/** Something that a process found true or false about what it measured. */
export interface Check {
  readonly variant: string;
  readonly what: string;
  readonly holds: boolean;
}

export interface Findings {
  readonly figures: readonly Figure[];
  readonly checks: readonly Check[];
}

export interface Sizes {
  /** Timed commands of the common workload, warmed up by as many. */
  readonly commands: number;
  /** Orders that rest in its book. */
  readonly depth: number;
  /** Users of it, with an account a side each. */
  readonly users: number;
  /** The largest number of open blocks. */
  readonly blocks: number;
  /** Liquidations in one tick. */
  readonly liquidations: number;
  /** Commands a second that are offered where latency is taken at a steady rate. */
  readonly rate: number;
  /** Clients of the stream. */
  readonly subscribers: number;
  /** Position changes a second that they are told of. */
  readonly changes: number;
  /** Servers that benchmarks of servers measure. */
  readonly eventstore?: string | undefined;
  readonly kafka?: string | undefined;
}

/** What the project promises of a figure: by itself, or as a ratio to another one of the same round. */
export interface Goal {
  readonly what: string;
  readonly over: FigureName;
  readonly under?: FigureName;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface FigureName {
  readonly name: string;
  readonly variant: string;
}

/** A benchmark is measured variant by variant, each in a process of its own, in rounds that take every variant once. */
export interface Benchmark {
  readonly name: string;
  readonly variants: readonly string[];
  goals(sizes: Sizes): readonly Goal[];
  /** Why a variant cannot be measured here. */
  missing(variant: string, sizes: Sizes): string | undefined;
  measure(variant: string, sizes: Sizes): Promise<Findings>;
}

export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('a benchmark needs node --expose-gc');
  globalThis.gc();
}

/** The value below which a part of the sorted ones lies. */
export function quantile(sorted: Float64Array | readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
}

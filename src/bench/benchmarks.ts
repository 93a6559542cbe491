import type { Benchmark } from './benchmark';
import { latency } from './latency';
import { marks } from './marks';
import { matching } from './matching/benchmark';
import { replaying } from './replay';

export const benchmarks: readonly Benchmark[] = [matching, marks, replaying, latency];

export function benchmarkNamed(name: string): Benchmark | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}

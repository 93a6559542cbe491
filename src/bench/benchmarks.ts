import type { Benchmark } from './benchmark';
import { matching } from './matching/benchmark';

export const benchmarks: readonly Benchmark[] = [matching];

export function benchmarkNamed(name: string): Benchmark | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}

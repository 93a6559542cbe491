import type { Benchmark } from './benchmark';
import { latency } from './latency';
import { marks } from './marks';
import { matching } from './matching/benchmark';
import { projecting } from './projections/benchmark';
import { replaying } from './replay';
import { kafka } from './servers/kafka';
import { store } from './servers/store';
import { stream } from './stream/benchmark';

export const benchmarks: readonly Benchmark[] = [matching, marks, replaying, latency, projecting, stream, store, kafka];

export function benchmarkNamed(name: string): Benchmark | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}

import type { Benchmark, Goal } from '../benchmark';
import { ALONE, BESIDE, LATENCY, measureBeside, TOGETHER } from './beside';
import { FOLD_CPU, foldVariants, measureFold } from './folds';
import { measureViews, SLOWEST, viewVariants } from './views';

const FOLDED_A_SECOND = 500_000;
const ANSWERED_WITHIN_MS = 5;
/** What the machine itself does to a p99 between two runs of the same. */
const UNDISTURBED = 1.2;

const goals: readonly Goal[] = [
  ...foldVariants.map((variant) => ({
    what: `events folded for a second of CPU, ${variant}`,
    over: { name: FOLD_CPU, variant },
    atLeast: FOLDED_A_SECOND,
  })),
  ...Object.keys(viewVariants).map((variant) => ({
    what: `ms to answer, slowest view's p99, ${variant}`,
    over: { name: SLOWEST, variant },
    atMost: ANSWERED_WITHIN_MS,
  })),
  {
    what: 'p99 of the engine, beside catching up / alone',
    over: { name: LATENCY, variant: BESIDE },
    under: { name: LATENCY, variant: ALONE },
    atMost: UNDISTURBED,
  },
];

export const projecting: Benchmark = {
  name: 'projections',
  variants: [...foldVariants, ...Object.keys(viewVariants), TOGETHER],
  goals: () => goals,
  missing: () => undefined,
  measure: (variant, sizes) => {
    if (variant === TOGETHER) return measureBeside(variant, sizes);
    return variant in viewVariants ? measureViews(variant, sizes) : measureFold(variant, sizes);
  },
};

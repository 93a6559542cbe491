import type { Check, Figure, FigureName, Goal } from './benchmark';

/** What `bulkhead bench --json` writes, a line each. */
export interface Row {
  readonly name: string;
  readonly variant: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Figures of all rounds, one row for each name, variant and unit, in the order in which they first came. */
export function rowsOf(figures: readonly Figure[]): Row[] {
  const groups = new Map<string, Figure[]>();
  for (const figure of figures) {
    const key = `${figure.name}\n${figure.variant}\n${figure.unit}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [figure]);
    else group.push(figure);
  }
  return [...groups.values()].map((group) => {
    const { name, variant, unit } = group[0] as Figure;
    const values = group.map(({ value }) => value);
    return { name, variant, unit, median: median(values), min: Math.min(...values), max: Math.max(...values), runs: values.length };
  });
}

export interface Verdict {
  readonly goal: Goal;
  /** Undefined: one of its figures was not measured. */
  readonly value: number | undefined;
  readonly reached: boolean | undefined;
}

/** By the median of the rounds; a ratio is taken within each, where both figures share the machine's noise. */
export function judge(goal: Goal, rounds: readonly (readonly Figure[])[]): Verdict {
  const figureIn = (figures: readonly Figure[], { name, variant }: FigureName) =>
    figures.find((figure) => figure.name === name && figure.variant === variant)?.value;
  const values: number[] = [];
  for (const figures of rounds) {
    const over = figureIn(figures, goal.over);
    const under = goal.under === undefined ? 1 : figureIn(figures, goal.under);
    if (over !== undefined && under !== undefined) values.push(over / under);
  }
  if (values.length === 0) return { goal, value: undefined, reached: undefined };
  const value = median(values);
  return { goal, value, reached: value >= (goal.atLeast ?? 0) && value <= (goal.atMost ?? Number.POSITIVE_INFINITY) };
}

/** Each check once, failed when it failed in any round. */
export function summarize(checks: readonly Check[]): { holds: Check[]; fails: Check[] } {
  const byName = new Map<string, Check>();
  for (const check of checks) {
    const key = `${check.variant}\n${check.what}`;
    if (byName.get(key)?.holds !== false) byName.set(key, check);
  }
  const all = [...byName.values()];
  return { holds: all.filter(({ holds }) => holds), fails: all.filter(({ holds }) => !holds) };
}

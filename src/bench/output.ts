import { cpus } from 'node:os';
import type { Check } from './benchmark';
import type { Row, Verdict } from './statistics';

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function shown(value: number): string {
  return Math.abs(value) >= 1000 ? GROUPED.format(value) : String(Number(value.toPrecision(3)));
}

function table(head: readonly string[], lines: readonly (readonly string[])[], leftColumns: number): string {
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => (line[column] as string).length)));
  const layOut = (line: readonly string[]) =>
    line
      .map((cell, column) => (column < leftColumns ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number)))
      .join('  ')
      .trimEnd();
  return [layOut(head), layOut(widths.map((width) => '-'.repeat(width))), ...lines.map(layOut)].join('\n');
}

export function rowsTable(rows: readonly Row[]): string {
  const lines = rows.map(({ name, variant, median, min, max, unit, runs }) => [
    name,
    variant,
    unit,
    shown(median),
    shown(min),
    shown(max),
    String(runs),
  ]);
  return table(['benchmark', 'variant', 'unit', 'median', 'min', 'max', 'runs'], lines, 3);
}

export function verdictLines(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map(({ goal, value, reached }) => {
    const wanted = goal.atLeast === undefined ? `<= ${shown(goal.atMost as number)}` : `>= ${shown(goal.atLeast)}`;
    const outcome = reached === undefined ? 'NOT MEASURED' : reached ? 'reached' : 'MISSED';
    return [goal.what, value === undefined ? '-' : shown(value), wanted, outcome];
  });
  return table(['goal', 'measured', 'wanted', ''], lines, 1);
}

export function checkLines(holds: readonly Check[], fails: readonly Check[]): string {
  const failed = fails.map(({ variant, what }) => `CHECK FAILED: ${variant}: ${what} is not what it has to be`);
  return [...failed, `${holds.length} of ${holds.length + fails.length} checks hold`].join('\n');
}

export function machine(): string {
  const [cpu] = cpus();
  return `Node ${process.version}, ${cpus().length} x ${cpu?.model.trim() ?? 'unknown processor'}`;
}

/** The servers that were named, without passwords: a figure means nothing without the server that it was taken on. */
export function serversNamed({
  eventstore,
  kafka,
}: {
  readonly eventstore?: string | undefined;
  readonly kafka?: string | undefined;
}): string[] {
  const store = eventstore?.replace(/\/\/[^@/]*@/, '//');
  return [...(store === undefined ? [] : [`"store" on ${store}`]), ...(kafka === undefined ? [] : [`"kafka" on ${kafka}`])];
}

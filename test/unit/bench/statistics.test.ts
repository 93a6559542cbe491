import type { Figure, Goal } from '../../../src/bench/benchmark';
import { checkLines, rowsTable, shown, verdictLines } from '../../../src/bench/output';
import { judge, median, rowsOf, summarize } from '../../../src/bench/statistics';

const figure = (variant: string, value: number): Figure => ({ name: 'speed', variant, unit: 'commands/s', value });

test('a median is the middle, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('rows gather the rounds of one name, variant and unit', () => {
  expect(rowsOf([figure('a', 3), figure('b', 9), figure('a', 1), figure('a', 2)])).toEqual([
    { name: 'speed', variant: 'a', unit: 'commands/s', median: 2, min: 1, max: 3, runs: 3 },
    { name: 'speed', variant: 'b', unit: 'commands/s', median: 9, min: 9, max: 9, runs: 1 },
  ]);
});

describe('a goal', () => {
  const goal: Goal = { what: 'a / b', over: { name: 'speed', variant: 'a' }, under: { name: 'speed', variant: 'b' }, atLeast: 10 };

  test('is judged by the median of the ratios of each round', () => {
    const rounds = [
      [figure('a', 100), figure('b', 10)],
      [figure('a', 10), figure('b', 0.5)],
      [figure('a', 1), figure('b', 1)],
    ];
    expect(judge(goal, rounds)).toEqual({ goal, value: 10, reached: true });
    expect(judge({ ...goal, atLeast: 10.5 }, rounds).reached).toBe(false);
  });

  test('without its figures is neither reached nor missed, and says so', () => {
    const verdict = judge(goal, [[figure('a', 1)]]);
    expect(verdict).toEqual({ goal, value: undefined, reached: undefined });
    expect(verdictLines([verdict])).toContain('NOT MEASURED');
  });

  test('of a figure by itself is held against the figure', () => {
    const alone: Goal = { what: 'a', over: { name: 'speed', variant: 'a' }, atMost: 5 };
    expect(judge(alone, [[figure('a', 6)]]).reached).toBe(false);
    expect(verdictLines([judge(alone, [[figure('a', 6)]])])).toContain('MISSED');
    expect(judge(alone, [[figure('a', 5)]]).reached).toBe(true);
  });
});

test('a check that failed once has failed', () => {
  const { holds, fails } = summarize([
    { variant: 'a', what: 'tape', holds: true },
    { variant: 'a', what: 'tape', holds: false },
    { variant: 'a', what: 'tape', holds: true },
    { variant: 'a', what: 'depth', holds: true },
  ]);
  expect(fails).toHaveLength(1);
  expect(checkLines(holds, fails)).toBe('CHECK FAILED: a: tape is not what it has to be\n1 of 2 checks hold');
});

test('numbers are shown to three digits, large ones in full', () => {
  expect([1_234_567.8, 0.12345, 42].map(shown)).toEqual(['1,234,568', '0.123', '42']);
  expect(rowsTable(rowsOf([figure('a', 1_500)]))).toContain('1,500');
});

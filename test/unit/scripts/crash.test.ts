import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { generateCrash } from '../../../scripts/crash/generate';
import { lotsFor, markets, maxLeverageAt, notionalOf, offset, tiersOf } from '../../../scripts/crash/instruments';
import { stressBps } from '../../../scripts/crash/makers';
import { fundingBetween, type MarkAt, marksByMinute, refined } from '../../../scripts/crash/marks';
import { Random } from '../../../scripts/crash/random';
import { toUnits } from '../../../scripts/lib/fixed';
import { field, type GeneratedCommand, parseCsv, projectRoot, readText } from '../../../scripts/lib/io';
import { decodeCommand } from '../../../src/contract/decode';

const carried = (name: string) => parseCsv(readText(join(projectRoot(), 'scripts/data/crash-2025-10-10', name)));
const day = Date.UTC(2025, 9, 10);
const hourMs = 3_600_000;

function generated(blocks: number, seed: number): GeneratedCommand[] {
  const commands: GeneratedCommand[] = [];
  generateCrash(blocks, seed, (command) => commands.push(command));
  return commands;
}

describe('marks by the minute', () => {
  test.each(['BTC', 'ETH'])('%s: each hour reaches exactly the low and the high that its mark had, and goes no further', (base) => {
    const hours = carried(`${base}USDT-1h.csv`);
    const marks = marksByMinute(hours, carried(`${base}USDT-15m-last.csv`), day, day + 48 * hourMs);
    expect(marks).toHaveLength(48 * 60);
    for (const hour of hours) {
      const from = Number(field(hour, 'open_time_ms'));
      const inside = marks.filter(({ time }) => time >= from && time < from + hourMs).map(({ mark }) => mark);
      const [low, high] = [toUnits(field(hour, 'mark_low'), 8), toUnits(field(hour, 'mark_high'), 8)];
      expect(inside.every((mark) => mark >= low && mark <= high)).toBe(true);
      expect(inside).toContain(low);
      expect(inside).toContain(high);
    }
    const bottom = marks.reduce((a, b) => (b.mark < a.mark ? b : a));
    expect(new Date(bottom.time).toISOString()).toBe('2025-10-10T21:25:00.000Z');
    expect(bottom.mark).toBe(toUnits(base === 'BTC' ? '101877.68981743' : '3425.34301597', 8));
  });

  test('a minute without a bar is refused', () => {
    expect(() => marksByMinute(carried('BTCUSDT-1h.csv'), carried('BTCUSDT-15m-last.csv'), day - hourMs, day)).toThrow(
      'no bar covers 2025-10-09',
    );
  });

  test('funding at the hours when it was settled', () => {
    expect(fundingBetween(carried('ETHUSDT-1h.csv'), day + 9 * hourMs, day + 25 * hourMs)).toEqual([
      { time: day + 16 * hourMs, rate: '-0.00005147' },
      { time: day + 24 * hourMs, rate: '0.0001' },
    ]);
  });
});

describe('instruments', () => {
  const rows = carried('tiers.csv');

  test.each(markets)(
    '$instrument: Binance tiers can be listed, and its grids give exact micro-dollars',
    ({ symbol, tickSize, markTickSize }) => {
      const tiers = tiersOf(rows, symbol);
      expect(tiers).toHaveLength(12);
      expect(tiers[0]).toEqual({ floor: '0', maxLeverage: '125', maintenanceRate: '0.004' });
      expect(tiers[11]).toMatchObject({ maxLeverage: '1', maintenanceRate: '0.5' });
      const [mark, lot] = [toUnits(markTickSize, 6), toUnits('0.001', 6)];
      expect(mark * lot >= 10n ** 6n).toBe(true);
      expect(toUnits(tickSize, 6) % mark).toBe(0n);
    },
  );

  test('a bracket without room above its maintenance margin is refused', () => {
    const bad = parseCsv('symbol,min_notional,maintenance_margin_rate,max_leverage\nX,0,0.01,100');
    expect(() => tiersOf(bad, 'X')).toThrow('0.01 at 100x');
  });

  test('leverage follows the size', () => {
    const tiers = tiersOf(rows, 'BTC/USDT:USDT');
    expect([0n, 49_999n, 50_000n, 700_000n].map((notional) => maxLeverageAt(tiers, notional))).toEqual([125, 125, 100, 75]);
  });

  test('prices fall on the tick, sizes on the lot, notionals are rounded up', () => {
    const btc = markets[0]!;
    expect(offset(btc, toUnits('100000.07', 8), -10n)).toBe(toUnits('99900', 8));
    expect(lotsFor(1_000n, toUnits('100000', 8))).toBe(10n);
    expect(lotsFor(1n, toUnits('100000', 8))).toBe(1n);
    expect(notionalOf(1n, toUnits('0.0001', 8))).toBe(1n);
  });
});

describe('ticks between the minutes', () => {
  const path = (...marks: bigint[]): MarkAt[] => marks.map((mark, at) => ({ time: at * 60_000, mark }));

  test('a quiet minute has one, a moving one as many as keep each step small', () => {
    expect(refined(path(100_000n, 100_200n, 100_200n), 20n)).toEqual(path(100_000n, 100_200n, 100_200n));
    const split = refined(path(100_000n, 99_400n, 99_400n), 20n);
    expect(split.map(({ time }) => time)).toEqual([0, 20_000, 40_000, 60_000, 120_000]);
    expect(split.map(({ mark }) => mark)).toEqual([100_000n, 99_800n, 99_600n, 99_400n, 99_400n]);
  });

  test('never more than one in five seconds, however far the mark moves', () => {
    const split = refined(path(100_000n, 50_000n), 20n);
    expect(split).toHaveLength(13);
    expect(split[1]?.time).toBe(5_000);
  });
});

test('makers are frightened by the range of the last five minutes', () => {
  const marks = [100n, 90n, 101n, 102n, 102n, 102n, 102n, 102n].map((mark, at) => ({ time: at * 60_000, mark: mark * 100_000n }));
  expect([0, 3, 6, 7].map((at) => stressBps(marks, at))).toEqual([0n, 1_333n, 1_333n, 99n]);
});

describe('random numbers', () => {
  test('stay in their range, follow their weights and their seed', () => {
    const random = new Random(1);
    const seen = Array.from({ length: 2_000 }, () => random.between(1, 10));
    expect([Math.min(...seen), Math.max(...seen)]).toEqual([1, 10]);
    const often = Array.from({ length: 2_000 }, () =>
      random.weighted([
        ['a', 9],
        ['b', 1],
      ]),
    ).filter((choice) => choice === 'a').length;
    expect(often).toBeGreaterThan(1_700);
    expect(often).toBeLessThan(1_900);
    const draw = (seed: number) => {
      const own = new Random(seed);
      return Array.from({ length: 5 }, () => own.between(0, 1_000_000));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });
});

describe('the crash', () => {
  const commands = generated(300, 1);

  test('every command is well formed, has its own id and a time that never goes back', () => {
    const refused = commands.map((command) => decodeCommand(JSON.parse(JSON.stringify(command)))).filter(({ ok }) => !ok);
    expect(refused).toEqual([]);
    expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(commands.length);
    for (let at = 1; at < commands.length; at += 1) expect(commands[at]!.time >= commands[at - 1]!.time).toBe(true);
  });

  test('opens as many isolated blocks as asked for, of all leverages, both sides and both currencies', () => {
    const opening = commands.map(({ data }) => data).filter((data) => data.marginMode === 'ISOLATED' && data.timeInForce === 'IOC');
    expect(opening).toHaveLength(300);
    const values = (name: string) => new Set(opening.map((data) => data[name]));
    expect(values('side')).toEqual(new Set(['BUY', 'SELL']));
    expect(values('marginCurrency')).toEqual(new Set(['USD', 'USDC']));
    expect(values('leverage').size).toBeGreaterThanOrEqual(8);
    expect(new Set(opening.map((data) => `${data.accountId} ${data.instrument}`)).size).toBe(300);
  });

  test('the same seed makes the same commands, another seed others', () => {
    const written = (seed: number) =>
      createHash('sha256')
        .update(JSON.stringify(generated(50, seed)))
        .digest('hex');
    const first = written(3);
    expect(written(3)).toBe(first);
    expect(written(4)).not.toBe(first);
  });

  test('makers show less when the price moves', () => {
    const shown = (minute: number) =>
      commands
        .filter(({ time, data }) => time === day + minute * 60_000 && data.accountId === 'maker-BTC-1' && data.side === 'BUY')
        .reduce((sum, { data }) => sum + toUnits(String(data.quantity), 3), 0n);
    expect(shown(15 * 60) > 0n).toBe(true);
    expect(shown(21 * 60 + 24) * 10n < shown(18 * 60 + 30)).toBe(true);
  });
});

test('the command line refuses a number of blocks that is none', () => {
  const run = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/crash-2025-10-10.ts', '--blocks', '1e4'], {
    cwd: projectRoot(),
    encoding: 'utf8',
  });
  expect(run.status).toBe(2);
  expect(run.stderr).toContain('--blocks must be a whole number');
  expect(run.stdout).toBe('');
});

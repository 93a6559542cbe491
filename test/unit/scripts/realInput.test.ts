import { join } from 'node:path';
import { BitstampConverter, instrument } from '../../../scripts/bitstamp/convert';
import type { MirrorOrder } from '../../../scripts/bitstamp/mirrorBook';
import { generateCrash } from '../../../scripts/crash/generate';
import { toDecimal } from '../../../scripts/lib/fixed';
import { type GeneratedCommand, parseCsv, projectRoot, readText } from '../../../scripts/lib/io';
import { conservation, type State } from '../../../scripts/report/conservation';
import { CrashFold, type Result } from '../../../scripts/report/fold';
import { type Bulkhead, type Command, createEngine } from '../../../src/index';

/** Runs generated commands through a fresh engine, folding every result as the report does. */
function play(make: (emit: (command: GeneratedCommand) => void) => void): { engine: Bulkhead; fold: CrashFold } {
  const engine = createEngine();
  const fold = new CrashFold();
  make((command) => fold.add(engine.execute(JSON.parse(JSON.stringify(command)) as Command) as Result));
  return { engine, fold };
}

/** The state as it stands in the last line of `bulkhead run --state`. */
const stateOf = (engine: Bulkhead) => ({ ...JSON.parse(JSON.stringify(engine.state())), hash: '' }) as State;

describe('an hour of Bitstamp', () => {
  const rows = parseCsv(readText(join(projectRoot(), 'scripts/data/bitstamp-2015-05-01/orders-first-hour.csv.gz')));
  let converter: BitstampConverter | undefined;
  const { engine, fold } = play((emit) => {
    converter = new BitstampConverter(emit);
    converter.convert(rows);
  });
  const book = (converter as unknown as BitstampConverter).book;

  test('no command of it is refused', () => {
    expect([...fold.refusals]).toEqual([]);
  });

  test("the engine's trades and depth are those of the plain book beside it", () => {
    expect(fold.trades).toBe(book.trades);
    expect(fold.trades).toBe(162);
    const levels = (orders: readonly MirrorOrder[]) => {
      const lots = new Map<number, number>();
      for (const { price, open } of orders) lots.set(price, (lots.get(price) ?? 0) + open);
      return [...lots].map(([price, open]) => [toDecimal(BigInt(price), 2), toDecimal(BigInt(open), 4)]);
    };
    expect(engine.book(instrument)).toEqual({ bids: levels(book.resting('bid')), asks: levels(book.resting('ask')) });
  });

  test('money is conserved', () => {
    expect(engine.checkInvariants()).toEqual([]);
    expect(conservation(fold.ledger, stateOf(engine))).toMatchObject({ holds: true });
  });
});

describe('the crash over five hundred blocks', () => {
  const { engine, fold } = play((emit) => generateCrash(500, 1, emit));

  test('every block opens and no command is refused', () => {
    expect([...fold.refusals]).toEqual([]);
    expect([...fold.blocks.values()].filter(({ side }) => side !== undefined).length).toBeGreaterThanOrEqual(500);
  });

  test('high leverage dies first: every long at 25x or more, none at 3x', () => {
    const longs = [...fold.blocks.values()].filter(({ side }) => side === 'LONG');
    const survived = (leverages: string[]) =>
      longs.filter(({ leverage, liquidatedAt }) => leverages.includes(leverage) && liquidatedAt === undefined);
    expect(survived(['25', '50', '75', '100', '125'])).toEqual([]);
    const threes = longs.filter(({ leverage }) => leverage === '3');
    expect(threes.length).toBeGreaterThan(10);
    expect(survived(['3'])).toHaveLength(threes.length);
  });

  test('no block loses more than it was given, and each liquidated one loses all of it', () => {
    const dead = [...fold.blocks].filter(([, { liquidatedAt }]) => liquidatedAt !== undefined);
    expect(dead.length).toBeGreaterThan(200);
    for (const [id] of dead) for (const currency of ['USD', 'USDC']) expect(fold.ledger.balance(`block:${id}`, currency)).toBe(0n);
  });

  test('money is conserved to the last micro-dollar', () => {
    expect(engine.checkInvariants()).toEqual([]);
    const { lines, holds } = conservation(fold.ledger, stateOf(engine));
    expect(lines.at(-1)).toContain('conserved');
    expect(holds).toBe(true);
  });
});

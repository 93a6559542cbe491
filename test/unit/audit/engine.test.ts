import { DecimalModel, type PublicResult } from '../../../src/audit/model';
import { createEngine, type EngineEvent, type Result } from '../../support/engineApi';
import { eventCounts, type Run, runAgainstModel } from './againstEngine';
import { BUSY, CALM, Generator, type Profile, ROUGH } from './generator';

const COMMANDS = 1000;

describe('the engine against the independent model (rules.md §11.7)', () => {
  const runs: [seed: number, name: string, profile: Profile][] = [
    [1, 'calm', CALM],
    [2, 'rough', ROUGH],
    [3, 'rough', ROUGH],
    [4, 'busy', BUSY],
  ];
  const seen = new Map<string, number>();

  test.each(runs)('seed %i, %s: every amount, every view', (seed, _name, profile) => {
    const run = runAgainstModel(new Generator(seed, profile), COMMANDS, 25);
    expect(run.differences).toEqual([]);
    expect(run.results).toHaveLength(COMMANDS);
    for (const [type, count] of eventCounts(run.results)) seen.set(type, (seen.get(type) ?? 0) + count);
  });

  test('the runs went through what there is to compare', () => {
    const needed = [
      'TradeExecuted',
      'IsolatedBlockOpened',
      'IsolatedBlockClosed',
      'IsolatedBlockLiquidated',
      'IsolatedMarginAdded',
      'IsolatedMarginRemoved',
      'LeverageChanged',
      'OrderCanceled',
      'OrderAmended',
      'OrderReduced',
      'OrderMarginReleased',
      'OrderMarginCovered',
      'BalanceConverted',
      'OrderTriggered',
      'FundingSettled',
      'LiquidationFeesCharged',
      'PositionTakenOver',
      'PositionDeleveraged',
      'CrossAccountLiquidated',
    ];
    expect(needed.filter((type) => (seen.get(type) ?? 0) === 0)).toEqual([]);
  });
});

describe('a planted wrong amount', () => {
  /** Raises one money field of the first event of a type by a micro-unit, or moves one transfer elsewhere. */
  function planted(results: readonly Result[], type: string, field: string): { at: number; results: PublicResult[] } {
    const at = results.findIndex((result) => result.events.some((event) => event.type === type && event.data[field] !== '0'));
    const wrong = (event: EngineEvent): EngineEvent => {
      const before = String(event.data[field]);
      const digits = before.includes('.') ? before.split('.')[1]?.padEnd(6, '0').length : 0;
      const after =
        digits === 6 && before.endsWith('1')
          ? `${before.slice(0, -1)}2`
          : `${before.includes('.') ? before.padEnd(before.indexOf('.') + 7, '0').slice(0, -1) : `${before}.00000`}1`;
      return { ...event, data: { ...event.data, [field]: after } };
    };
    let done = false;
    const events = results[at]?.events.map((event) => {
      const hit = !done && event.type === type && event.data[field] !== '0';
      done ||= hit;
      return hit ? wrong(event) : event;
    });
    return { at, results: results.map((result, i) => (i === at ? { ...result, events: events ?? [] } : result)) };
  }

  const generator = new Generator(59, ROUGH);
  const honest = runAgainstModel(generator, 500, 500);

  test('untouched, the run has no difference', () => {
    expect(honest.differences).toEqual([]);
    expect(honest.results).toHaveLength(500);
  });

  const fields: [type: string, field: string][] = [
    ['OrderAccepted', 'reserved'],
    ['TradeExecuted', 'takerFee'],
    ['TradeExecuted', 'makerMargin'],
    ['TradeExecuted', 'takerRealizedPnl'],
    ['IsolatedBlockClosed', 'returned'],
    ['IsolatedMarginRemoved', 'liquidationPriceAfter'],
    ['FundingSettled', 'payment'],
    ['LiquidationStarted', 'equity'],
  ];

  test.each(fields)('%s.%s is named where it stands', (type, field) => {
    const { at, results } = planted(honest.results, type, field);
    expect(at).toBeGreaterThan(0);
    const model = new DecimalModel();
    for (let n = 0; n < at; n++) expect(model.apply(honest.commands[n] as never, results[n] as PublicResult)).toEqual([]);
    const [first] = model.apply(honest.commands[at] as never, results[at] as PublicResult);
    expect(first?.path).toMatch(new RegExp(`^${results[at]?.seq}\\.\\d+ ${type}\\.${field}$`));
  });

  const moving = [
    'FundsDeposited',
    'BalanceConverted',
    'OrderAccepted',
    'OrderCanceled',
    'OrderAmended',
    'TradeExecuted',
    'IsolatedMarginAdded',
    'IsolatedMarginRemoved',
    'LeverageChanged',
    'IsolatedBlockClosed',
    'IsolatedCashReturned',
    'OrderMarginReleased',
    'OrderMarginCovered',
    'FundingSettled',
    'LiquidationFeesCharged',
    'PositionTakenOver',
    'PositionDeleveraged',
    'InsuranceFundCredited',
    'DeficitRecorded',
    'DeficitRepaid',
  ];

  test.each(moving)('a %s that is left out is noticed within the same command', (type) => {
    const moves = (event: EngineEvent) => event.type === type && (event.data.transfers?.length ?? 0) > 0;
    const at = honest.results.findIndex((result) => result.events.some(moves));
    expect(at).toBeGreaterThan(0);
    const { events } = honest.results[at] as Result;
    const left = events.filter((event) => event !== events.find(moves));
    const model = new DecimalModel();
    for (let n = 0; n < at; n++) model.apply(honest.commands[n] as never, honest.results[n] as PublicResult);
    expect(noticed(model, honest, at, left)).toBe(true);
  });

  /** By the fold itself, or by the views that no longer fit: those of an engine that did execute the commands. */
  function noticed(model: DecimalModel, run: Run, at: number, events: readonly EngineEvent[]): boolean {
    const engine = createEngine();
    for (const command of run.commands.slice(0, at + 1)) engine.execute(command as never);
    try {
      const differences = model.apply(run.commands[at] as never, { ...(run.results[at] as Result), events } as PublicResult);
      return [...differences, ...model.compareWith(engine)].length > 0;
    } catch (error) {
      // Events that follow can speak of what the missing one would have made.
      return error instanceof Error && /not open|never|no block|lacks|listed/.test(error.message);
    }
  }

  test('a view that shows another number is named', () => {
    const engine = createEngine();
    const model = new DecimalModel();
    const source = new Generator(6);
    for (let n = 0; n < 200; n++) {
      const command = source.command();
      model.apply(command, engine.execute(command as never));
    }
    expect(model.compareWith(engine)).toEqual([]);
    const [row] = engine.positions();
    const shifted = { ...row, unrealizedPnl: '123456.5' };
    const lying = {
      positions: () => [shifted, ...engine.positions().slice(1)],
      accounts: () => engine.accounts(),
      insurance: () => engine.insurance(),
      ledger: () => engine.ledger(),
    };
    const path = `positions[${row?.accountId}/${row?.instrument}/${row?.marginMode}].unrealizedPnl`;
    expect(model.compareWith(lying).map((difference) => difference.path)).toEqual([path]);
  });
});

test('an account that an adjustment takes below zero owes, and nobody pays for it (rules.md §7)', () => {
  const engine = createEngine();
  const model = new DecimalModel();
  const steps: [string, object][] = [
    ['Deposit', { accountId: 'a', currency: 'USD', amount: '10' }],
    ['AdjustBalance', { accountId: 'a', currency: 'USD', amount: '-50', reason: 'error', reference: 'T-1' }],
    ['Deposit', { accountId: 'b', currency: 'USD', amount: '1' }],
    ['Deposit', { accountId: 'a', currency: 'USD', amount: '60' }],
    ['AdjustBalance', { accountId: 'b', currency: 'USD', amount: '-1', reason: 'error', reference: 'T-2' }],
  ];
  for (const [at, [type, data]] of steps.entries()) {
    const command = { commandId: `c${at}`, type, data } as never;
    const result = engine.execute(command);
    expect(result.status).toBe('ACCEPTED');
    expect([...model.apply(command, result), ...model.compareWith(engine)]).toEqual([]);
  }
});

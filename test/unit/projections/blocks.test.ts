import { BLOCKS, ProjectionServer, queryOf } from '../../support/projections/projectionServer';
import { WatchedProjections } from '../../support/projections/watched';

const STEPS = 60;

describe('stage 2', () => {
  test('has what the engine has, block by block, after every command of generated sequences', () => {
    const reached = new Map<string, number>();
    let mostSteps = 0;
    for (let world = 1; world <= 60; world++) {
      const watched = new WatchedProjections();
      watched.play(world, STEPS);
      for (const [what, times] of watched.reach) reached.set(what, (reached.get(what) ?? 0) + times);
      mostSteps = Math.max(mostSteps, watched.server.blocks.mostSteps, watched.server.links.mostSteps);
    }
    const needed = [
      ...['IsolatedBlockOpened', 'IsolatedBlockClosed', 'IsolatedBlockLiquidated', 'FundingSettled', 'LeverageChanged'],
      ...['IsolatedMarginAdded', 'IsolatedMarginRemoved', 'OrderMarginCovered', 'OrderMarginReleased', 'OrderAmended'],
      ...['LiquidationStarted', 'LiquidationFeesCharged', 'PositionTakenOver', 'PositionDeleveraged', 'InsuranceFundCredited'],
      ...['USDC block', 'deleveraged counterparty', 'trade between blocks', 'flip'],
    ];
    expect(needed.filter((what) => !reached.has(what))).toEqual([]);
    // A loop of a million turns is what the server stops a handler for.
    expect(mostSteps).toBeLessThan(500);
  });

  test('keeps its states when links were removed and made anew', () => {
    const watched = new WatchedProjections();
    watched.play(7, STEPS);
    const before = [...watched.server.blocks.states];
    expect(before.length).toBeGreaterThan(3);
    watched.server.relinkAll();
    expect([...watched.server.blocks.states]).toEqual(before);
    watched.compare();
  });

  test('passes over what the category says of deleted streams', () => {
    const { blocks } = new ProjectionServer();
    const gone = { streamId: '$$block-iso-1', sequenceNumber: 3, eventType: '$metadata', isJson: true, bodyRaw: '{"$tb":1}' };
    blocks.handle({ ...gone, metadataRaw: '{}' }, { $o: 'block-iso-1' }, 'block');
    expect(JSON.parse(blocks.states.get('block-iso-1') as string)).toMatchObject({ isolationId: null, revision: -1 });
  });

  test('tells how a liquidation began and what was left of it', () => {
    const server = new ProjectionServer();
    const opened = { accountId: 'ann', instrument: 'BTC-PERP', isolationId: 'iso-1', marginCurrency: 'USD', leverage: '10' };
    server.appendJson('IsolatedBlockOpened', opened, { seq: 1 });
    const started = { accountId: 'ann', instrument: 'BTC-PERP', isolationId: 'iso-1', quantity: '1', equity: '4', maintenanceMargin: '5' };
    server.appendJson('LiquidationStarted', started, { seq: 2 });
    const rest = [{ from: 'block:iso-1', to: 'insurance', currency: 'USD', amount: '3.5', reason: 'LIQUIDATION_REMAINDER' }];
    const credited = { currency: 'USD', amount: '3.5', source: 'LIQUIDATION_REMAINDER', isolationId: 'iso-1', transfers: rest };
    server.appendJson('InsuranceFundCredited', credited, { seq: 2 });
    server.appendJson('IsolatedBlockLiquidated', { accountId: 'ann', instrument: 'BTC-PERP', isolationId: 'iso-1' }, { seq: 2 });
    const liquidation = { seq: 2, quantity: '1', equity: '4', maintenanceMargin: '5', bankruptcyPrice: null, toInsurance: '3.5' };
    expect(server.block('iso-1')).toMatchObject({ status: 'LIQUIDATED', cash: '-3.5', liquidation, seq: 2, revision: 3 });
  });
});

describe('a fold that is wrong is noticed:', () => {
  const mutants: [string, string, string][] = [
    ['fees with the wrong sign', "TRADING_FEE: ['feesPaid', -1]", "TRADING_FEE: ['feesPaid', 1]"],
    ['funding with the wrong sign', "FUNDING: ['fundingPaid', -1]", "FUNDING: ['fundingPaid', 1]"],
    ['the wrong side of a trade', "=== 'BUY'", "=== 'SELL'"],
    ['a cost that forgets the profit', 'brought - realizedPnl', 'brought'],
    ['no order margin', 'transfer.to === margin', 'transfer.to === block'],
    ['a deleveraging on one side', 'else handOver(', 'else if (false) handOver('],
    ['a place too few', 'const MONEY = 6;', 'const MONEY = 5;'],
  ];
  test.each(mutants)('%s', (_name, sound, wrong) => {
    const query = queryOf(BLOCKS);
    expect(query.split(sound)).toHaveLength(2);
    expect(() => {
      for (let world = 1; world <= 60; world++)
        new WatchedProjections(new ProjectionServer(0, query.replace(sound, wrong))).play(world, STEPS);
    }).toThrow();
  });
});

import { type ViewName, type ViewQuery, viewNames } from '../../../src/contract/views';
import { MemoryHappened } from '../../../src/projections/happened';
import { ReadModel, readView } from '../../../src/projections/readModel';
import { seededRuns } from '../../support/schemas/seededRun';
import { faultsOf } from '../../support/schemas/validator';

const SEED = 3;
const WORLDS = 40;

const schemaOf: { readonly [N in ViewName]?: string } = {
  positions: 'Position',
  accounts: 'Account',
  orders: 'Order',
  instruments: 'Instrument',
  marks: 'Mark',
  insurance: 'Insurance',
  trades: 'Trade',
  fills: 'AccountFill',
  candles: 'Candle',
  funding: 'EventRow',
  liquidations: 'EventRow',
  ledger: 'LedgerEntry',
  commands: 'CommandRow',
};

/** What to ask of a view so that every row of it comes. */
function questions(view: ViewName, model: ReadModel, commandIds: readonly string[]): ViewQuery[] {
  const accounts = model.accounts.map(({ accountId }) => ({ accountId, limit: 1_000 }));
  const instruments = [...model.instruments.names()].map((instrument) => ({ instrument, limit: 1_000 }));
  if (view === 'orders' || view === 'fills' || view === 'ledger') return accounts;
  if (view === 'trades' || view === 'book') return instruments;
  if (view === 'candles') return instruments.flatMap((each) => (['1m', '1d'] as const).map((interval) => ({ ...each, interval })));
  if (view === 'commands') return commandIds.map((commandId) => ({ commandId }));
  return [{ limit: 1_000 }];
}

test('every row of the projections is as its schema says', () => {
  const faults = new Set<string>();
  const seen = new Map<string, number>();
  let model = new ReadModel(0, new MemoryHappened());
  let commandIds: string[] = [];
  const look = () => {
    for (const view of viewNames) {
      const schema = schemaOf[view];
      if (schema === undefined) continue;
      for (const query of questions(view, model, commandIds)) {
        for (const row of readView(model, view, query).rows) {
          seen.set(view, (seen.get(view) ?? 0) + 1);
          for (const fault of faultsOf(schema, row)) faults.add(`${view}: ${fault}`);
        }
      }
    }
  };
  seededRuns(
    SEED,
    WORLDS,
    () => {
      look();
      model = new ReadModel(0, new MemoryHappened());
      commandIds = [];
    },
    ({ record }) => {
      if (record === undefined) return;
      model.apply(record);
      commandIds.push(record.command.commandId);
    },
  );
  look();
  expect([...faults].slice(0, 5)).toEqual([]);
  expect(Object.keys(schemaOf).filter((view) => !seen.has(view))).toEqual([]);
});

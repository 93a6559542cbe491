import type { ViewChanges } from '../../../src/contract/views';
import { LocalViews, ViewsBehind } from '../../../src/views';
import type { Command } from '../../support/engineApi';
import { RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';

const deposit = (id: string, accountId: string) =>
  ({ commandId: id, type: 'Deposit', data: { accountId, currency: 'USD', amount: '5' } }) as unknown as Command;

function fed(views: LocalViews, source: RecordedEngine) {
  return (command: Command) => {
    const record = source.record(command);
    if (record !== undefined) views.take(record);
  };
}

describe('views in the own thread', () => {
  test('given a minSeq that comes in time, a question waits for it', async () => {
    const views = new LocalViews(0);
    const send = fed(views, new RecordedEngine());
    const answer = views.read('accounts', { accountId: 'alice', minSeq: 2 });
    send(deposit('a', 'alice'));
    send(deposit('b', 'alice'));
    expect(await answer).toMatchObject({ seq: 2, rows: [{ balances: { USD: { cash: '10' } } }] });
  });

  test('given a minSeq that does not come, the question is refused within about a second', async () => {
    const refused = new LocalViews(0).read('marks', { minSeq: 1 });
    await expect(refused).rejects.toThrow(ViewsBehind);
  });

  test('pages of what happened go on where the last one ended, while more comes on top', async () => {
    const views = new LocalViews(0);
    const send = fed(views, new RecordedEngine());
    for (let n = 1; n <= 5; n++) send(deposit(`d${n}`, 'alice'));
    const first = await views.read('ledger', { accountId: 'alice', limit: 2 });
    send(deposit('d6', 'alice'));
    const second = await views.read('ledger', { accountId: 'alice', limit: 2, cursor: first.next });
    expect([first, second].map(({ rows }) => rows.map(({ balance }) => balance))).toEqual([
      ['25', '20'],
      ['15', '10'],
    ]);
  });

  test('the changes of all commands together make up the rows that are read', async () => {
    const source = new RecordedEngine();
    const views = new LocalViews(0);
    const heard: ViewChanges[] = [];
    views.onChanges((changes) => heard.push(changes));
    const send = fed(views, source);
    const generator = new Generator(11, source.views);
    const draw = new Draw(11);
    for (const command of generator.opening()) send(command);
    for (let step = 0; step < 200; step++) send(generator.next(draw.below(0xffffffff)));
    const orders = new Map<string, object>();
    const fills = new Set<string>();
    for (const { changes } of heard) {
      for (const { view, key, row } of changes) {
        if (view === 'fills') fills.add(key);
        if (view !== 'orders') continue;
        if (row === null) orders.delete(key);
        else orders.set(key, row);
      }
    }
    const accounts = (await views.read('accounts', { limit: 1000 })).rows;
    const open = accounts.flatMap(({ openOrders }) => openOrders);
    expect(orders.size).toBeGreaterThan(0);
    expect([...orders.values()]).toEqual(expect.arrayContaining([...open]));
    expect(orders.size).toBe(open.length);
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, place) => place + 1));
    expect(fills.size).toBeGreaterThan(0);
  });
});

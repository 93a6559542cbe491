import { channelNames, type Topic, topicName } from '../../../src/contract/stream';
import type { LedgerEntryView } from '../../../src/contract/views';
import { LocalViews, type ToldRows, ViewsBehind } from '../../../src/views';
import type { Command } from '../../support/engineApi';
import { RecordedEngine } from '../../support/foldedEngine';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';
import { Table } from '../../support/stream/table';

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
    const { seq, count, rows } = await answer;
    expect([seq, count, JSON.parse(rows)]).toMatchObject([2, 1, [{ balances: { USD: { cash: '10' } } }]]);
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
    expect([first, second].map(({ rows }) => (JSON.parse(rows) as LedgerEntryView[]).map(({ balance }) => balance))).toEqual([
      ['25', '20'],
      ['15', '10'],
    ]);
  });

  test('what stands of a topic and what is told of it afterwards make up what stands of it then', async () => {
    const source = new RecordedEngine();
    const views = new LocalViews(0);
    const send = fed(views, source);
    const generator = new Generator(11, source.views);
    const draw = new Draw(11);
    for (const command of generator.opening()) send(command);
    for (let step = 0; step < 60; step++) send(generator.next(draw.below(0xffffffff)));
    const accounts = source.views.state().accounts.map(({ accountId }) => accountId);
    const instruments = source.views.market().instruments.map(({ instrument }) => instrument);
    const topics: Topic[] = [
      ...(['positions', 'marks', 'liquidations'] as const).map((channel) => ({ channel })),
      ...accounts.flatMap((accountId) => (['positions', 'account', 'liquidations'] as const).map((channel) => ({ channel, accountId }))),
      ...instruments.flatMap((instrument) =>
        (['book', 'trades', 'marks', 'liquidations'] as const).map((channel) => ({ channel, instrument })),
      ),
    ];
    const tables = new Map<string, Table>();
    const counted = new Map<string, number>();
    for (const topic of topics) {
      const table = new Table();
      for (const row of (await views.watch(topic))?.rows ?? []) table.take(JSON.parse(row));
      tables.set(topicName(topic), table);
    }
    const seqs: number[] = [];
    views.onRows(({ seq, rows }) => {
      seqs.push(seq);
      for (const { topics: names, json } of rows) {
        for (const name of names) {
          tables.get(name)?.take(JSON.parse(json));
          const channel = name.split(' ')[0] as string;
          counted.set(channel, (counted.get(channel) ?? 0) + 1);
        }
      }
    });
    for (let step = 0; step < 500; step++) send(generator.next(draw.below(0xffffffff)));
    for (const topic of topics) {
      const then = new Table();
      for (const row of (await views.watch(topic))?.rows ?? []) then.take(JSON.parse(row));
      const kept = tables.get(topicName(topic)) as Table;
      expect([topic, kept.standing()]).toEqual([topic, then.standing()]);
      const happened = then.happened();
      expect([topic, kept.happened().slice(kept.happened().length - happened.length)]).toEqual([topic, happened]);
    }
    expect(channelNames.filter((channel) => (counted.get(channel) ?? 0) < 5)).toEqual([]);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  });

  test('of an account or instrument that is not there nothing is watched', async () => {
    const views = new LocalViews(0);
    const send = fed(views, new RecordedEngine());
    const heard: ToldRows[] = [];
    views.onRows((told) => heard.push(told));
    expect(await views.watch({ channel: 'account', accountId: 'alice' })).toBeUndefined();
    expect(await views.watch({ channel: 'book', instrument: 'NONE' })).toBeUndefined();
    send(deposit('a', 'alice'));
    expect(heard).toEqual([]);
    expect(await views.watch({ channel: 'account', accountId: 'alice' })).toMatchObject({ seq: 1 });
    send(deposit('b', 'alice'));
    views.forget({ channel: 'account', accountId: 'alice' });
    send(deposit('c', 'alice'));
    expect(heard.map(({ seq }) => seq)).toEqual([2]);
  });
});

import { type KafkaOptions, topicNames } from '../../../src/bus/kafka/options';
import { decodeCommand } from '../../../src/contract/decode';
import { Engine } from '../../../src/engine/engine';
import { stateHash } from '../../../src/runtime/stateHash';
import { describeWithBroker, sharedBroker } from '../../support/kafka/broker';
import { expectChained } from '../../support/kafka/order';
import { committed, Sender } from '../../support/kafka/topics';
import { ownTopics, Venue } from '../../support/kafka/venue';
import { commandsOf, resultsOf } from '../../support/kafka/workload';

jest.setTimeout(120_000);

describeWithBroker('commands from Kafka become results and events in Kafka', () => {
  let options: KafkaOptions;
  let sender: Sender;
  let venue: Venue;
  const commands = [
    ...commandsOf(3, 300),
    ...commandsOf(4, 40).map((command) => ({ ...command, commandId: `second-${command.commandId}` })),
  ];

  beforeAll(async () => {
    options = ownTopics(await sharedBroker());
    venue = await Venue.open(options, Venue.freshDirectory());
    sender = await Sender.connect(options);
    await venue.caughtUp(await sender.send(commands));
  });

  afterAll(async () => {
    await venue.close();
    await sender.close();
  });

  test('results are those of the same commands on an engine alone, each once, in order', async () => {
    const seen = await committed(options, topicNames(options).results);
    const { results } = resultsOf(commands);
    expect(results.length).toBeGreaterThan(200);
    expect(seen.map(({ text }) => JSON.parse(text as string))).toEqual(results);
    expect(seen.map(({ key }) => key)).toEqual(results.map(({ commandId }) => commandId));
    expectChained(seen, false);
  });

  test('events are dense by (seq, index) and are those of the results', async () => {
    const seen = await committed(options, topicNames(options).events);
    const events = seen.map(({ text }) => JSON.parse(text as string) as { seq: number; index: number; type: string });
    const wanted = resultsOf(commands).results.flatMap((result) => [
      { seq: result.seq, index: 0, type: result.status === 'ACCEPTED' ? 'CommandAccepted' : 'CommandRejected' },
      ...(result.events as { seq: number; index: number; type: string }[]).map(({ seq, index, type }) => ({ seq, index, type })),
    ]);
    expect(events.map(({ seq, index, type }) => ({ seq, index, type }))).toEqual(wanted);
    expectChained(seen, false);
    for (const { headers } of seen) {
      expect(headers).toMatchObject({ shard: '0', schema: 'events.v1', 'event-id': `0-${headers.seq}-${headers.index}` });
    }
  });

  test('both sides of each trade have a fill', async () => {
    const seen = await committed(options, topicNames(options).fills);
    const trades = resultsOf(commands)
      .results.flatMap(({ events }) => events as { type: string; seq: number; index: number }[])
      .filter(({ type }) => type === 'TradeExecuted');
    expect(trades.length).toBeGreaterThan(10);
    const places = seen.map(({ headers }) => `${headers.seq}/${headers.index}`).sort();
    expect(places).toEqual(trades.flatMap(({ seq, index }) => [`${seq}/${index}`, `${seq}/${index}`]).sort());
    expectChained(seen, true);
  });

  test('the last row of each key is the position that the engine has', async () => {
    const seen = await committed(options, topicNames(options).positions);
    expectChained(seen, true);
    const rows = new Map(seen.map(({ key, text }) => [key as string, text === null ? null : JSON.parse(text)]));
    const living = [...rows.values()].filter((row) => row !== null && (row.status === 'ACTIVE' || row.status === 'PENDING'));
    const own = ({
      accountId,
      instrument,
      marginMode,
      quantity,
      entryPrice,
      cash,
      orderMargin,
      realizedPnl,
      feesPaid,
      fundingPaid,
    }: never) => ({
      ...{ accountId, instrument, marginMode, quantity, entryPrice, cash, orderMargin, realizedPnl, feesPaid, fundingPaid },
    });
    const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    const { views } = resultsOf(commands);
    expect(views.positions().length).toBeGreaterThan(3);
    expect(living.map((row) => own(row as never)).sort(byText)).toEqual(
      views
        .positions()
        .map((view) => own(view as never))
        .sort(byText),
    );
  });

  test('marks, liquidations and funding go out under their instrument', async () => {
    const { results } = resultsOf(commands);
    const events = results.flatMap((result) => result.events as { type: string; data: { instrument?: string } }[]);
    const names = topicNames(options);
    const marks = await committed(options, names.markPrices);
    expect(marks.length).toBe(events.filter(({ type }) => type === 'MarkPriceUpdated').length);
    expectChained(marks, true);
    const funding = await committed(options, names.funding);
    expect(funding.length).toBe(events.filter(({ type }) => type.startsWith('Funding')).length);
    expectChained(funding, true);
    const liquidations = await committed(options, names.liquidations);
    expect(liquidations.map(({ text }) => JSON.parse(text as string).type)).toContain('LiquidationStarted');
    expectChained(liquidations, true);
  });

  test('the state is that of the commands alone, by hash', () => {
    const engine = new Engine();
    for (const command of commands) {
      const decoded = decodeCommand(command);
      if (decoded.ok || decoded.kind === 'INVALID') engine.execute(decoded);
    }
    expect(stateHash(venue.node.engine.state)).toBe(stateHash(engine.state));
  });
});

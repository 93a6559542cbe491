import { channelNames } from '../../../src/contract/stream';
import { faultsOf } from '../../support/schemas/validator';
import { type Message, RawStream } from '../../support/stream/streamClient';
import { StreamWorld } from '../../support/stream/world';

jest.setTimeout(60_000);

const VIEWS = ['positions', 'accounts', 'orders', 'fills', 'book', 'trades', 'marks', 'liquidations'];
const TYPES = ['hello', 'reset', 'snapshot', 'resumed', 'delta', 'marked', 'unsubscribed', 'heartbeat', 'cancelOnDisconnect', 'error'];

test('every message of a stream is as its schema says, and so is what its clients ask', async () => {
  const world = await StreamWorld.open({
    seed: 5,
    heartbeatMs: 500,
    take: async () => ({ kind: 'RESULT', result: { status: 'ACCEPTED', seq: 1 } as never }),
  });
  const stream = await RawStream.open(`${world.url}?cancelOnDisconnect=alice`);
  const faults = new Set<string>();
  const ask = (request: object) => {
    for (const fault of faultsOf('StreamRequest', request)) faults.add(fault);
    stream.send(request);
  };
  try {
    world.play(300);
    const topics = world.topics();
    for (const topic of topics) ask({ op: 'subscribe', ...topic });
    await stream.message(
      ({ type, channel, instrument }) => type === 'snapshot' && channel === 'trades' && instrument === topics.at(-1)?.instrument,
    );
    world.play(300);
    ask({ op: 'unsubscribe', channel: 'marks' });
    ask({ op: 'subscribe', channel: 'positions', fromSeq: world.views.seq });
    for (const { accountId } of world.topics())
      if (accountId !== undefined) ask({ op: 'subscribe', channel: 'positions', accountId, markedEveryMs: 100 });
    await stream.message(({ type, rows }) => type === 'marked' && rows.length > 0);
    stream.send({ op: 'subscribe', channel: 'account', accountId: 'nobody' });
    await stream.of('error');
    await stream.of('heartbeat');
    const seen: Message[] = stream.messages;
    for (const message of seen)
      for (const fault of faultsOf('StreamFrame', [message])) faults.add(`${fault} ${JSON.stringify(message).slice(0, 200)}`);
    expect([...faults].slice(0, 5)).toEqual([]);
    const told = seen.filter(({ type }) => type === 'snapshot' || type === 'delta');
    expect(channelNames.filter((name) => !told.some(({ channel }) => channel === name))).toEqual([]);
    expect(VIEWS.filter((view) => !told.some(({ rows }) => rows.some((row: Message) => row.view === view)))).toEqual([]);
    expect(TYPES.filter((name) => !seen.some(({ type }) => type === name))).toEqual([]);
  } finally {
    await stream.cut();
    await world.close();
  }
});

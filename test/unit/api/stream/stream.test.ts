import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeyRing, newKey, readKeys, type Scope, type TakeCommand, writeKeys } from '../../../../src/api';
import type { Result } from '../../../../src/contract/results';
import { LocalViews } from '../../../../src/views';
import type { Command } from '../../../support/engineApi';
import { RawStream } from '../../../support/stream/streamClient';
import { StreamWorld, type WorldOptions } from '../../../support/stream/world';
import { rowsOf } from '../../../support/viewRows';

jest.setTimeout(30_000);

let world: StreamWorld;
const streams: RawStream[] = [];

async function opened(options: WorldOptions = {}, query = '', headers: Record<string, string> = {}): Promise<RawStream> {
  world ??= await StreamWorld.open(options);
  const stream = await RawStream.open(`${world.url}${query}`, headers);
  streams.push(stream);
  return stream;
}

afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.cut();
  await world?.close();
  world = undefined as unknown as StreamWorld;
});

let count = 0;
const deposit = (accountId: string, amount = '5') =>
  ({ commandId: `s${++count}`, type: 'Deposit', data: { accountId, currency: 'USD', amount } }) as unknown as Command;
const ofAlice = { channel: 'account', accountId: 'alice' };

describe('a subscription', () => {
  test('has what stands, then what each command changes, chained by prevSeq', async () => {
    const stream = await opened();
    world.send(deposit('alice'));
    stream.send({ op: 'subscribe', ...ofAlice });
    const snapshot = await stream.of('snapshot');
    const { seq } = world.views;
    expect(snapshot).toMatchObject({ ...ofAlice, seq, rows: expect.arrayContaining([expect.objectContaining({ key: 'alice' })]) });
    world.send(deposit('alice'));
    world.send(deposit('bob'));
    world.send(deposit('alice'));
    await stream.message((message) => message.seq === seq + 3);
    const deltas = stream.messages.filter(({ type }) => type === 'delta');
    expect(deltas).toMatchObject([
      { ...ofAlice, seq: seq + 1, rows: [{ view: 'accounts', key: 'alice', row: { accountId: 'alice' } }] },
      { ...ofAlice, seq: seq + 3, prevSeq: seq + 1 },
    ]);
    expect(deltas[0].prevSeq).toBeLessThanOrEqual(seq);
    expect(stream.messages[0]).toEqual({ type: 'hello', heartbeatMs: 15_000, mostBuffered: 4_194_304 });
  });

  test('of one account may be told its positions at the marks of the moment too, beside the chain of deltas', async () => {
    const stream = await opened({ seed: 4 });
    world.play(150);
    const accountId = (await rowsOf(world.views, 'positions', { order: 'nearest' }))[0]?.accountId as string;
    stream.send({ op: 'subscribe', channel: 'positions', accountId, markedEveryMs: 100 });
    const marks = async (after: number) => stream.message(({ type, asOfSeq }) => type === 'marked' && asOfSeq > after);
    for (let turns = 0, last = -1; turns < 6; turns++) {
      const told = await marks(last);
      last = told.asOfSeq;
      const rows = await rowsOf(world.views, 'positions', { accountId });
      if (last === world.views.seq) expect(told.rows).toEqual(rows.map(({ adlRank: _, ...row }) => row));
      expect(told).not.toHaveProperty('seq');
      world.tick();
    }
    // What the mark alone moves is no change of a row.
    expect(stream.messages.filter(({ type }) => type === 'delta')).toEqual([]);
    stream.send({ op: 'unsubscribe', channel: 'positions', accountId });
    await stream.of('unsubscribed');
    const count = stream.messages.length;
    world.tick();
    await sleep(300);
    expect(stream.messages.length).toBe(count);
  });

  test.each([
    [{ channel: 'positions', markedEveryMs: 1_000 }, 'markedEveryMs is for the positions of one accountId'],
    [{ ...ofAlice, markedEveryMs: 1_000 }, 'markedEveryMs is for the positions of one accountId'],
    [{ channel: 'positions', accountId: 'alice', markedEveryMs: 99 }, 'markedEveryMs is a whole number from 100 to 3600000'],
  ])('%j is refused', async (asked, error) => {
    const stream = await opened();
    stream.send({ op: 'subscribe', ...asked });
    expect(await stream.of('error')).toMatchObject({ code: 'INVALID_PARAMETER', error });
  });

  test('goes on from a seq, begins anew where that is not kept or lies ahead, and ends when asked to', async () => {
    const stream = await opened({ hub: { keptRows: 4 } });
    world.send(deposit('alice'));
    stream.send({ op: 'subscribe', ...ofAlice });
    const { seq } = await stream.of('snapshot');
    for (let times = 0; times < 3; times++) world.send(deposit('alice'));
    const later = await opened();
    later.send({ op: 'subscribe', ...ofAlice, fromSeq: seq + 1 });
    await later.message((message) => message.seq === seq + 3);
    expect(later.messages.slice(1)).toMatchObject([
      { type: 'resumed', seq: seq + 1 },
      { type: 'delta', seq: seq + 2 },
      { type: 'delta', seq: seq + 3, prevSeq: seq + 2 },
    ]);
    for (let times = 0; times < 3; times++) world.send(deposit('alice'));
    const late = await opened();
    late.send({ op: 'subscribe', ...ofAlice, fromSeq: seq });
    await late.of('snapshot');
    expect(late.messages.slice(1)).toMatchObject([
      { type: 'reset', ...ofAlice, reason: 'TOO_OLD' },
      { type: 'snapshot', seq: seq + 6 },
    ]);
    const ahead = await opened();
    ahead.send({ op: 'subscribe', ...ofAlice, fromSeq: seq + 100 });
    expect(await ahead.of('reset')).toMatchObject({ reason: 'AHEAD' });
    await ahead.of('snapshot');
    ahead.send({ op: 'unsubscribe', ...ofAlice });
    await ahead.of('unsubscribed');
    world.send(deposit('alice'));
    await late.message((message) => message.seq === seq + 7);
    expect(ahead.messages.filter(({ type }) => type === 'delta')).toEqual([]);
  });

  test('with more rows than a message holds comes in parts', async () => {
    world = await StreamWorld.open();
    const send = (type: string, data: object) => world.send({ commandId: `p${++count}`, type, data } as unknown as Command);
    send('ListInstrument', {
      ...{
        instrument: 'PARTS-PERP',
        base: 'PARTS',
        quote: 'USD',
        tickSize: '0.5',
        lotSize: '0.001',
        minQuantity: '0.001',
        maxQuantity: '100',
      },
      ...{ makerFeeRate: '0', takerFeeRate: '0', liquidationFeeRate: '0', maxOpenOrders: 1_000 },
      tiers: [{ floor: '0', maxLeverage: '50', maintenanceRate: '0.01' }],
    });
    send('MarkPriceTick', { instrument: 'PARTS-PERP', markPrice: '1000' });
    send('Deposit', { accountId: 'lots', currency: 'USD', amount: '1000000' });
    for (let n = 1; n <= 700; n++) {
      const order = {
        accountId: 'lots',
        instrument: 'PARTS-PERP',
        side: 'BUY',
        type: 'LIMIT',
        quantity: '0.001',
        price: String(500 + n / 2),
      };
      send('PlaceOrder', order);
    }
    const stream = await opened();
    stream.send({ op: 'subscribe', channel: 'account', accountId: 'lots' });
    await stream.message(({ type, more }) => type === 'snapshot' && more !== true);
    const parts = stream.messages.filter(({ type }) => type === 'snapshot');
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ more }) => more)).toEqual([...parts.slice(1).map(() => true), undefined]);
    send('CancelAllOrders', { accountId: 'lots' });
    await stream.message(({ type, more }) => type === 'delta' && more !== true);
    const deltas = stream.messages.filter(({ type }) => type === 'delta');
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.flatMap(({ rows }) => rows).filter(({ ended }) => ended)).toHaveLength(700);
    expect(new Set(deltas.map(({ seq }) => seq)).size).toBe(1);
  });

  test.each([
    ['{', 'INVALID_MESSAGE'],
    ['[]', 'INVALID_MESSAGE'],
    [{ op: 'subscribed' }, 'INVALID_MESSAGE'],
    [{ op: 'subscribe', channel: 'orders' }, 'UNKNOWN_CHANNEL'],
    [{ op: 'subscribe', channel: 'account' }, 'INVALID_PARAMETER'],
    [{ op: 'subscribe', channel: 'book', accountId: 'alice' }, 'INVALID_PARAMETER'],
    [{ op: 'subscribe', channel: 'positions', accountId: 'a/b' }, 'INVALID_PARAMETER'],
    [{ op: 'subscribe', channel: 'positions', fromSeq: '7' }, 'INVALID_PARAMETER'],
    [{ op: 'subscribe', channel: 'positions', from: 7 }, 'INVALID_PARAMETER'],
    [{ op: 'subscribe', channel: 'liquidations', accountId: 'alice', instrument: 'BTC-PERP' }, 'INVALID_PARAMETER'],
    [{ op: 'subscribe', channel: 'account', accountId: 'nobody' }, 'UNKNOWN_ACCOUNT'],
    [{ op: 'subscribe', channel: 'book', instrument: 'NOTHING' }, 'UNKNOWN_INSTRUMENT'],
  ])('%j is answered with %s, and the stream goes on', async (message, code) => {
    const stream = await opened();
    stream.send(message);
    expect(await stream.of('error')).toMatchObject({ code, error: expect.any(String) });
    stream.send({ op: 'subscribe', channel: 'marks' });
    await stream.of('snapshot');
  });

  test('is one of at most a hundred, and one of an account that was not there can be asked for again', async () => {
    const stream = await opened();
    for (let n = 0; n < 101; n++) {
      world.send(deposit(`x${n}`));
      stream.send({ op: 'subscribe', channel: 'account', accountId: `x${n}` });
    }
    expect(await stream.of('error')).toMatchObject({ code: 'TOO_MANY_SUBSCRIPTIONS', accountId: 'x100' });
    const other = await opened();
    other.send({ op: 'subscribe', channel: 'account', accountId: 'new' });
    await other.of('error');
    world.send(deposit('new'));
    other.send({ op: 'subscribe', channel: 'account', accountId: 'new' });
    expect(await other.of('snapshot')).toMatchObject({ accountId: 'new' });
  });
});

describe('a stream', () => {
  test('says how far it is, and lets go of who does not answer a ping', async () => {
    const stream = await opened({ heartbeatMs: 50 });
    stream.send({ op: 'subscribe', channel: 'marks' });
    await stream.of('snapshot');
    world.send(deposit('alice'));
    expect(await stream.message(({ type, seq }) => type === 'heartbeat' && seq === world.views.seq)).toBeDefined();
    await sleep(200);
    expect(stream.messages.filter(({ type }) => type === 'heartbeat').length).toBeGreaterThan(2);
    // A client that gives no pong, as one that hangs.
    stream.socket.pong = () => undefined;
    expect(await stream.closed).toEqual({ code: 4002, reason: 'HEARTBEAT_MISSED' });
  });

  test('is closed with a code when its client does not read, and the others hear of everything', async () => {
    const slow = await opened({ mostBuffered: 64 * 1024, hub: { flushMs: 0 } });
    const other = await opened();
    world.send(deposit('alice'));
    for (const stream of [slow, other]) stream.send({ op: 'subscribe', ...ofAlice });
    await slow.of('snapshot');
    const { seq } = await other.of('snapshot');
    slow.socket.pause();
    // Until what the two ends of the connection hold for it is full.
    for (let sent = 0; world.clients === 2; sent++) {
      if (sent > 200_000) throw new Error('the slow client was never let go');
      world.send(deposit('alice'));
      if (sent % 100 === 0) await sleep(1);
    }
    slow.socket.resume();
    expect(await slow.closed).toEqual({ code: 4001, reason: 'SLOW_CLIENT' });
    const last = world.views.seq;
    await other.message((message) => message.seq === last);
    const heard = other.messages.filter(({ type }) => type === 'delta').map((delta) => delta.seq);
    expect(heard).toEqual(Array.from({ length: last - seq }, (_, place) => seq + 1 + place));
  });

  test('ends when the views begin anew', async () => {
    const stream = await opened({ heartbeatMs: 50 });
    stream.send({ op: 'subscribe', channel: 'marks' });
    await stream.of('snapshot');
    world.current = new LocalViews(0);
    expect(await stream.closed).toEqual({ code: 1012, reason: 'RESTARTED' });
  });

  test('is told when the node is not ready yet, and when it stops', async () => {
    world = await StreamWorld.open();
    world.current = undefined;
    const early = await opened();
    early.send({ op: 'subscribe', channel: 'marks' });
    expect(await early.of('error')).toMatchObject({ code: 'NOT_READY', channel: 'marks' });
    await world.close();
    expect(await early.closed).toEqual({ code: 1001, reason: 'STOPPING' });
  });

  test('leaves requests alone that ask for HTTP/2 beside', async () => {
    world = await StreamWorld.open();
    const { port } = new URL(world.url);
    const socket = connect(Number(port), '127.0.0.1');
    const headers = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB';
    const body = '{"a":[1,2,3]}';
    const request = `POST /echo HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    let said = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
    // The body comes with the head or after it, and the connection goes on.
    for (const [first, second] of [
      [request + body, ''],
      [request, body],
    ] as const) {
      said = '';
      socket.write(first);
      await sleep(30);
      socket.write(second);
      for (const deadline = performance.now() + 5_000; !said.endsWith(body) && performance.now() < deadline; ) await sleep(10);
      expect(said).toMatch(/^HTTP\/1.1 200 OK/);
      expect(said.endsWith(body)).toBe(true);
    }
    socket.destroy();
  });

  test('is no plain request, and none for pages of other sites', async () => {
    await opened();
    for (const path of ['/livez', '/v1/nothing']) await expect(RawStream.open(world.url.replace('/v1/stream', path))).rejects.toBeDefined();
    const plain = await fetch(world.url.replace('ws', 'http'));
    expect(plain.status).toBe(426);
    await expect(opened({}, '', { origin: 'https://evil.example' })).rejects.toMatchObject({ status: 403, body: { code: 'CROSS_ORIGIN' } });
    await opened({}, '', { origin: world.url.replace('ws', 'http').replace('/v1/stream', '') });
    for (const query of ['?cancelOnDisconnect=a/b', '?timeoutMs=5000', '?cancelOnDisconnect=alice&timeoutMs=5', '?since=3'])
      await expect(opened({}, query)).rejects.toMatchObject({ status: 400 });
  });
});

describe('with API keys a stream', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bulkhead-stream-'));
    file = join(directory, 'keys.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const keysOf = (...each: (readonly Scope[])[]) => {
    const made = each.map((scopes) => newKey({ name: 'test', scopes, createdAt: Date.now() }));
    writeKeys(
      file,
      made.map(({ entry }) => entry),
    );
    return made.map(({ key }): Record<string, string> => ({ authorization: `Bearer ${key}` }));
  };

  test('is for who has one, and shows what its scopes allow', async () => {
    const [reader, trader] = keysOf(['read'], ['trade:alice']);
    const all = await opened({ keys: new KeyRing(file) }, '', reader);
    await expect(opened()).rejects.toMatchObject({ status: 401, body: { code: 'KEY_REQUIRED' } });
    const own = await opened({}, '', trader);
    for (const accountId of ['alice', 'bob']) world.send(deposit(accountId));
    for (const stream of [all, own]) {
      stream.send({ op: 'subscribe', channel: 'positions' });
      for (const accountId of ['alice', 'bob']) stream.send({ op: 'subscribe', channel: 'account', accountId });
    }
    await all.message(({ type, accountId }) => type === 'snapshot' && accountId === 'bob');
    expect(all.messages.some(({ type }) => type === 'error')).toBe(false);
    await own.message(({ type, accountId }) => type === 'error' && accountId === 'bob');
    await own.of('snapshot');
    const answers = own.messages.slice(1).map(({ type, code, channel, accountId }) => [type, code, channel, accountId]);
    expect(answers.sort()).toEqual([
      ['error', 'SCOPE_MISSING', 'account', 'bob'],
      ['error', 'SCOPE_MISSING', 'positions', undefined],
      ['reset', undefined, 'account', 'alice'],
      ['snapshot', undefined, 'account', 'alice'],
    ]);
    await expect(opened({}, '?cancelOnDisconnect=alice', reader)).rejects.toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING' } });
    await expect(opened({}, '?cancelOnDisconnect=bob', trader)).rejects.toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING' } });
  });

  /** The same keys, with other scopes. */
  const rescoped = (scopes: readonly Scope[]) =>
    writeKeys(
      file,
      readKeys(file).map((entry) => ({ ...entry, scopes })),
    );

  test.each<[string, readonly Scope[], object, string, readonly Scope[]]>([
    ['a topic of all', ['read'], { channel: 'marks' }, '', ['trade:alice']],
    ['a topic of an account', ['trade:alice'], ofAlice, '', ['trade:bob']],
    ['cancel-on-disconnect', ['read', 'trade:alice'], { channel: 'marks' }, '?cancelOnDisconnect=alice&timeoutMs=1000', ['read']],
  ])('ends when the key may no longer have %s', async (_, before, topic, query, after) => {
    const [headers] = keysOf(before);
    const keys = new KeyRing(file);
    const stream = await opened({ keys, heartbeatMs: 50 }, query, headers);
    world.send(deposit('alice'));
    stream.send({ op: 'subscribe', ...topic });
    await stream.of('heartbeat');
    rescoped([...before, 'oracle']);
    keys.refresh();
    const heard = stream.messages.length;
    await stream.message((message) => message.type === 'heartbeat' && stream.messages.indexOf(message) >= heard);
    rescoped(after);
    keys.refresh();
    expect(await stream.closed).toEqual({ code: 4003, reason: 'SCOPE_MISSING' });
  });

  test('ends with the key', async () => {
    const [reader] = keysOf(['read']);
    const keys = new KeyRing(file);
    const stream = await opened({ keys, heartbeatMs: 50 }, '', reader);
    stream.send({ op: 'subscribe', channel: 'marks' });
    await stream.of('heartbeat');
    writeKeys(file, []);
    keys.refresh();
    expect(await stream.closed).toEqual({ code: 4003, reason: 'KEY_UNKNOWN' });
  });
});

describe('cancel-on-disconnect', () => {
  test('sends CancelAllAfter at the opening and at each answered ping, and no more once the client is cut', async () => {
    const sent: { readonly json: unknown; readonly actor: string }[] = [];
    const take: TakeCommand = async (json, actor) => {
      sent.push({ json, actor });
      return { kind: 'RESULT', result: { status: 'ACCEPTED', seq: 7 } as Result };
    };
    const stream = await opened({ take }, '?cancelOnDisconnect=alice&timeoutMs=1000');
    expect(await stream.of('cancelOnDisconnect')).toEqual({
      type: 'cancelOnDisconnect',
      accountId: 'alice',
      timeoutMs: 1_000,
      commandSeq: 7,
    });
    expect(stream.messages[0]).toMatchObject({ type: 'hello', heartbeatMs: 333 });
    await sleep(1_200);
    expect(sent.length).toBeGreaterThanOrEqual(3);
    for (const { json, actor } of sent)
      expect([json, actor]).toEqual([
        {
          commandId: expect.stringMatching(/^stream-[0-9a-f-]{36}-\d+$/),
          type: 'CancelAllAfter',
          data: { accountId: 'alice', timeoutMs: 1_000 },
        },
        'http',
      ]);
    expect(new Set(sent.map(({ json }) => (json as { commandId: string }).commandId)).size).toBe(sent.length);
    await stream.cut();
    const before = sent.length;
    await sleep(700);
    expect(sent.length).toBe(before);
  });

  test('a refresh that fails is said', async () => {
    const stream = await opened({ take: async () => ({ kind: 'NOT_LEADING', reason: 'standing by' }) }, '?cancelOnDisconnect=alice');
    expect(await stream.of('error')).toMatchObject({ code: 'CANCEL_ON_DISCONNECT_FAILED', error: 'standing by', accountId: 'alice' });
  });
});

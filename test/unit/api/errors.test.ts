import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  Access,
  type Answered,
  commandRoutes,
  HttpServer,
  journalRoutes,
  KeyRing,
  newKey,
  RateLimit,
  type Scope,
  StreamHub,
  streamRoutes,
  viewRoutes,
  writeKeys,
} from '../../../src/api';
import { type HttpErrorCode, httpErrors } from '../../../src/contract/httpErrors';
import { type History, HistoryError } from '../../../src/history';
import { NodeMetrics } from '../../../src/observe';
import { type Views, ViewsBehind } from '../../../src/views';
import { faultsOf } from '../../support/schemas/validator';

const NOW = 1_763_800_000_000;

const seen = new Set<string>();
let directory: string;
let answered: Answered;
let history: Partial<History> | undefined;
let views: Partial<Views> | undefined;
let server: HttpServer;
let port: number;
let node: string;

interface Said {
  readonly error: string;
  readonly code: HttpErrorCode;
  readonly field?: string;
  readonly seq?: number;
  readonly leader?: string;
}

/** What every error must be: of its schema, with the status that goes with its code. */
function checked(status: number, body: unknown, retryAfter: string | null): Said {
  expect(faultsOf('HttpError', body)).toEqual([]);
  const said = body as Said;
  expect([said.code, status]).toEqual([said.code, httpErrors[said.code].status]);
  expect([said.code, retryAfter !== null]).toEqual([said.code, status === 429 || status === 503]);
  seen.add(said.code);
  return said;
}

async function ask(path: string, init: RequestInit = {}): Promise<Said> {
  const answer = await fetch(`${node}${path}`, init);
  return checked(answer.status, await answer.json(), answer.headers.get('retry-after'));
}

const send = (body: string, headers: { readonly [name: string]: string } = {}) =>
  ask('/v1/commands', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

/** What the bytes of somebody who speaks no proper HTTP are answered with. */
async function sendBytes(bytes: string): Promise<Said> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return checked(Number(head.split(' ')[1]), JSON.parse(body), /^retry-after/im.test(head) ? '1' : null);
}

async function serving(keys?: { readonly path: string; readonly perSecond: number }, streams = 0): Promise<void> {
  await server?.close();
  const health = { status: () => ({ state: 'leading' }) as const, figures: () => undefined };
  server = new HttpServer({ health, metrics: new NodeMetrics(health.figures), host: '127.0.0.1', port: 0, drainMs: 20 });
  const rateLimit = keys && new RateLimit(keys.perSecond);
  const access = new Access({ keys: keys && new KeyRing(keys.path), rateLimit, clock: () => NOW });
  access.guard(server.app);
  const hub = new StreamHub(() => undefined);
  Object.defineProperty(hub.clients, 'size', { get: () => streams });
  for (const routes of [viewRoutes, journalRoutes]) {
    server.app.register(
      routes(
        () => views as Views | undefined,
        () => history as History | undefined,
      ),
    );
  }
  server.app.register(streamRoutes({ hub, access, take: async () => answered }));
  server.app.register(
    commandRoutes(
      async () => answered,
      async () => ({ kind: 'MALFORMED', reason: 'no command' }),
      access,
    ),
  );
  server.app.get('/broken', async () => {
    throw new Error('what nobody may see');
  });
  port = await server.listen();
  node = `http://127.0.0.1:${port}`;
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bulkhead-errors-'));
});
beforeEach(async () => {
  history = undefined;
  views = undefined;
  answered = { kind: 'MALFORMED', reason: 'no command' };
  await serving();
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

describe('every error over HTTP has a sentence, its code and the status of that', () => {
  test.each([
    ['/v1/positions?acount=alice', 'acount'],
    ['/v1/orders', 'accountId'],
    ['/v1/insurance?at=yesterday', 'at'],
    ['/v1/events?seq=1&fromSeq=2', 'seq'],
    ['/v1/trades', 'instrument'],
    ['/v1/candles?instrument=BTC&interval=7m', 'interval'],
    ['/v1/marks?at=-3', 'at'],
    ['/v1/positions?limit=1001', 'limit'],
    ['/v1/positions?limit=0', 'limit'],
    ['/v1/book/BTC-PERP?depth=0', 'depth'],
    ['/v1/events?limit=1001', 'limit'],
    ['/v1/blocks/iso-1?nonsense=1', 'nonsense'],
    ['/v1/stream?timeoutMs=5000', 'timeoutMs'],
    ['/v1/stream?cancelOnDisconnect=a/b', 'cancelOnDisconnect'],
  ])('%s', async (path, field) => {
    views = {};
    history = {};
    expect(await ask(path)).toMatchObject({ code: 'INVALID_PARAMETER', field });
  });

  test('where something is not there', async () => {
    history = { life: async () => undefined };
    const now = async () => ({ seq: 7, time: NOW });
    views = { now, read: async () => ({ ...(await now()), rows: '[]', count: 0 }) } as unknown as Partial<Views>;
    expect(await ask('/v1/accounts/bob')).toMatchObject({ code: 'NOT_FOUND', error: 'there is no account bob', seq: 7 });
    expect(await ask('/v1/book/DOGE')).toMatchObject({ code: 'NOT_FOUND', error: 'there is no instrument DOGE', seq: 7 });
    expect(await ask('/v1/commands/c9')).toMatchObject({ code: 'NOT_FOUND', error: 'there is no command c9', seq: 7 });
    expect(await ask('/v1/blocks/iso-9')).toMatchObject({ code: 'NOT_FOUND', error: 'there is no block iso-9', seq: 7 });
    expect(await ask('/v2/positions')).toMatchObject({ code: 'UNKNOWN_ROUTE', error: 'there is no GET /v2/positions' });
    expect(await ask('/v1/positions', { method: 'DELETE' })).toMatchObject({ code: 'UNKNOWN_ROUTE' });
    history = { commandAt: () => Promise.reject(new HistoryError('BeyondJournal', 'seq 9 is beyond the journal, which ends at 7')) };
    expect(await ask('/v1/accounts/bob?at=9')).toMatchObject({ code: 'BEYOND_JOURNAL' });
  });

  test('where the views are not that far', async () => {
    expect(await ask('/v1/positions')).toMatchObject({ code: 'NOT_READY' });
    expect(await ask('/v1/events')).toMatchObject({ code: 'NOT_READY' });
    views = {};
    expect(await ask('/v1/positions?at=3')).toMatchObject({ code: 'NOT_READY' });
    history = { commandAt: () => Promise.reject(new HistoryError('TooBusy', 'too many questions wait already')) };
    expect(await ask('/v1/positions?at=3')).toMatchObject({ code: 'NOT_READY' });
    views = { read: () => Promise.reject(new ViewsBehind(9, 7)) };
    expect(await ask('/v1/fills?accountId=alice&minSeq=9')).toMatchObject({ code: 'VIEWS_BEHIND', seq: 7 });
  });

  test('where a command has no result', async () => {
    expect(await send('{"type":"Deposit"}')).toMatchObject({ code: 'MALFORMED_COMMAND', error: 'no command' });
    expect(await ask('/v1/preview', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).toMatchObject({
      code: 'MALFORMED_COMMAND',
    });
    expect(await send('[]')).toMatchObject({ code: 'INVALID_BODY', error: 'an array of 1 to 1000 commands, not 0' });
    expect(await send('{')).toMatchObject({ code: 'INVALID_BODY', error: 'the body is empty or no valid JSON' });
    expect(await send('')).toMatchObject({ code: 'INVALID_BODY' });
    expect(await send('{}', { 'content-type': 'application/xml' })).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    expect(await send(`"${'x'.repeat(1 << 20)}"`)).toMatchObject({ code: 'BODY_TOO_LARGE' });
    answered = { kind: 'BUSY' };
    expect(await send('{}')).toMatchObject({ code: 'BUSY' });
    answered = { kind: 'NOT_LEADING', reason: 'stands by', leader: 'http://node-1:8080' };
    expect(await send('{}')).toMatchObject({ code: 'NOT_LEADING', leader: 'http://node-1:8080' });
  });

  test('in the place of each command of an array', async () => {
    const answer = await fetch(`${node}/v1/commands`, { method: 'POST', body: '[1,2]', headers: { 'content-type': 'application/json' } });
    const bodies = (await answer.json()) as unknown[];
    expect([answer.status, bodies]).toEqual([200, [1, 2].map(() => ({ error: 'no command', code: 'MALFORMED_COMMAND' }))]);
  });

  test('where nobody is answered without a key', async () => {
    const path = join(directory, 'keys.json');
    const entries = [{ scopes: ['trade:alice'] }, { expiresAt: NOW - 1 }, { revokedAt: NOW - 1 }, { scopes: ['oracle'] }].map(
      ({ scopes = ['read'], ...more }) => {
        const made = newKey({ name: 'a test', scopes: scopes as Scope[], createdAt: NOW - 1000, ...more });
        return { key: made.key, entry: { ...made.entry, ...more } };
      },
    );
    writeKeys(
      path,
      entries.map(({ entry }) => entry),
    );
    const [alice, expired, revoked, oracle] = entries.map(({ key }) => ({ headers: { authorization: `Bearer ${key}` } }));
    await serving({ path, perSecond: 1 });
    expect(await ask('/v1/positions')).toMatchObject({ code: 'KEY_REQUIRED' });
    expect(await ask('/v1/positions', { headers: { authorization: 'Bearer bh_no_no' } })).toMatchObject({ code: 'KEY_UNKNOWN' });
    expect(await ask('/v1/positions', expired)).toMatchObject({ code: 'KEY_EXPIRED' });
    expect(await ask('/v1/positions', revoked)).toMatchObject({ code: 'KEY_REVOKED' });
    expect(await ask('/v1/positions', alice)).toMatchObject({ code: 'SCOPE_MISSING' });
    const later = async (): Promise<Said> => {
      const said = await ask('/v1/positions', oracle);
      return said.code === 'RATE_LIMITED' ? said : later();
    };
    expect(await later()).toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('where somebody is not answered here', async () => {
    expect(await sendBytes('GET /v1/positions HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n')).toMatchObject({
      code: 'NOT_LOCAL',
    });
    expect(await ask('/v1/stream', { headers: { origin: 'https://evil.example' } })).toMatchObject({ code: 'CROSS_ORIGIN' });
  });

  test('where the stream is no stream', async () => {
    expect(await ask('/v1/stream')).toMatchObject({ code: 'UPGRADE_REQUIRED' });
    await serving(undefined, 10_000);
    expect(await ask('/v1/stream')).toMatchObject({ code: 'TOO_MANY_STREAMS' });
  });

  test('where there is no request, or the node has failed', async () => {
    expect(await sendBytes('hello\r\n\r\n')).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await ask('/v1/accounts/%zz')).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await ask('/broken')).toEqual({ error: 'internal error', code: 'INTERNAL_ERROR' });
  });

  test('and no code is without an answer that has it', () => {
    expect([...seen].sort()).toEqual(Object.keys(httpErrors).sort());
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { Access, commandRoutes, KeyFileUnreadable, KeyRing, newKey, RateLimit, readKeys, type Scope, writeKeys } from '../../../src/api';
import type { Result } from '../../../src/contract/results';

const NOW = 1_763_800_000_000;

let directory: string;
let file: string;
let app: FastifyInstance | undefined;
let origin: string;
let previewedEvents: number;
let taken: { readonly json: unknown; readonly actor: string }[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bulkhead-keys-'));
  file = join(directory, 'keys.json');
  taken = [];
  previewedEvents = 1;
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  rmSync(directory, { recursive: true });
});

function addKey(scopes: readonly Scope[], more: { readonly expiresAt?: number; readonly revokedAt?: number } = {}) {
  const { key, entry } = newKey({ name: 'a test', scopes, createdAt: NOW - 1000, ...more });
  const before = statSync(file, { throwIfNoEntry: false }) === undefined ? [] : readKeys(file);
  writeKeys(file, [...before, { ...entry, ...more }]);
  return { key, id: entry.id };
}

async function serving(ring: KeyRing | undefined, perSecond = 100): Promise<void> {
  const access = new Access({ keys: ring, rateLimit: new RateLimit(perSecond), clock: () => NOW });
  app = fastify();
  access.guard(app);
  const take = async (json: unknown, actor: string) => {
    taken.push({ json, actor });
    return { kind: 'RESULT', result: { status: 'ACCEPTED' } as Result } as const;
  };
  const preview = async () => ({ kind: 'PREVIEW', preview: { status: 'ACCEPTED', eventCount: previewedEvents } }) as const;
  app.register(commandRoutes(take, preview, access));
  app.get('/v1/positions', async () => ({ rows: [] }));
  app.get('/livez', async () => ({ state: 'leading' }));
  origin = await app.listen({ host: '127.0.0.1', port: 0 });
}

const order = (accountId: string) => ({ commandId: 'c', type: 'PlaceOrder', data: { accountId } });

async function ask(path: string, authorization: string | undefined, payload?: object) {
  const answer = await fetch(`${origin}${path}`, {
    ...(payload === undefined ? {} : { method: 'POST', body: JSON.stringify(payload) }),
    headers: { ...(payload && { 'content-type': 'application/json' }), ...(authorization === undefined ? {} : { authorization }) },
  });
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire is what is being looked at.
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: (await answer.json()) as any };
}

const send = (key: string | undefined, payload: object) => ask('/v1/commands', key === undefined ? undefined : `Bearer ${key}`, payload);

describe('API keys', () => {
  test('are kept as hashes alone, in a file of their owner', () => {
    const { key } = addKey(['read']);
    // The secret itself may have an underscore.
    const secret = key.slice(key.indexOf('_', 3) + 1);
    expect(secret).toHaveLength(43);
    expect(readFileSync(file, 'utf8')).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a file that is none is refused whole', () => {
    addKey(['read']);
    const { keys } = JSON.parse(readFileSync(file, 'utf8')) as { keys: object[] };
    for (const wrong of ['{', '[]', '{"keys":{}}', { keys: [...keys, ...keys] }, { keys: [{ ...keys[0], scopes: ['everything'] }] }]) {
      writeFileSync(file, typeof wrong === 'string' ? wrong : JSON.stringify(wrong));
      expect(() => new KeyRing(file)).toThrow(KeyFileUnreadable);
    }
  });

  test('who has none, a wrong, an expired or a revoked one is told so, and nothing is taken', async () => {
    const right = addKey(['admin']).key;
    const expired = addKey(['admin'], { expiresAt: NOW }).key;
    const revoked = addKey(['admin'], { revokedAt: NOW }).key;
    await serving(new KeyRing(file));
    const forged = right.slice(0, -1) + (right.endsWith('A') ? 'B' : 'A');
    const codes = [];
    for (const key of [undefined, 'nonsense', forged, expired, revoked]) {
      const answer = await send(key, order('alice'));
      codes.push([answer.status, answer.body.code]);
    }
    expect(codes).toEqual([
      [401, 'KEY_REQUIRED'],
      [401, 'KEY_UNKNOWN'],
      [401, 'KEY_UNKNOWN'],
      [401, 'KEY_EXPIRED'],
      [401, 'KEY_REVOKED'],
    ]);
    expect(taken).toEqual([]);
    expect((await ask('/livez', undefined)).status).toBe(200);
  });

  test('a trader sends for his account alone, and is recorded', async () => {
    const { key, id } = addKey(['trade:alice']);
    await serving(new KeyRing(file));
    expect((await send(key, order('alice'))).status).toBe(200);
    const answer = await send(key, order('bob'));
    expect([answer.status, answer.body.code]).toEqual([403, 'SCOPE_MISSING']);
    const both = await send(key, [order('bob'), order('alice')]);
    expect(both.body).toMatchObject([{ code: 'SCOPE_MISSING' }, { status: 'ACCEPTED' }]);
    expect(taken).toEqual([
      { json: order('alice'), actor: `key:${id}` },
      { json: order('alice'), actor: `key:${id}` },
    ]);
    const looked = await ask('/v1/positions', `Bearer ${key}`);
    expect(looked.status).toBe(403);
  });

  test.each<[Scope, string, object, number]>([
    ['oracle', 'MarkPriceTick', {}, 200],
    ['oracle', 'MarkPriceTick', { force: true }, 403],
    ['oracle', 'FundingTick', {}, 200],
    ['oracle', 'Deposit', { accountId: 'alice' }, 403],
    ['trade:*', 'CancelAllAfter', { accountId: 'bob' }, 200],
    ['trade:*', 'Withdraw', { accountId: 'bob' }, 403],
    ['trade:*', 'MarkPriceTick', {}, 403],
    ['admin', 'Withdraw', { accountId: 'bob' }, 200],
    ['admin', 'MarkPriceTick', { force: true }, 200],
    ['read', 'PlaceOrder', { accountId: 'alice' }, 403],
  ])('%s sends %s %j: %i', async (scope, type, data, status) => {
    const { key } = addKey([scope]);
    await serving(new KeyRing(file));
    expect((await send(key, { commandId: 'c', type, data })).status).toBe(status);
    expect(taken).toHaveLength(status === 200 ? 1 : 0);
  });

  test.each<[Scope, string, object, number]>([
    ['read', 'PlaceOrder', { accountId: 'alice' }, 200],
    ['trade:alice', 'PlaceOrder', { accountId: 'alice' }, 200],
    ['trade:alice', 'PlaceOrder', { accountId: 'bob' }, 403],
    ['read', 'MarkPriceTick', {}, 403],
    ['trade:*', 'MarkPriceTick', {}, 403],
    ['oracle', 'MarkPriceTick', {}, 200],
    ['read', 'Withdraw', { accountId: 'alice' }, 403],
    ['admin', 'Withdraw', { accountId: 'alice' }, 200],
  ])('%s asks what %s %j would do: %i', async (scope, type, data, status) => {
    const { key } = addKey([scope]);
    await serving(new KeyRing(file));
    expect((await ask('/v1/preview', `Bearer ${key}`, { type, data })).status).toBe(status);
  });

  test('a page gives it as a protocol of its WebSocket', () => {
    const { key, id } = addKey(['read']);
    const access = new Access({ keys: new KeyRing(file), rateLimit: undefined, clock: () => NOW });
    const asked = (headers: object) => access.identify({ headers } as Parameters<Access['identify']>[0]);
    expect(asked({ 'sec-websocket-protocol': `bulkhead, key.${key}` })).toMatchObject({ actor: `key:${id}`, scopes: ['read'] });
    expect(asked({ 'sec-websocket-protocol': 'bulkhead' })).toMatchObject({ code: 'KEY_REQUIRED' });
    expect(asked({ 'sec-websocket-protocol': 'bulkhead, key.bh_no' })).toMatchObject({ code: 'KEY_UNKNOWN' });
  });

  test('a browser gives it as the password of its login', async () => {
    const { key } = addKey(['read']);
    await serving(new KeyRing(file));
    const login = Buffer.from(`anyone:${key}`).toString('base64');
    expect((await ask('/v1/positions', `Basic ${login}`)).status).toBe(200);
  });

  test('a changed file is read again, and while it is broken those before hold', () => {
    const { key } = addKey(['read']);
    const ring = new KeyRing(file);
    expect(ring.refresh()).toBe(false);
    writeFileSync(file, '{ "keys": [');
    expect(() => ring.refresh()).toThrow(KeyFileUnreadable);
    expect(ring.refresh()).toBe(false);
    expect(ring.find(key, NOW)).toMatchObject({ scopes: ['read'] });
    writeKeys(file, []);
    expect(ring.refresh()).toBe(true);
    expect(ring.find(key, NOW)).toBe('UNKNOWN');
  });
});

describe('the rate of a key', () => {
  test('counts every command of an array, and says when to come back', async () => {
    const { key } = addKey(['admin']);
    const other = addKey(['admin']).key;
    await serving(new KeyRing(file), 3);
    expect((await send(key, [order('a'), order('b'), order('c')])).status).toBe(200);
    const refused = await send(key, order('d'));
    expect([refused.status, refused.body.code, refused.retryAfter]).toEqual([429, 'RATE_LIMITED', '1']);
    expect(taken).toHaveLength(3);
    expect((await send(other, order('e'))).status).toBe(200);
  });

  test('counts every event that a preview tells of', async () => {
    const { key } = addKey(['read']);
    await serving(new KeyRing(file), 10);
    const previewed = () => ask('/v1/preview', `Bearer ${key}`, order('alice'));
    for (let n = 0; n < 3; n++) expect((await previewed()).status).toBe(200);
    previewedEvents = 1_000;
    expect((await previewed()).status).toBe(200);
    const refused = await previewed();
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.retryAfter)).toBeGreaterThan(90);
  });

  test('comes back with time, and a large array is paid off before the next', () => {
    const limit = new RateLimit(10);
    expect(limit.take('k', 30, 0)).toBeUndefined();
    expect(limit.take('k', 1, 1_000)).toEqual({ retryAfter: 2 });
    expect(limit.take('k', 1, 2_100)).toBeUndefined();
  });
});

describe('without API keys', () => {
  test('another machine, or a name that is not of this one, is refused', async () => {
    await serving(undefined);
    expect((await ask('/v1/positions', undefined)).status).toBe(200);
    const status = await new Promise<number | undefined>((done, fail) => {
      const asked = request(`${origin}/v1/positions`, { headers: { host: 'evil.example' } });
      asked.on('response', ({ statusCode }) => done(statusCode)).on('error', fail);
      asked.end();
    });
    expect(status).toBe(403);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../../src/contract/results';
import { smallMarket } from '../../support/serve/market';
import { Served } from '../../support/serve/served';

jest.setTimeout(60_000);

const order = {
  ...{ accountId: 'alice', instrument: 'BTC-PERP', side: 'BUY', type: 'LIMIT', quantity: '0.2', price: '50000' },
  ...{ marginMode: 'ISOLATED', leverage: '20' },
};

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire is what is being looked at.
type Json = any;

describe('the HTTP side of a node', () => {
  let directory: string;
  let served: Served;
  let base: string;

  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  };
  const get = async (path: string) => {
    const answer = await fetch(`${base}${path}`);
    return { status: answer.status, body: (await answer.json()) as Json };
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-http-'));
    served = Served.start(['--data', directory, '--time-source', 'record']);
    await served.leading();
    base = `http://127.0.0.1:${(await served.said('HTTP is open')).port}`;
    const { body } = await post('/v1/commands', smallMarket());
    expect(body.map(({ status }: Result) => status)).toEqual(smallMarket().map(() => 'ACCEPTED'));
  });

  afterAll(async () => {
    await served.stop();
    await rm(directory, { recursive: true });
  });

  test('a preview says what the order then does, and leaves no trace', async () => {
    const { body: said } = await post('/v1/preview', { type: 'PlaceOrder', data: order });
    expect(said).toMatchObject({ status: 'ACCEPTED', asOfSeq: 11, marginNeeded: '505', currency: 'USD', liquidationPriceBefore: null });
    expect(said).toMatchObject({ fills: [{ price: '50000', quantity: '0.2', fee: '5' }], averagePrice: '50000', fees: '5' });
    expect(said.position).toMatchObject({ leverage: '20', cash: '500', quantity: '0.2' });
    expect((await get('/v1/positions?accountId=alice&order=nearest')).body).toMatchObject({ seq: 11, total: 0, rows: [] });
    const { body: result } = await post('/v1/commands', { commandId: 'o1', type: 'PlaceOrder', data: order });
    expect(result).toMatchObject({ status: 'ACCEPTED', seq: 12, isolationId: 'iso-12' });
    const { body: now } = await get('/v1/positions?accountId=alice&minSeq=12');
    expect(now).toMatchObject({
      seq: 12,
      rows: [{ liquidationPrice: said.liquidationPriceAfter, maxRemovable: said.maxRemovable }],
    });
    const refused = { ...order, price: '90000' };
    const { body: no } = await post('/v1/preview', { type: 'PlaceOrder', data: refused });
    const { body: really } = await post('/v1/commands', { commandId: 'o2', type: 'PlaceOrder', data: refused });
    expect([no.status, no.code, no.message]).toEqual(['REJECTED', really.code, really.message]);
    expect(await post('/v1/preview', { type: 'Nothing' })).toMatchObject({ status: 400 });
    expect(await post('/v1/preview', [])).toMatchObject({ status: 400 });
    const { body: again } = await post('/v1/preview', { commandId: 'o1', type: 'PlaceOrder', data: order });
    expect(again).toMatchObject({ status: 'DUPLICATE' });
  });

  test('a view answers as it stood, and nothing about what is not there yet', async () => {
    expect((await get('/v1/accounts/alice?at=4')).body).toMatchObject({ seq: 4, row: { balances: { USD: { cash: '10000' } } } });
    expect((await get('/v1/accounts/alice?at=3')).status).toBe(404);
    expect((await get('/v1/book/BTC-PERP?at=6')).body.row).toEqual({ instrument: 'BTC-PERP', asks: [['50000', '2']], bids: [] });
    expect((await get('/v1/trades?instrument=BTC-PERP&at=11')).body.rows).toEqual([]);
    expect((await get('/v1/trades?instrument=BTC-PERP&at=12')).body.rows).toMatchObject([{ seq: 12, price: '50000', quantity: '0.2' }]);
    expect((await get('/v1/trades?instrument=BTC-PERP&at=1000000')).status).toBe(404);
    expect(await get('/v1/trades?at=12')).toMatchObject({ status: 400, body: { field: 'instrument' } });
    expect((await get('/v1/fills?accountId=alice&at=11')).body.rows).toEqual([]);
    expect((await get('/v1/fills?accountId=alice&at=12')).body.rows).toMatchObject([{ seq: 12, role: 'TAKER', fee: '5' }]);
    expect((await get('/v1/liquidations?at=12')).body).toMatchObject({ seq: 12, rows: [] });
    expect((await get('/v1/insurance?at=1000000')).status).toBe(404);
    expect((await get('/v1/blocks/iso-12')).body).toMatchObject({
      isolationId: 'iso-12',
      accountId: 'alice',
      status: 'OPEN',
      balance: '500',
    });
    expect((await get('/v1/blocks/iso-11')).status).toBe(404);
  });

  test('the events of the journal come in pages, each with its place', async () => {
    const first = (await get('/v1/events?fromSeq=4&limit=2')).body;
    expect(first.rows).toMatchObject([
      { type: 'CommandAccepted', seq: 4, index: 0, data: { command: { type: 'Deposit' } } },
      { type: 'AccountOpened', seq: 4, index: 1 },
    ]);
    expect(first.next).toBe('4-2');
    const second = (await get(`/v1/events?fromSeq=4&limit=2&cursor=${first.next}`)).body;
    expect(second.rows).toMatchObject([
      { type: 'FundsDeposited', seq: 4, index: 2, data: { accountId: 'alice', transfers: [{ amount: '10000' }] } },
      { type: 'CommandAccepted', seq: 5, index: 0 },
    ]);
    const one = (await get('/v1/events?seq=4')).body;
    expect([one.rows.length, one.next]).toEqual([3, undefined]);
    expect((await get('/v1/events?fromSeq=999999')).body).toMatchObject({ seq: expect.any(Number), rows: [] });
    for (const wrong of ['seq=1&fromSeq=2', 'limit=0', 'cursor=7', 'from=1']) expect((await get(`/v1/events?${wrong}`)).status).toBe(400);
  });

  test('a command that is not in yet is waited for in vain, in every view alike', async () => {
    for (const path of ['/v1/positions', '/v1/marks']) {
      expect(await get(`${path}?minSeq=999999`)).toMatchObject({
        status: 503,
        body: { code: 'VIEWS_BEHIND', error: expect.stringMatching(/^the views are at seq \d+, and seq 999999 was asked for$/) },
      });
    }
  });

  test('a question that it does not understand is said to be one', async () => {
    expect(await get('/v1/positions?acount=alice')).toMatchObject({ status: 400, body: { error: expect.stringContaining('acount') } });
    expect(await get('/v1/insurance?at=yesterday')).toMatchObject({ status: 400 });
    expect(await post('/v1/commands', { type: 'Deposit' })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('commandId') },
    });
    expect(await post('/v1/commands', [{ commandId: 'x', type: 'Nothing' }])).toMatchObject({
      status: 200,
      body: [{ error: expect.stringContaining('is not a command') }],
    });
  });

  test('a page of another site cannot send commands', async () => {
    const status = await new Promise<number | undefined>((done, fail) => {
      const asked = request(`${base}/v1/commands`, {
        method: 'POST',
        headers: { host: 'evil.example', 'content-type': 'application/json' },
      });
      asked.on('response', ({ statusCode }) => done(statusCode)).on('error', fail);
      asked.end(JSON.stringify({ commandId: 'evil', type: 'Deposit', data: { accountId: 'eve', currency: 'USD', amount: '1' } }));
    });
    expect(status).toBe(403);
    const plain = await fetch(`${base}/v1/commands`, { method: 'POST', body: '{}' });
    expect(plain.status).toBe(400);
    expect((await get('/v1/accounts/eve')).status).toBe(404);
  });

  test('the dashboard loads nothing from elsewhere', async () => {
    const page = await fetch(`${base}/`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    for (const [, path = ''] of html.matchAll(/(?:src|href)="([^"#]+)"/g)) {
      expect(path).toMatch(/^\/dashboard\//);
      expect([path, (await fetch(`${base}${path}`)).status]).toEqual([path, 200]);
    }
    expect((await fetch(`${base}/dashboard/../package.json`)).status).toBe(404);
  });

  test('the projections answer fills, ledger and commands with the seq they are as of', async () => {
    const { body } = await post('/v1/commands', {
      commandId: 'p1',
      type: 'Deposit',
      data: { accountId: 'paul', currency: 'USD', amount: '7' },
    });
    const ask = () => get(`/v1/ledger?accountId=paul&minSeq=${body.seq}`);
    let answer = await ask();
    // The projections begin with the first question, and say 503 until they have read the journal.
    for (let tries = 0; answer.status === 503 && tries < 30; tries++) answer = await ask();
    const { body: ledger } = answer;
    expect(ledger).toMatchObject({ seq: body.seq, rows: [{ seq: body.seq, amount: '7', balance: '7', reason: 'DEPOSIT' }] });
    expect((await get('/v1/commands/p1')).body).toMatchObject({ row: { seq: body.seq, status: 'ACCEPTED', type: 'Deposit' } });
    expect((await get('/v1/fills?accountId=paul')).body).toMatchObject({ rows: [] });
    expect((await get('/v1/marks?minSeq=999999')).status).toBe(503);
  });
});

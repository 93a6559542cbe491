import fastify, { type FastifyInstance } from 'fastify';
import { viewRoutes } from '../../../src/api';
import { LocalViews } from '../../../src/views';
import type { Command } from '../../support/engineApi';
import { RecordedEngine } from '../../support/foldedEngine';

const deposit = (id: string, accountId: string) =>
  ({ commandId: id, type: 'Deposit', data: { accountId, currency: 'USD', amount: '5.5' } }) as unknown as Command;

describe('GET of the views', () => {
  let app: FastifyInstance;
  let origin: string;

  beforeEach(async () => {
    const source = new RecordedEngine();
    const views = new LocalViews(0);
    for (const [id, account] of [
      ['d-1', 'alice'],
      ['d-2', 'bob'],
      ['d-3', 'alice'],
    ] as const) {
      const record = source.record(deposit(id, account));
      if (record !== undefined) views.take(record);
    }
    app = fastify();
    app.register(
      viewRoutes(
        () => views,
        () => undefined,
      ),
    );
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(() => app.close());

  const get = async (url: string) => {
    const answer = await fetch(`${origin}${url}`);
    return { code: answer.status, body: (await answer.json()) as { [field: string]: unknown } };
  };

  test('an account, a command and a ledger are answered with the seq they are as of', async () => {
    expect(await get('/v1/accounts/alice')).toMatchObject({
      code: 200,
      body: { seq: 3, row: { accountId: 'alice', balances: { USD: { cash: '11' } } } },
    });
    expect(await get('/v1/commands/d-2')).toMatchObject({ code: 200, body: { seq: 3, row: { seq: 2, status: 'ACCEPTED' } } });
    const { body } = await get('/v1/ledger?accountId=alice&limit=1');
    expect(body).toMatchObject({ seq: 3, rows: [{ seq: 3, amount: '5.5', balance: '11', counterparty: 'external' }] });
    expect((await get(`/v1/ledger?accountId=alice&cursor=${body.next}`)).body.rows).toMatchObject([{ seq: 1, balance: '5.5' }]);
    expect(await get('/v1/time')).toMatchObject({ code: 200, body: { seq: 3 } });
  });

  test.each([
    ['/v1/ledger', 400, 'accountId'],
    ['/v1/trades?instrument=a/b', 400, 'instrument'],
    ['/v1/positions?acountId=alice', 400, 'acountId'],
    ['/v1/positions?cursor=x', 400, 'cursor'],
    ['/v1/candles?instrument=BTC&interval=7m', 400, 'interval'],
  ])('%s is refused with the field', async (url, code, field) => {
    expect(await get(url)).toMatchObject({ code, body: { field } });
  });

  test('what is not there is 404, and what has not come yet 503', async () => {
    expect(await get('/v1/accounts/carol')).toMatchObject({ code: 404, body: { seq: 3 } });
    expect(await get('/v1/book/BTC-PERP')).toMatchObject({ code: 404 });
    expect(await get('/v1/accounts/alice?minSeq=4')).toMatchObject({ code: 503, body: { seq: 3 } });
  });
});

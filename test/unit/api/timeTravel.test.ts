import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { viewRoutes } from '../../../src/api';
import { decodeCommand } from '../../../src/contract/decode';
import { candleIntervals, type ViewName, type ViewQuery } from '../../../src/contract/views';
import { History } from '../../../src/history';
import { Bulkhead } from '../../../src/library/bulkhead';
import { MemoryHappened } from '../../../src/projections/happened';
import { ReadModel, readView } from '../../../src/projections/readModel';
import { openFileNode } from '../../../src/runtime/fileNode';
import { recordOf } from '../../../src/runtime/node';
import { LocalViews } from '../../../src/views';
import { StoredHappened } from '../../../src/views/storedHappened';
import { Draw } from '../../support/generator/draw';
import { Generator } from '../../support/generator/generator';

jest.setTimeout(120_000);

const SEED = 23;
const STEPS = 900;
const PLACES = 220;
const SOURCE = { kind: 'LIBRARY' } as const;

const hashOf = (body: string) => createHash('sha256').update(body).digest('hex');
const pathOf = (path: string, query: object) => {
  const given = Object.entries(query).map(([field, value]) => `${field}=${value}`);
  return given.length === 0 ? path : `${path}?${given.join('&')}`;
};

type Answer = readonly [path: string, body: string];

/** What each question was answered with in the present, by seq: the hash of the body. */
type Recorded = Map<number, Map<string, string>>;

/** Every view, of everybody; the first pages of long lists with those that follow. */
function* answers(model: ReadModel): Iterable<Answer> {
  const { seq, time } = model;
  const pages = function* (name: ViewName, query: ViewQuery): Iterable<Answer> {
    for (let [cursor, page] = [undefined as string | undefined, 0]; page < 3; page++) {
      const asked = cursor === undefined ? query : { ...query, cursor };
      const answer = readView(model, name, asked);
      yield [pathOf(`/v1/${name}`, asked), JSON.stringify({ ...answer, seq, time })];
      if (answer.next === undefined) return;
      cursor = answer.next;
    }
  };
  const one = (path: string, name: ViewName, query: ViewQuery): Answer => {
    const [row] = readView(model, name, query).rows;
    return [path, JSON.stringify({ seq, time, row })];
  };
  for (const { accountId } of model.accounts) {
    for (const name of ['fills', 'ledger', 'funding', 'liquidations'] as const) yield* pages(name, { accountId, limit: 7 });
    for (const name of ['positions', 'orders'] as const) yield* pages(name, { accountId, limit: 2 });
    yield one(`/v1/accounts/${accountId}`, 'accounts', { accountId });
  }
  for (const instrument of model.instruments.names()) {
    for (const name of ['trades', 'funding', 'liquidations'] as const) yield* pages(name, { instrument, limit: 20 });
    for (const interval of Object.keys(candleIntervals) as (keyof typeof candleIntervals)[])
      yield* pages('candles', { instrument, interval, limit: 5 });
    yield one(`/v1/book/${instrument}`, 'book', { instrument });
  }
  for (const name of ['funding', 'liquidations', 'instruments', 'marks'] as const) yield* pages(name, {});
  for (const name of ['positions', 'accounts'] as const) yield* pages(name, { limit: 3 });
  yield* pages('positions', { order: 'nearest', limit: 10 });
  yield one('/v1/insurance', 'insurance', {});
}

describe('any view as it stood', () => {
  let directory: string;
  let node: Awaited<ReturnType<typeof openFileNode>>['node'];
  let history: History;
  const recorded: Recorded = new Map();
  const projections = new Map<string, LocalViews>();
  let stored: StoredHappened;
  const commands: { readonly commandId: string; readonly seq: number; readonly time: number }[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-past-'));
    const data = join(directory, 'journal');
    ({ node } = await openFileNode({ dataDirectory: data, shard: 0, snapshotEvery: 1e9 }));
    stored = new StoredHappened(join(directory, 'views'), 'test');
    projections.set('memory', new LocalViews(0, new MemoryHappened())).set('file', new LocalViews(0, stored));
    const views = new Bulkhead(node.engine);
    const model = new ReadModel(0, new MemoryHappened());
    const [draw, generator] = [new Draw(SEED), new Generator(SEED, views)];
    const send = (command: unknown) => {
      const decoded = decodeCommand(command);
      if (!decoded.ok && decoded.kind === 'MALFORMED') return;
      const { outcome } = node.submit(decoded, SOURCE, 'test');
      if (outcome.kind === 'DUPLICATE') return;
      const record = recordOf(outcome, SOURCE, 'test');
      model.apply(record);
      for (const each of projections.values()) each.take(record);
      commands.push({ commandId: record.command.commandId, seq: record.seq, time: record.time });
      if (record.seq % 40 === 0) stored.commit(record.seq, '');
      const hashes = new Map<string, string>();
      for (const [path, body] of answers(model)) hashes.set(path, hashOf(body));
      recorded.set(model.seq, hashes);
    };
    for (const command of generator.opening()) send(command);
    for (let step = 0; step < STEPS; step++) send(generator.next(draw.below(2 ** 32)));
    await node.journal.whenDurable(node.journal.head.revision);
    stored.commit(model.seq, '');
    history = new History({ source: { kind: 'directory', directory: data }, shard: 0 });
  });

  afterAll(async () => {
    await history.close();
    await stored.close();
    await node.close();
    await rm(directory, { recursive: true });
  });

  const asking = async (name: string, ask: (get: (path: string) => Promise<{ status: number; body: string }>) => Promise<void>) => {
    const app = fastify();
    app.register(
      viewRoutes(
        () => projections.get(name),
        () => history,
      ),
    );
    try {
      const origin = await app.listen({ host: '127.0.0.1', port: 0 });
      await ask(async (path) => {
        const answer = await fetch(`${origin}${path}`);
        return { status: answer.status, body: await answer.text() };
      });
    } finally {
      await app.close();
    }
  };
  const at = (path: string, seq: number | string) => `${path}${path.includes('?') ? '&' : '?'}at=${seq}`;

  test.each(['memory', 'file'])('is what was answered then, byte for byte, with its rows in %s', async (name) => {
    const draw = new Draw(SEED);
    const seen = new Map<string, number>();
    await asking(name, async (get) => {
      for (let place = 0; place < PLACES; place++) {
        const [seq, hashes] = draw.pick([...recorded]);
        // Every kind of view each time, of some of those it can be asked of.
        const kinds = new Map<string, Answer[]>();
        for (const asked of hashes) {
          const kind = `${/^\/v1\/\w+/.exec(asked[0])}${/interval=\w+/.exec(asked[0]) ?? ''}`;
          kinds.set(kind, [...(kinds.get(kind) ?? []), asked]);
        }
        for (const [kind, answers] of kinds) {
          const [path, hash] = draw.pick(answers);
          const { status, body } = await get(at(path, seq));
          expect([path, seq, status, hashOf(body)]).toEqual([path, seq, 200, hash]);
          if (body.includes('"rows":[{') || body.includes('"row":{')) seen.set(kind, (seen.get(kind) ?? 0) + 1);
        }
      }
    });
    // What was compared was not empty.
    const kinds = ['trades', 'fills', 'funding', 'liquidations', 'ledger', 'positions', 'accounts', 'orders', 'book', 'marks', 'insurance'];
    for (const kind of kinds) expect([kind, (seen.get(`/v1/${kind}`) ?? 0) > 20]).toEqual([kind, true]);
    for (const interval of Object.keys(candleIntervals))
      expect([interval, (seen.get(`/v1/candlesinterval=${interval}`) ?? 0) > 50]).toEqual([interval, true]);
  });

  test('a time stands for the last command up to it, in views of both kinds', async () => {
    const draw = new Draw(SEED + 1);
    const last = commands.at(-1) as (typeof commands)[number];
    const lastUpTo = (time: number) => commands.filter((command) => command.time <= time).at(-1)?.seq ?? 0;
    let several = 0;
    await asking('file', async (get) => {
      for (let times = 0; times < 60; times++) {
        const command = draw.pick(commands);
        for (const time of [command.time, command.time - 1]) {
          const seq = lastUpTo(time);
          if (seq > command.seq) several += 1;
          const said = draw.below(2) === 0 ? String(time) : encodeURIComponent(new Date(time).toISOString());
          for (const path of ['/v1/insurance', '/v1/funding'])
            expect([path, seq, (await get(at(path, said))).body]).toEqual([path, seq, (await get(at(path, seq))).body]);
        }
      }
      expect(JSON.parse((await get(at('/v1/insurance', '2001-01-01'))).body).seq).toBe(0);
      expect(JSON.parse((await get(at('/v1/funding', last.time + 1))).body).seq).toBe(last.seq);
    });
    expect(several).toBeGreaterThan(5);
  });

  test('a command is there from its seq on', async () => {
    await asking('file', async (get) => {
      for (const { commandId, seq } of commands.filter((_, place) => place % 40 === 1)) {
        const { body } = await get(at(`/v1/commands/${commandId}`, seq));
        expect(JSON.parse(body)).toMatchObject({ seq, row: { commandId, seq } });
        expect((await get(at(`/v1/commands/${commandId}`, seq - 1))).status).toBe(404);
      }
    });
  });

  test('what the journal has not come to is 404, and no moment 400', async () => {
    await asking('file', async (get) => {
      const beyond = await get('/v1/ledger?accountId=a&at=1000000');
      expect([beyond.status, JSON.parse(beyond.body).code]).toEqual([404, 'BEYOND_JOURNAL']);
      for (const moment of ['x', '-1', '1.5']) expect((await get(`/v1/funding?at=${moment}`)).status).toBe(400);
    });
  });
});

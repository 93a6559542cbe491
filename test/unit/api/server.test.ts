import { once } from 'node:events';
import { connect } from 'node:net';
import { HttpServer } from '../../../src/api';
import { createLog, type NodeFigures, NodeMetrics, type NodeState, type NodeStatus } from '../../../src/observe';
import { readExposition } from '../../support/metrics/exposition';
import { figures } from '../../support/metrics/figures';

let status: NodeStatus;
let read: () => NodeFigures | undefined;
let lines: string[];
let server: HttpServer;
let url: string;

function serverOn(port: number, drainMs = 20): HttpServer {
  const health = { status: () => status, figures: () => read() };
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  return new HttpServer({ health, metrics: new NodeMetrics(health.figures), host: '127.0.0.1', port, log, drainMs });
}

beforeEach(async () => {
  status = { state: 'starting', reason: 'reading the journal' };
  read = () => undefined;
  lines = [];
  server = serverOn(0);
  url = `http://127.0.0.1:${await server.listen()}`;
});
afterEach(() => server.close());

async function ask(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${url}${path}`);
  return { status: answer.status, body: await answer.json() };
}

describe('the HTTP side of a node', () => {
  test('is ready only where commands are taken, and says why not', async () => {
    expect(await ask('/readyz')).toEqual({ status: 503, body: { state: 'starting', reason: 'reading the journal' } });
    status = { state: 'leading' };
    expect(await ask('/readyz')).toEqual({ status: 200, body: { state: 'leading' } });
    status = { state: 'standby', reason: 'follows the leader', leader: 'http://node-1:8080' };
    expect(await ask('/readyz')).toEqual({ status: 503, body: status });
    for (const state of ['stopping', 'failed'] as const satisfies readonly NodeState[]) {
      status = { state, reason: 'so it is' };
      expect(await ask('/readyz')).toEqual({ status: 503, body: status });
    }
  });

  test('lives until it has failed', async () => {
    for (const state of ['starting', 'standby', 'leading', 'stopping'] as const) {
      status = { state };
      expect(await ask('/livez')).toEqual({ status: 200, body: { state } });
    }
    status = { state: 'failed', reason: 'another node writes' };
    expect(await ask('/livez')).toEqual({ status: 503, body: status });
  });

  test('shows its metrics to Prometheus, before and after recovery', async () => {
    const seqOf = async () => {
      const answer = await fetch(`${url}/metrics`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
      return readExposition(await answer.text()).find(({ name }) => name === 'bulkhead_seq')?.samples;
    };
    expect(await seqOf()).toEqual([]);
    read = () => figures;
    expect(await seqOf()).toEqual([{ name: 'bulkhead_seq', labels: {}, value: 120 }]);
  });

  test('is not to be kept by anybody in between', async () => {
    expect((await fetch(`${url}/readyz`)).headers.get('cache-control')).toBe('no-store');
  });

  test('says what it has not, and hides what broke', async () => {
    expect(await ask('/nothing?password=1')).toEqual({ status: 404, body: { error: 'there is no GET /nothing', code: 'UNKNOWN_ROUTE' } });
    read = () => {
      throw new Error('the figures are gone');
    };
    expect(await ask('/metrics')).toEqual({ status: 500, body: { error: 'internal error', code: 'INTERNAL_ERROR' } });
    expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 'error', url: '/metrics', err: { message: 'the figures are gone' } });
  });

  test('takes more routes before it listens', async () => {
    const other = serverOn(0);
    other.app.post('/v1/echo', async (request) => request.body);
    const port = await other.listen();
    const post = (body: string) =>
      fetch(`http://127.0.0.1:${port}/v1/echo`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(await (await post('{"a":1}')).json()).toEqual({ a: 1 });
    expect((await post('{')).status).toBe(400);
    await other.close();
  });

  test('answers what is under way before it ends', async () => {
    // Long enough to be seen hanging, if the answer were not what ends it.
    const other = serverOn(0, 60_000);
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((arrived) => {
      other.app.get('/slow', async () => {
        arrived();
        await new Promise<void>((done) => {
          answer = done;
        });
        return { durable: true };
      });
    });
    const port = await other.listen();
    const slow = fetch(`http://127.0.0.1:${port}/slow`);
    await asked;
    const closed = other.close();
    answer();
    expect(await (await slow).json()).toEqual({ durable: true });
    await closed;
  });

  test('ends with a connection open, and gives its port back', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    await server.close();
    await ended;
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test('does not start on a port that is taken', async () => {
    const second = serverOn(Number(new URL(url).port));
    await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.close();
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { documentedExample, root } from '../../support/documents';
import { smallMarket } from '../../support/serve/market';
import { Served } from '../../support/serve/served';
import { RawStream } from '../../support/stream/streamClient';

jest.setTimeout(60_000);

const order = (price: string) => ({ accountId: 'alice', instrument: 'BTC-PERP', side: 'BUY', type: 'LIMIT', quantity: '0.2', price });

/** A way to a port that can be cut. */
class Way {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(to: number) {
    this.server = createServer((near) => {
      const far = connect(to, '127.0.0.1');
      for (const socket of [near, far]) this.sockets.add(socket.on('error', () => undefined).on('close', () => this.cut()));
      near.pipe(far).pipe(near);
    });
  }

  async open(): Promise<number> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.sockets) {
      this.sockets.delete(socket);
      socket.destroy();
    }
  }

  close(): void {
    this.server.close();
    this.cut();
  }
}

describe('the stream of a node', () => {
  let directory: string;
  let served: Served;
  let base: string;

  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire is what is being looked at.
  const ask = async (path: string, init?: RequestInit): Promise<any> => (await fetch(`${base}${path}`, init)).json();
  const post = (body: unknown) =>
    ask('/v1/commands', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-stream-'));
    served = Served.start(['--data', directory]);
    await served.leading();
    base = `http://127.0.0.1:${(await served.said('HTTP is open')).port}`;
    await post(smallMarket());
  });

  afterAll(async () => {
    await served.stop();
    await rm(directory, { recursive: true });
  });

  test("the documented client has an account's rows, and has them again after its connection was cut", async () => {
    const { code: script } = documentedExample('stream');
    const way = new Way(Number(new URL(base).port));
    const env = { ...process.env, STREAM: `ws://127.0.0.1:${await way.open()}/v1/stream` };
    const client = spawn(process.execPath, ['-e', script], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    client.stdout.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
    const shows = async (text: string) => {
      for (const deadline = performance.now() + 20_000; !said.includes(text); await sleep(20))
        if (performance.now() > deadline) throw new Error(`the client does not say ${text}: ${said.slice(-2_000)}`);
    };
    try {
      await shows('"accounts alice",{"accountId":"alice","cash":{"USD":"10000"');
      const { orderId } = await post({ commandId: 'r1', type: 'PlaceOrder', data: order('40000') });
      await shows(`"orders ${orderId}",{"orderId":"${orderId}"`);
      way.cut();
      await post({ commandId: 'r2', type: 'CancelAllOrders', data: { accountId: 'alice' } });
      const { seq } = await post({ commandId: 'r3', type: 'Deposit', data: { accountId: 'alice', currency: 'USD', amount: '1' } });
      await shows('"USD":"10001"');
      const last = JSON.parse(said.trim().split('\n').at(-1) as string);
      expect(last.seq).toBe(seq);
      expect(last.rows.map(([key]: [string]) => key)).toEqual(['accounts alice']);
    } finally {
      client.kill();
      way.close();
      await once(client, 'close');
    }
  });

  test('opened to cancel on disconnect, it keeps orders while it is open, and they end when it was cut', async () => {
    const stream = await RawStream.open(`${base.replace('http', 'ws')}/v1/stream?cancelOnDisconnect=alice&timeoutMs=1500`);
    expect(await served.metric('bulkhead_streams_open')).toBe(1);
    const { commandSeq } = await stream.of('cancelOnDisconnect');
    expect(commandSeq).toBeGreaterThan(smallMarket().length);
    const { orderId } = await post({ commandId: 'c1', type: 'PlaceOrder', data: order('30000') });
    const open = async () => (await ask('/v1/orders?accountId=alice')).rows.map((row: { orderId: string }) => row.orderId);
    await sleep(3_000);
    expect(await open()).toEqual([orderId]);
    await stream.cut();
    for (const deadline = performance.now() + 10_000; (await open()).length > 0 && performance.now() < deadline; await sleep(50));
    expect(await open()).toEqual([]);
    const events = await ask(`/v1/events?fromSeq=${commandSeq}&limit=1000`);
    const refreshes = events.rows.filter(({ data }: { data: { command?: { type: string } } }) => data.command?.type === 'CancelAllAfter');
    expect(refreshes.length).toBeGreaterThan(3);
    expect(refreshes[0].commandId).toMatch(/^stream-/);
  });

  test('goes on behind a command of before a restart, with what changed since read from the journal', async () => {
    const follow = async (fromSeq?: number) => {
      const stream = await RawStream.open(`${base.replace('http', 'ws')}/v1/stream`);
      stream.send({ op: 'subscribe', channel: 'account', accountId: 'alice', fromSeq });
      return stream;
    };
    const paid = (commandId: string) => post({ commandId, type: 'Deposit', data: { accountId: 'alice', currency: 'USD', amount: '7' } });
    const first = await follow();
    const { seq } = await paid('w1');
    await first.message((message) => message.type === 'delta' && message.seq === seq);
    await first.cut();
    const missed = [await paid('w2'), await paid('w3')].map((result) => result.seq);
    await served.stop();
    served = Served.start(['--data', directory]);
    await served.leading();
    base = `http://127.0.0.1:${(await served.said('HTTP is open')).port}`;
    const second = await follow(seq);
    const { seq: next } = await paid('w4');
    await second.message((message) => message.type === 'delta' && message.seq === next);
    await second.cut();
    const said = second.messages.filter(({ type }) => type !== 'hello' && type !== 'heartbeat');
    expect(said.map(({ type }) => type)).toEqual(['resumed', 'delta', 'delta', 'delta']);
    expect(said.slice(1).map(({ seq: at, prevSeq }) => [prevSeq <= at, at])).toEqual([...missed, next].map((at) => [true, at]));
    const cash = said.slice(1).map(({ rows }) => Number(rows[0].row.cash.USD));
    expect(cash.map((amount) => amount - (cash[0] as number))).toEqual([0, 7, 14]);
  });

  test('ends when the node is stopped, which waits for nobody', async () => {
    const stream = await RawStream.open(`${base.replace('http', 'ws')}/v1/stream`);
    stream.send({ op: 'subscribe', channel: 'positions' });
    await stream.of('snapshot');
    stream.socket.pause();
    const begun = performance.now();
    expect(await served.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(10_000);
    stream.socket.resume();
    expect(await stream.closed).toMatchObject({ code: 1001 });
  });
});

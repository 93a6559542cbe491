import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { createEngine } from '../../../src/index';
import { hashOf } from '../../support/killLoop/commands';

const root = join(__dirname, '../../..');

/** The library as a bundler makes it for a page: an import of Node is an error there. */
function bundle(): string {
  const options = ['src/index.ts', '--bundle', '--platform=browser', '--format=iife', '--global-name=bulkhead', '--log-level=error'];
  return execFileSync(join(root, 'node_modules/.bin/esbuild'), options, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
}

/** Runs in the bundle's world: trades, marks, a snapshot taken and restored. */
const scenario = `
  const terms = {
    instrument: 'BTC-PERP', base: 'BTC', quote: 'USD', tickSize: '0.5', lotSize: '0.001', minQuantity: '0.001', maxQuantity: '100',
    makerFeeRate: '0.0002', takerFeeRate: '0.0005', liquidationFeeRate: '0.005',
    tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }],
  };
  const order = { instrument: 'BTC-PERP', type: 'LIMIT', quantity: '0.1', price: '20000', marginMode: 'ISOLATED', leverage: '10' };
  const commands = [
    { type: 'ListInstrument', time: 1763800000000, data: terms },
    { type: 'MarkPriceTick', data: { instrument: 'BTC-PERP', markPrice: '20000' } },
    { type: 'Deposit', data: { accountId: 'ann', currency: 'USD', amount: '1000' } },
    { type: 'Deposit', data: { accountId: 'bob', currency: 'USD', amount: '1000' } },
    { type: 'PlaceOrder', data: { ...order, accountId: 'ann', side: 'SELL' } },
    { type: 'PlaceOrder', data: { ...order, accountId: 'bob', side: 'BUY' } },
    { type: 'Deposit', data: { accountId: 'bob', currency: 'USD', amount: 1 } },
    { type: 'MarkPriceTick', data: { instrument: 'BTC-PERP', markPrice: '18100.25', force: true } },
  ].map((command, place) => ({ commandId: 'c-' + place, ...command }));
  const play = (engine, from, to) => commands.slice(from, to).map((command) => engine.execute(command));
`;

interface Played {
  readonly results: unknown;
  readonly positions: unknown;
  readonly snapshot: Uint8Array;
  readonly broken: string[];
}

const inOneGo = `(() => {
  const engine = bulkhead.createEngine();
  return { results: play(engine, 0, 8), positions: engine.positions(), snapshot: engine.snapshot(), broken: engine.checkInvariants() };
})()`;

const restoredHalfway = `(() => {
  const first = bulkhead.createEngine();
  const results = play(first, 0, 5);
  const engine = bulkhead.restoreEngine(first.snapshot());
  results.push(...play(engine, 5, 8));
  return { results, positions: engine.positions(), snapshot: engine.snapshot(), broken: engine.checkInvariants() };
})()`;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the library in a page', () => {
  const code = bundle();

  test('needs no module of Node', () => {
    expect(code.length).toBeGreaterThan(10_000);
    expect(code).not.toMatch(/["']node:|\brequire\(["']|\bprocess\.|\bBuffer\b/);
  });

  test('runs where there is nothing but the language and its text codecs, and does what it does here', () => {
    const world = createContext(Object.assign(Object.create(null), { TextEncoder, TextDecoder }) as object);
    runInContext(`${code}\n${scenario}`, world);
    expect(runInContext('typeof process + typeof Buffer + typeof require + typeof setTimeout', world)).toBe('undefined'.repeat(4));
    const there = runInContext(inOneGo, world) as Played;
    const restored = runInContext(restoredHalfway, world) as Played;
    const here = runInContext(`${scenario}; ${inOneGo}`, createContext({ bulkhead: { createEngine } })) as Played;
    for (const { results, positions, snapshot, broken } of [there, restored]) {
      expect(plain(results)).toEqual(plain(here.results));
      expect(plain(positions)).toEqual(plain(here.positions));
      expect(createHash('sha256').update(snapshot).digest('hex')).toBe(createHash('sha256').update(here.snapshot).digest('hex'));
      expect(plain(broken)).toEqual([]);
    }
    expect(plain(there.results)).toMatchObject([
      { status: 'ACCEPTED' },
      { status: 'ACCEPTED' },
      { status: 'ACCEPTED' },
      { status: 'ACCEPTED' },
      { status: 'ACCEPTED' },
      { status: 'ACCEPTED' },
      { status: 'REJECTED', code: 'INVALID_COMMAND' },
      { status: 'ACCEPTED' },
    ]);
    expect(hashOf(createEngine())).not.toBe(createHash('sha256').update(there.snapshot).digest('hex'));
  });
});

import { BLOCKS, LINKS, queryOf } from '../../support/projections/projectionServer';
import { refusedIn } from '../../support/projections/refused';
import { SandboxedProjection, type StoredEvent } from '../../support/projections/sandbox';
import { writtenState } from '../../support/projections/state';

const event: StoredEvent = { streamId: 's-1', sequenceNumber: 0, eventType: 'A', isJson: true, bodyRaw: '{}', metadataRaw: '{}' };

/** A projection whose only handler has this body. */
function handling(body: string): SandboxedProjection {
  return new SandboxedProjection(`fromStream('s-1').when({ $any: (s, e) => { ${body} } });`, { emitEnabled: false });
}

describe('the source check refuses', () => {
  const refused: [string, string][] = [
    ['function* f() { yield 1; }', 'generator'],
    ['const f = async () => 1;', 'async'],
    ['s.cash += 1n;', '+=: compound'],
    ['s.cash *= 2n;', '*=: compound'],
    ['structuredClone({});', 'structuredClone: not there'],
    ['console.log(1);', 'console: not there'],
    ['new Intl.NumberFormat();', 'Intl: not there'],
    ['setTimeout(f, 1);', 'setTimeout: not there'],
    ["eval('1');", 'eval: not there'],
    ["new Function('return 1');", 'Function: not there'],
    ["require('fs');", 'require: not there'],
    ["import('fs');", 'import()'],
    ["import a from 'a';", 'module'],
    ['const s = { get cash() { return 1; } };', 'getter'],
    ['function f(n) { return n === 0 ? 0 : f(n - 1); }', 'f: recursion'],
    ['const f = (n) => g(n); const g = (n) => f(n);', 'recursion'],
  ];
  test.each(refused)('%s', (query, reason) => {
    expect(refusedIn(query).join('\n')).toContain(reason);
  });

  test.each([LINKS, BLOCKS])('nothing of %s', (name) => {
    expect(refusedIn(queryOf(name))).toEqual([]);
  });
});

describe('the state faults on', () => {
  const unkept: [string, unknown, string][] = [
    ['a BigInt', { cash: 1n }, 'BigInt'],
    ['an integer past 2^53', { cash: 2 ** 53 }, 'not exact'],
    ['a fraction', { cash: 0.5 }, 'not exact'],
    ['NaN', { cash: Number.NaN }, 'NaN'],
    ['undefined', { cash: undefined }, 'dropped'],
    ['a Map', { orders: new Map() }, 'Map is written as {}'],
    ['a Set', [new Set()], 'Set is written as {}'],
    ['a function', { f: () => 1 }, 'function'],
    ['a symbol', { s: Symbol('s') }, 'symbol'],
    ['a getter', Object.defineProperty({}, 'cash', { get: () => 1, enumerable: true }), 'getter'],
  ];
  test.each(unkept)('%s', (_name, state, reason) => {
    expect(() => writtenState(state)).toThrow(reason);
  });

  test('what is nested too deeply, a ring included', () => {
    const ring: Record<string, unknown> = {};
    ring.self = ring;
    expect(() => writtenState(ring)).toThrow('deeper');
  });
});

describe('the sandbox', () => {
  test('keeps what a handler changes, and takes what it returns', () => {
    const changing = handling("s.seen = (BigInt(s.seen || '0') + 1n).toString();");
    changing.handle(event, undefined, 's');
    changing.handle(event, undefined, 's');
    expect(changing.states.get('')).toBe('{"seen":"2"}');
    const returning = handling('return { type: e.eventType, body: e.data };');
    returning.handle(event, undefined, 's');
    expect(returning.states.get('')).toBe('{"type":"A","body":{}}');
  });

  test('faults a handler that works too long', () => {
    const busy = handling('for (let i = 0; i < 100000; i++) { s.i = i; }');
    expect(() => busy.handle(event, undefined, 's')).toThrow('took too long');
  });

  test('has neither clock nor console', () => {
    const shown = handling('s.clock = typeof globalThis.Date; s.console = typeof globalThis.console;');
    shown.handle(event, undefined, 's');
    expect(shown.states.get('')).toBe('{"clock":"undefined","console":"undefined"}');
  });

  test('links only for a projection that may emit, and never to a nameless stream', () => {
    expect(() => handling("linkTo('a-1', e);").handle(event, undefined, 's')).toThrow('not allowed');
    const linking = new SandboxedProjection("fromStream('s').when({ $any: (s, e) => { linkTo('', e); } });", { emitEnabled: true });
    expect(() => linking.handle(event, undefined, 's')).toThrow('streamId');
  });

  test('wants a source, and calls in their order', () => {
    expect(() => new SandboxedProjection('const a = 1;', { emitEnabled: false })).toThrow('None of streams');
    expect(() => new SandboxedProjection("fromStream('s').foreachStream();", { emitEnabled: false })).toThrow('not a function');
  });
});

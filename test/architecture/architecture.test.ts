import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cycles, filesUnder, importsOf, parse, root } from './modules';
import { impurities } from './purity';

/** What each layer may import beside itself. Anything not named here fails. */
const mayImport: Record<string, readonly string[]> = {
  'src/version.ts': [],
  'src/num': [],
  'src/contract': ['src/num'],
  'src/engine': ['src/contract', 'src/num'],
  // The contract once more, for people and programs outside: JSON Schemas, AsyncAPI, OpenAPI.
  'src/schemas': ['src/contract', 'src/num', 'src/version.ts'],
  // How a thread is started from source and from the build, and how batches reach it: journal, bus, views and audit all need it.
  'src/threads': [],
  'src/journal': ['src/threads', 'src/contract', 'src/num'],
  // The independent model: it shares nothing with what it judges.
  'src/audit/model': [],
  'src/audit': [
    'src/audit/model',
    'src/runtime',
    'src/library',
    'src/projections',
    'src/engine',
    'src/journal',
    'src/threads',
    'src/contract',
    'src/num',
    'src/version.ts',
  ],
  // Folds of events, a library of their own: without the engine.
  'src/projections': ['src/contract', 'src/num'],
  'src/bus': ['src/projections', 'src/threads', 'src/contract', 'src/num'],
  // The engine as a library: what src/index.ts exports, and what the command line uses where it keeps nothing.
  'src/library': ['src/engine', 'src/contract', 'src/num'],
  'src/index.ts': ['src/library', 'src/engine', 'src/contract', 'src/num'],
  'src/runtime': ['src/engine', 'src/journal', 'src/projections', 'src/contract', 'src/num', 'src/version.ts'],
  'src/bench': [
    'src/api',
    'src/views',
    'src/projections',
    'src/observe',
    'src/serve',
    'src/bus',
    'src/runtime',
    'src/library',
    'src/engine',
    'src/journal',
    'src/contract',
    'src/num',
    'src/version.ts',
  ],
  // What EventStoreDB itself runs: it is installed and looked at, and shares nothing with the engine but the stream.
  'src/serverProjections': [],
  // What the node is told, as one table. It opens nothing: what it gives fits the options of store and bus by shape.
  'src/config': ['src/contract'],
  // What a node shows of itself. It asks the node through interfaces of its own and knows none of it.
  'src/observe': [],
  // The read side of a node: projections fed with durable records, behind one interface.
  'src/views': ['src/projections', 'src/journal', 'src/threads', 'src/contract', 'src/num'],
  'src/api': ['src/views', 'src/history', 'src/observe', 'src/schemas', 'src/contract'],
  // The journal read again, in a thread of its own: any view as it stood, and a block's life.
  'src/history': [
    'src/audit',
    'src/runtime',
    'src/library',
    'src/projections',
    'src/journal',
    'src/threads',
    'src/engine',
    'src/contract',
    'src/num',
  ],
  'src/serve': ['src/bus', 'src/runtime', 'src/library', 'src/engine', 'src/journal', 'src/contract', 'src/num', 'src/version.ts'],
  'src/cli': [
    'src/views',
    'src/serverProjections',
    'src/config',
    'src/observe',
    'src/api',
    'src/serve',
    'src/history',
    'src/runtime',
    'src/journal',
    'src/engine',
    'src/library',
    'src/audit',
    'src/bench',
    'src/contract',
    'src/num',
    'src/version.ts',
  ],
  projections: ['src/contract', 'src/num'],
};

/** The pure layers, with the packages each may use. */
const pure: Record<string, readonly string[]> = {
  'src/num': ['decimal.js'],
  'src/contract': [],
  'src/engine': [],
  'src/library': [],
  'src/schemas': [],
  'src/projections': [],
  projections: [],
};

const maxLines = 400;
const sources = [...filesUnder('src'), ...filesUnder('projections')];
const layerOf = (path: string) => Object.keys(mayImport).find((layer) => path === layer || path.startsWith(`${layer}/`));

describe('imports', () => {
  test('every source file belongs to a layer', () => {
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((path) => layerOf(path) === undefined)).toEqual([]);
  });

  test('run one way', () => {
    const wrong = sources.flatMap((path) => {
      const layer = layerOf(path) as string;
      const allowed = [layer, ...(mayImport[layer] ?? [])];
      return importsOf(parse(path))
        .filter((found) => found.resolved !== null && !allowed.includes(layerOf(found.resolved) ?? ''))
        .map((found) => `${path}:${found.line} imports ${found.resolved}`);
    });
    expect(wrong).toEqual([]);
  });

  test('the makers of data know the engine by its public contract alone', () => {
    const makers = ['bitstamp', 'crash', 'report', 'lib'].flatMap((folder) => filesUnder(`scripts/${folder}`));
    expect(makers.length).toBeGreaterThan(0);
    const wrong = makers.flatMap((path) => importsOf(parse(path)).filter(({ resolved }) => resolved?.startsWith('src/')));
    expect(wrong).toEqual([]);
  });

  test('make no cycle between files (types alone, erased at build, aside)', () => {
    const graph = new Map<string, string[]>();
    for (const path of sources) {
      const needed = importsOf(parse(path)).filter((found) => !found.typeOnly && found.resolved !== null);
      graph.set(
        path,
        needed.map((found) => found.resolved as string),
      );
    }
    expect(cycles(graph)).toEqual([]);
  });

  test('cycles are found', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
      ['d', ['d']],
    ]);
    expect(cycles(graph)).toEqual([['b', 'c'], ['d']]);
  });
});

describe('the core is pure', () => {
  for (const [layer, packages] of Object.entries(pure)) {
    test(`${layer} uses no clock, chance, process, timer, promise or node module`, () => {
      const found = filesUnder(layer).flatMap((path) => impurities(parse(path), packages).map((what) => `${path}:${what}`));
      expect(found).toEqual([]);
    });
  }

  const impure: [string, string][] = [
    ['const now = Date.now();', '1: Date'],
    ['const at = new Date();', '1: Date'],
    ['const dice = Math.random();', '1: Math.random'],
    ['const home = process.env.HOME;', '1: process'],
    ['setTimeout(() => 1, 5);', '1: setTimeout'],
    ['let later: Promise<number>;', '1: Promise'],
    ['async function f() { return 1; }', '1: async'],
    ['const make = new Function("return 1");', '1: Function'],
    ['const price = parseFloat("0.1");', '1: parseFloat'],
    ['const price = Number.parseFloat("0.1");', '1: Number.parseFloat'],
    ['console.log(1);', '1: console'],
    ['const order = "a".localeCompare("b");', '1: localeCompare'],
    ["import { readFileSync } from 'node:fs';", '1: import of node:fs'],
    ["const load = () => import('left-pad');", '1: import of left-pad'],
    ["type Stream = import('stream').Readable;", '1: import of stream'],
  ];
  test.each(impure)('caught: %s', (text, what) => {
    expect(impurities(parse('src/engine/sample.ts', text), [])).toContain(what);
  });

  test('a field of one of those names is no use of it', () => {
    const text = "import { a } from './a';\ntype T = { Date: number };\nconst t = { process: 1, console: a };\nconst u = t.process;";
    expect(impurities(parse('src/engine/sample.ts', text), [])).toEqual([]);
  });
});

describe('the engine keeps its speed', () => {
  test('no memory is moved to another thread (src/threads/batches.ts says why)', () => {
    const moves = /TransferListItem|transferList|transfer:|\.postMessage\([^()]*(\([^()]*\)[^()]*)*,/;
    expect(sources.filter((path) => moves.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
    expect(moves.test('thread.postMessage(message, [message.buffer])')).toBe(true);
  });
});

describe('tidiness', () => {
  test(`no file of src/ has over ${maxLines} lines unless ARCHITECTURE.md names it`, () => {
    const reasons = existsSync(join(root, 'ARCHITECTURE.md')) ? readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8') : '';
    const long = filesUnder('src')
      .filter((path) => !path.includes('/generated/') && !reasons.includes(path))
      .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > maxLines);
    expect(long).toEqual([]);
  });

  test('no marker of unfinished work is left', () => {
    // Written in parts, so that this file is not its own finding.
    const marker = new RegExp(
      `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK', 'W' + 'IP'].join('|')})\\b|not (yet )?implemented`,
      'i',
    );
    const texts = ['src', 'projections', 'scripts', 'test'].flatMap((folder) => [...filesUnder(folder), ...filesUnder(folder, '.md')]);
    const found = texts.flatMap((path) =>
      readFileSync(join(root, path), 'utf8')
        .split('\n')
        .flatMap((line, at) => (marker.test(line) && !line.includes('not (yet )?') ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure, Sizes } from '../../src/bench/benchmark';
import { rowsTable, verdictLines } from '../../src/bench/output';
import { store } from '../../src/bench/servers/store';
import { judge, rowsOf } from '../../src/bench/statistics';
import { type StandInProcess, spawnStandIn } from '../support/eventstore';

const named = process.env.EVENTSTORE_URL;
const COMMANDS = named === undefined ? 2_000 : 40_000;

jest.setTimeout(240_000);

let directory: string;
let standIn: StandInProcess | undefined;

const { gc } = globalThis;
beforeAll(async () => {
  // The command line starts its processes with --expose-gc; figures taken in a test are there to be told, not judged.
  globalThis.gc = (() => undefined) as typeof globalThis.gc;
  directory = await mkdtemp(join(tmpdir(), 'bulkhead-store-throughput-'));
  if (named === undefined) standIn = await spawnStandIn({ directory });
});

afterAll(async () => {
  globalThis.gc = gc;
  await standIn?.kill();
  await rm(directory, { recursive: true, force: true });
});

test(`the journal beside the client alone on ${named === undefined ? 'a stand-in for EventStoreDB' : named}: every record arrives in either packing`, async () => {
  const eventstore = named ?? (standIn as StandInProcess).url;
  const sizes: Sizes = {
    commands: COMMANDS,
    depth: 200,
    users: 100,
    blocks: 0,
    liquidations: 0,
    rate: 0,
    subscribers: 1,
    changes: 1,
    eventstore,
  };
  const figures: Figure[] = [];
  for (const variant of store.variants) {
    expect(store.missing(variant, sizes)).toBeUndefined();
    const findings = await store.measure(variant, sizes);
    expect(findings.checks.map(({ holds }) => holds)).toEqual([true]);
    figures.push(...findings.figures);
  }
  const verdicts = store.goals(sizes).map((goal) => judge(goal, [figures]));
  expect(verdicts.every(({ value }) => value !== undefined && value > 0)).toBe(true);
  const server = named === undefined ? 'a stand-in, so no figure of EventStoreDB' : named;
  process.stderr.write(`\nthroughput on ${server}, one round\n${rowsTable(rowsOf(figures))}\n\n${verdictLines(verdicts)}\n`);
});

test('without a server it is said to be left out', () => {
  const sizes: Sizes = { commands: 1, depth: 1, users: 1, blocks: 0, liquidations: 0, rate: 0, subscribers: 1, changes: 1 };
  expect(store.missing('journal, events', sizes)).toMatch('--eventstore');
});

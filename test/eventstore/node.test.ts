import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { ByteReader } from '../../src/contract/bytes';
import { decodeRecord } from '../../src/contract/record';
import type { Packing } from '../../src/journal/eventstoredb';
import type { EngineNode } from '../../src/runtime/node';
import { type StandIn, startStandIn } from '../support/eventstore';
import { newStream, openOn, proofOf, sequenced, storyOf, submitAll, undisturbed } from '../support/eventstore/nodes';
import { massLiquidation } from '../support/massLiquidation';

const named = process.env.EVENTSTORE_URL;
let standIn: StandIn | undefined;
let directory: string;

jest.setTimeout(120_000);

beforeAll(async () => {
  if (named === undefined) standIn = await startStandIn();
  directory = await mkdtemp(join(tmpdir(), 'bulkhead-store-'));
});

afterAll(async () => {
  await standIn?.close();
  await rm(directory, { recursive: true, force: true });
});

const url = (): string => named ?? (standIn as StandIn).url;
const openStore = (stream: string, packing: Packing, snapshotEvery = 1_000_000): Promise<EngineNode> =>
  openOn(url(), stream, { packing, snapshotEvery, snapshotsDirectory: join(directory, 'snapshots') });

describe.each<Packing>(['events', 'frame'])('a node on the stream of its shard, packing %s', (packing) => {
  test('has the state and the chain that a journal in memory has with the same commands, also after starts in between', async () => {
    const stream = newStream();
    const commands = storyOf(5, 900);
    const expected = await undisturbed(commands);
    for (const [from, to] of [
      [0, 300],
      [300, 310],
      [310, 900],
    ] as const) {
      const node = await openStore(stream, packing);
      await submitAll(node, commands.slice(from, to));
      await node.close();
    }
    const node = await openStore(stream, packing);
    expect(await proofOf(node)).toEqual(expected);
    // The last start found the snapshot that the one before left.
    expect(node.recovery).toMatchObject({ snapshotSeq: expected.seq, replayed: 0, skipped: [] });
    await node.close();
  });

  test('keeps every record as it was, byte by byte', async () => {
    const stream = newStream();
    const node = await openStore(stream, packing);
    const commands = storyOf(6, 200);
    await submitAll(node, commands);
    const ids: string[] = [];
    for await (const { kind, seq, bytes } of node.journal.read(0)) {
      if (kind === 'control') continue;
      const record = decodeRecord(new ByteReader(bytes));
      expect(record.seq).toBe(seq);
      ids.push(record.command.commandId);
    }
    expect(ids).toHaveLength(node.engine.state.seq);
    expect(new Set(ids).size).toBeGreaterThan(100);
    await node.close();
  });
});

test('a packing can follow the other in one stream', async () => {
  const stream = newStream();
  const commands = storyOf(7, 400);
  const expected = await undisturbed(commands);
  for (const [place, packing] of (['frame', 'events', 'frame', 'events'] as const).entries()) {
    const node = await openStore(stream, packing, place === 1 ? 10 : 1_000_000);
    await submitAll(node, commands.slice(place * 100, place * 100 + 100));
    await node.journal.close();
  }
  const node = await openStore(stream, 'frame');
  expect(await proofOf(node)).toEqual(expected);
  await node.close();
});

interface Read {
  readonly type: string;
  readonly isJson: boolean;
  readonly data: unknown;
  readonly metadata: Record<string, unknown>;
}

async function streamEvents(stream: string): Promise<Read[]> {
  const client = EventStoreDBClient.connectionString(url());
  const events: Read[] = [];
  for await (const { event } of client.readStream(stream)) {
    if (event !== undefined)
      events.push({ type: event.type, isJson: event.isJson, data: event.data, metadata: event.metadata as Read['metadata'] });
  }
  await client.dispose();
  return events;
}

test('each domain event is an event of the store, in decimals, with what journal.md §2 asks for beside it', async () => {
  const stream = newStream();
  const node = await openStore(stream, 'events');
  await submitAll(node, storyOf(8, 150));
  const events = await streamEvents(stream);
  let seq = 0;
  for (const [place, { type, isJson, metadata }] of events.entries()) {
    expect(isJson).toBe(true);
    expect(metadata.writer).toBe(node.journal.writer);
    if (metadata.seq === 0) continue;
    const isFirst = metadata.index === 0;
    if (isFirst) seq += 1;
    expect(metadata).toMatchObject({ seq, head: seq, actor: 'test', source: 'FILE' });
    expect(metadata.$causationId).toBe(metadata.commandId);
    expect(type === 'CommandAccepted' || type === 'CommandRejected').toBe(isFirst);
    expect(metadata.hash === undefined).toBe(!isFirst);
    expect(metadata.last).toBe(events[place + 1] === undefined || events[place + 1]?.metadata.index === 0);
  }
  expect(seq).toBe(node.engine.state.seq);
  expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThan(10);
  await node.close();
});

/** Another stream with the first `count` of these events: what a writer leaves that died there. */
async function cutAt(events: readonly Read[], count: number): Promise<string> {
  const stream = newStream();
  const client = EventStoreDBClient.connectionString(url());
  const kept = events.slice(0, count).map(({ type, data, metadata }) => jsonEvent({ type, data: data as never, metadata }));
  for (let at = 0; at < kept.length; at += 500) {
    await client.appendToStream(stream, kept.slice(at, at + 500), { expectedRevision: at === 0 ? NO_STREAM : BigInt(at - 1) });
  }
  await client.dispose();
  return stream;
}

test('a tick that liquidates many blocks is finished by the next writer, wherever the last one died in it', async () => {
  const stream = newStream();
  const { opening, tick } = massLiquidation(400);
  const node = await openStore(stream, 'events');
  await submitAll(node, opening.map(sequenced));
  await submitAll(node, [sequenced(tick)]);
  const expected = await proofOf(node);
  await node.journal.close();
  const events = await streamEvents(stream);
  const first = events.findIndex(({ metadata }) => metadata.seq === expected.seq);
  const length = events.length - first;
  expect(length).toBeGreaterThan(1_100);
  for (const count of [1, 1_000, 1 + randomInt(length - 1)]) {
    const cut = await cutAt(events, first + count);
    const again = await openOn(url(), cut);
    expect(again.recovery.replayed).toBe(expected.seq - 1);
    expect((await proofOf(again)).chain).toBe(expected.chain);
    const whole = await streamEvents(cut);
    expect(whole.slice(0, events.length).map(({ type, data }) => ({ type, data }))).toEqual(
      events.map(({ type, data }) => ({ type, data })),
    );
    await again.close();
  }
});

test('a beginning that the engine does not make again stops the start', async () => {
  const stream = newStream();
  const { opening, tick } = massLiquidation(30);
  const node = await openStore(stream, 'events');
  await submitAll(node, [...opening, tick].map(sequenced));
  const { seq } = node.journal.durable;
  await node.journal.close();
  const events = await streamEvents(stream);
  const first = events.findIndex(({ metadata }) => metadata.seq === seq);
  const other = events[first + 20] as Read;
  const forged = events.map((event, place) =>
    place === first + 10 ? { ...event, metadata: { ...event.metadata, raw: other.metadata.raw } } : event,
  );
  const cut = await cutAt(forged, first + 50);
  await expect(openStore(cut, 'events')).rejects.toThrow('executed again differs');
});

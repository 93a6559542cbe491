import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Packing } from '../../src/journal/eventstoredb';
import { entriesOf, JournalFenced } from '../../src/journal/port';
import type { EngineNode } from '../../src/runtime/node';
import { type AppendFate, type StandIn, type StandInProcess, spawnStandIn, startStandIn } from '../support/eventstore';
import { newStream, openOn, proofOf, sequenced, storyOf, submitAll, undisturbed } from '../support/eventstore/nodes';

// What goes wrong here is ordered of the stand-in, so these run on it whatever EVENTSTORE_URL names.
jest.setTimeout(60_000);

const PACKINGS: readonly Packing[] = ['events', 'frame'];
/** Lost replies are noticed by our own time-out. */
const SOON = { timeoutMs: 400 };

const deposit = (commandId: string) =>
  sequenced({ commandId, type: 'Deposit', data: { accountId: 'somebody', currency: 'USD', amount: '1' } });

/** In slices, so that several appends are under way at once. */
async function submitInSlices(node: EngineNode, commands: ReturnType<typeof storyOf>, slice: number): Promise<void> {
  for (let at = 0; at < commands.length; at += slice) {
    for (const command of commands.slice(at, at + slice)) node.submit(command, { kind: 'FILE' }, 'test');
    await new Promise((done) => setImmediate(done));
  }
  await node.journal.whenDurable(node.journal.head.revision);
}

describe('appends whose answers go wrong (on a stand-in for EventStoreDB)', () => {
  let standIn: StandIn;

  beforeAll(async () => {
    standIn = await startStandIn();
  });

  afterAll(() => standIn.close());
  afterEach(() => standIn.faults.clear());

  const cases = (['LOSE_REPLY', 'DOUBLE_REPLY', 'CUT_BEFORE', 'CUT_AFTER'] as const).flatMap((fate) =>
    PACKINGS.map((packing) => [fate, packing] as const),
  );

  test.each(cases)('%s, packing %s: every command is there once, in order', async (fate, packing) => {
    const stream = newStream();
    const commands = storyOf(11, 250);
    const node = await openOn(standIn.url, stream, { ...SOON, packing });
    const before = standIn.faults.struck;
    for (const ahead of [1, 3, 4]) standIn.faults.plan(fate, ahead);
    await submitInSlices(node, commands, 10);
    expect(standIn.faults.struck - before).toBe(3);
    const expected = await undisturbed(commands);
    expect(await proofOf(node)).toEqual(expected);
    await node.close();
    const again = await openOn(standIn.url, stream, { packing });
    expect(await proofOf(again)).toEqual(expected);
    await again.close();
  });

  test.each(PACKINGS)('an answer that comes twice when nothing waits for one, packing %s: the next command goes on', async (packing) => {
    const stream = newStream();
    const commands = storyOf(17, 60);
    const node = await openOn(standIn.url, stream, { packing });
    for (const [place, command] of commands.entries()) {
      if (place % 20 === 10) standIn.faults.plan('DOUBLE_REPLY');
      await submitAll(node, [command]);
      // The second answer comes into the quiet.
      if (place % 20 === 10) await sleep(20);
    }
    expect(await proofOf(node)).toEqual(await undisturbed(commands));
    await node.close();
  });

  test.each(PACKINGS)(
    'a lost reply, and another writer behind it, packing %s: what arrived is durable, then the old writer is fenced',
    async (packing) => {
      const stream = newStream();
      const commands = storyOf(12, 120);
      // Long enough that the rival has begun before the old writer looks.
      const old = await openOn(standIn.url, stream, { timeoutMs: 3_000, packing });
      await submitAll(old, commands.slice(0, 100));
      standIn.faults.plan('LOSE_REPLY');
      const { revision: arrived } = old.submit(deposit('lost'), { kind: 'FILE' }, 'test');
      await sleep(100);
      const rival = await openOn(standIn.url, stream, { packing });
      expect(rival.engine.state.seq).toBe(old.engine.state.seq);
      await old.journal.whenDurable(arrived);
      await expect(old.journal.whenDurable(arrived + 1)).rejects.toBeInstanceOf(JournalFenced);
      expect(() => old.submit(deposit('late'), { kind: 'FILE' }, 'test')).toThrow(`writer ${rival.journal.writer} has taken over`);
      await submitAll(rival, commands.slice(100));
      expect(await proofOf(rival)).toEqual(await undisturbed([...commands.slice(0, 100), deposit('lost'), ...commands.slice(100)]));
      await rival.close();
      await expect(old.close()).resolves.toBeUndefined();
    },
  );

  test.each([0, 50])(
    'of two writers that start at once behind %d commands one writes, and the other stops and says by whom',
    async (count) => {
      const stream = newStream();
      const commands = storyOf(13, 80);
      if (count > 0) {
        const first = await openOn(standIn.url, stream);
        await submitAll(first, commands.slice(0, count));
        await first.close();
      }
      const both = await Promise.allSettled([openOn(standIn.url, stream), openOn(standIn.url, stream)]);
      const winners = both.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      const losers = both.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
      expect([winners.length, losers.length]).toEqual([1, 1]);
      const [winner] = winners as [EngineNode];
      expect(losers[0]).toBeInstanceOf(JournalFenced);
      expect(losers[0]?.message).toContain(winner.journal.writer);
      await submitAll(winner, commands.slice(count));
      expect(await proofOf(winner)).toEqual(await undisturbed(commands));
      await winner.close();
    },
  );

  test('a writer that slept while another wrote appends nothing more, and says who did', async () => {
    const stream = newStream();
    const commands = storyOf(14, 90);
    const zombie = await openOn(standIn.url, stream);
    await submitAll(zombie, commands.slice(0, 50));
    const rival = await openOn(standIn.url, stream);
    await submitAll(rival, commands.slice(50, 60));
    const late = commands.slice(60, 70);
    for (const command of late) zombie.submit(command, { kind: 'FILE' }, 'test');
    await expect(zombie.journal.whenDurable(zombie.journal.head.revision)).rejects.toThrow(`writer ${rival.journal.writer} has taken over`);
    await submitAll(rival, commands.slice(60));
    expect(await proofOf(rival)).toEqual(await undisturbed(commands));
    await rival.close();
  });
});

describe('a store that dies and comes back (a stand-in for EventStoreDB)', () => {
  let directory: string;
  let standIn: StandInProcess;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-store-faults-'));
    standIn = await spawnStandIn({ directory });
  });

  afterEach(async () => {
    await standIn.kill();
    await rm(directory, { recursive: true, force: true });
  });

  test.each<AppendFate>(['DIE_BEFORE', 'DIE_AFTER'])('%s: the node goes on when it is back, with every command once', async (fate) => {
    const port = Number(new URL(standIn.url).port);
    const stream = newStream();
    const commands = storyOf(15, 250);
    const node = await openOn(standIn.url, stream, SOON);
    await standIn.plan(fate, 5);
    const submitted = submitInSlices(node, commands, 10);
    await standIn.exited;
    standIn = await spawnStandIn({ directory, port });
    await submitted;
    expect(await proofOf(node)).toEqual(await undisturbed(commands));
    await node.close();
  });

  test('who follows the journal misses nothing and sees nothing twice', async () => {
    const port = Number(new URL(standIn.url).port);
    const commands = storyOf(16, 200);
    const node = await openOn(standIn.url, newStream(), SOON);
    const followed: number[] = [];
    const following = (async () => {
      for await (const batch of node.journal.follow(0)) {
        for (const { revision } of entriesOf(batch)) followed.push(revision);
        // It is behind when the store dies, and in the midst of a read.
        if (followed.length < 100) await sleep(20);
      }
    })();
    await submitAll(node, commands.slice(0, 100));
    await standIn.kill();
    node.submit(deposit('while-it-is-away'), { kind: 'FILE' }, 'test');
    await sleep(300);
    standIn = await spawnStandIn({ directory, port });
    await submitAll(node, commands.slice(100));
    while (followed.length <= node.journal.durable.revision) await sleep(20);
    expect(followed).toEqual(followed.map((_, place) => place));
    await node.close();
    await following;
  });
});

import type { Delivery } from '../../../src/bus/port';
import { entriesOfAll, MemoryJournal } from '../../../src/journal';
import { decodeControl } from '../../../src/runtime/control';
import { EngineNode } from '../../../src/runtime/node';
import { Sequencer, type SequencerOptions } from '../../../src/serve/sequencer';
import { Watchdog } from '../../../src/serve/watchdog';

const TOPIC = 'bulkhead.commands.v1';
const NOW = 1_763_800_000_000;

const deposit = (commandId: string) => ({ commandId, type: 'Deposit', data: { accountId: 'a', currency: 'USD', amount: '1' } });

function deliveryOf(offset: number, value: object | string, time = NOW): Delivery {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { topic: TOPIC, partition: 0, offset, time, key: null, value: Buffer.from(text) };
}

interface Opened {
  readonly node: EngineNode;
  readonly journal: MemoryJournal;
  readonly sequencer: Sequencer;
}

async function open(options: Partial<SequencerOptions> = {}, journal = new MemoryJournal()): Promise<Opened> {
  const node = await EngineNode.open({ journal, snapshots: undefined, snapshotEvery: 1_000_000 });
  node.leave({ type: 'InputPositioned', clusterId: 'c', topic: TOPIC, partition: 0, inputPosition: 0 });
  return { node, journal, sequencer: new Sequencer(node, { timeSource: 'broker', clock: () => NOW, ...options }) };
}

const settled = ({ journal }: Opened): Promise<void> => journal.whenDurable(journal.head.revision);

async function positionsLeft({ journal }: Opened): Promise<number[]> {
  const left: number[] = [];
  for await (const { kind, bytes } of entriesOfAll(journal.readBatches())) {
    const record = kind === 'control' ? decodeControl(bytes) : undefined;
    if (record?.type === 'InputPositioned') left.push(record.inputPosition);
  }
  return left;
}

describe('where the journal stands in its input (journal.md §3.3)', () => {
  test('a run of more than 10,000 duplicates leaves a record of the position, a shorter one none', async () => {
    const opened = await open();
    const { node, sequencer } = opened;
    await sequencer.deliver([deliveryOf(0, deposit('one'))]);
    const again = (from: number, upTo: number) =>
      Array.from({ length: upTo - from }, (_, place) => deliveryOf(from + place, deposit('one')));
    await sequencer.deliver(again(1, 10_001));
    await settled(opened);
    expect(await positionsLeft(opened)).toEqual([0]);
    expect([node.engine.state.seq, node.input?.inputPosition]).toEqual([1, 1]);
    await sequencer.deliver(again(10_001, 10_003));
    await settled(opened);
    expect(await positionsLeft(opened)).toEqual([0, 10_002]);
    expect(sequencer.counts.DUPLICATE).toBe(10_002);
    expect(sequencer.durableOffset).toBe(10_003);
  });

  test('what is before the position is dropped, whatever it is', async () => {
    const opened = await open();
    await opened.sequencer.deliver([0, 1, 2].map((offset) => deliveryOf(offset, deposit(`c${offset}`))));
    await opened.sequencer.deliver([deliveryOf(1, deposit('other')), deliveryOf(2, 'no command'), deliveryOf(3, deposit('c3'))]);
    await settled(opened);
    expect(opened.node.engine.state.seq).toBe(4);
    expect(opened.sequencer.counts).toMatchObject({ ACCEPTED: 4, DUPLICATE: 0, deadLetters: 0 });
    expect(opened.node.input?.inputPosition).toBe(4);
  });

  test('the offset to commit never passes what is durable', async () => {
    const opened = await open();
    const committed: [number | undefined, number][] = [];
    opened.journal.onDurable(({ revision }) => committed.push([opened.sequencer.durableOffset, revision]));
    for (let offset = 0; offset < 50; offset++) await opened.sequencer.deliver([deliveryOf(offset, deposit(`c${offset}`))]);
    await settled(opened);
    // Writer and position are revisions 0 and 1; the command at offset n is revision n + 2.
    for (const [next, revision] of committed) expect(next ?? 0).toBeLessThanOrEqual(Math.max(0, revision - 1));
    expect(opened.sequencer.durableOffset).toBe(50);
  });

  test('dead letters move it on, and are counted', async () => {
    const opened = await open();
    await opened.sequencer.deliver([deliveryOf(0, 'not json'), deliveryOf(1, deposit('a'))]);
    await settled(opened);
    expect(opened.sequencer.counts).toMatchObject({ deadLetters: 1, ACCEPTED: 1 });
    expect(opened.node.input?.inputPosition).toBe(2);
  });
});

describe('the engine’s time (journal.md §3.2)', () => {
  test('is the record’s, never before the last one and at most a second ahead of the clock', async () => {
    const { node, sequencer } = await open();
    const times = [NOW - 5_000, NOW - 9_000, NOW + 86_400_000, NOW];
    const seen: number[] = [];
    for (const [offset, time] of times.entries()) {
      await sequencer.deliver([deliveryOf(offset, { ...deposit(`c${offset}`), time: 1 }, time)]);
      seen.push(node.engine.state.clock);
    }
    expect(seen).toEqual([NOW - 5_000, NOW - 5_000, NOW + 1_000, NOW + 1_000]);
  });

  test('is the command’s own with --time-source record', async () => {
    const { node, sequencer } = await open({ timeSource: 'record' });
    await sequencer.deliver([deliveryOf(0, { ...deposit('a'), time: 77 })]);
    expect(node.engine.state.clock).toBe(77);
  });

  test('a timer that is due on an idle shard runs by the clock, once, as a command of its own', async () => {
    let now = NOW;
    const opened = await open({ clock: () => now });
    const { node, sequencer } = opened;
    await sequencer.deliver([
      deliveryOf(0, deposit('a')),
      deliveryOf(1, { commandId: 't', type: 'CancelAllAfter', data: { accountId: 'a', timeoutMs: 5_000 } }),
    ]);
    const { seq } = node.engine.state;
    sequencer.runTimers();
    expect(node.engine.state.seq).toBe(seq);
    now += 5_000;
    sequencer.runTimers();
    sequencer.runTimers();
    expect([node.engine.state.seq, node.engine.state.clock]).toEqual([seq + 1, now]);
    await settled(opened);
    let last = '';
    for await (const { bytes } of opened.journal.read()) last = Buffer.from(bytes).toString('latin1');
    expect(last).toContain('timer-');
  });
});

/** Notes how much waited whenever a record came. */
class WatchedJournal extends MemoryJournal {
  most = 0;
  sequencer: Sequencer | undefined;

  override append(record: Parameters<MemoryJournal['append']>[0]): number {
    this.most = Math.max(this.most, this.sequencer?.waitingEvents ?? 0);
    return super.append(record);
  }
}

describe('back-pressure (journal.md §3.4)', () => {
  test('no more than the bound waits for the journal, and all of it comes through', async () => {
    const journal = new WatchedJournal();
    const opened = await open({ mostPendingEvents: 20 }, journal);
    journal.sequencer = opened.sequencer;
    await opened.sequencer.deliver(Array.from({ length: 1_000 }, (_, offset) => deliveryOf(offset, deposit(`c${offset}`))));
    await settled(opened);
    expect(opened.node.engine.state.seq).toBe(1_000);
    expect(journal.most).toBeGreaterThan(10);
    expect(journal.most).toBeLessThan(20);
  });

  test('a journal that fails ends the delivery instead of leaving it waiting', async () => {
    const opened = await open({ mostPendingEvents: 1 });
    const { journal } = opened;
    jest.spyOn(journal, 'failure', 'get').mockReturnValue(new Error('the disk is gone'));
    await expect(opened.sequencer.deliver([0, 1, 2].map((offset) => deliveryOf(offset, deposit(`c${offset}`))))).rejects.toThrow(
      'the disk is gone',
    );
  });

  test('the watchdog ends a node whose journal takes and does not finish', () => {
    const waiting = { waitingEvents: 3 } as Sequencer;
    const journal = { durable: { revision: 7, seq: 7 } };
    const watchdog = new Watchdog(waiting, journal as MemoryJournal, 1_000);
    watchdog.look(0);
    watchdog.look(999);
    journal.durable = { revision: 8, seq: 8 };
    watchdog.look(1_500);
    watchdog.look(2_499);
    expect(() => watchdog.look(2_500)).toThrow('3 events have waited 1000 ms');
    const idle = new Watchdog({ waitingEvents: 0 } as Sequencer, journal as MemoryJournal, 1_000);
    idle.look(0);
    expect(() => idle.look(10_000)).not.toThrow();
  });
});

import { Outbound, type OutMessage } from '../../../src/bus/outbound/outbound';
import { recordsOf } from '../../../src/bus/outbound/records';
import type { JournalRecord } from '../../../src/contract/record';
import { MemoryJournal } from '../../../src/journal';
import { EngineNode } from '../../../src/runtime/node';
import { sequenced, storyOf, submitAll } from '../../support/eventstore/nodes';
import { massLiquidation } from '../../support/massLiquidation';

jest.setTimeout(60_000);

const DAY_MS = 24 * 3_600_000;

async function recordsFrom(commands: ReturnType<typeof storyOf>): Promise<JournalRecord[]> {
  const node = await EngineNode.open({ journal: new MemoryJournal(), snapshots: undefined, snapshotEvery: 1_000_000 });
  await submitAll(node, commands);
  const records: JournalRecord[] = [];
  for await (const batch of node.journal.readBatches()) {
    for (const { command } of recordsOf(batch)) if (command !== undefined) records.push(command);
  }
  await node.close();
  return records;
}

/** What a publisher goes on with must be what it would have had, whenever it was saved. */
async function expectSame(commands: ReturnType<typeof storyOf>, every: number): Promise<Set<OutMessage['topic']>> {
  const records = await recordsFrom(commands);
  const whole = new Outbound(0);
  const saved: Uint8Array[] = [];
  const messages = records.map((record) => {
    saved.push(whole.saved());
    return whole.messages(record);
  });
  for (let from = 0; from < records.length; from += every) {
    const outbound = Outbound.restored(0, saved[from] as Uint8Array);
    records.slice(from).forEach((record, place) => {
      expect([from, outbound.messages(record)]).toEqual([from, messages[from + place]]);
    });
  }
  return new Set(messages.flat().map(({ topic }) => topic));
}

test('saved anywhere in a story of all kinds of commands, it makes the same messages of the rest', async () => {
  const topics = await expectSame(storyOf(21, 300), 23);
  expect([...topics]).toEqual(expect.arrayContaining(['events', 'results', 'fills', 'markPrices', 'positions']));
});

test('it remembers blocks that ended, so that their tombstones follow a day later', async () => {
  const { opening, tick } = massLiquidation(3);
  const later = { commandId: 'later', type: 'AdvanceTime', time: (tick.time as number) + DAY_MS + 1, data: {} };
  const commands = [...opening, tick, later].map(sequenced);
  const records = await recordsFrom(commands);
  const first = new Outbound(0);
  for (const record of records.slice(0, -1)) first.follow(record);
  const second = Outbound.restored(0, first.saved());
  const tombstones = second.messages(records.at(-1) as JournalRecord).filter(({ value }) => value === null);
  expect(tombstones.map(({ key }) => key).sort()).toEqual([0, 1, 2].map((trader) => `trader-${trader}/BTC-PERP/ISOLATED`));
});

test('what another version or another shard has saved is refused', async () => {
  const saved = new Outbound(1).saved();
  expect(() => Outbound.restored(0, saved)).toThrow('of shard 1');
  expect(() => Outbound.restored(1, Buffer.from(saved).fill(0))).toThrow();
});

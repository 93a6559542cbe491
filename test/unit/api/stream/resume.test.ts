import { setTimeout as sleep } from 'node:timers/promises';
import type { HubOptions } from '../../../../src/api';
import { RETELLING, type RetellingLimits } from '../../../../src/history/retold';
import { Draw } from '../../../support/generator/draw';
import { Follower } from '../../../support/stream/streamClient';
import { StreamWorld } from '../../../support/stream/world';

jest.setTimeout(120_000);

async function caughtUp(world: StreamWorld, ...followers: Follower[]): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!followers.every((follower) => follower.isAt(world.views.seq))) {
    if (performance.now() > deadline) throw new Error('the clients did not catch up');
    await sleep(5);
  }
}

/** The rows of a client that is cut again and again beside one that never is. */
async function cutAgainAndAgain(times: number, seed: number, hub: Partial<HubOptions>, retelling?: RetellingLimits) {
  const world = await StreamWorld.open({ seed, hub, heartbeatMs: 2_000, ...(retelling === undefined ? {} : { retelling }) });
  try {
    world.play(40);
    const topics = world.topics();
    const whole = new Follower(world.url, topics);
    const cut = new Follower(world.url, topics);
    await whole.connect();
    const draw = new Draw(seed);
    for (let time = 0; time < times; time++) {
      await cut.connect();
      world.play(draw.below(4));
      for (let turns = draw.below(12); turns > 0; turns--) await new Promise(setImmediate);
      if (draw.below(20) === 0) await sleep(draw.below(25));
      world.play(draw.below(3));
      await cut.cut();
      world.play(draw.below(3));
    }
    await cut.connect();
    await caughtUp(world, whole, cut);
    return { whole, cut };
  } finally {
    await world.close();
  }
}

describe('a client that is cut at random', () => {
  test.each([
    ['and finds everything kept', 500, 7, {}],
    ['and often comes too late', 500, 8, { keptRows: 12 }],
  ])('%s, ends %i cuts later with the rows of one that never was', async (_, times, seed, hub) => {
    const { whole, cut } = await cutAgainAndAgain(times, seed, hub);
    expect([whole.faults, cut.faults]).toEqual([[], []]);
    let rows = 0;
    for (const [name, { table }] of whole.followed) {
      const other = cut.followed.get(name)?.table;
      expect([name, other?.standing()]).toEqual([name, table.standing()]);
      const newest = other?.happened().slice(-100) ?? [];
      expect([name, newest]).toEqual([name, newest.length === 0 ? [] : table.happened().slice(-newest.length)]);
      rows += table.standing().length + table.happened().length;
    }
    expect(rows).toBeGreaterThan(100);
    expect(whole.counts).not.toHaveProperty('reset TOO_OLD');
    expect(cut.counts.resumed).toBeGreaterThan(times);
    if ('keptRows' in hub) expect(cut.counts['reset TOO_OLD']).toBeGreaterThan(times / 10);
    else expect(cut.counts).not.toHaveProperty('reset TOO_OLD');
  });

  test('and often comes too late for what is kept is told all of it again from the journal: every row, of what happened too', async () => {
    const { whole, cut } = await cutAgainAndAgain(500, 9, { keptRows: 12 }, RETELLING);
    expect([whole.faults, cut.faults]).toEqual([[], []]);
    expect(cut.counts).not.toHaveProperty('reset TOO_OLD');
    let happened = 0;
    for (const [name, { table }] of whole.followed) {
      const other = cut.followed.get(name)?.table;
      expect([name, other?.standing(), other?.happened()]).toEqual([name, table.standing(), table.happened()]);
      happened += table.happened().length;
    }
    expect(happened).toBeGreaterThan(100);
  });
});

describe('a client that was away for long', () => {
  const away = async (commands: number, limits: Partial<RetellingLimits>) => {
    const world = await StreamWorld.open({ seed: 3, heartbeatMs: 300, hub: { keptRows: 0 }, retelling: { ...RETELLING, ...limits } });
    try {
      world.play(60);
      const client = new Follower(world.url, [{ channel: 'positions' }]);
      await client.connect();
      await caughtUp(world, client);
      await client.cut();
      const before = world.recordedEvents;
      world.play(commands);
      await client.connect();
      await caughtUp(world, client);
      return { counts: client.counts, faults: client.faults, missed: world.recordedEvents - before };
    } finally {
      await world.close();
    }
  };

  test('is told as many events again as the limit says, and with one more what stands', async () => {
    const { missed, counts } = await away(80, {});
    expect([missed > 80, counts['reset TOO_OLD'], counts.resumed]).toEqual([true, undefined, 1]);
    expect((await away(80, { mostEvents: missed })).counts).toMatchObject({ resumed: 1 });
    const tooMany = await away(80, { mostEvents: missed - 1 });
    expect([tooMany.counts['reset TOO_OLD'], tooMany.counts.resumed, tooMany.faults]).toEqual([1, undefined, []]);
  });

  test.each([
    ['the way to where it was is too long', { longestWay: 5 }],
    ['its rows are too many', { mostText: 100 }],
  ])('is told what stands where %s', async (_, limits) => {
    const { counts, faults } = await away(80, limits);
    expect([counts['reset TOO_OLD'], counts.resumed, faults]).toEqual([1, undefined, []]);
  });
});

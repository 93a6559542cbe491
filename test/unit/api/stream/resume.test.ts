import { setTimeout as sleep } from 'node:timers/promises';
import type { HubOptions } from '../../../../src/api';
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
async function cutAgainAndAgain(times: number, seed: number, hub: Partial<HubOptions>) {
  const world = await StreamWorld.open({ seed, hub, heartbeatMs: 2_000 });
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
});

import type { Sequenced } from '../../../src/engine/engine';
import { JournalFailed } from '../../../src/journal';
import type { EngineNode } from '../../../src/runtime/node';
import { stateHash } from '../../../src/runtime/stateHash';
import { randomFrom, type SimDisk } from '../journal/simDisk';
import { type Life, live, newDisk, openNode, submit, turn } from './life';

jest.setTimeout(120_000);

const SNAPSHOT_EVERY = 20;
let life: Life;
beforeAll(() => {
  life = live(9, 150);
});

/** What a node had done when its disk stopped it. */
interface Stopped {
  submitted: number;
  /** The greatest seq whose durability was reported: what may have been answered. */
  answered: number;
  error: unknown;
}

async function feed(node: EngineNode, commands: readonly Sequenced[], random: () => number, stopped: Stopped): Promise<void> {
  node.journal.onDurable(({ seq }) => {
    stopped.answered = Math.max(stopped.answered, seq);
  });
  for (const command of commands) {
    const revision = await submit(node, command);
    stopped.submitted = Math.max(stopped.submitted, node.engine.state.seq);
    if (random() % 4 === 0) await node.journal.whenDurable(revision);
    else if (random() % 3 === 0) await turn();
  }
  await node.close();
}

async function liveOn(disk: SimDisk, seed: number): Promise<Stopped> {
  const stopped: Stopped = { submitted: 0, answered: 0, error: undefined };
  try {
    await feed(await openNode(disk, SNAPSHOT_EVERY), life.commands, randomFrom(seed), stopped);
  } catch (error) {
    stopped.error = error;
  }
  return stopped;
}

/** Starts again, holds what is there against what was answered, sends everything again and compares the end. */
async function comesBack(disk: SimDisk, { answered, submitted }: Stopped): Promise<void> {
  const node = await openNode(disk, SNAPSHOT_EVERY);
  const { seq } = node.engine.state;
  expect(seq).toBeGreaterThanOrEqual(answered);
  expect(seq).toBeLessThanOrEqual(submitted);
  expect(stateHash(node.engine.state)).toBe(life.hashes[seq]);
  await feed(node, life.commands, randomFrom(1), { submitted: 0, answered: 0, error: undefined });
  expect(node.journal.head.seq).toBe(life.hashes.length - 1);
  expect(stateHash(node.engine.state)).toBe(life.hashes.at(-1));
}

describe('a node on a disk that stops it', () => {
  test('by a crash at any call: what was answered is there, what is there was sent, and the rest can be sent again', async () => {
    const whole = newDisk();
    await liveOn(whole, 2);
    expect(whole.calls).toBeGreaterThan(200);
    let crashes = 0;
    const step = Math.max(1, Math.floor(whole.calls / 120));
    for (let call = 1; call < whole.calls; call += step) {
      const disk = newDisk(call);
      disk.faults = { crashAt: call };
      const stopped = await liveOn(disk, 2);
      crashes += stopped.error === undefined ? 0 : 1;
      await comesBack(disk.afterCrash(), stopped);
    }
    expect(crashes).toBeGreaterThan(80);
  });

  test('by a sync or a write that fails: nothing after it is answered, and the node takes no more', async () => {
    const whole = newDisk();
    await liveOn(whole, 3);
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    let failures = 0;
    for (let call = 30; call < whole.calls; call += Math.max(1, Math.floor(whole.calls / 60))) {
      const disk = newDisk(call);
      let failed = 0;
      disk.faults = {
        errorAt: (at, operation) => {
          if (at < call || (operation !== 'dataSync' && operation !== 'write')) return null;
          failed ||= at;
          return full;
        },
      };
      const stopped = await liveOn(disk, 3);
      if (stopped.error instanceof JournalFailed) {
        failures += 1;
        expect(stopped.error.message).toContain('ENOSPC');
      } else if (failed > 0) expect((stopped.error as Error).message).toContain('ENOSPC');
      await comesBack(disk.afterCrash(), stopped);
    }
    expect(failures).toBeGreaterThan(30);
  });
});

describe('a node', () => {
  test('takes no command after its journal has failed, and changes no state for one', async () => {
    const disk = newDisk();
    const node = await openNode(disk, SNAPSHOT_EVERY);
    const revision = await submit(node, life.commands[0] as Sequenced);
    await node.journal.whenDurable(revision);
    disk.faults = { errorAt: (_call, operation) => (operation === 'dataSync' ? new Error('EIO') : null) };
    const doomed = await submit(node, life.commands[1] as Sequenced);
    await expect(node.journal.whenDurable(doomed)).rejects.toThrow(JournalFailed);
    const before = stateHash(node.engine.state);
    expect(() => node.submit(life.commands[2] as Sequenced, { kind: 'FILE' }, 'test')).toThrow(JournalFailed);
    expect(stateHash(node.engine.state)).toBe(before);
    disk.faults = {};
    await node.close();
    expect(disk.paths('.snapshot')).toEqual([]);
  });

  test('that threw in the middle of a command takes no more and leaves no snapshot of what it was', async () => {
    const disk = newDisk();
    const node = await openNode(disk, 1_000);
    await submit(node, life.commands[0] as Sequenced);
    const { memory } = node.engine.state;
    const remember = memory.remember.bind(memory);
    memory.remember = () => {
      throw new Error('invariant: broken by this test');
    };
    await expect(submit(node, life.commands[1] as Sequenced)).rejects.toThrow('broken by this test');
    memory.remember = remember;
    await expect(submit(node, life.commands[2] as Sequenced)).rejects.toThrow('ahead of its journal');
    await node.close();
    expect(disk.paths('.snapshot')).toEqual([]);
    await comesBack(disk, { answered: 1, submitted: 1, error: undefined });
  });

  test('whose snapshots cannot be written goes on, and says so at the end', async () => {
    const disk = newDisk();
    const node = await openNode(disk, SNAPSHOT_EVERY);
    disk.faults = { errorAt: (_call, operation) => (operation === 'rename' ? new Error('EACCES: snapshots') : null) };
    // Only snapshots and new segments are renamed, and so few commands need no second segment.
    for (const command of life.commands.slice(0, 45)) await node.journal.whenDurable(await submit(node, command));
    const { seq } = node.journal.head;
    await expect(node.close()).rejects.toThrow('every command is durable, but no snapshot could be written: EACCES');
    await comesBack(disk.afterKill(), { answered: seq, submitted: seq, error: undefined });
  });
});

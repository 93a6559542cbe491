import { decodeCommand } from '../../../src/contract/decode';
import { Engine, type Sequenced } from '../../../src/engine/engine';
import { openFileNode } from '../../../src/runtime/fileNode';
import type { EngineNode } from '../../../src/runtime/node';
import { stateHash } from '../../../src/runtime/stateHash';
import { tellStory } from '../../support/killLoop/commands';
import { randomFrom, SimDisk } from '../journal/simDisk';

export const PATH = '/data';

/** Commands, and the hash of an engine in memory after each seq. */
export interface Life {
  readonly commands: readonly Sequenced[];
  /** Index: seq. */
  readonly hashes: readonly string[];
}

export function live(seed: number, length: number): Life {
  const commands = tellStory(seed, length).lines.map((line) => decodeCommand(JSON.parse(line)) as Sequenced);
  const engine = new Engine();
  const hashes = [stateHash(engine.state)];
  for (const command of commands) {
    engine.execute(command);
    hashes[engine.state.seq] = stateHash(engine.state);
  }
  return { commands, hashes };
}

export const newDisk = (seed = 1): SimDisk => new SimDisk(randomFrom(seed));

/** A node with small files, so that segments and extents end often. */
export async function openNode(disk: SimDisk, snapshotEvery: number): Promise<EngineNode> {
  const journal = { fileSystem: disk, lock: async () => async () => undefined, segmentBytes: 32_768, extentBytes: 4_096 };
  return (await openFileNode({ dataDirectory: PATH, snapshotEvery, journal })).node;
}

/** Submits a command once there is room, as every driver of a node does. */
export async function submit(node: EngineNode, command: Sequenced): Promise<number> {
  if (!node.journal.isReady) await node.journal.ready();
  return node.submit(command, { kind: 'FILE' }, 'test').revision;
}

export const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

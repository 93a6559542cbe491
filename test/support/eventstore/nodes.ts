import { randomUUID } from 'node:crypto';
import { decodeCommand } from '../../../src/contract/decode';
import type { Sequenced } from '../../../src/engine/engine';
import { MemoryJournal } from '../../../src/journal';
import { EngineNode } from '../../../src/runtime/node';
import { stateHash } from '../../../src/runtime/stateHash';
import { openStoreNode, type StoreNodeOptions } from '../../../src/runtime/storeNode';
import { tellStory } from '../killLoop/commands';

/** A stream of its own for each test, so that a server can be used many times. */
export const newStream = (): string => `bulkheadTest-${randomUUID()}`;

export const sequenced = (json: unknown): Sequenced => decodeCommand(json) as Sequenced;

export const storyOf = (seed: number, length: number): Sequenced[] =>
  tellStory(seed, length).lines.map((line) => sequenced(JSON.parse(line)));

export async function openOn(url: string, stream: string, more: Partial<StoreNodeOptions> = {}): Promise<EngineNode> {
  const options = { url, stream, shard: 0, packing: 'events', snapshotEvery: 1_000_000, snapshotsDirectory: undefined } as const;
  return (await openStoreNode({ ...options, ...more })).node;
}

/** Resolves when all of them are durable. */
export async function submitAll(node: EngineNode, commands: readonly Sequenced[]): Promise<void> {
  for (const command of commands) {
    if (!node.journal.isReady) await node.journal.ready();
    node.submit(command, { kind: 'FILE' }, 'test');
  }
  await node.journal.whenDurable(node.journal.head.revision);
}

/** What two journals with the same commands have in common, whatever they are kept in. */
export interface Proof {
  readonly seq: number;
  readonly state: string;
  readonly chain: string;
}

export async function proofOf({ engine, journal }: EngineNode): Promise<Proof> {
  const { seq } = journal.durable;
  return { seq, state: stateHash(engine.state), chain: Buffer.from(await journal.chainHash(seq)).toString('hex') };
}

/** The same commands on a journal in memory, never interrupted. */
export async function undisturbed(commands: readonly Sequenced[]): Promise<Proof> {
  const node = await EngineNode.open({ journal: new MemoryJournal(), snapshots: undefined, snapshotEvery: 1_000_000 });
  await submitAll(node, commands);
  const proof = await proofOf(node);
  await node.close();
  return proof;
}

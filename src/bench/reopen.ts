import { stateHash } from '../runtime/stateHash';
import { collectGarbage } from './benchmark';
import { openNode } from './matching/durable';

export interface Start {
  readonly hash: string;
  readonly seconds: number;
  readonly replayed: number;
  readonly openBlocks: number;
}

/** Opens a data directory as a start does: lock, check of every block, newest snapshot, tail. */
export async function reopen(directory: string): Promise<Start> {
  collectGarbage();
  const begun = performance.now();
  const node = await openNode(directory);
  const seconds = (performance.now() - begun) / 1000;
  const { engine, replayed } = node.recovery;
  const hash = stateHash(engine.state);
  await node.journal.close();
  return { hash, seconds, replayed, openBlocks: engine.state.blocks.size };
}

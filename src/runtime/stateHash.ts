import { createHash } from 'node:crypto';
import { ByteWriter } from '../contract/bytes';
import { writeSnapshot } from '../engine/snapshot/write';
import type { State } from '../engine/state/state';

/** The canonical bytes of a state: what a snapshot holds and the state hash covers. */
export function snapshotBytes(state: State): Uint8Array {
  const writer = new ByteWriter(1 << 20);
  writeSnapshot(writer, state);
  return writer.written();
}

/** SHA-256 over the canonical bytes of the state, in hex. */
export function stateHash(state: State): string {
  return createHash('sha256').update(snapshotBytes(state)).digest('hex');
}

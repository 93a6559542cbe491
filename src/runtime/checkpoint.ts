import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { JournalReader } from '../journal';

/** (shard, seq, chain hash) under an Ed25519 signature (journal.md §1.3). */
export interface SignedCheckpoint {
  readonly journal: string;
  readonly shard: number;
  readonly seq: number;
  readonly hash: string;
  /** Base64. */
  readonly signature: string;
}

/** What is signed: these lines in ASCII, each ended by a newline. */
export function signedText({ journal, shard, seq, hash }: Omit<SignedCheckpoint, 'signature'>): Buffer {
  return Buffer.from(`bulkhead-checkpoint-v1\n${journal}\n${shard}\n${seq}\n${hash}\n`, 'ascii');
}

/** Throws on anything but an Ed25519 private key in PEM. */
export function readPrivateKey(pem: string | Buffer): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`the key must be an Ed25519 key, not ${key.asymmetricKeyType}`);
  return key;
}

/** Signs where the chain stands after `seq`: whoever keeps it can tell later that nothing before it was rewritten (journal.md §1.3). */
export async function signCheckpoint(
  journal: Pick<JournalReader, 'meta' | 'chainHash'>,
  seq: number,
  key: KeyObject,
): Promise<SignedCheckpoint> {
  const { id, shard } = journal.meta;
  const hash = Buffer.from(await journal.chainHash(seq)).toString('hex');
  const checkpoint = { journal: id, shard, seq, hash };
  return { ...checkpoint, signature: sign(null, signedText(checkpoint), key).toString('base64') };
}

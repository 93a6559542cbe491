import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { JournalReader } from '../journal';
import { type SignedCheckpoint, signedText } from './verify/anchors';

export function readPrivateKey(pem: string | Buffer): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`the key must be an Ed25519 key, not ${key.asymmetricKeyType}`);
  return key;
}

/** Signs where the chain stands after `seq`: whoever keeps it can tell later that nothing before it was rewritten (journal.md §1.3). */
export async function signCheckpoint(journal: JournalReader, seq: number, key: KeyObject): Promise<SignedCheckpoint> {
  const { id, shard } = journal.meta;
  const hash = Buffer.from(await journal.chainHash(seq)).toString('hex');
  const checkpoint = { journal: id, shard, seq, hash };
  return { ...checkpoint, signature: sign(null, signedText(checkpoint), key).toString('base64') };
}

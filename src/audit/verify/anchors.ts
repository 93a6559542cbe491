import { createPublicKey, type KeyObject, verify as verifySignature } from 'node:crypto';
import { type SignedCheckpoint, signedText } from '../../runtime/checkpoint';
import { type Difference, DifferenceFound } from '../difference';

/** A hash of the chain that somebody kept elsewhere. */
export interface Anchor {
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
  /** Where it comes from, for the report. */
  readonly origin: string;
}

const ANCHOR = /^(\d{1,15}):([0-9a-fA-F]{64})$/;

/** Reads `SEQ:HASH`; undefined on anything else. */
export function parseAnchor(text: string): Anchor | undefined {
  const [, seq, hash] = ANCHOR.exec(text) ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash: hash.toLowerCase(), origin: '--anchor' };
}

export function readPublicKey(pem: string | Buffer): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`the public key must be an Ed25519 key, not ${key.asymmetricKeyType}`);
  return key;
}

/** The anchor that a checkpoint is when its signature holds. Throws DifferenceFound when it does not. */
export function anchorOf(checkpoint: SignedCheckpoint, key: KeyObject, shard: number): Anchor {
  const { seq, hash, signature } = checkpoint;
  const refuse = (field: string, expected: string, actual: string): never => {
    throw new DifferenceFound({ check: 'anchors', seq, field, expected, actual });
  };
  if (checkpoint.shard !== shard) refuse('shard', String(shard), String(checkpoint.shard));
  if (!verifySignature(null, signedText(checkpoint), key, Buffer.from(signature, 'base64'))) {
    refuse('signature', 'one made with the key that belongs to --public-key', 'another one');
  }
  return { seq, hash, origin: 'signed checkpoint' };
}

/** Compares anchors with a chain as it grows. */
export class AnchorCheck {
  private readonly waiting: Anchor[];
  readonly held: Anchor[] = [];
  difference: Difference | null = null;

  constructor(anchors: readonly Anchor[]) {
    this.waiting = [...anchors].sort((a, b) => b.seq - a.seq);
  }

  /** `hash` is asked for only where an anchor stands. */
  pass(seq: number, hash: () => string): void {
    for (let next = this.waiting.at(-1); next !== undefined && next.seq <= seq; next = this.waiting.at(-1)) {
      this.waiting.pop();
      const actual = hash();
      if (actual === next.hash) this.held.push(next);
      else this.note(next.seq, `chain hash (${next.origin})`, next.hash, actual);
    }
  }

  /** An anchor behind the journal's end says that commands are missing there. */
  end(seq: number): void {
    for (const { seq: wanted, origin } of this.waiting) {
      this.note(seq, `last seq (${origin})`, `${wanted} or later`, String(seq));
    }
  }

  private note(seq: number, field: string, expected: string, actual: string): void {
    if (this.difference === null || this.difference.seq > seq) this.difference = { check: 'anchors', seq, field, expected, actual };
  }
}

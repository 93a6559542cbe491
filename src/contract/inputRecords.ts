/**
 * Control records about the input (journal.md §§1.2, 3.3, 3.5), canonical JSON in UTF-8. Both say the input position
 * after them, which the node's fold of its journal takes over.
 */
interface AtInput {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the first message not taken yet. */
  readonly inputPosition: number;
}

/** Where the input begins or goes on: at the first start, by the operator (`--input-position`), or after a long run of duplicates. */
export interface InputPositioned extends AtInput {
  readonly type: 'InputPositioned';
  readonly clusterId: string;
}

/** A message that is no command: no result can name it, so it is kept and published as it came. */
export interface DeadLetter extends AtInput {
  readonly type: 'DeadLetter';
  readonly offset: number;
  /** The broker's time of the message, ms since the epoch. */
  readonly time: number;
  readonly reason: string;
  /** Bytes of the whole value. */
  readonly size: number;
  /** SHA-256 of the whole value, in hex. */
  readonly sha256: string;
  /** Base64; null when it had none. Keys above 4 KiB are cut. */
  readonly key: string | null;
  /** Base64 of the first 256 KiB of the value; null when it had none. */
  readonly value: string | null;
}

export const LARGEST_DEAD_LETTER_BYTES = 256 * 1024;
export const LARGEST_DEAD_LETTER_KEY_BYTES = 4 * 1024;

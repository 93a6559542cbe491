import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type Decoded, decodeCommand } from '../contract/decode';
import { type DeadLetter, LARGEST_DEAD_LETTER_BYTES, LARGEST_DEAD_LETTER_KEY_BYTES } from '../contract/inputRecords';
import type { Delivery } from './port';

type Readable = Exclude<Decoded, { readonly kind: 'MALFORMED' }>;

/** What a message turned out to be (journal.md §3.5). */
export type Inbound =
  | { readonly kind: 'COMMAND'; readonly command: Readable }
  | { readonly kind: 'DEAD_LETTER'; readonly deadLetter: DeadLetter };

/** Longer messages are no commands: the largest that makes sense, a listing with all its tiers, has some kilobytes. */
export const LONGEST_COMMAND_BYTES = 1024 * 1024;

/**
 * A command, or one that the engine will reject with INVALID_COMMAND since its commandId and type can be read, or a dead
 * letter. It never throws.
 */
export function readDelivery(delivery: Delivery): Inbound {
  const decoded = decodeValue(delivery.value);
  return typeof decoded === 'string'
    ? { kind: 'DEAD_LETTER', deadLetter: deadLetterOf(delivery, decoded) }
    : { kind: 'COMMAND', command: decoded };
}

function decodeValue(value: Uint8Array | null): Readable | string {
  if (value === null) return 'has no value';
  if (value.length > LONGEST_COMMAND_BYTES) return `has ${value.length} bytes, and no command has more than ${LONGEST_COMMAND_BYTES}`;
  // Replaced bytes would change what is recorded, so nothing is replaced.
  if (!isUtf8(value)) return 'is not UTF-8';
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'));
  } catch (error) {
    return `is not JSON: ${(error as Error).message}`;
  }
  const decoded = decodeCommand(json);
  return !decoded.ok && decoded.kind === 'MALFORMED' ? decoded.reason : decoded;
}

function base64(bytes: Uint8Array | null, most: number): string | null {
  return bytes === null ? null : Buffer.from(bytes.subarray(0, most)).toString('base64');
}

function deadLetterOf({ topic, partition, offset, time, key, value }: Delivery, reason: string): DeadLetter {
  return {
    type: 'DeadLetter',
    topic,
    partition,
    offset,
    inputPosition: offset + 1,
    time,
    reason,
    size: value?.length ?? 0,
    sha256: createHash('sha256')
      .update(value ?? new Uint8Array())
      .digest('hex'),
    key: base64(key, LARGEST_DEAD_LETTER_KEY_BYTES),
    value: base64(value, LARGEST_DEAD_LETTER_BYTES),
  };
}

import { type BodyHash, bodyHash } from './body';
import type { RawCommand } from './commands';
import { readableCommand } from './decode';

/**
 * What tells a repeated refused command from another one: type and data as decoded, everything else aside (rules.md §10).
 * Where the envelope alone was refused that is what a good command of the same data has; `asItCame`, the hash of its own
 * bytes, where the data are at fault too.
 */
export function hashOfRefused(command: RawCommand, asItCame: BodyHash): BodyHash {
  const readable = readableCommand(command);
  return readable === undefined ? asItCame : bodyHash(readable);
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { isScope, type Scope } from './scopes';

/** One API key, without the key itself: a file that leaks opens nothing. Times in ms since the epoch. */
export interface KeyEntry {
  /** Names the key in the journal (`actor` is `key:<id>`) and in the log. */
  readonly id: string;
  readonly name: string;
  /** Of the whole key, hex. Keys have 256 random bits, so a slow hash would add nothing. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
}

/** The file of keys cannot be used; nothing is taken from it. */
export class KeyFileUnreadable extends Error {
  override readonly name = 'KeyFileUnreadable';
}

const KEY = /^bh_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

const hashOf = (key: string) => createHash('sha256').update(key).digest();

const isTime = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTimeOrNone = (value: unknown) => value === undefined || isTime(value);

function isEntry(value: unknown): value is KeyEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, sha256, scopes, createdAt, expiresAt, revokedAt } = value as { [field: string]: unknown };
  return (
    typeof id === 'string' &&
    /^[0-9a-f]{12}$/.test(id) &&
    typeof name === 'string' &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    Array.isArray(scopes) &&
    scopes.every(isScope) &&
    isTime(createdAt) &&
    isTimeOrNone(expiresAt) &&
    isTimeOrNone(revokedAt)
  );
}

/** Throws KeyFileUnreadable. */
export function readKeys(path: string): readonly KeyEntry[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new KeyFileUnreadable(`${path} is no file of keys: ${(error as Error).message}`);
  }
  const { keys } = (json ?? {}) as { readonly keys?: unknown };
  if (!Array.isArray(keys)) throw new KeyFileUnreadable(`${path} is no file of keys: it has no list "keys"`);
  const wrong = keys.findIndex((entry) => !isEntry(entry));
  if (wrong >= 0) throw new KeyFileUnreadable(`${path}: keys[${wrong}] is no key`);
  const ids = new Set((keys as KeyEntry[]).map(({ id }) => id));
  if (ids.size < keys.length) throw new KeyFileUnreadable(`${path}: two keys have the same id`);
  return keys as KeyEntry[];
}

/** Whole or not at all; only the node's own user can read it. */
export function writeKeys(path: string, keys: readonly KeyEntry[]): void {
  const unfinished = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  writeFileSync(unfinished, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  renameSync(unfinished, path);
}

/** A new key, which is shown once and kept nowhere, and its entry. */
export function newKey(about: Pick<KeyEntry, 'name' | 'scopes' | 'createdAt' | 'expiresAt'>): {
  readonly key: string;
  readonly entry: KeyEntry;
} {
  const id = randomBytes(6).toString('hex');
  const key = `bh_${id}_${randomBytes(32).toString('base64url')}`;
  return { key, entry: { id, ...about, sha256: hashOf(key).toString('hex') } };
}

/** The keys of a file, read again when the file has changed. While a changed file is unreadable, those before it hold. */
export class KeyRing {
  private byId: ReadonlyMap<string, KeyEntry>;
  private seen: string;

  /** Throws KeyFileUnreadable. */
  constructor(private readonly path: string) {
    this.seen = this.stamp();
    this.byId = this.read();
  }

  private read(): ReadonlyMap<string, KeyEntry> {
    return new Map(readKeys(this.path).map((entry) => [entry.id, entry]));
  }

  private stamp(): string {
    const { mtimeMs = 0, size = 0, ino = 0 } = statSync(this.path, { throwIfNoEntry: false }) ?? {};
    return `${mtimeMs}/${size}/${ino}`;
  }

  /** Whether there was something new. Throws KeyFileUnreadable once for each change that cannot be used. */
  refresh(): boolean {
    const stamp = this.stamp();
    if (stamp === this.seen) return false;
    this.seen = stamp;
    this.byId = this.read();
    return true;
  }

  /** `time` in ms since the epoch. */
  find(key: string, time: number): KeyEntry | 'UNKNOWN' | 'EXPIRED' | 'REVOKED' {
    const entry = this.byId.get(KEY.exec(key)?.[1] ?? '');
    if (entry === undefined || !timingSafeEqual(hashOf(key), Buffer.from(entry.sha256, 'hex'))) return 'UNKNOWN';
    if (entry.revokedAt !== undefined) return 'REVOKED';
    return entry.expiresAt !== undefined && entry.expiresAt <= time ? 'EXPIRED' : entry;
  }
}

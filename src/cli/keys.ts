import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isScope, KeyFileUnreadable, newKey, readKeys, type Scope, writeKeys } from '../api';
import { tell } from './output';
import { UsageError } from './usage';

const DAY_MS = 86_400_000;

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

interface Options {
  readonly file: string;
  readonly name: string | undefined;
  readonly scopes: readonly string[];
  readonly days: string | undefined;
  readonly rest: readonly string[];
}

function create({ file, name, scopes, days, rest }: Options): number {
  if (rest.length > 0 || name === undefined || name === '')
    throw new UsageError('keys create takes --name, and nothing beside its options');
  if (scopes.length === 0) throw new UsageError('keys create takes at least one --scope: read, trade:ACCOUNT, trade:*, oracle, admin');
  const wrong = scopes.find((scope) => !isScope(scope));
  if (wrong !== undefined) throw new UsageError(`${wrong} is no scope: read, trade:ACCOUNT, trade:*, oracle, admin`);
  if (days !== undefined && !/^[1-9]\d{0,4}$/.test(days)) throw new UsageError(`--days takes a whole number from 1 on, not ${days}`);
  const createdAt = Date.now();
  const expiry = days === undefined ? {} : { expiresAt: createdAt + Number(days) * DAY_MS };
  const { key, entry } = newKey({ name, scopes: scopes as readonly Scope[], createdAt, ...expiry });
  writeKeys(file, [...(existsSync(file) ? readKeys(file) : []), entry]);
  const { sha256: _hash, ...shown } = entry;
  print({ key, ...shown });
  tell('the key is kept nowhere: note it now');
  return 0;
}

function list({ file, rest }: Options): number {
  if (rest.length > 0) throw new UsageError('keys list takes only --file');
  for (const { sha256: _hash, ...shown } of readKeys(file)) print(shown);
  return 0;
}

function revoke({ file, rest }: Options): number {
  const [id, ...more] = rest;
  if (id === undefined || more.length > 0) throw new UsageError('keys revoke takes the id of one key');
  const keys = readKeys(file);
  if (!keys.some((entry) => entry.id === id)) {
    tell(`there is no key ${id} in ${file}`);
    return 1;
  }
  const revokedAt = Date.now();
  writeKeys(
    file,
    keys.map((entry) => (entry.id === id ? { ...entry, revokedAt: entry.revokedAt ?? revokedAt } : entry)),
  );
  return 0;
}

/** `bulkhead keys`: makes, shows and ends the API keys in a file, which a node reads again by itself. */
export async function keys(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      file: { type: 'string' },
      name: { type: 'string' },
      scope: { type: 'string', multiple: true, default: [] },
      days: { type: 'string' },
    },
  });
  const [action, ...rest] = positionals;
  const { file, name, scope: scopes, days } = values;
  if (!file) throw new UsageError('keys takes --file, the file that serve gets as --api-keys');
  const options: Options = { file, name, scopes, days, rest };
  try {
    if (action === 'create') return create(options);
    if (action === 'list') return list(options);
    if (action === 'revoke') return revoke(options);
  } catch (error) {
    if (!(error instanceof KeyFileUnreadable)) throw error;
    tell(error.message);
    return 1;
  }
  throw new UsageError('keys takes one of create, list and revoke');
}

import { archiveSegments } from '../../audit/archive';
import { UsageError } from '../usage';
import { readAuditArgs, wholeNumber } from './options';
import { table } from './table';

/** `bulkhead audit archive`: closed segments go elsewhere, and are read from there. */
export async function archive(args: string[]): Promise<number> {
  const { place, json, values } = readAuditArgs(args, { to: { type: 'string' }, before: { type: 'string' } } as const);
  if (place.data === undefined) throw new UsageError('archive is for journals in a directory; a store has means of its own');
  if (!values.to) throw new UsageError('where to? --to DIR');
  const before = wholeNumber('--before', values.before) ?? Number.MAX_SAFE_INTEGER;
  const archived = await archiveSegments(place.data, values.to, before);
  const rows = archived.moved.map(({ file, bytes, sha256 }) => [file, bytes.toLocaleString('en'), sha256]);
  const shown =
    rows.length === 0
      ? 'no closed segment to move\n'
      : table([{ title: 'moved to' }, { title: 'bytes', align: 'right' }, { title: 'SHA-256' }], rows);
  process.stdout.write(json ? `${JSON.stringify(archived)}\n` : shown);
  return 0;
}

import { readFileSync } from 'node:fs';
import { openFileJournalReader } from '../../journal';
import { readPrivateKey, signCheckpoint } from '../../runtime/checkpoint';
import { UsageError } from '../usage';
import { readAuditArgs, wholeNumber } from './options';
import { directoryOf } from './place';

/** `bulkhead audit checkpoint`: one line that an outsider keeps. */
export async function checkpoint(args: string[]): Promise<number> {
  const { place, values } = readAuditArgs(args, { key: { type: 'string' }, at: { type: 'string' } } as const);
  if (values.key === undefined) throw new UsageError('a checkpoint is signed with --key FILE (Ed25519, PEM)');
  const at = wholeNumber('--at', values.at);
  const key = readPrivateKey(readFileSync(values.key));
  const journal = await openFileJournalReader(await directoryOf(place));
  try {
    const signed = await signCheckpoint(journal, at ?? journal.durable.seq, key);
    process.stdout.write(`${JSON.stringify(signed)}\n`);
    return 0;
  } finally {
    await journal.close();
  }
}

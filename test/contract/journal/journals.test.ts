import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileJournalOptions, type Journal, MemoryJournal, openFileJournal } from '../../../src/journal';
import { type JournalFactory, journalContract } from './suite';

const fileFactory = (fixed: FileJournalOptions) => (): JournalFactory => {
  const directories = new Map<Journal, string>();
  const create = async (directory: string, options: FileJournalOptions): Promise<Journal> => {
    const journal = await openFileJournal(directory, { ...fixed, ...options });
    directories.set(journal, directory);
    return journal;
  };
  return {
    create: async (options) => create(await fs.mkdtemp(join(tmpdir(), 'bulkhead-journal-')), options),
    reopen: async (journal) => {
      await journal.close();
      return create(directories.get(journal) as string, {});
    },
    dispose: async () => {
      for (const directory of new Set(directories.values())) await fs.rm(directory, { recursive: true });
    },
  };
};

journalContract('files', fileFactory({}));
journalContract('files, small segments', fileFactory({ segmentBytes: 2048, extentBytes: 1024 }));
journalContract('files, no zeros ahead', fileFactory({ extentBytes: 0 }));
journalContract('memory', () => ({
  create: async ({ maxPendingBytes }) => new MemoryJournal(maxPendingBytes),
  reopen: null,
  dispose: async () => undefined,
}));
